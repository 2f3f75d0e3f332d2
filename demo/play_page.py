"""The page of the demonstration that plays with the simulated hardware and telephones.

On a real hub its routes are not there.
"""

from __future__ import annotations

import asyncio
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection
from starlette.responses import Response

from hub.console.app import More
from hub.console.base.console import Asked, Console, console_of, go
from hub.console.base.render import View
from hub.console.base.routes import get, post
from hub.core.state import Guarded
from hub.site_directory.hub import Hub
from hub.store import queries, rows
from wire import decoding
from wire import messages as m
from wire.simulation import hardware as simulated
from wire.simulation import telephones

TIMEOUT_S = 2.0
SAME_BADGE_S = 2.5
"""A badge that is held to a reader again sooner than after 2 s is the same presentation."""


class Badge(NamedTuple):
    """A badge to be held to a reader."""

    person: int
    number: str


class Telephone(NamedTuple):
    """A telephone with something on it. `person`: whose it is, 0 for nobody's."""

    person: int
    number: str
    messages: tuple[telephones.Message, ...]


@get("/play")
async def play(request: Asked) -> Response:
    """Every node's hardware, with buttons."""
    return await _page(console_of(request), request)


@post("/play")
async def work(request: Asked) -> Response:
    """Work one piece of hardware; a badge with `again` is held there twice, as by whoever closes up."""
    console = console_of(request)
    form = await request.form()
    node = str(form.get("node", ""))
    fields = {key: str(form[key]) for key in ("ask", "point", "reader", "number") if key in form}
    view = await console.view(request)
    if node not in view.site.nodes:
        return await _page(console, request, view.texts.say("There is no such node."), 404)
    try:
        question: simulated.Question = decoding.convert(fields, simulated.Question)
        answer = await asyncio.to_thread(simulated.send, _socket(console.access.hub, node), question, TIMEOUT_S)
        if "again" in form and not answer.error:
            await asyncio.sleep(SAME_BADGE_S)
            answer = await asyncio.to_thread(simulated.send, _socket(console.access.hub, node), question, TIMEOUT_S)
    except msgspec.ValidationError as error:
        return await _page(console, request, str(error), 400)
    except simulated.NotThere:
        return await _page(console, request, view.texts.say("This node does not run."), 409)
    return await _page(console, request, answer.error, 409) if answer.error else go("/play")


@post("/play/telephone")
async def reply(request: Asked) -> Response:
    """Somebody answers the hub by short message."""
    console = console_of(request)
    form = await request.form()
    folder = _sockets(console.access.hub)
    view = await console.view(request)
    wanted = {"ask": "reply", "number": str(form.get("number", "")), "text": str(form.get("text", "")).strip()}
    try:
        question = decoding.convert(wanted, telephones.Reply)
        answer = await asyncio.to_thread(telephones.send, folder, question, TIMEOUT_S)
    except msgspec.ValidationError:
        sentence = view.texts.say("A short message has 1 to 70 characters.")
        return await _page(console, request, sentence, 400)
    except telephones.NotThere:
        return await _page(console, request, view.texts.say("The telephones are not there."), 409)
    return await _page(console, request, answer.error, 409) if answer.error else go("/play")


async def _page(console: Console, request: Asked, message: str = "", status: int = 200) -> Response:
    view, stands = await console.look(request, _stands)
    view.message = message
    hub = console.access.hub
    holders = _cardholders(hub)
    states = await asyncio.gather(*(asyncio.to_thread(_state, hub, node) for node in view.site.nodes))
    return console.renderer.page(
        "play.html",
        view,
        status,
        states=dict(zip(view.site.nodes, states, strict=True)),
        stands=stands,
        badges=_badges(holders),
        telephones=await asyncio.to_thread(_telephones, hub, holders),
        LONGEST=telephones.LONGEST,
    )


def _stands(connection: Connection, _view: View) -> dict[str, m.GuardState]:
    """Whether each area is set that ever is, and is not sealed, as far as its node has told."""
    sealed = {name for name, area in queries.areas(connection).items() if area.state != "unsealed"}
    known = rows.load_all(connection, Guarded).values()
    return {one.area: one.state for one in known if isinstance(one, Guarded) and one.area not in sealed}


def _state(hub: Hub, node: str) -> simulated.NodeState | None:
    try:
        return simulated.send(_socket(hub, node), simulated.State(), TIMEOUT_S).state
    except simulated.NotThere:
        return None


def _telephones(hub: Hub, holders: list[dict[str, Any]]) -> list[Telephone] | None:
    """Those that have rung; None where there are none at all."""
    try:
        found = telephones.send(_sockets(hub), telephones.Look(), TIMEOUT_S).telephones
    except telephones.NotThere:
        return None
    owners = {str(holder.get("phone", "")): int(holder["number"]) for holder in holders}
    return [Telephone(owners.get(number, 0), number, messages) for number, messages in found.items()]


def _sockets(hub: Hub) -> Path:
    return hub.layout.root / "sim"


def _socket(hub: Hub, node: str) -> Path:
    return _sockets(hub) / f"{node}.sock"


def _cardholders(hub: Hub) -> list[dict[str, Any]]:
    """Those of the demonstration's site document, which alone has badges and telephones at hand."""
    try:
        document = tomllib.loads((hub.layout.root / "site.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return []
    return list(document.get("cardholder", ()))


def _badges(holders: list[dict[str, Any]]) -> list[Badge]:
    badges = []
    for holder in holders:
        numbers = holder.get("badge", ())
        numbers = [numbers] if isinstance(numbers, str) else numbers
        badges += [Badge(int(holder["number"]), str(number)) for number in numbers]
    return badges


MORE = More([play, work, reply], Path(__file__).parent / "templates")
"""What the demonstration adds to the console."""
