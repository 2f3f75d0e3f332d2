"""`strongroom area`: how areas are set and unset on ordinary days, and what an officer asks of that."""

from __future__ import annotations

from datetime import tzinfo
from typing import Annotated, Any

import msgspec

from hub.cli import guard_view, names, table
from hub.cli.common import act, hub_of, iso, local, moment, print_json
from hub.cli.seal import Login
from hub.core.doors.overview import Overview
from hub.site_directory.hub import Hub, wall_ms
from hub.store import guarding, looking
from hub.store.guarding import Wish
from wire import messages as m
from wire.command_line.run import Failure
from wire.command_line.signature import Argument, Context, Option
from wire.command_line.tree import Group

app = Group()

Area = Annotated[str, Argument(help="Name of the area.")]
Person = Annotated[int, Argument(help="Number of the person, one of those who open the area.")]
Json = Annotated[bool, Option("--json", help="One object a line.")]


@app.command("list")
def list_(context: Context, json: Json = False) -> None:
    """Show how each area stands that is set and unset: since when, by what, and when it sets itself."""
    found, zone = _found(hub_of(context))
    if json:
        print_json(_as_object(one) for one in found.values())
        return
    headings = ("area", "state", f"since ({zone})", "by", "stays until", "sets itself", "left open")
    table.show(headings, (_columns(one, zone) for one in found.values()))


@app.command()
def show(context: Context, area: Area, json: Annotated[bool, Option("--json", help="One object.")] = False) -> None:
    """Show one area: how it stands, who may unset it, who is allowed to alone, and what came of what was asked last."""
    hub = hub_of(context)
    one, zone = _of(hub, area)
    with hub.reading() as connection:
        wish = guarding.wish(connection, looking.look(connection)[1], area, wall_ms())
    if json:
        print_json([{**_as_object(one), "asked": _asked_object(wish)}])
        return
    _, state, since, by, stays, itself, left_open = _columns(one, zone)
    lines = {
        "since": since,
        "by": by,
        "somebody stays until": stays,
        "sets itself": itself,
        "left open": left_open,
        "may unset it": ", ".join(map(str, one.opens)),
        "hours today": ", ".join(f"{_clock(each.start)} to {_clock(each.end)}" for each in one.today) or "none",
        "outside them": "two of them, or one who is allowed to" if one.outside == "two" else "one, and others are told",
        "asked last": _said(wish, zone),
    }
    print(f"{area}: {state}", *(f"  {what}: {said}" for what, said in lines.items() if said), sep="\n")
    for each in one.allowed:
        print(f"  allowed alone: {each.person}, {local(each.since, zone)} to {local(each.until, zone)}, by {each.by}")


@app.command("set")
def set_(context: Context, area: Area, login: Login) -> None:
    """Have an area set now: its node does it in 30 s, if all is shut and no door is opened meanwhile."""
    _ask(context, login, m.GuardRequested(area=area, act="set"))


@app.command()
def extend(context: Context, area: Area, login: Login) -> None:
    """Have an area left unset for two hours more."""
    _ask(context, login, m.GuardRequested(area=area, act="extend"))


@app.command()
def allow(
    context: Context,
    area: Area,
    person: Person,
    starts: Annotated[str, Option("--from", help='Local time, such as "2026-02-14 09:00".')],
    ends: Annotated[str, Option("--to", help="Likewise, a day later at most.")],
    cause: Annotated[str, Option(help="Why, in your own words.")],
    login: Login,
) -> None:
    """Allow somebody to unset an area alone, out of its hours: as security officer or keeper, and not yourself."""
    hub = hub_of(context)
    zone = _of(hub, area)[1]
    since, until = moment(starts, zone), moment(ends, zone)
    act(hub, login, m.UnsettingAllowed(area=area, person=person, since=since, until=until, cause=cause))
    print(f"{area}: {person} may unset it alone from {local(since, zone)} to {local(until, zone)}")


@app.command()
def forbid(context: Context, area: Area, person: Person, login: Login) -> None:
    """Take back what somebody was allowed."""
    hub = hub_of(context)
    act(hub, login, m.UnsettingForbidden(area=area, person=person))
    print(f"{area}: {person} may not unset it alone any more")


def _ask(context: Context, login: str, wanted: m.GuardRequested) -> None:
    act(hub_of(context), login, wanted)
    print(f"{wanted.area}: its node is asked; what it makes of that shows: strongroom area show {wanted.area}")


def _found(hub: Hub) -> tuple[dict[str, Overview], tzinfo]:
    """Every area that is set and unset, and the site's time zone."""
    with hub.reading() as connection:
        _state, site = looking.look(connection)
    known = guard_view.known(hub, site)
    with hub.reading() as connection:
        return guarding.areas(connection, known, wall_ms()), site.zone


def _of(hub: Hub, area: str) -> tuple[Overview, tzinfo]:
    found, zone = _found(hub)
    if area not in found:
        with hub.reading() as connection:
            names.area(looking.look(connection)[1], area)
        raise Failure(f"{area} is not guarded on ordinary days, so it is neither set nor unset", 65)
    return found[area], zone


# ---------------------------------------------------------------- for people


def _columns(one: Overview, zone: tzinfo) -> tuple[str, ...]:
    row, since, stays, itself = one.row, "", "", ""
    if one.how in ("set", "unset"):
        since = local(row.since, zone)
    if one.stays is not None:
        stays = local(one.stays, zone)
    if one.sets_itself is not None:
        soft, last = (local(at, zone) for at in one.sets_itself)
        itself = last if soft == last else f"{soft} if all is shut and nobody is inside, {last} in any case"
    by = f"{row.by} {', '.join(map(str, row.people))}".strip() if since else ""
    left_open = ", ".join(row.left_open) if one.how == "set" else ""
    return row.area, guard_view.state(one), since, by, stays, itself, left_open


def _said(wish: Wish | None, zone: tzinfo) -> str:
    """What was asked last, and what came of it."""
    if wish is None or not isinstance(wish.row.data, m.GuardRequested):
        return ""
    data = guarding.answer(wish)
    if data is None:
        came = {"done": "taken by its node", "refused": "refused by its node"}.get(wish.order or "", "not answered yet")
    else:
        points, inside = getattr(data, "points", ()), getattr(data, "inside", 0)
        why = f": open {', '.join(points)}" if points else f": {inside} inside" if inside else ""
        came = f"{m.kind_of(data)}{why}"
    return f"{wish.row.data.act}, by {wish.row.person} at {local(wish.row.hub_time, zone)}: {came}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


# ---------------------------------------------------------------- for programs


def _as_object(one: Overview) -> dict[str, Any]:
    """Times are ISO 8601 in UTC."""
    row, itself = one.row, one.sets_itself
    return {
        "area": row.area,
        "state": one.how,
        "last_known": row.state if row.number else None,
        "since": iso(row.since) if row.number else None,
        "by": row.by or None,
        "people": list(row.people),
        "stays_until": iso(one.stays) if one.stays is not None else None,
        "sets_itself": iso(itself.soft) if itself else None,
        "sets_itself_in_any_case": iso(itself.last) if itself else None,
        "left_open": list(row.left_open),
        "opens": list(one.opens),
        "outside": one.outside,
        "allowed": [
            {"person": each.person, "since": iso(each.since), "until": iso(each.until), "by": each.by}
            for each in one.allowed
        ],
    }


def _asked_object(wish: Wish | None) -> dict[str, Any] | None:
    if wish is None:
        return None
    data = guarding.answer(wish)
    return {
        "act": getattr(wish.row.data, "act", None),
        "by": wish.row.person,
        "at": iso(wish.row.hub_time),
        "order": wish.order,
        "answer": msgspec.to_builtins(data) if data is not None else None,
    }
