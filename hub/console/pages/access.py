"""The access log: who came and went, or tried to. Searched as one types."""

from __future__ import annotations

from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from hub.console.base.console import Asked, console_of
from hub.console.base.render import View
from hub.console.base.routes import get, number_of
from hub.console.parts import set_said
from hub.console.parts.paging import before_of, day_start, terms
from hub.console.words import names
from hub.console.words.texts import N_
from hub.reports.words import Words
from hub.store import queries, who_opened
from hub.store.entries import LEVELS
from hub.store.queries import JournalRow
from hub.store.who_opened import Log, Logged
from wire import messages as m

OPENED = N_("Opened or closed")
KINDS = {
    **{kind: names.KINDS[kind] for kind in queries.ACCESS_KINDS},
    **dict.fromkeys(LEVELS, OPENED),
}
"""What a search for a kind of event goes by."""
TURNED = {"active": N_("Opened"), "normal": N_("Shut")}
LOOKS = {
    "level": "plain",
    "chatter": "odd",
    "granted": "good",
    "entered": "good",
    "left": "plain",
    "emptied": "plain",
    "presented": "plain",
    "attended": "plain",
    "not-entered": "odd",
    "held-open": "bad",
    "denied": "bad",
    "forced": "bad",
    "setting": "plain",
    "area-set": "good",
    "area-unset": "good",
    "first-of-two": "plain",
    "set-refused": "odd",
    "set-cancelled": "plain",
    "set-extended": "plain",
    "not-set": "odd",
    "somebody-inside": "bad",
    "somebody-out": "plain",
    "reader-deaf": "bad",
    "guard-requested": "plain",
    "unsetting-allowed": "plain",
    "unsetting-forbidden": "plain",
}


def event(view: View, row: JournalRow) -> str:
    """What has happened, in a word or two."""
    data = row.data
    if isinstance(data, m.LevelChanged):
        return view.word(TURNED if data.now in TURNED else names.LEVELS, data.now)
    return view.word(names.KINDS, row.kind)


def detail(view: View, line: Logged) -> str:
    """What an entry says beyond who, where and when."""
    data, say = line.row.data, view.texts.say
    if line.present is not None and not (isinstance(data, m.LevelChanged) and data.found):
        return Words(view.texts.language, view.site, view.people).who(line.present)
    if line.present is not None:
        return say("found so when the node started")
    if isinstance(data, m.Denied):
        return view.word(names.DENIALS, data.reason)
    if isinstance(data, m.Left):
        return view.word(names.LEAVING, data.by)
    if isinstance(data, m.Emptied):
        return view.word(names.EMPTIED, data.why)
    if isinstance(data, m.HeldOpen):
        return say("open for more than %(seconds)s s", seconds=data.seconds)
    if isinstance(data, m.Attended) and data.alarms:
        return say("alarm %(numbers)s", numbers=", ".join(map(str, data.alarms)))
    return set_said.detail(view, data)


def by_nobody(row: JournalRow) -> bool:
    """Whether the entry is about no person: nobody unknown has done anything."""
    opened = row.kind in LEVELS  # who may have stands under the details
    return opened or isinstance(row.data, m.Emptied) or set_said.by_nobody(row.data)


@get("/access")
async def access(request: Asked) -> Response:
    """One page of the log."""
    console, asked = console_of(request), request.query_params
    search, area = asked.get("q", "")[:100], asked.get("area", "")
    first, last, before = asked.get("from", ""), asked.get("to", ""), before_of(request)

    def ask(connection: Connection, view: View) -> tuple[Log, frozenset[int]]:
        found = who_opened.access_log(
            connection,
            view.site,
            terms(search, view.names, KINDS),
            area=area if area in view.site.areas else None,
            since=day_start(first, view.site.zone),
            until=day_start(last, view.site.zone, 1),
            before=before,
        )
        return found, queries.doubted(connection, [line.row for line in found.lines])

    view, (log, doubted) = await console.look(request, ask)
    kept = {"q": search, "area": area, "from": first, "to": last}
    return console.renderer.page(
        "access.html",
        view,
        lines=log.lines,
        doubted=doubted,
        more=log.more,
        search=search,
        area=area,
        first=first,
        last=last,
        before=before,
        query=urlencode({key: value for key, value in kept.items() if value}),
        event=lambda row: event(view, row),
        detail=lambda line: detail(view, line),
        LOOKS=LOOKS,
        people=lambda row: set_said.people(row.data, row.person),
        by_nobody=by_nobody,
    )


@get("/journal/{index}")
async def entry(request: Asked) -> Response:
    """One entry of the journal, as it was signed."""
    index = number_of(request, "index")
    console = console_of(request)
    view, row = await console.look(request, lambda connection, _view: queries.entry(connection, index))
    if row is None:
        raise HTTPException(404)
    return console.renderer.page(
        "entry.html",
        view,
        row=row,
        people=set_said.people(row.data, row.person),
        detail=detail(view, Logged(row)),
        text=row.note.decode("utf-8", "replace"),
    )


ROUTES: list[Route] = [access, entry]
