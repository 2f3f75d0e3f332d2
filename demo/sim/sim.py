"""`strongroom sim`: works the simulated hardware of a running demo, from another terminal."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from firmware.setup import where
from wire import running_sites, settings
from wire.command_line.run import Failure, nearest
from wire.messages import Place
from wire.simulation import hardware as simulated
from wire.simulation.hardware import Answer, NodeState, NotThere, PointState, Question

EXIT_NO_INPUT = 66
EXIT_UNAVAILABLE = 69


class SimError(Failure):
    """It could not be done; `code` is the exit code."""

    def __init__(self, message: str, code: int = EXIT_UNAVAILABLE) -> None:
        super().__init__(message, code)


class _Cardholder(Struct):
    name: str
    number: Annotated[int, Meta(ge=1)]
    badge: str | tuple[str, ...] | None = None


class _People(Struct):
    """Of the site document only this is needed; the rest is passed over."""

    cardholder: tuple[_Cardholder, ...] = ()


def running(site: Path) -> dict[str, NodeState]:
    """Every simulated node that answers, by name. Raises SimError when none does."""
    found = {}
    for socket in sorted((site / "sim").glob("*.sock")):
        try:
            answer = simulated.send(socket, simulated.State())
        except NotThere:
            continue  # of a node that was killed
        if answer.state:
            found[answer.state.node] = answer.state
    if not found:
        raise SimError(f"no simulated node is running in {site.resolve()}; {running_sites.hint(site)}")
    return found


def node_with(nodes: dict[str, NodeState], place: Place) -> str:
    """The node that has this point or reader. Raises SimError, which names those that there are."""
    for name, state in nodes.items():
        if place in state.points or place in state.readers:
            return name
    known = sorted(one for state in nodes.values() for one in (*state.points, *state.readers))
    if not known:
        raise SimError("the nodes that are running have no plan yet: the hub has not told them what hangs on them")
    near = nearest(place, known)
    raise SimError(f"no running node has {place!r}{near}; there are: {', '.join(known)}", EXIT_NO_INPUT)


def ask(site: Path, node: str, question: Question) -> Answer:
    """Ask one node. Raises SimError when it does not answer or says no."""
    try:
        answer = simulated.send(where.socket_of(site, node), question)
    except NotThere:
        raise SimError(f"{node} is not running as a simulated node in {site}") from None
    if answer.error:
        raise SimError(f"{node}: {answer.error}", EXIT_NO_INPUT)
    return answer


def badge_number(site: Path, whose: str) -> str:
    """The number of a badge: given as such, or of a cardholder by name or number. Raises SimError."""
    if re.fullmatch("[0-9A-Fa-f]{10}", whose):
        return whose.upper()
    try:
        people = settings.load(site / "site.toml", _People).cardholder
    except settings.SettingsError as error:
        raise SimError(
            f"{whose!r} is not a badge number of ten hexadecimal digits, and {error}", EXIT_NO_INPUT
        ) from None
    for one in people:
        if whose in (one.name, str(one.number)):
            if not one.badge:
                raise SimError(f"{one.name} ({one.number}) has no badge", EXIT_NO_INPUT)
            return one.badge if isinstance(one.badge, str) else one.badge[0]
    near = nearest(whose, (one.name for one in people))
    known = ", ".join(f"{one.number} {one.name}" for one in people)
    raise SimError(f"nobody is called {whose!r}{near}; there are: {known}", EXIT_NO_INPUT)


def lines(state: NodeState) -> list[str]:
    """A node's hardware, for a person."""
    out = [
        f"{state.node}: cable {state.cable}, sounder {_on(state.sounder)}, lamp {_on(state.lamp)}, plan {state.plan}"
    ]
    for place, point in state.points.items():
        kind = "supervised" if point.supervised else "two-state"
        out.append(f"  {place}: {standing(point)} (terminal {point.terminal}, {kind})")
    for place, reader in state.readers.items():
        out.append(f"  {place}: {shown(state, place) or 'dark'} (port {reader.port})")
    return out


def standing(point: PointState) -> str:
    """How a point stands, in words."""
    wire = "" if point.wire == "whole" else f", wire {point.wire}"
    return f"{'open' if point.open else 'closed'}{wire}"


def news(before: NodeState, now: NodeState) -> list[str]:
    """What a node shows or sounds now, and did not before."""
    readers = [
        f"{place}: {shown(now, place)}"
        for place in now.readers
        if shown(now, place) and shown(now, place) != shown(before, place)
    ]
    lights = [
        f"{now.node}: {name} {_on(getattr(now, name))}"
        for name in ("sounder", "lamp")
        if getattr(now, name) != getattr(before, name)
    ]
    return [*readers, *lights]


def shown(state: NodeState | None, place: str) -> str:
    """What a reader shows just now, in words; empty while it is dark."""
    reader = state.readers.get(place) if state else None
    return ", ".join(name for name in ("green", "red", "buzzer") if reader and getattr(reader, name))


def _on(on: bool) -> str:
    return "on" if on else "off"
