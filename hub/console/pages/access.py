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
from hub.store import queries
from hub.store.queries import JournalRow
from wire import messages as m

KINDS = {kind: names.KINDS[kind] for kind in queries.ACCESS_KINDS}
LOOKS = {
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


def detail(view: View, row: JournalRow) -> str:
    """What an entry says beyond who, where and when."""
    data, say = row.data, view.texts.say
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
    return isinstance(row.data, m.Emptied) or set_said.by_nobody(row.data)


@get("/access")
async def access(request: Asked) -> Response:
    """One page of the log."""
    console, asked = console_of(request), request.query_params
    search, area = asked.get("q", "")[:100], asked.get("area", "")
    first, last, before = asked.get("from", ""), asked.get("to", ""), before_of(request)

    def ask(connection: Connection, view: View) -> tuple[list[JournalRow], frozenset[int]]:
        found = queries.access_log(
            connection,
            terms(search, view.names, KINDS),
            area=area if area in view.site.areas else None,
            since=day_start(first, view.site.zone),
            until=day_start(last, view.site.zone, 1),
            before=before,
            limit=queries.PAGE + 1,
        )
        return found, queries.doubted(connection, found)

    view, (rows, doubted) = await console.look(request, ask)
    kept = {"q": search, "area": area, "from": first, "to": last}
    return console.renderer.page(
        "access.html",
        view,
        rows=rows[: queries.PAGE],
        doubted=doubted,
        more=rows[queries.PAGE - 1].index if len(rows) > queries.PAGE else None,
        search=search,
        area=area,
        first=first,
        last=last,
        before=before,
        query=urlencode({key: value for key, value in kept.items() if value}),
        detail=lambda row: detail(view, row),
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
        detail=detail(view, row),
        text=row.note.decode("utf-8", "replace"),
    )


ROUTES: list[Route] = [access, entry]
