"""`strongroom status`: the whole site at a glance."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from hub.cli import guard_view, table
from hub.cli.common import held_database, hub_of, iso, local, print_json
from hub.core import watched
from hub.core.doors import overview
from hub.core.doors.overview import Overview
from hub.core.site import where
from hub.core.state import Alarm, Life, Point, State
from hub.core.watched import Known, Seen, Unwatched
from hub.site_directory.hub import Hub, wall_ms
from hub.store import looking
from wire.command_line.signature import Context, Option


def status(
    context: Context,
    json: Annotated[bool, Option("--json", help="One object.")] = False,
) -> None:
    """Show areas, nodes, what is not watched, what is not normal, and how many alarms are open."""
    hub = hub_of(context)
    with hub.reading() as connection:
        state, site = looking.look(connection)
    known = guard_view.known(hub, site)
    if json:
        print_json([_as_object(hub, state, known)])
    else:
        _show(state, known)


def _nodes(known: Known) -> list[str]:
    """Every node of the document or of the journal."""
    return sorted({node.name for node in known.site.node} | set(known.lives))


def _odd(state: State) -> list[Point]:
    return sorted((point for point in state.all(Point) if point.level != "normal"), key=lambda point: point.place)


def _open(state: State) -> tuple[int, int]:
    """How many alarms and how many troubles are open."""
    alarms = [alarm for alarm in state.all(Alarm) if alarm.open]
    troubles = sum(alarm.klass == "trouble" for alarm in alarms)
    return len(alarms) - troubles, troubles


def _guard(state: State, known: Known, name: str, seen: Seen) -> Overview | None:
    return overview.of(state, known.site, name, seen, wall_ms())


# ---------------------------------------------------------------- for programs


def _as_object(hub: Hub, state: State, known: Known) -> dict[str, Any]:
    alarms, troubles = _open(state)
    at = known.engine.at
    return {
        "site": hub.site,
        "site_version": state.meta.site_version,
        "newest_entry": iso(state.meta.newest_time) if state.meta.newest_time else None,
        "engine": {"hearing": known.engine.hearing, "at": iso(at) if at else None, "held_for": known.engine.held},
        "areas": [_area(state, known, area.name) for area in known.site.area],
        "nodes": [_node(state, known, name) for name in _nodes(known)],
        "points": [{"place": one.place, **_watch(watched.point(known, one))} for one in known.site.point],
        "not_normal": [msgspec.to_builtins(point) for point in _odd(state)],
        "alarms": alarms,
        "troubles": troubles,
    }


def _area(state: State, known: Known, name: str) -> dict[str, Any]:
    seen = watched.area(known, name)
    row, found = msgspec.to_builtins(state.area(name)), seen.unwatched
    guard = _guard(state, known, name, seen)
    stands = {"how": guard.how, "since": iso(guard.row.since), "left_open": guard.row.left_open} if guard else None
    return {**row, **({"inside": None} if found else {}), **_watch(found), "guard": stands}


def _node(state: State, known: Known, name: str) -> dict[str, Any]:
    life = state.find(Life, name)
    return {"node": name, **(msgspec.to_builtins(life) if life else {}), **_watch(watched.node(known, name))}


def _watch(found: Unwatched | None) -> dict[str, Any]:
    if found is None:
        return {"watched": True, "not_watched_since": None, "why_not": None}
    since = iso(found.since) if found.since else None
    return {"watched": False, "not_watched_since": since, "why_not": found.why}


# ---------------------------------------------------------------- for people


def _show(state: State, known: Known) -> None:
    if known.engine.hearing == "silent":
        print(f"The engine is silent: {_say(known, Unwatched('engine-silent', known.engine.at))}.\n")
    if known.engine.held is not None:
        print(f"{held_database(known.engine.held)}\n")
    seen = {area.name: watched.area(known, area.name) for area in known.site.area}
    headings = ("area", "state", f"since ({known.site.timezone})", "watched", "people inside", "not normal")
    table.show(headings, (_area_columns(state, known, name, one) for name, one in seen.items()))
    print()
    table.show(("node", "life", "records", "state"), (_node_columns(state, known, name) for name in _nodes(known)))
    alarms, troubles = _open(state)
    print(f"\n{sum(one.unwatched is None for one in seen.values())} of {len(seen)} areas are watched")
    print(f"{alarms} alarms and {troubles} troubles are open")


def _area_columns(state: State, known: Known, name: str, one: Seen) -> tuple[object, ...]:
    row, guard = state.area(name), _guard(state, known, name, one)
    left_open = guard.row.left_open if guard and guard.how == "set" else ()
    odd = [point for point in _odd(state) if where.area_of(point.place) == name]
    not_normal = ", ".join(
        f"{point.place} left open" if point.place in left_open else _level(point, one) for point in odd
    )
    watch = _say(known, one.unwatched, partly=not one.whole) if one.unwatched else "watched"
    inside = "not known" if one.unwatched else row.inside
    stands, at = guard_view.stands(row, guard)
    since = local(at, known.site.zone) if at else ""
    return name, stands, since, watch, inside, not_normal or ("not known" if one.points else "")


def _node_columns(state: State, known: Known, name: str) -> tuple[object, ...]:
    life, found = state.find(Life, name), watched.node(known, name)
    standing = f"{found.why}: {_say(known, found)}" if found else "heard"
    return name, life.life if life else "", life.seq if life else "", standing


def _level(point: Point, seen: Seen) -> str:
    return f"{point.place} {'last seen ' if point.place in seen.points else ''}{point.level}"


def _say(known: Known, found: Unwatched, partly: bool = False) -> str:
    wholly = "wholly " if partly else ""
    if found.since is None:
        return f"never {wholly}watched"
    return f"not {wholly}watched since {local(found.since, known.site.zone)}"
