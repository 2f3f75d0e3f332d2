"""The roster: who answers now and next, the coming weeks day by day, and where nobody does."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Connection
from starlette.responses import Response
from starlette.routing import Route

from hub.console.base.console import Asked, Console, console_of, go
from hub.console.base.gate import Rule
from hub.console.base.render import View
from hub.console.base.routes import get, number_of, post
from hub.console.parts.paging import moment, start_of
from hub.console.words.duty_words import WEEKDAYS
from hub.core.calling import roster
from hub.core.calling.roster import OnDuty
from hub.core.journal import requests
from hub.core.state import Shift, State
from hub.store import rosters
from wire import messages as m
from wire import moments

WEEKS = 4
DAY = timedelta(days=1)
WIDTH = 960
"""Units of a drawn day."""


class Piece(NamedTuple):
    """A part of one day: a shift, or a time that nobody has (None). `first`: the shift is not shown above. `soon`: a
    gap that is a trouble already. Times in ms; `x` and `width` are where it is drawn."""

    shift: Shift | None
    first: bool
    soon: bool
    starts: int
    ends: int
    x: int
    width: int


class Day(NamedTuple):
    """One line of the roster."""

    date: date
    weekday: str
    today: bool
    pieces: list[Piece]


class Week(NamedTuple):
    """Seven lines, or as many as a person has. `bare`: nobody has any of it, and it is too early to mind."""

    days: list[Day]
    bare: bool


class Roster(NamedTuple):
    """What the database says. `kept`: whether there has ever been a shift."""

    shifts: list[Shift]
    on_duty: OnDuty
    current: list[Shift]
    following: Shift | None
    gaps: list[tuple[int, int]]
    kept: bool


def on_duty(connection: Connection, view: View) -> tuple[OnDuty, list[Shift]]:
    """Who answers now, and by which shifts."""
    current = rosters.shifts(connection, view.now, view.now + 1)
    state = State()
    for shift in current:
        state.load(shift)
    return roster.on_duty(state, view.site, view.now), current


def officers(view: View) -> list[int]:
    """Who may have a shift."""
    return list(dict.fromkeys(roster.in_role(view.site, *roster.DUTY_ROLES)))


@get("/roster")
async def show(request: Asked) -> Response:
    """The weeks from a day on, or from this week's Monday."""
    return await _page(console_of(request), request)


@post("/roster/add", Rule(roles=requests.roles_for(m.ShiftAdded)))
async def add(request: Asked) -> Response:
    """Put a shift on the roster."""
    console, form = console_of(request), await request.form()
    typed = {key: str(form.get(key, "")) for key in ("who", "stand_in", "starts", "ends")}
    view = await console.view(request)
    starts, ends = moment(typed["starts"], view.site.zone), moment(typed["ends"], view.site.zone)
    person, stand_in = _number(typed["who"]), _number(typed["stand_in"])
    if person is None or starts is None or ends is None or starts < 0 or ends < 0:
        return await _page(console, request, view.texts.say("Choose a person, and from when to when."), typed)
    wanted = m.ShiftAdded(shift=0, person=person, stand_in=stand_in, starts=starts, ends=ends)
    why_not = await console.act(request, wanted)
    return await _page(console, request, why_not, typed) if why_not else go(f"/roster?from={typed['starts'][:10]}")


@post("/roster/{number}/remove", Rule(roles=requests.roles_for(m.ShiftRemoved)))
async def remove(request: Asked) -> Response:
    """Take a shift off the roster. It stays on record."""
    console, number = console_of(request), number_of(request)
    why_not = await console.act(request, m.ShiftRemoved(shift=number))
    return await _page(console, request, why_not) if why_not else go("/roster")


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


async def _page(console: Console, request: Asked, message: str = "", typed: dict[str, str] | None = None) -> Response:
    asked = request.query_params
    person = _number(asked.get("person", ""))

    def ask(connection: Connection, view: View) -> tuple[date, Roster]:
        monday = _monday(view, asked.get("from", ""))
        since, until = start_of(monday, view.site.zone), start_of(monday + WEEKS * 7 * DAY, view.site.zone)
        on, current = on_duty(connection, view)
        ahead = rosters.shifts(connection, view.now, view.now + roster.AHEAD_MS)
        kept = rosters.kept(connection)
        gaps = roster.uncovered(roster.counting(ahead, view.site), view.now, view.now + roster.AHEAD_MS) if kept else []
        shifts = rosters.shifts(connection, since, until)
        return monday, Roster(shifts, on, current, rosters.following(connection, view.now), gaps, kept)

    view, (monday, found) = await console.look(request, ask)
    view.message = message
    fill = next(iter(found.gaps), None)
    return console.renderer.page(
        "roster.html",
        view,
        409 if message else 200,
        roster=found,
        weeks=_weeks(view, monday, found, person),
        person=person,
        officers=officers(view),
        earlier=monday - WEEKS * 7 * DAY,
        monday=monday,
        later=monday + WEEKS * 7 * DAY,
        may_add=view.may(m.ShiftAdded),
        may_remove=view.may(m.ShiftRemoved),
        typed=typed or _filled(view, fill),
        WIDTH=WIDTH,
    )


def _filled(view: View, gap: tuple[int, int] | None) -> dict[str, str]:
    """The form for a new shift is filled with the first gap. How long one lasts that nothing follows, somebody says."""
    starts, ends = gap or (None, None)
    ends = None if ends == view.now + roster.AHEAD_MS else ends
    times = (view.minute(one).replace(" ", "T") for one in (starts, ends))
    return {"who": "", "stand_in": "", **dict(zip(("starts", "ends"), times, strict=True))}


def _monday(view: View, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = moments.at(view.now, view.site.zone).date()
    # Within what can be counted with: the ends of the calendar are no weeks.
    day = min(max(day, date(1971, 1, 1)), date(9000, 1, 1))
    return day - day.weekday() * DAY


def _weeks(view: View, monday: date, found: Roster, person: int | None) -> list[Week]:
    days = [_day(view, monday + number * DAY, monday, found, person) for number in range(WEEKS * 7)]
    weeks = []
    for at in range(0, len(days), 7):
        week = [day for day in days[at : at + 7] if day.pieces or person is None]
        bare = all(piece.shift is None and not piece.soon for day in week for piece in day.pieces)
        ahead = start_of(monday + at * DAY, view.site.zone) > view.now
        if week:
            weeks.append(Week(week, bare and ahead and found.kept))
    return weeks


def _day(view: View, day: date, monday: date, found: Roster, person: int | None) -> Day:
    """A day with its shifts and gaps. With a person, only that person's shifts."""
    starts, ends = start_of(day, view.site.zone), start_of(day + DAY, view.site.zone)
    mine: Iterable[Shift] = (one for one in found.shifts if person is None or person in (one.person, one.stand_in))
    parts: list[tuple[Shift | None, int, int]] = [
        (one, max(one.starts, starts), min(one.ends, ends)) for one in mine if one.starts < ends and one.ends > starts
    ]
    if person is None and found.kept and ends > view.now:
        counted = roster.counting(found.shifts, view.site)
        parts += [(None, *gap) for gap in roster.uncovered(counted, max(starts, view.now), ends)]
    pieces = [
        Piece(
            shift,
            shift is not None and (shift.starts >= starts or day == monday),
            begin < view.now + roster.AHEAD_MS,
            begin,
            end,
            *_drawn(starts, ends, begin, end),
        )
        for shift, begin, end in sorted(parts, key=lambda one: one[1])
    ]
    return Day(day, view.texts.say(WEEKDAYS[day.weekday()]), starts <= view.now < ends, pieces)


def _drawn(starts: int, ends: int, begin: int, end: int) -> tuple[int, int]:
    x = WIDTH * (begin - starts) // (ends - starts)
    return x, max(4, WIDTH * (end - starts) // (ends - starts) - x)


ROUTES: list[Route] = [show, add, remove]
