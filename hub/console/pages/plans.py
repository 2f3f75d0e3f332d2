"""Windows: making a proposal a plan, planning one of one's own, and cancelling."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection
from starlette.responses import Response
from starlette.routing import Route

from hub.console.base.console import Asked, Console, console_of, go
from hub.console.base.gate import Rule
from hub.console.base.render import View
from hub.console.base.routes import get, number_of, post
from hub.console.pages import calendar
from hub.console.parts import month
from hub.console.parts.month import Open
from hub.console.parts.paging import moment
from hub.core.journal import requests
from hub.core.state import Calendar, Window
from hub.store import rows
from wire import decoding
from wire import messages as m

LONGEST_TEXT = 200
LONGEST_REASON = 500


class Typed(NamedTuple):
    """The form of a plan. Times as the browser's field has them."""

    title: str = ""
    starts: str = ""
    ends: str = ""
    areas: Sequence[str] = ()


@get("/calendar/plan")
async def plan(request: Asked) -> Response:
    """A form for a plan: filled from the proposal between two working days, or empty."""
    console, asked = console_of(request), request.query_params
    sides = _day(asked.get("after", "")), _day(asked.get("before", ""))
    view, proposed = await console.look(request, lambda connection, view: _proposed(connection, view, *sides))
    typed = Typed(areas=[one.name for one in view.site.area])
    if proposed:
        one = proposed.proposal
        starts, ends = (f"{side:%Y-%m-%dT%H:%M}" if side else "" for side in (one.starts, one.ends))
        typed = Typed(proposed.title, starts, ends, proposed.areas)
    return _form(console, view, typed, proposed)


@post("/calendar/plan", Rule(roles=requests.roles_for(m.WindowPlanned)))
async def make(request: Asked) -> Response:
    """Make it a plan."""
    console, form = console_of(request), await request.form()
    view = await console.view(request)
    typed = Typed(
        str(form.get("title", "")).strip()[:LONGEST_TEXT],
        str(form.get("starts", "")),
        str(form.get("ends", "")),
        [str(one) for one in form.getlist("areas")],
    )
    starts, ends = moment(typed.starts, view.site.zone), moment(typed.ends, view.site.zone)
    fact = {"kind": "window-planned", "window": 0, "title": typed.title, "areas": typed.areas}
    try:
        wanted = decoding.convert(fact | {"starts": starts, "ends": ends}, m.WindowPlanned)
    except msgspec.ValidationError:
        view.message = view.texts.say("Choose at least one area, and from when to when.")
        return _form(console, view, typed)
    view.message = await console.act(request, wanted)
    return _form(console, view, typed) if view.message else go(f"/calendar?month={typed.starts[:7]}#windows")


@post("/calendar/windows/{number}/cancel", Rule(roles=requests.roles_for(m.WindowCancelled)))
async def cancel(request: Asked) -> Response:
    """Cancel a planned window. It stays on record; an area that is sealed already stays so."""
    console, form = console_of(request), await request.form()
    number = number_of(request)
    reason = str(form.get("reason", "")).strip()[:LONGEST_REASON]
    why_not = await console.act(request, m.WindowCancelled(window=number, reason=reason))
    return await calendar.page(console, request, why_not) if why_not else go("/calendar#windows")


def _form(console: Console, view: View, typed: Typed, proposed: Open | None = None) -> Response:
    return console.renderer.page(
        "plan.html",
        view,
        409 if view.message else 200,
        typed=typed,
        proposed=proposed,
        may_plan=view.may(m.WindowPlanned),
        LONGEST_TEXT=LONGEST_TEXT,
    )


def _proposed(connection: Connection, view: View, after: date | None, before: date | None) -> Open | None:
    side = after or before
    if side is None:
        return None
    state = rows.load(connection)
    known = calendar.known_of(connection, state.all(Calendar))
    found = month.still_open(view, known, (side.year - 1, side.year, side.year + 1), state.all(Window))
    return next((one for one in found if (one.proposal.after, one.proposal.before) == (after, before)), None)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


ROUTES: list[Route] = [plan, make, cancel]
