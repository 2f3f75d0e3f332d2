"""The closing list of a day and the check sheet of a month, to look at and to print."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from hub.console.base import gate
from hub.console.base.console import Asked, console_of
from hub.console.base.render import View
from hub.console.base.routes import get
from hub.console.base.subprocesses import NotDone
from hub.console.pages.certificates import NO_PDF, PDF
from hub.core.doors.check_sheet import CheckSheet
from hub.core.doors.closing_list import ClosingList
from hub.reports import certificate as certificate_report
from hub.reports import sheet_pages, sheet_rows, sheet_words
from hub.reports.words import Words
from hub.store import sheets, who_opened
from hub.store.sheets import Now
from wire import moments

T = TypeVar("T")


class Overview(NamedTuple):
    """What the first page shows: a day in short, and what there are sheets of."""

    day: date
    rows: list[tuple[str, sheet_rows.Overview]]
    """Of each area its name and its line."""


@get("/sheets")
async def overview(request: Asked) -> Response:
    """All areas of a day in short; from here to every sheet."""
    text = request.query_params.get("day", "")

    def ask(connection: Connection, view: View) -> Overview:
        day = sheet_rows.day_of(text) or _today(view)
        lists = sheets.closings(connection, view.site, day, view.now)
        return Overview(day, [(one.area, sheet_rows.overview(one, _words(view))) for one in lists])

    view, found = await console_of(request).look(request, ask)
    return console_of(request).renderer.page(
        "sheets.html",
        view,
        found=found,
        today=_today(view),
        step=timedelta(days=1),
        points=who_opened.opened_points(view.site),
        heads=sheet_words.OVERVIEW_HEADS,
        sheet=_words(view),
    )


@get("/sheets/closing")
async def closing(request: Asked) -> Response:
    """The closing list of an area for a day."""
    view, found = await _look(request, _closing)
    said = sheet_rows.closing(found, _words(view))
    return console_of(request).renderer.page(
        "sheet_closing.html",
        view,
        of=found,
        said=said,
        parts=sheet_rows.parts(said),
        sheet=_words(view),
        sheet_words=sheet_words,
        step=timedelta(days=1),
    )


@get("/sheets/closing/pdf")
async def closing_pdf(request: Asked) -> Response:
    """The same as an A4 page."""
    view, found = await _look(request, _closing)
    return await _pdf(request, sheet_pages.closing(found, _words(view)), f"closing-{found.area}-{found.day}")


@get("/sheets/checks")
async def checks(request: Asked) -> Response:
    """The check sheet of a cabinet, safe or bolt for a month."""
    view, found = await _look(request, _checks)
    return console_of(request).renderer.page(
        "sheet_checks.html",
        view,
        of=found,
        rows=sheet_rows.checks(found, _words(view)),
        sheet=_words(view),
        sheet_words=sheet_words,
        before=found.first - timedelta(days=1),
        after=found.days[-1].day + timedelta(days=1),
    )


@get("/sheets/checks/pdf")
async def checks_pdf(request: Asked) -> Response:
    """The same as an A4 page."""
    view, found = await _look(request, _checks)
    name = f"checks-{found.place.replace('/', '-')}-{found.first:%Y-%m}"
    return await _pdf(request, sheet_pages.checks(found, view.site, _words(view)), name)


async def _look(request: Asked, question: Callable[[Asked, Connection, View], T]) -> tuple[View, T]:
    return await console_of(request).look(request, lambda connection, view: question(request, connection, view))


def _closing(request: Asked, connection: Connection, view: View) -> ClosingList:
    """Raises HTTPException for an area or a day that there is not."""
    area, day = request.query_params.get("area", ""), sheet_rows.day_of(request.query_params.get("day", ""))
    if area not in view.site.areas or day is None:
        raise HTTPException(404)
    return sheets.closing(connection, view.site, area, day, _now(view))


def _checks(request: Asked, connection: Connection, view: View) -> CheckSheet:
    """Raises HTTPException for a point or a month that there is not."""
    point, month = request.query_params.get("point", ""), request.query_params.get("month", "")
    first = sheet_rows.day_of(f"{month}-01")
    if point not in who_opened.opened_points(view.site) or first is None:
        raise HTTPException(404)
    return sheets.checks(connection, view.site, point, first, _now(view))


async def _pdf(request: Asked, page: str, name: str) -> Response:
    try:
        made = await console_of(request).subprocesses.run(certificate_report.__name__, given=page.encode())
    except NotDone:
        return gate.refuse(request, 500, NO_PDF)
    return Response(made, media_type=PDF, headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'})


def _words(view: View) -> Words:
    return Words(view.texts.language, view.site, view.people)


def _today(view: View) -> date:
    return moments.at(view.now, view.site.zone).date()


def _now(view: View) -> Now:
    """While the engine is silent nothing later is known."""
    silent = view.engine.hearing == "silent"
    return Now(view.now, view.engine.at or 0) if silent else Now(view.now)


ROUTES: list[Route] = [overview, closing, closing_pdf, checks, checks_pdf]
