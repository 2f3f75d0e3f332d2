"""The live stream, and the listener on the broker."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from hub.console.base.broker_listener import BrokerListener, Opener
from hub.console.base.live import CHECK_MS, Live
from tests.hub.console.visitor import Visitor
from tests.support.broker import Broker
from tests.support.hub import Clock, House
from tests.support.party import Party
from wire import keys, topics
from wire import messages as m

PATIENCE_S = 90


def run(play: Callable[[], Awaitable[None]]) -> None:
    """In a thread of its own: beside a browser that is open, this one has an event loop already."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(play())).result()  # type: ignore[arg-type]


class Following:
    """A Live whose journal has the size that it is told, and one page that follows."""

    def __init__(self) -> None:
        self.clock = Clock(1_000_000)
        self.size = 7
        self.holds = True
        self.live = Live(self.clock, self._read)

    async def _read(self) -> int:
        return self.size

    async def _holds(self) -> bool:
        return self.holds

    def page(self, seen: int) -> AsyncIterator[Any]:
        return self.live.stream(seen, self._holds)

    def run(self, play: Callable[[], Any]) -> None:
        async def with_watch() -> None:
            watching = asyncio.create_task(self.live.watch())
            await asyncio.sleep(0)
            await asyncio.wait_for(play(), PATIENCE_S)
            watching.cancel()

        run(with_watch)


async def until(page: AsyncIterator[Any], event: str) -> Any:
    async for said in page:
        if said.kind == event:
            return said
    raise AssertionError(f"the stream ended before {event}")


def test_growth_is_told_at_once_with_the_size_as_its_id() -> None:
    following = Following()

    async def play() -> None:
        page = following.page(7)
        assert (await anext(page)).kind == "pulse"  # it has seen all there is
        following.size = 9
        following.live.hint()
        said = await until(page, "journal")
        assert (said.id, said.data) == (9, "9")

    following.run(play)


def test_growth_that_nobody_hints_at_is_found_within_a_second() -> None:
    following = Following()

    async def play() -> None:
        page = following.page(7)
        await anext(page)
        following.size = 8
        assert (await until(page, "journal")).id == 8

    following.run(play)


def test_a_page_that_comes_back_is_told_of_what_it_has_missed() -> None:
    following = Following()

    async def play() -> None:
        assert (await anext(following.page(3))).id == 7

    following.run(play)


def test_a_burst_is_a_few_events() -> None:
    following = Following()

    async def play() -> None:
        page = following.page(7)
        await anext(page)
        for size in range(8, 1008):
            following.size = size
            following.live.hint()
            await asyncio.sleep(0.0005)
        told: list[int] = []
        while not told or told[-1] != 1007:
            told.append((await until(page, "journal")).id)
        assert len(told) < 20

    following.run(play)


def test_the_pulse_carries_what_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.console.base.live.PULSE_MS", 20)
    following = Following()
    following.live.heard_engine()

    async def play() -> None:
        page = following.page(7)
        pulse = json.loads((await anext(page)).data)
        assert pulse == {"now": 1_000_000, "size": 7, "engine": 1_000_000, "nodes": {}}
        assert (await anext(page)).kind == "pulse"  # and again, though nothing has happened

    following.run(play)


def test_a_stream_ends_with_its_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.console.base.live.PULSE_MS", 20)
    following = Following()

    async def play() -> None:
        page = following.page(7)
        await anext(page)
        following.holds = False
        await anext(page)  # it is not asked at every pulse
        following.clock.forward(CHECK_MS / 1000)
        assert (await anext(page)).kind == "signed-out"
        with pytest.raises(StopAsyncIteration):
            await anext(page)

    following.run(play)


def test_every_stream_ends_when_the_console_does() -> None:
    following = Following()

    async def play() -> None:
        page = following.page(7)
        await anext(page)
        following.live.close()
        with pytest.raises(StopAsyncIteration):
            await anext(page)

    following.run(play)


def test_an_engine_that_falls_silent_refreshes_the_pages() -> None:
    following = Following()

    async def play() -> None:
        following.live.heard_engine()
        page = following.page(7)
        await anext(page)
        following.clock.forward(11)
        assert (await until(page, "journal")).id == 7

    following.run(play)


def test_whoever_is_not_signed_in_hears_nothing_but_that(visitor: Visitor) -> None:
    answer = visitor.sees("/live")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.split() == ["event:", "signed-out", "data:"]


# ---------------------------------------------------------------- whose word it is


@pytest.fixture
def opener(house: House) -> Opener:
    return Opener(house.hub.site, house.hub.layout.public_key("engine"), house.database)


def hub_beat(
    house: House, number: int, key: keys.SigningKey | None = None, site: str = "demo", held: int | None = None
) -> bytes:
    beat = m.HubBeat(v=1, site=site, boot="e1", number=number, time=house.clock(), size=1, held=held)
    return (key or house.hub.key("engine")).sign(m.encode(beat))


def test_the_engines_beat_is_believed_once_and_only_from_the_engine(house: House, opener: Opener) -> None:
    assert opener.hub_beat(hub_beat(house, 5))
    assert not opener.hub_beat(hub_beat(house, 5))  # kept and played again
    assert not opener.hub_beat(hub_beat(house, 4))
    assert opener.hub_beat(hub_beat(house, 6))
    assert not opener.hub_beat(hub_beat(house, 7, house.hub.key("admin")))
    assert not opener.hub_beat(hub_beat(house, 8, site="other"))
    assert not opener.hub_beat(b"rubbish")


def test_without_the_engines_public_key_nothing_is_believed(house: House, tmp_path: Path) -> None:
    opener = Opener("demo", tmp_path / "none.pub", house.database)
    assert not opener.hub_beat(hub_beat(house, 1))


def test_a_nodes_beat_is_believed_once_and_only_from_that_node(house: House, opener: Opener) -> None:
    archive, cipher = house.node("archive-1"), house.node("cipher-1")
    beat = archive.beat(sounding=True)
    here = opener.node_beat("archive-1", beat)
    assert here
    assert here.sounding
    assert not opener.node_beat("archive-1", beat)
    assert not opener.node_beat("archive-1", cipher.beat())
    assert not opener.node_beat("cipher-1", archive.beat())
    assert not opener.node_beat("nobody", archive.beat())
    assert not opener.node_beat("archive-1", b"\xff\x00")


def test_a_revoked_node_is_not_heard(house: House, opener: Opener) -> None:
    house.fact(m.NodeRevoked(node="archive-1", reason="lost"), "admin")
    assert not opener.node_beat("archive-1", house.node("archive-1").beat())


# ---------------------------------------------------------------- on a real broker


def test_beats_and_hints_come_over_a_real_broker(house: House) -> None:
    broker = Broker(house.hub.layout.root)
    broker.start()
    try:
        run(lambda: asyncio.wait_for(_hear(house, broker), PATIENCE_S))
    finally:
        broker.stop()


async def _hear(house: House, broker: Broker) -> None:
    hinted = asyncio.Event()
    live = Live(house.clock, lambda: asyncio.sleep(0, 1))
    live.hint = hinted.set  # type: ignore[method-assign]
    listener = BrokerListener(house.hub, live, asyncio.get_running_loop(), lambda _what, _error: None)
    listener.start()
    engine = await asyncio.to_thread(
        Party("engine", broker.port, house.hub.papers("engine"), topics.journal(house.hub.site)).join
    )
    try:
        number = 0
        while not (live.engine and hinted.is_set()):  # the console may connect after the first
            number += 1
            engine.publish(topics.hub_beat(house.hub.site), hub_beat(house, number, held=6_000))
            engine.publish(topics.journal(house.hub.site), m.encode(m.JournalGrown(size=1)))
            await asyncio.sleep(0.05)
        assert live.engine_at_work(house.clock(), None).held == 6_000
    finally:
        engine.leave()
        await asyncio.to_thread(listener.stop)
