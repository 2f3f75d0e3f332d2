"""`strongroom roster`: who answers when, and one duty officer handing over to the next."""

from __future__ import annotations

from datetime import tzinfo
from typing import Annotated

import msgspec

from hub.cli import table
from hub.cli.asking import first
from hub.cli.common import act, hub_of, local, look, moment, print_json
from hub.core.calling import roster
from hub.core.state import Handover, Shift
from hub.site_directory.hub import wall_ms
from wire import messages as m
from wire.command_line.signature import Argument, Context, Option
from wire.command_line.tree import Group

app = Group()
handing = Group("Hand over to the next duty officer: both sign.")
app.add("handover", handing)

Login = Annotated[str, Option("--as", help="Login of your account, whose password is then asked for.")]


@app.command()
def show(
    context: Context,
    everything: Annotated[bool, Option("--all", help="Past and removed shifts too.")] = False,
    json: Annotated[bool, Option("--json", help="One object a line.")] = False,
) -> None:
    """Show who answers now, the shifts to come, and where nobody has one."""
    state, site = look(hub_of(context))
    now = wall_ms()
    shifts = sorted(state.all(Shift), key=lambda one: one.starts)
    shifts = [one for one in shifts if everything or (one.ends > now and not one.removed)]
    on_duty = roster.on_duty(state, site, now)
    gaps = roster.gaps(state, site, now)
    if json:
        print_json([{"now": on_duty._asdict(), "gaps": gaps}, *map(msgspec.to_builtins, shifts)])
        return
    who = ", ".join(map(str, on_duty.people)) or "nobody"
    print(f"now: {who}{' (the roster has a gap: everybody in the role duty)' if on_duty.gap else ''}")
    print(f"standing in: {', '.join(map(str, on_duty.stand_ins)) or 'nobody'}")
    headings = ("shift", "person", "stand-in", f"from ({site.timezone})", "to", "")
    table.show(headings, (_columns(one, site.zone) for one in shifts))
    for starts, ends in gaps:
        print(f"nobody from {local(starts, site.zone)} to {local(ends, site.zone)}")


def _columns(one: Shift, zone: tzinfo) -> tuple[object, ...]:
    times = (local(at, zone) for at in (one.starts, one.ends))
    return one.number, one.person, one.stand_in or "", *times, "removed" if one.removed else ""


@app.command()
def add(
    context: Context,
    person: Annotated[int, Argument(help="Number of the person who answers.")],
    starts: Annotated[str, Option("--from", help='Local time, such as "2026-02-14 17:30".')],
    ends: Annotated[str, Option("--to", help="Likewise.")],
    login: Login,
    stand_in: Annotated[int | None, Option(help="Number of the person who stands in.")] = None,
) -> None:
    """Put a shift on the roster."""
    hub = hub_of(context)
    zone = look(hub)[1].zone
    begin, end = moment(starts, zone), moment(ends, zone)
    request = m.ShiftAdded(shift=0, person=person, stand_in=stand_in, starts=begin, ends=end)
    added = first(act(hub, login, request), m.ShiftAdded)
    print(f"shift {added.shift} is on the roster")


@app.command()
def remove(
    context: Context,
    number: Annotated[int, Argument(help="Number of the shift, see: strongroom roster show")],
    login: Login,
) -> None:
    """Take a shift off the roster. It stays on record."""
    hub = hub_of(context)
    act(hub, login, m.ShiftRemoved(shift=number))
    print(f"shift {number} is off the roster")


@handing.command("give")
def give(
    context: Context,
    login: Login,
    note: Annotated[str, Option(help="What the next one should know.")] = "",
) -> None:
    """Hand over: what is open now is written down, with your note, and you sign it."""
    hub = hub_of(context)
    request = m.HandoverDrafted(handover=0, alarms=(), sealed=(), silent=(), note=note)
    drafted = first(act(hub, login, request), m.HandoverDrafted)
    print(f"hand-over {drafted.handover}: {_summary(drafted)}")
    print(f"the next duty officer takes it with: strongroom roster handover take {drafted.handover} --as LOGIN")


@handing.command("take")
def take(context: Context, number: Annotated[int, Argument()], login: Login) -> None:
    """Take over just what was handed over."""
    hub = hub_of(context)
    act(hub, login, m.HandoverTaken(handover=number))
    print(f"hand-over {number} is taken")


@handing.command("show")
def show_handovers(
    context: Context,
    json: Annotated[bool, Option("--json", help="One object a line.")] = False,
    last: Annotated[int, Option(help="At most so many, the newest.")] = 20,
) -> None:
    """Show hand-overs, newest first."""
    state, site = look(hub_of(context))
    rows = sorted(state.all(Handover), key=lambda one: one.number, reverse=True)[:last]
    if json:
        print_json(map(msgspec.to_builtins, rows))
        return
    for row in rows:
        taken = f"taken by {row.taken_by} at {local(row.taken_at, site.zone)}" if row.taken_at else "not taken yet"
        print(f"{row.number}: given by {row.given_by} at {local(row.given_at, site.zone)}, {taken}")


def _summary(drafted: m.HandoverDrafted) -> str:
    parts = [
        f"open alarms: {', '.join(map(str, drafted.alarms)) or 'none'}",
        f"sealed: {', '.join(one.area for one in drafted.sealed) or 'nothing'}",
        f"silent nodes: {', '.join(drafted.silent) or 'none'}",
    ]
    return "; ".join(parts)
