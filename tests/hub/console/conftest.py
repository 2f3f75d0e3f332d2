"""A console on a real database: for logic in this process, for browsers as a real HTTPS server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright
from starlette.applications import Starlette
from starlette.testclient import TestClient

from hub.console.app import make_app, make_server
from hub.console.base.live import Live
from tests.hub.console.visitor import Visitor
from tests.support.door import OpenDoor, open_door
from tests.support.hub import Clock, House, make_hub

PATIENCE_S = 90
"""For what takes a second on an idle machine; only a failing test ever waits so long."""
OUT = Path(__file__).parents[2] / "out"
# fmt: off
CHROMIUM = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
)
# fmt: on


@pytest.fixture
def since() -> int | None:
    """When the house is built, in wall ms; None for now."""
    return None


@pytest.fixture
def nodes() -> tuple[str, ...]:
    """The nodes that are enrolled and started when the house is built."""
    return ("archive-1", "cipher-1", "computer-1")


@pytest.fixture
def house(tmp_path: Path, since: int | None, nodes: tuple[str, ...]) -> Iterator[House]:
    """A hub whose nodes are enrolled and started."""
    house = make_hub(tmp_path, Clock(since), nodes=nodes)
    yield house
    house.check_services()


@pytest.fixture
def door(house: House) -> Iterator[OpenDoor]:
    """The engine can be asked, until it is closed."""
    with open_door(house) as door:
        yield door


@pytest.fixture
def app(house: House, door: OpenDoor) -> Starlette:
    """The console's application. The engine has been heard just now, by the house's clock."""
    app = make_app(house.hub, house.clock, listens=False)
    app.state.console.live.heard_engine()
    return app


@pytest.fixture
def visitor(app: Starlette, house: House) -> Iterator[Visitor]:
    """Somebody with a browser of the simplest kind, not signed in."""
    with TestClient(app, base_url="https://console.local") as client:
        yield Visitor(client, house.hub.settings.console.port)


class Running(NamedTuple):
    """A console that serves browsers."""

    address: str
    live: Live
    server: uvicorn.Server
    engine_stops: threading.Event
    """While it is not set, the engine beats."""


@pytest.fixture
def running(house: House, door: OpenDoor) -> Iterator[Running]:
    """A running console, and an engine that it hears. Its clock is the house's."""
    server = make_server(house.hub, house.clock, listens=False)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + PATIENCE_S
    while not server.started:
        assert thread.is_alive()
        assert time.monotonic() < until
        time.sleep(0.01)
    app = server.config.app
    assert isinstance(app, Starlette)
    live, engine_stops = app.state.console.live, threading.Event()
    live.heard_engine()
    beats = threading.Thread(target=_beat, args=(live, engine_stops), daemon=True)
    beats.start()
    yield Running(f"https://localhost:{house.hub.settings.console.port}", live, server, engine_stops)
    engine_stops.set()
    beats.join(PATIENCE_S)
    server.should_exit = True
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


def _beat(live: Live, stops: threading.Event) -> None:
    while not stops.wait(1):
        live.heard_engine()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_S * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(CHROMIUM))
        yield browser
        browser.close()


class BrowserUser:
    """Somebody at a real browser. Complaints of its console and requests to other hosts are kept."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE_S * 1000)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asked)

    def _said(self, said: ConsoleMessage) -> None:
        # htmx calls it an error that we take back a request for one that matters more.
        if said.type == "error" and not said.text.startswith(("htmx:afterRequest", "htmx:sendAbort")):
            self.complaints.append(said.text)

    def _asked(self, request: Request) -> None:
        self.requests.append(request.url)

    def sign_in(
        self, login: str = "wangfang", password: str = "correct horse battery", language: str = "zh"
    ) -> BrowserUser:
        self.page.goto(f"{self.address}/sign-in?lang={language}")
        self.page.fill("#login", login)
        self.page.fill("#password", password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector("#board")
        self.page.wait_for_load_state()  # the board is there before its scripts are
        return self

    def picture(self, name: str, whole: bool = True) -> None:
        OUT.mkdir(exist_ok=True)
        self.page.screenshot(path=OUT / f"{name}.png", full_page=whole)


Sit = Callable[..., BrowserUser]
"""Opens a browser window."""


@pytest.fixture
def sit_down(chromium: Browser, running: Running) -> Iterator[Sit]:
    """Open a browser window: `sit_down(width=…, dark=…)`. `by` is the proxy's address, when there is one between."""
    contexts: list[BrowserContext] = []

    def sit(
        width: int = 1366, height: int = 768, dark: bool = False, scripts: bool = True, by: str | None = None
    ) -> BrowserUser:
        context = chromium.new_context(
            ignore_https_errors=True,
            proxy={"server": by, "bypass": "<-loopback>"} if by else None,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            timezone_id="Asia/Shanghai",
        )
        contexts.append(context)
        return BrowserUser(context, running.address)

    yield sit
    for context in contexts:
        context.close()
