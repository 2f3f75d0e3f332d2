"""The console as an application, and as a process of its own. Nothing is opened by importing this."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from hub.console.base import assets, gate
from hub.console.base.broker_listener import BrokerListener
from hub.console.base.connections import Connection, Connections
from hub.console.base.console import Asked, Console, console_of
from hub.console.base.gate import Rule
from hub.console.base.hub_access import HubAccess
from hub.console.base.live import Event
from hub.console.base.render import Renderer
from hub.console.base.routes import get
from hub.console.pages import (
    access,
    alarms,
    areas,
    board,
    calendar,
    certificates,
    figures,
    guard,
    handover,
    plans,
    sheets,
    sign_in,
    steps,
)
from hub.console.pages import (
    roster as roster_page,
)
from hub.console.words.texts import N_
from hub.site_directory.hub import Hub, wall_ms
from hub.site_directory.version import own_version
from hub.store import faults, schema
from wire import keys
from wire import messages as m
from wire.fences import Fences
from wire.link import TlsFiles

TELL_S = 5.0
TOLD_S = 60.0
PAUSE_S = 1.0
AT_THE_END_S = 1.0
"""How long the engine has to hear that the console stops; else it hears of it when that starts again."""
GRACE_S = 3
"""How long open requests have when the console goes down."""

log = logging.getLogger("strongroom.console")

PROBLEMS = {
    404: N_("There is no such page."),
    405: gate.UNREADABLE,
    413: N_("That is too large."),
}
WRONG = N_("Something went wrong in the console. It has been written to the hub's log; nothing was changed.")

DAMAGED = N_(
    "The hub's database is damaged or gone. Nothing new is kept. Call the system administrator at once: the hub is put"
    " back from a backup. Until then look at the rooms yourself."
)
"""Whoever is on duty has no terminal; which command helps stands in the hub's log."""
NO_ANSWER = N_(
    "The hub's database does not answer, or cannot be written. Try again in a minute; if it stays so, call the system"
    " administrator, and look at the rooms yourself."
)


class More(NamedTuple):
    """Pages beside the console's own, and the folder of their templates."""

    routes: Sequence[Route]
    templates: Path


def make_app(hub: Hub, clock: Callable[[], int] = wall_ms, listens: bool = True, more: More | None = None) -> Starlette:
    """The application. `listens`: whether it listens to the broker; without, it still follows the database.

    Raises keys.KeyFileError, schema.SchemaError.
    """
    database = hub.database()
    schema.check(database)
    database.dispose()
    files = assets.load()
    addresses = {name: asset.address for name, asset in files.items()}
    settings = hub.settings.console
    renderer = Renderer(addresses, settings.language, more.templates if more else None)
    console = Console(HubAccess(hub, clock), renderer, f"__Host-strongroom-{settings.port}")
    routes: list[Route] = [
        live,
        assets.route(files),
        *sign_in.ROUTES,
        *board.ROUTES,
        *alarms.ROUTES,
        *access.ROUTES,
        *areas.ROUTES,
        *steps.ROUTES,
        *guard.ROUTES,
        *certificates.ROUTES,
        *sheets.ROUTES,
        *calendar.ROUTES,
        *plans.ROUTES,
        *roster_page.ROUTES,
        *handover.ROUTES,
        *figures.ROUTES,
        *(more.routes if more else ()),
    ]
    routes.sort(key=lambda route: "{" in route.path)  # /handover/sheet is looked for before any /handover/{number}
    app = Starlette(
        routes=routes,
        middleware=[Middleware(gate.Answers)],
        exception_handlers={
            HTTPException: _http_problem,
            **dict.fromkeys(faults.UNUSABLE, _database_problem),
            Exception: _problem,
        },
        lifespan=lambda _app: _running(console, listens),
    )
    app.state.console = console
    return app


@contextlib.asynccontextmanager
async def _running(console: Console, listens: bool) -> AsyncIterator[None]:
    """What runs beside the pages."""
    loop = asyncio.get_running_loop()

    def failed(what: str, error: Exception) -> None:
        asyncio.run_coroutine_threadsafe(console.tell_failed(what, error), loop)

    listener = BrokerListener(console.access.hub, console.live, loop, failed) if listens else None

    console.access.after_act = console.live.hint
    if listener:
        listener.start()
    fences = Fences(log, told=failed)
    beside = {"the news for pages": console.live.watch, "what the engine is to be told": _telling(console)}
    tasks = [asyncio.create_task(_for_ever(work, what, fences)) for what, work in beside.items()]
    try:
        yield
    finally:
        console.live.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        console.without_engine.tell(m.ConsoleStopped())
        await console.tell_later(AT_THE_END_S)
        console.sessions.close()
        if listener:
            await asyncio.to_thread(listener.stop)
        console.access.close()


def _telling(console: Console) -> Callable[[], Any]:
    async def tell() -> None:
        while True:
            await asyncio.sleep(TELL_S)
            await console.tell_later()

    return tell


async def _for_ever(work: Callable[[], Any], what: str, fences: Fences) -> None:
    """Start the task again whatever it fails over. The database is told of once a minute, all else once an hour."""
    told_at = -TOLD_S
    while True:
        try:
            await work()
        except faults.UNUSABLE as error:
            if time.monotonic() - told_at >= TOLD_S:
                told_at = time.monotonic()
                log.warning("%s", faults.say(error, ""))
        except Exception as error:  # noqa: BLE001 - the outermost loop: without it the pages would show old news
            fences.tell(what, error)
        await asyncio.sleep(PAUSE_S)


@get("/live", Rule(stream=True, even_locked=True))
async def live(request: Asked) -> StreamingResponse:
    """What is new, as server-sent events. `size`, or the last event's id, is what the page has seen."""
    console = console_of(request)
    seen = str(request.headers.get("last-event-id") or request.query_params.get("size", ""))

    async def still_holds() -> bool:
        signed = await console.find(request)
        return signed is not None and (signed.acts or not signed.locked(console.access.clock()))

    async def events() -> AsyncIterator[str]:
        if not await still_holds():
            yield Event("signed-out").text()
            return
        plain = seen.isascii() and seen.isdigit() and len(seen) < 16
        async for event in console.live.stream(int(seen) if plain else -1, still_holds):
            yield event.text()

    return StreamingResponse(events(), media_type="text/event-stream")


async def _http_problem(request: Asked, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 400
    return gate.refuse(request, status, PROBLEMS.get(status, PROBLEMS[405]))


async def _database_problem(request: Asked, error: Exception) -> Response:
    lost = faults.is_lost(error)
    if lost is None:
        raise error
    log.error("%s %s: %s", request.method, request.url.path, faults.say(error, ""))
    return gate.refuse(request, 503, DAMAGED if lost else NO_ANSWER)


async def _problem(request: Asked, _error: Exception) -> Response:
    """A mistake of ours. The server logs it after us."""
    answer = gate.refuse(request, 500, WRONG)
    gate.add_headers(answer.headers)  # this answer goes out beside all that stands around the others
    return answer


class Server(uvicorn.Server):
    """Ends the live streams first: they would hold up the shutdown for ever."""

    def __init__(self, config: uvicorn.Config, console: Console) -> None:
        super().__init__(config)
        self.console = console

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.console.live.close()
        await super().shutdown(sockets)


def _tls(papers: TlsFiles) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        context.load_cert_chain(papers.certificate, papers.key)
    except OSError as error:
        raise keys.unusable(papers.certificate, papers.key, error) from None
    return context


def make_server(hub: Hub, clock: Callable[[], int] = wall_ms, listens: bool = True, more: More | None = None) -> Server:
    """The application with HTTPS around it, not started. Raises keys.KeyFileError, schema.SchemaError, OSError."""
    app = make_app(hub, clock, listens, more)
    settings = hub.settings.console
    connections = Connections(_tls(hub.layout.https), time.monotonic)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=functools.partial(Connection, connections),  # type: ignore[arg-type] # uvicorn calls it as it does a class
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    return Server(config, app.state.console)


def run(hub: Hub, more: More | None = None) -> None:
    """Serve the console until SIGTERM or Ctrl-C. Raises keys.KeyFileError, schema.SchemaError, OSError."""
    server = make_server(hub, more=more)
    server.console.without_engine.tell(m.ConsoleStarted(version=own_version()))
    server.run()
