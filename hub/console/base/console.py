"""What every handler works with: access to the hub, the templates, the live stream, and who is asking."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.console.base.hub_access import AWAY, PATIENCE_S, HubAccess
from hub.console.base.live import Live
from hub.console.base.render import Renderer, View
from hub.console.base.subprocesses import Subprocesses
from hub.console.session.sessions import Sessions, Signed
from hub.console.session.without_engine import WithoutEngine
from hub.console.words.refusals import REFUSALS
from hub.core.journal.unjudged import Failure
from hub.core.refusal import NotPossible
from hub.door import protocol
from hub.store import alarm_list, queries, watching
from wire import messages as m

Asked = Request

T = TypeVar("T")

CALLS = 50
"""Open alarms that every page knows of."""


class Console:
    """One console. Handlers get it from the application's state."""

    def __init__(self, access: HubAccess, renderer: Renderer, cookie: str) -> None:
        self.access = access
        self.renderer = renderer
        self.cookie = cookie
        """Name of the cookie. A browser keeps one set of cookies for all ports of a host; two consoles must differ."""
        self.live = Live(access.clock, lambda: access.read(queries.size))
        self.sessions = Sessions(access.hub.layout.sessions)
        self.without_engine = WithoutEngine(access.hub.layout.untold, access.clock)
        self.subprocesses = Subprocesses()

    async def look(self, request: Asked, question: Callable[[Connection, View], T]) -> tuple[View, T]:
        """What a page shows: its view, and the answer to its question, both of one moment."""
        signed = signed_of(request)
        language = self.language(request)
        beats_heard, engine = self.live.beats_heard(self.access.clock()), self.live.engine

        def ask(connection: Connection) -> tuple[View, T]:
            people = queries.people(connection)
            site, now = self.access.site(connection), self.access.clock()
            view = View(self.renderer.texts[language], site, people, now, signed, request.url.path)
            at = max(engine.at if engine else 0, watching.engine_time(connection) or 0)
            view.engine = self.live.engine_at_work(now, at or None)
            view.beats_heard = beats_heard._replace(now=now)
            if signed:
                view.size = queries.size(connection)
                view.calls = alarm_list.most_urgent(connection, ("alarm", "tamper"), CALLS)
            return view, question(connection, view)

        return await self.access.read(ask)

    async def view(self, request: Asked) -> View:
        """The view alone, of a page that shows nothing more."""
        return (await self.look(request, lambda _connection, _view: None))[0]

    def language(self, request: Asked) -> str:
        """The language of whoever asks: that of the session, else the one in the address."""
        signed = signed_of(request)
        return self.renderer.language(signed.language if signed else request.query_params.get("lang"))

    async def act(self, request: Asked, *wanted: m.FactData) -> str:
        """Commit what the person asks for. Returns the reason why not, in the person's language, or nothing."""
        signed: Signed = request.state.signed
        try:
            await self.access.do(protocol.Act(token=signed.value, wanted=wanted))
        except NotPossible as refusal:
            view = await self.view(request)
            return refused(view, refusal)
        return ""

    async def tell_failed(self, what: str, error: Exception) -> None:
        """Journal that a part of the console has failed: people are called."""
        await self.access.say(Failure(what, "hub", "rule", error).statement)

    async def tell_later(self, patience_s: float = PATIENCE_S) -> None:
        """Tell the engine what it has not been told, as far as it answers."""
        for one in self.without_engine.untold():
            try:
                await self.access.do(protocol.Say(said=(one.fact,)), one.number, patience_s)
            except NotPossible as refusal:
                if refusal.reason in (*AWAY, "too-many"):  # it waits in the file
                    return
                self.without_engine.refused(one, refusal)
            else:
                self.without_engine.told(one.number)

    async def find(self, request: Asked) -> Signed | None:
        """The session that the request's cookie names."""
        value = request.cookies.get(self.cookie)
        if not value:
            return None
        return await self.access.read(lambda connection: self.sessions.find(connection, value, self.access.clock()))


def refused(view: View, refusal: NotPossible) -> str:
    """Why something was refused, in words."""
    said = view.word(REFUSALS, refusal.reason)
    about = view.names.node(refusal.about) if refusal.reason in ("node-not-heard", "node-still-heard") else ""
    return f"{said} ({about})" if about else said


def console_of(request: Asked) -> Console:
    """The console that the request came to."""
    console: Console = request.app.state.console
    return console


def signed_of(request: Asked) -> Signed | None:
    """Who asks, as far as the gate has looked."""
    signed: Signed | None = getattr(request.state, "signed", None)
    return signed


def go(path: str) -> RedirectResponse:
    """On to another page, by GET."""
    return RedirectResponse(path, status_code=303)


def elsewhere(request: Asked, path: str) -> Response:
    """On to another page, also for a part of a page that htmx has asked for."""
    if request.headers.get("hx-request"):
        return Response("", headers={"HX-Redirect": path}, media_type="text/html")
    return go(path)


def local_path(path: str | None) -> str:
    """The path if it is one of ours, else the first page: nobody is sent elsewhere after signing in."""
    if path and path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable():
        return path
    return "/"
