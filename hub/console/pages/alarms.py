"""Alarms: the list, one alarm with what to do about it, acknowledging it, the finding, and the word that closes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from hub.console.base.console import Asked, Console, console_of, go
from hub.console.base.gate import Rule
from hub.console.base.render import View
from hub.console.base.routes import get, number_of, post
from hub.console.pages import board
from hub.console.parts import ladder, shown
from hub.console.parts.paging import before_of, terms
from hub.console.session.sessions import ACTING
from hub.console.words.instructions import INSTRUCTIONS
from hub.core.alarms import closing
from hub.core.site import where
from hub.core.site.document import Site
from hub.core.state import Alarm, Notice
from hub.store import alarm_list, notices, queries
from hub.store.queries import JournalRow
from wire import decoding
from wire import messages as m

LONGEST_FINDING = 500
TITLES = {what: instruction.title for what, instruction in INSTRUCTIONS.items()}


class AlarmDetail(NamedTuple):
    """An alarm with its history, the entry that caused it, the notices about it, whether a badge is missing, and
    the telephones of those who might be called."""

    alarm: Alarm
    history: list[JournalRow]
    origin: JournalRow | None
    notices: list[Notice]
    lacks_badge: bool
    phones: dict[int, str]


class Call(NamedTuple):
    """Somebody to call, and as what. `phone` is empty where none is known, and for whoever may only read."""

    person: int
    role: str
    phone: str


@get("/alarms", Rule(passive=True))
async def show_all(request: Asked) -> Response:
    """All alarms and troubles, newest first."""
    console = console_of(request)
    search, only_open = request.query_params.get("q", "")[:100], request.query_params.get("all") != "1"
    before = before_of(request)

    def ask(connection: Connection, view: View) -> list[Alarm]:
        return alarm_list.alarms(connection, only_open, terms(search, view.names, TITLES), queries.PAGE + 1, before)

    view, found = await console.look(request, ask)
    return console.renderer.page(
        "alarms.html",
        view,
        alarms=found[: queries.PAGE],
        more=found[queries.PAGE - 1].number if len(found) > queries.PAGE else None,
        search=search,
        only_open=only_open,
        before=before,
    )


@get("/alarms/{number}", Rule(passive=True))
async def alarm(request: Asked) -> Response:
    """One alarm, whole."""
    number = number_of(request)
    return await _page(console_of(request), request, number)


@post("/alarms/{number}/acknowledge", Rule(roles=ACTING))
async def acknowledge(request: Asked) -> Response:
    """Take the alarm on."""
    number = number_of(request)
    console = console_of(request)
    form = await request.form()
    why_not = await console.act(request, m.AlarmAcknowledged(alarm=number))
    if form.get("from") == "board":
        return await board.page(console, request, why_not, 409) if why_not else go("/")
    return await _page(console, request, number, why_not, 409) if why_not else go(f"/alarms/{number}")


@post("/alarms/{number}/finding", Rule(roles=ACTING))
async def write_finding(request: Asked) -> Response:
    """Write the finding of an alarm that takes two people."""
    return await _found(request, m.FindingWritten)


@post("/alarms/{number}/close", Rule(roles=ACTING))
async def close(request: Asked) -> Response:
    """Close the alarm with a finding; or, as the second person, with just the one that is written."""
    return await _found(request, m.AlarmClosed)


async def _found(request: Asked, kind: type[m.FindingWritten] | type[m.AlarmClosed]) -> Response:
    number = number_of(request)
    console = console_of(request)
    form = await request.form()
    cause, finding = str(form.get("cause", "")), str(form.get("finding", "")).replace("\r\n", "\n").strip()
    fact = {"alarm": number, "finding_cause": cause, "finding": finding[:LONGEST_FINDING]}
    try:
        wanted = decoding.convert(fact, kind)
    except msgspec.ValidationError:
        view = await console.view(request)
        why_not = view.texts.say("Choose a cause from the list.")
        return await _page(console, request, number, why_not, 400, finding)
    why_not = await console.act(request, wanted)
    if why_not:
        return await _page(console, request, number, why_not, 409, finding, cause)
    return go(f"/alarms/{number}")


async def _page(
    console: Console,
    request: Asked,
    number: int,
    message: str = "",
    status: int = 200,
    finding: str = "",
    cause: str = "",
) -> Response:
    def ask(connection: Connection, view: View) -> AlarmDetail | None:
        found = alarm_list.alarm(connection, number)
        if found is None:
            return None
        return AlarmDetail(
            found,
            alarm_list.alarm_history(connection, number),
            queries.entry(connection, found.cause),
            notices.about(connection, found),
            closing.lacks_badge(view.site, queries.nodes(connection).get, found),
            queries.phones(connection) if view.signed and view.signed.acts else {},
        )

    view, whole = await console.look(request, ask)
    if whole is None:
        raise HTTPException(404)
    view.message = message
    found = whole.alarm
    await shown.note(console, [found])
    return console.renderer.page(
        "alarm.html",
        view,
        status,
        alarm=found,
        history=whole.history,
        origin=whole.origin,
        told=ladder.lines(view, found, whole.notices),
        after=ladder.after,
        calls=_to_call(view, found, whole.phones),
        takes_two=closing.takes_two(found),
        lacks_badge=whole.lacks_badge,
        finding=finding,
        cause=cause,
        LONGEST_FINDING=LONGEST_FINDING,
    )


def _to_call(view: View, alarm: Alarm, phones: Mapping[int, str]) -> list[Call]:
    """Whom to call: those who answer for the area, then those whose business this class of alarm is."""
    site = view.site
    found: dict[int, str] = {}
    area = site.areas.get(alarm.area or where.area_of(alarm.place))
    if area and area.keeper:
        found[area.keeper] = "keeper"
    for person in area.responders if area else ():
        found.setdefault(person, "responder")
    for person in _in_role(site, "administrator" if alarm.klass == "trouble" else "security"):
        found.setdefault(person, "administrator" if alarm.klass == "trouble" else "security")
    if view.signed:
        found.pop(view.signed.person, None)
    return [Call(person, role, phones.get(person, "")) for person, role in found.items()]


def _in_role(site: Site, role: str) -> list[int]:
    return [account.cardholder for account in site.account if role in account.roles]


ROUTES: list[Route] = [show_all, alarm, acknowledge, write_finding, close]
