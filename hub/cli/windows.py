"""`strongroom calendar propose`, `plan` and `cancel`: the times in which areas are to be sealed."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import Annotated

from hub.cli import calendar_view, names, table
from hub.cli.asking import first
from hub.cli.calendar import Json, Login
from hub.cli.common import act, hub_of, iso, print_json
from hub.core.calendar import windows as calendar_windows
from hub.core.calendar.windows import Known, Proposal
from hub.core.site.document import Site
from hub.core.state import Calendar
from hub.site_directory.hub import Hub
from hub.store import calendars, looking
from wire import messages as m
from wire.command_line.run import Failure
from wire.command_line.signature import Argument, Context, Option

MOMENT = "%Y-%m-%d %H:%M"


def propose(
    context: Context,
    year: Annotated[int | None, Argument(help="One year; without it every year that has a calendar.")] = None,
    weekends: Annotated[bool, Option("--weekends", help="Ordinary weekends too.")] = False,
    json: Json = False,
) -> None:
    """Propose sealing windows: from the close of the last working day to the opening of the next."""
    hub = hub_of(context)
    known, site = _known(hub)
    if year is not None and year not in known.years:
        raise Failure(f"{year} is UNPUBLISHED: it has no approved calendar, and nothing is guessed", 65)
    proposals = _proposals(known, site, [year] if year else sorted(known.years), weekends)
    if json:
        print_json([{"timezone": site.timezone, "windows": [_plain(one) for one in proposals]}])
        return
    if proposals:
        table.show(calendar_view.PROPOSALS, calendar_view.proposals(proposals))
        print(f"Times are those of {site.timezone}.")
    else:
        print("no year has an approved calendar")


def plan(
    context: Context,
    login: Login,
    day: Annotated[
        str | None, Argument(metavar="[DAY]", help="A day of a proposed window, such as 2026-02-17.")
    ] = None,
    area: Annotated[list[str] | None, Option(help="Area to be sealed; repeatable. Without it: all.")] = None,
    starts: Annotated[str | None, Option("--from", help='Local time, such as "2026-02-14 17:30".')] = None,
    ends: Annotated[str | None, Option("--to", help="Likewise.")] = None,
    title: Annotated[str | None, Option(help="What it is for.")] = None,
) -> None:
    """Plan a window, as it is proposed for a day or at times of your own."""
    hub = hub_of(context)
    known, site = _known(hub)
    for one in area or ():
        names.area(site, one)
    proposed = _proposed(known, site, day) if day else None
    begin = _moment(starts, site.zone) if starts else proposed and proposed.starts
    end = _moment(ends, site.zone) if ends else proposed and proposed.ends
    named = title or (calendar_view.title_of(proposed.holidays) if proposed else None)
    if begin is None or end is None:
        raise Failure("when? Name a day of a proposed window, or --from and --to; an open side must be named", 64)
    if not named:
        raise Failure("what for? Name it with --title", 64)
    if area is None:
        area = [one.name for one in site.area]
    request = m.WindowPlanned(window=0, title=named, areas=tuple(area), starts=_ms(begin), ends=_ms(end))
    planned = first(act(hub, login, request), m.WindowPlanned)
    print(f"window {planned.window} is planned: {', '.join(area)}, {begin:{MOMENT}} to {end:{MOMENT}}")


def cancel(
    context: Context,
    number: Annotated[int, Argument(help="Number of the window, see: strongroom calendar show")],
    login: Login,
    reason: Annotated[str, Option(help="Why, in your own words.")],
) -> None:
    """Cancel a planned window. It stays on record. An area that is sealed already stays so."""
    hub = hub_of(context)
    act(hub, login, m.WindowCancelled(window=number, reason=reason))
    print(f"window {number} is cancelled")


def _known(hub: Hub) -> tuple[Known, Site]:
    with hub.reading() as connection:
        state, site = looking.look(connection)
        found = calendars.in_force(connection, state.all(Calendar))
    calendar_view.say_damaged(found.damaged)
    return Known(found.calendars), site


def _proposals(known: Known, site: Site, years: list[int], weekends: bool) -> list[Proposal]:
    found = (
        calendar_windows.propose(known, year, calendar_windows.office(site), site.zone, weekends) for year in years
    )
    return list(dict.fromkeys(one for year in found for one in year))  # the turn of a year comes with both


def _proposed(known: Known, site: Site, text: str) -> Proposal:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Failure(f"{text!r} is no day; write it like 2026-02-17", 64) from None
    if known.kind(day) == "unknown":
        raise Failure(f"{day.year} is UNPUBLISHED; name the window yourself with --from, --to and --title", 65)
    for one in _proposals(known, site, sorted(known.years), weekends=True):
        if (one.after is None or one.after < day) and (one.before is None or day < one.before):
            return one
    raise Failure(f"{text} lies in no window; see: strongroom calendar propose", 65)


def _moment(text: str, zone: tzinfo) -> datetime:
    try:
        return datetime.strptime(text, MOMENT).replace(tzinfo=zone)
    except ValueError:
        raise Failure(f'{text!r} is no time; write it like "2026-02-14 17:30"', 64) from None


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _plain(one: Proposal) -> dict[str, object]:
    return {
        "starts": iso(_ms(one.starts)) if one.starts else None,
        "ends": iso(_ms(one.ends)) if one.ends else None,
        "last_working_day": one.after.isoformat() if one.after else None,
        "next_working_day": one.before.isoformat() if one.before else None,
        "holidays": [{"zh": title.zh, "en": title.en} for title in one.holidays],
        "unpublished": list(one.unpublished),
    }
