"""What the console does beside its pages goes on whatever it fails over, and people are told once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from hub.console import app as console_app
from hub.console.base.broker_listener import BrokerListener, Opener
from hub.console.base.live import Live
from hub.store import queries
from hub.store.faults import DatabaseLost
from tests.hub.console.test_live import run
from tests.support.hub import House
from wire import messages as m
from wire import topics
from wire.link import Arrived


def until(so: Callable[[], bool]) -> None:
    for _ in range(6000):
        if so():
            return
        threading.Event().wait(0.01)
    raise AssertionError("waited in vain")


def not_judged(house: House) -> list[m.Data]:
    found = house.read(lambda connection: queries.journal(connection, kind="not-judged"))
    return [one.data for one in found if one.data]


@pytest.mark.parametrize(
    ("holder", "part", "what"),
    [("live", "_read_size", "the news for pages"), ("", "tell_later", "what the engine is to be told")],
)
def test_what_runs_beside_the_pages_is_begun_again_and_told_once(
    app: Starlette, house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
    holder: str, part: str, what: str,
) -> None:  # fmt: skip
    calls: list[object] = []

    async def fails(*_: object) -> int:
        calls.append(None)
        raise ZeroDivisionError("what was read")

    monkeypatch.setattr(console_app, "PAUSE_S", 0.01)
    monkeypatch.setattr(console_app, "TELL_S", 0.01)
    console = app.state.console
    with TestClient(app, base_url="https://console.local") as client:
        with monkeypatch.context() as patch:
            patch.setattr(getattr(console, holder) if holder else console, part, fails)
            until(lambda: len(calls) > 3)
            until(lambda: bool(not_judged(house)))
            assert client.get("/sign-in").status_code == 200
        size = house.read(queries.size)
        until(lambda: console.live.size == size)
    why = "ZeroDivisionError in fails"
    assert not_judged(house) == [m.NotJudged(place="hub", what=what, why=why, part="rule")]
    assert caplog.text.count("nobody foresaw this") == 1


def test_a_message_that_nobody_foresaw_does_not_make_the_console_deaf(
    house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    async def hears() -> None:
        live = Live(house.clock, lambda: asyncio.sleep(0, 1))
        loop = asyncio.get_running_loop()
        listener = BrokerListener(house.hub, live, loop, lambda what, _error: told.append(what))
        for mid in range(3):
            listener._inbox.put(Arrived(topics.hub_beat("demo"), b"", 0, mid, False))
        listener._inbox.put(Arrived(topics.journal("demo"), b"", 0, 9, False))
        with monkeypatch.context() as patch:
            patch.setattr(listener._opener, "hub_beat", lambda _note: 1 // 0)
            listener._thread.start()
            await asyncio.wait_for(live._hinted.wait(), 60)
        listener._inbox.put(None)

    run(hears)
    assert told == ["a message to the console"]


def test_a_database_that_is_gone_leaves_the_console_with_the_keys_that_it_has(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise DatabaseLost("gone")

    monkeypatch.setattr(queries, "nodes", gone)
    opener = Opener("demo", house.hub.layout.public_key("engine"), house.database)
    assert opener.node_beat("archive-1", house.node("archive-1").beat()) is None
