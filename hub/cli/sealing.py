"""`strongroom sealing`: the list of what is missing, ticks, numbers on seals, exceptions, approvals, signatures."""

from __future__ import annotations

from datetime import tzinfo
from typing import Annotated, Any, get_args

import msgspec

from hub.cli import asking, names, table
from hub.cli.common import act, actor, held_database, hub_of, local, look, print_json
from hub.cli.seal import BADGES, Login
from hub.core import kept_back
from hub.core.sealing import before as before_sealing
from hub.core.sealing import frozen
from hub.core.state import Frozen, Sealing, SealOn, WalkTest
from hub.site_directory import engine_pulse
from hub.site_directory.hub import wall_ms
from hub.store import certificates, looking
from wire import decoding
from wire import messages as m
from wire.command_line.run import Failure, nearest
from wire.command_line.signature import Argument, Context, Option
from wire.command_line.tree import Group

app = Group()

Area = Annotated[str, Argument(help="Name of the area.")]
Seal = Annotated[str, Argument(help="The seal, as area/name.")]
Number = Annotated[str, Argument(help="The number that is printed on it.")]


@app.command("list")
def list_(
    context: Context,
    area: Annotated[str | None, Argument(help="Only of this area.")] = None,
    json: Annotated[bool, Option("--json", help="One object a line.")] = False,
) -> None:
    """Show sealings, newest first."""
    with hub_of(context).reading() as connection:
        _state, site = looking.look(connection)
        found = certificates.sealings(connection, area)
    if area is not None and area not in site.areas and not found:  # one that was, and has sealings, is no slip
        names.area(site, area)
    if json:
        print_json(msgspec.to_builtins(one) for one in found)
        return
    headings = ("number", "area", "state", f"sealed ({site.timezone})", "ended", "openings", "alarms")
    table.show(headings, (_columns(one, site.zone) for one in found))


def _columns(one: Sealing, zone: tzinfo) -> tuple[object, ...]:
    times = (local(at, zone) if at else "" for at in (one.sealed_at, one.ended_at))
    return one.number, one.area, one.state, *times, one.openings, one.alarms


@app.command()
def status(
    context: Context,
    area: Area,
    json: Annotated[bool, Option("--json", help="One object.")] = False,
) -> None:
    """Show all that is missing before an area can be sealed, in one list; or how its sealing stands."""
    hub = hub_of(context)
    state, site = look(hub)
    names.area(site, area)
    beat = engine_pulse.ask(hub.layout.engine_socket, hub.layout.public_key("engine"), hub.site, wall_ms())
    now, unsealed = wall_ms(), state.area(area).state == "unsealed"
    lacks = before_sealing.missing(state, site, area, now) if unsealed else []
    held = [one for one in state.all(Frozen) if one.area == area and one.sealing == state.area(area).sealing != 0]
    under_way = [one for one in state.all(Sealing) if one.area == area]
    if json:
        missing = [{"lack": one.lack, "about": one.about} for one in lacks]
        sealings = [msgspec.to_builtins(one) for one in under_way]
        standing: dict[str, Any] = {
            "area": area,
            "state": state.area(area).state,
            "missing": missing,
            "sealings": sealings,
        }
        standing["held"] = [
            {**msgspec.to_builtins(one), "kept_back": kept_back.behind(state, one), "lacks": frozen.lacks(one, site)}
            for one in held
        ]
        standing["database_held_for"] = beat.held if beat else None
        print_json([{**standing, "engine": "heard" if beat else "silent"}])
        return
    if beat is None:
        print("The engine is silent: what stands below may be out of date. See: strongroom status")
    elif beat.held is not None:
        print(f"{held_database(beat.held)} What stands below may be out of date.")
    print(f"{area}: {state.area(area).state}", *(f"sealing {one.number}: {one.state}" for one in under_way), sep="\n")
    for row in sorted(held, key=lambda one: one.node):
        print(f"  held: {row.node}, since {local(row.since, site.zone)}, {row.hash}")
        if kept_back.behind(state, row):
            print(f"  kept back: the plan of {row.node}, until two people admit it: strongroom sealing change {area}")
        if frozen.lacks(row, site):
            print(f"  kept back: badges that were added, at {row.node}, until two people admit it")
    for one in lacks:
        print(f"  missing: {one.lack:<20} {one.about}")
    walks = {row.place: row for row in state.all(WalkTest) if row.place.startswith(f"{area}/")}
    for place, walk in sorted(walks.items()):
        opened = local(walk.opened_at, site.zone) if walk.opened_at else "never"
        closed = local(walk.closed_at, site.zone) if walk.closed_at else "not yet"
        print(f"  walked: {place}, opened {opened}, closed {closed}")
    for seal in (row for row in state.all(SealOn) if row.place.startswith(f"{area}/")):
        if unsealed and not before_sealing.fresh(seal.said_at, now):
            continue  # the number of a sealing that is over
        print(f"  seal: {seal.place} {seal.number}, said by {seal.said_by}, repeated by {seal.repeated_by or 'nobody'}")


@app.command()
def check(context: Context, area: Area, login: Login) -> None:
    """Begin the check of an area. Without it `strongroom seal` does so by itself."""
    _act(context, login, m.SealingChecking(sealing=0, area=area))


@app.command()
def tick(
    context: Context,
    area: Area,
    login: Login,
    items: Annotated[list[str], Argument(help=f"Some of: {', '.join(get_args(m.CheckItem))}; or: all")],
) -> None:
    """Say that you have looked at these items of the area's list, and that they are in order."""
    _state, site = look(hub_of(context))
    names.area(site, area)
    wanted = list(before_sealing.items(site, area)) if items == ["all"] else items
    every = get_args(m.CheckItem)
    for item in wanted:
        if item not in every:
            raise Failure(f"{item!r} is no item{nearest(item, every)}; some of: {', '.join(every)}; or: all", 64)
    _act(
        context,
        login,
        *(decoding.convert({"kind": "check-ticked", "area": area, "item": one}, m.CheckTicked) for one in wanted),
    )


@app.command()
def number(
    context: Context,
    seal: Seal,
    number: Number,
    login: Login,
    said_by: Annotated[int, Option(help="Number of the one who reads it aloud: first one of the two, then the other.")],
) -> None:
    """Enter the number of a seal that is put on. The second of the two repeats it; another number is refused."""
    _act(context, login, m.SealNumber(point=seal, number=number, said_by=said_by))


@app.command()
def compare(context: Context, seal: Seal, number: Number, login: Login) -> None:
    """Enter the number that you read off a seal before it is taken off. Another number is an alarm."""
    _act(context, login, m.SealCompared(sealing=0, point=seal, number=number, same=False))


@app.command("except")
def except_(
    context: Context,
    point: Annotated[str, Argument(help="The point, as area/name.")],
    login: Login,
    reason: Annotated[str, Option(help="Why, in your own words.")],
) -> None:
    """Answer, as security officer, for sealing although this point is blind or was not walked."""
    _act(context, login, m.ExceptionSigned(point=point, reason=reason))


@app.command()
def approve(
    context: Context,
    area: Area,
    login: Login,
    cause: Annotated[str, Option(help="Why, in your own words.")],
) -> None:
    """Approve of unsealing an area. Somebody else orders it."""
    _act(context, login, m.UnsealingApproved(sealing=0, area=area, cause=cause))


@app.command()
def change(
    context: Context,
    area: Area,
    login: Login,
    cause: Annotated[str, Option(help="Why, in your own words.")],
) -> None:
    """Have a point or the people of a sealed area changed while it stays sealed: two people admit it at its reader.

    After the second badge you have less than two minutes. What was added to the people counts at once; a site document
    with other points is put in force in that time, by `strongroom site apply`."""
    _act(context, login, m.SealingOrdered(sealing=0, area=area, purpose="change", cause=cause))
    print(f"{area}: {BADGES}; the reader blinks red and green together")


@app.command()
def sign(context: Context, area: Area, login: Login) -> None:
    """Sign for an emergency opening. It takes two people."""
    _act(context, login, m.EmergencySigned(sealing=0, area=area))


@app.command()
def release(context: Context, area: Area, login: Login) -> None:
    """End a sealing without its dead nodes, after an emergency opening by another person in the other role."""
    _act(context, login, m.SealingReleased(sealing=0, area=area))


@app.command()
def drop(
    context: Context,
    number: Annotated[int, Argument(help="Number of the sealing, see: strongroom sealing list")],
    login: Login,
    reason: Annotated[str, Option(help="Why, in your own words.")],
    postpone: Annotated[bool, Option("--postpone", help="It will be, at another time.")] = False,
) -> None:
    """Cancel or postpone a sealing that is planned or checked."""
    outcome = "postponed" if postpone else "cancelled"
    wanted = {"kind": "sealing-dropped", "sealing": number, "area": "none", "outcome": outcome, "reason": reason}
    hub = hub_of(context)
    actor(hub, login)
    asking.act(hub, login, decoding.convert(wanted, m.SealingDropped))


def _act(context: Context, login: str, *wanted: m.FactData) -> None:
    act(hub_of(context), login, *wanted)
