"""Handing over: what stands open is drafted by the hub, the outgoing officer signs it with a note, the next one signs.

The duty sheet is the same on paper. It bears the newest checkpoint as a code and as words: paper that nobody can change
afterwards says how long the journal was, and what its tree came to.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import segno
from markupsafe import Markup
from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from hub.console.base.console import Asked, Console, console_of, go
from hub.console.base.gate import Rule
from hub.console.base.render import View
from hub.console.base.routes import get, number_of, post
from hub.console.pages import roster as roster_page
from hub.console.parts.paging import before_of, terms
from hub.core.calling import roster
from hub.core.calling.roster import OnDuty
from hub.core.journal import requests
from hub.core.state import Alarm, Handover
from hub.ledger import checkpoint as ledger_checkpoint
from hub.store import alarm_list, rosters, rows
from hub.store.queries import PAGE
from wire import checkpoint, paper
from wire import messages as m

LONGEST_NOTE = 500
WAITING_SHOWN = 3
"""Those that were forgotten longer ago are found among the earlier ones."""


class Standing(NamedTuple):
    """What is handed over, with the alarms themselves."""

    alarms: list[Alarm]
    troubles: list[Alarm]
    sealed: tuple[str, ...]
    silent: tuple[str, ...]


class Printed(NamedTuple):
    """The newest checkpoint as paper bears it."""

    size: int
    words: list[str]
    code: Markup


class HandoverDetail(NamedTuple):
    """What the page shows."""

    now: Standing
    waiting: list[tuple[Handover, Standing]]
    earlier: list[Handover]
    on_duty: OnDuty


@get("/handover")
async def show(request: Asked) -> Response:
    """What would be handed over now, what waits for a signature, and earlier hand-overs."""
    return await _page(console_of(request), request)


@post("/handover", Rule(roles=requests.roles_for(m.HandoverDrafted)))
async def give(request: Asked) -> Response:
    """Hand over, with a note."""
    console, form = console_of(request), await request.form()
    note = str(form.get("note", "")).replace("\r\n", "\n").strip()[:LONGEST_NOTE]
    wanted = m.HandoverDrafted(handover=0, alarms=(), sealed=(), silent=(), note=note)
    why_not = await console.act(request, wanted)
    return await _page(console, request, why_not, note) if why_not else go("/handover#waiting")


@post("/handover/{number}/take", Rule(roles=requests.roles_for(m.HandoverTaken)))
async def take(request: Asked) -> Response:
    """Take over just that."""
    console, number = console_of(request), number_of(request)
    why_not = await console.act(request, m.HandoverTaken(handover=number))
    return await _page(console, request, why_not) if why_not else go(f"/handover/{number}")


@get("/handover/{number}")
async def one(request: Asked) -> Response:
    """One hand-over, as it was signed."""
    return await _one(request, "handover_one.html", number_of(request))


@get("/handover/{number}/sheet")
async def sheet(request: Asked) -> Response:
    """That hand-over on a sheet of paper."""
    return await _one(request, "sheet.html", number_of(request))


@get("/handover/sheet")
async def sheet_now(request: Asked) -> Response:
    """A sheet of paper for a hand-over of now."""
    return await _one(request, "sheet.html", None)


async def _page(console: Console, request: Asked, message: str = "", note: str = "") -> Response:
    search, before = request.query_params.get("q", "")[:100], before_of(request)

    def ask(connection: Connection, view: View) -> HandoverDetail:
        waiting = [(one, _standing(connection, view, one)) for one in rosters.waiting(connection, WAITING_SHOWN)]
        earlier = rosters.handovers(connection, terms(search, view.names, {}), PAGE + 1, before)
        return HandoverDetail(
            _standing(connection, view, None), waiting, earlier, roster_page.on_duty(connection, view)[0]
        )

    view, found = await console.look(request, ask)
    view.message = message
    return console.renderer.page(
        "handover.html",
        view,
        409 if message else 200,
        found=found,
        rows=found.earlier[:PAGE],
        more=found.earlier[PAGE - 1].number if len(found.earlier) > PAGE else None,
        search=search,
        before=before,
        note=note,
        may_give=view.may(m.HandoverDrafted),
        may_take=view.may(m.HandoverTaken),
        LONGEST_NOTE=LONGEST_NOTE,
    )


async def _one(request: Asked, template: str, number: int | None) -> Response:
    console = console_of(request)

    def ask(connection: Connection, view: View) -> tuple[Handover | None, Standing, Printed | None, OnDuty]:
        handover = rosters.find(connection, number) if number is not None else None
        standing = _standing(connection, view, handover)
        return handover, standing, _printed(connection), roster_page.on_duty(connection, view)[0]

    view, (handover, standing, printed, on_duty) = await console.look(request, ask)
    if handover is None and number is not None:
        raise HTTPException(404)
    return console.renderer.page(
        template,
        view,
        handover=handover,
        standing=standing,
        printed=printed,
        on_duty=on_duty,
        may_take=view.may(m.HandoverTaken),
    )


def _standing(connection: Connection, view: View, handover: Handover | None) -> Standing:
    """What was handed over; with no hand-over, what would be now."""
    if handover is None:
        draft = roster.draft(rows.load(connection), view.site)
        return _told(connection, draft.alarms, tuple(one.area for one in draft.sealed), draft.silent)
    return _told(connection, handover.alarms, handover.sealed, handover.silent)


def _told(connection: Connection, numbers: Iterable[int], sealed: tuple[str, ...], silent: tuple[str, ...]) -> Standing:
    alarms = alarm_list.numbered(connection, numbers)
    return Standing(
        [one for one in alarms if one.klass != "trouble"],
        [one for one in alarms if one.klass == "trouble"],
        sealed,
        silent,
    )


def _printed(connection: Connection) -> Printed | None:
    """The newest checkpoint, which the engine signs; a new hub has none in its first minute."""
    newest = ledger_checkpoint.newest(connection)
    if newest is None:
        return None
    found, _ = checkpoint.open_signed(newest.note)
    code = segno.make(paper.qr_text(newest.note), error="m", micro=False).svg_inline(border=2, omitsize=True)
    return Printed(found.size, paper.to_words(found), Markup(code))  # noqa: S704 - segno's drawing, nobody's text


ROUTES: list[Route] = [show, give, take, one, sheet, sheet_now]
