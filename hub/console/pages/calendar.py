"""The calendar: a month drawn, how each year stands, and bringing in the calendar of a year by two people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Connection
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from hub.console.base.console import Asked, Console, console_of, go, refused
from hub.console.base.gate import Rule
from hub.console.base.render import View
from hub.console.base.routes import get, number_of, post
from hub.console.base.subprocesses import NotDone
from hub.console.parts.month import Open, grid, month_of, still_open
from hub.console.parts.paging import start_of
from hub.console.words.duty_words import DAYS, LOOKS, WEEKDAYS
from hub.console.words.texts import N_
from hub.core.calendar import document_rules
from hub.core.calendar.document import Calendar as Document
from hub.core.calendar.document_rules import Opinion
from hub.core.calendar.windows import Known, tasks
from hub.core.journal import requests
from hub.core.refusal import NotPossible
from hub.core.site.mistakes import Mistake, Said
from hub.core.state import Calendar, Sealing, Window
from hub.documents import calendar as calendar_file
from hub.door import protocol
from hub.store import calendars, certificates, rows
from wire import decoding, moments
from wire import messages as m

DAMAGED = N_(
    "The stored calendar of %(year)s is not the one that was approved, and counts for nothing. Import it anew, and have"
    " it approved."
)
LARGEST = 60_000
"""Bytes of an uploaded document; the calendar of a year has some two thousand."""


class Year(NamedTuple):
    """How a year stands. `task`: somebody must get its calendar. `damaged`: the one in force is not what was stored."""

    row: Calendar
    task: bool
    damaged: bool

    @property
    def waits(self) -> bool:
        """Whether a version waits for its second person."""
        return self.row.version > self.row.approved


class CalendarDetail(NamedTuple):
    """What the page shows of the database."""

    known: Known
    damaged: list[int]
    """Years whose calendar counts for nothing."""
    years: list[Year]
    windows: list[Window]
    sealings: list[Sealing]


def today(view: View) -> date:
    """The local day."""
    return moments.at(view.now, view.site.zone).date()


def known_of(connection: Connection, rows_of: Iterable[Calendar]) -> Known:
    """What the approved calendars say."""
    return Known(calendars.in_force(connection, rows_of).calendars)


@get("/calendar")
async def show(request: Asked) -> Response:
    """One month, the years, and the windows."""
    return await page(console_of(request), request)


@get("/calendar/{year}")
async def year(request: Asked) -> Response:
    """What was imported last for a year, with what is odd in it, for whoever is to approve it."""
    return await _year(console_of(request), request, number_of(request, "year"))


@post("/calendar/import", Rule(roles=requests.roles_for(m.CalendarImported)))
async def import_(request: Asked) -> Response:
    """Bring in the calendar of a year. It counts only when a second person has approved it."""
    console, form = console_of(request), await request.form()
    file = form.get("document")
    document = await file.read() if isinstance(file, UploadFile) else b""
    view = await console.view(request)
    if not document or len(document) > LARGEST:
        return await page(console, request, view.texts.say("Choose the file with the calendar of a year."))
    reading = calendar_file.read(document)
    if reading.calendar is None or reading.mistakes:
        message = view.texts.say(
            "This calendar has mistakes, and was not imported. Mend the file, then choose it again."
        )
        return await page(console, request, message, reading.mistakes)
    wanted = protocol.ImportCalendar(token=request.state.signed.value, document=document.decode())
    try:
        await console.access.do(wanted)
    except NotPossible as refusal:
        return await page(console, request, refused(view, refusal))
    return go(f"/calendar/{reading.calendar.year}")


@post("/calendar/{year}/approve", Rule(roles=requests.roles_for(m.CalendarApproved)))
async def approve(request: Asked) -> Response:
    """Put in force just what was shown."""
    console, form = console_of(request), await request.form()
    number = number_of(request, "year")
    fact = {"kind": "calendar-approved", "year": number, "sha256": str(form.get("sha256", ""))}
    try:
        version = int(str(form.get("version", ""))[:15])
        wanted = decoding.convert(fact | {"version": version}, m.CalendarApproved)
    except ValueError:
        raise HTTPException(404) from None
    why_not = await console.act(request, wanted)
    return await _year(console, request, number, why_not) if why_not else go("/calendar#years")


async def page(
    console: Console,
    request: Asked,
    message: str = "",
    mistakes: Iterable[Mistake] = (),
    typed: dict[str, str] | None = None,
) -> Response:
    """The page of the calendar, perhaps with the reason why something was not done."""
    asked = request.query_params
    search, past = asked.get("q", "")[:100], asked.get("past") == "1"

    def ask(connection: Connection, view: View) -> tuple[date, CalendarDetail]:
        month = month_of(asked.get("month", ""), view)
        state = rows.load(connection)
        standing = list(state.all(Calendar))
        since, until = (start_of(one, view.site.zone) for one in _around(month))
        in_force = calendars.in_force(connection, standing)
        return month, CalendarDetail(
            Known(in_force.calendars),
            [one.year for one in in_force.damaged],
            _years(standing, {one.year for one in in_force.damaged}, today(view)),
            sorted(state.all(Window), key=lambda one: (one.starts, one.number)),
            certificates.sealed_between(connection, since, until),
        )

    view, (month, found) = await console.look(request, ask)
    view.message = message
    before, after = _around(month)
    years = sorted({before.year, month.year, after.year, today(view).year, today(view).year + 1})
    proposed = still_open(view, found.known, years, found.windows)
    return console.renderer.page(
        "calendar.html",
        view,
        409 if message else 200,
        month=month,
        previous=f"{before:%Y-%m}",
        following=f"{after:%Y-%m}",
        weeks=grid(view, found.known, month, found.windows, proposed, found.sealings),
        damaged=[view.texts.say(DAMAGED, year=one) for one in found.damaged],
        unpublished=month.year not in found.known.years,
        years=found.years,
        proposed=[one for one in proposed if _is_ahead(view, one)],
        windows=_matching(view, found.windows, search, past),
        search=search,
        past=past,
        mistakes=[_said(view, one) for one in mistakes],
        typed=typed or {},
        may_import=view.may(m.CalendarImported),
        may_plan=view.may(m.WindowPlanned),
        may_cancel=view.may(m.WindowCancelled),
        WEEKDAYS=WEEKDAYS,
        DAYS=DAYS,
        LOOKS=LOOKS,
    )


async def _year(console: Console, request: Asked, number: int, message: str = "") -> Response:
    def ask(connection: Connection, _view: View) -> tuple[Calendar, Document] | None:
        row = rows.load(connection).find(Calendar, number)
        return (row, calendars.newest(connection, row)) if row else None

    try:
        view, found = await console.look(request, ask)
    except calendars.CalendarDamaged:
        return await page(console, request, (await console.view(request)).texts.say(DAMAGED, year=number))
    if found is None:
        raise HTTPException(404)
    row, document = found
    view.message = message
    own = view.signed is not None and view.signed.person == row.imported_by
    return console.renderer.page(
        "calendar_year.html",
        view,
        409 if message else 200,
        row=row,
        document=document,
        remarks=[_said(view, one) for one in document_rules.odd(document, await _opinions(console, number))],
        waits=row.version > row.approved,
        own=own,
        may_approve=view.may(m.CalendarApproved) and not own,
        WEEKDAYS=WEEKDAYS,
    )


async def _opinions(console: Console, number: int) -> list[Opinion]:
    """What two libraries say of the year; none when they could not be asked: they are a second opinion only."""
    try:
        made = await console.subprocesses.run("hub.documents.calendar_libraries", str(number))
    except NotDone:
        return []
    return decoding.decode(made, list[Opinion])


def _said(view: View, mistake: Mistake) -> tuple[str, str]:
    return mistake.place, _in_words(view, mistake.sentence)


def _in_words(view: View, sentence: object) -> str:
    """In the language of the page, but for the file's own keys."""
    if not isinstance(sentence, Said):
        return str(sentence)
    return view.texts.say(sentence.template, **{key: _in_words(view, one) for key, one in sentence.values.items()})


def _around(month: date) -> tuple[date, date]:
    """A day in the week before a month, and one in the week after it."""
    return month - timedelta(days=7), month.replace(day=28) + timedelta(days=11)


def _years(standing: list[Calendar], damaged: set[int], day: date) -> list[Year]:
    """This year and the next, and every other year that anything is known of, the newest first."""
    by_year = {row.year: row for row in standing}
    due = tasks(day, [row.year for row in standing if row.approved and row.year not in damaged])
    years = sorted(by_year.keys() | {day.year, day.year + 1}, reverse=True)
    return [Year(by_year.get(one) or Calendar(one), one in due, one in damaged) for one in years]


def _is_ahead(view: View, one: Open) -> bool:
    ends = one.proposal.ends or one.proposal.starts
    return ends is not None and ends.timestamp() * 1000 > view.now


def _matching(view: View, windows: list[Window], search: str, past: bool) -> list[Window]:
    """Windows whose title, areas or number contain every word of a search; those ahead, unless past ones are wanted."""

    def fits(one: Window) -> bool:
        text = " ".join(
            (str(one.number), view.names.written(one.title), *(view.names.area(area) for area in one.areas))
        ).casefold()
        return all(word in text for word in search.casefold().split())

    shown = [one for one in windows if past or (one.planned and one.ends > view.now)]
    return [one for one in shown if fits(one)]


ROUTES: list[Route] = [show, year, import_, approve]
