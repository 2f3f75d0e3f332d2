"""The engine's loop never stands still: beside a real Mosquitto, one that says nothing, and none."""

from __future__ import annotations

import os
import queue
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hub.core.nodes import broker_link, liveness
from hub.core.sealing import area as area_sealing
from hub.core.state import Alarm
from hub.door import protocol
from hub.door.caller import Caller
from hub.engine import alive
from hub.engine import process as engine_process
from hub.engine.process import Engine
from hub.site_directory import engine_pulse
from hub.site_directory.hub import Hub, wall_ms
from hub.store import queries
from tests.support.broker import Broker, node_papers
from tests.support.hub import PASSWORD, House, make_hub
from tests.support.sealing import ready
from wire import link, topics
from wire import messages as m

PATIENCE_S = 90
"""For what takes a moment on an idle machine; only a failing test ever waits so long."""


class Running:
    """An engine at work in a thread of its own."""

    def __init__(self, house: House, hub: Hub | None = None) -> None:
        self.house = house
        self._engine = Engine(hub or house.written())
        self._thread = threading.Thread(target=self._engine.run)
        self._thread.start()

    def orders(self, wanted: m.FactData) -> None:
        """王芳 wants that, at the console."""
        with closing(Caller(self.house.hub.layout.door("console"))) as console:
            answer = console.ask(protocol.SignIn(login="wangfang", password=PASSWORD), patience_s=PATIENCE_S)
            assert isinstance(answer, protocol.SignedIn)
            console.do(protocol.Act(token=answer.token, wanted=(wanted,)), patience_s=PATIENCE_S)

    def pulse(self) -> m.HubBeat | None:
        layout = self.house.hub.layout
        key = layout.public_key("engine")
        return engine_pulse.ask(layout.engine_socket, key, self.house.hub.site, wall_ms(), PATIENCE_S)

    def opens(self) -> None:
        """Wait until its door is open: where none is, root's command and an export write by themselves."""
        self.until(lambda: self.pulse() is not None)

    def kinds(self) -> list[str]:
        return [row.kind for row in self.house.read(lambda connection: queries.journal(connection, limit=1000))]

    def whats(self) -> set[str]:
        return {alarm.what for alarm in self.house.engine.look()[0].all(Alarm)}

    def until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline
            assert self._thread.is_alive()
            time.sleep(0.02)

    def close(self) -> None:
        self._engine.stop()
        self.pulse()  # which ends its wait
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = make_hub(tmp_path)
    made.clock.run()
    return made


@pytest.fixture(params=["a broker", "one that says nothing", "none"])
def beside(house: House, request: pytest.FixtureRequest) -> Iterator[str]:
    """What is at the broker's address."""
    broker = Broker(house.hub.layout.root)
    if request.param == "a broker":
        broker.start()
        yield request.param
        broker.stop()
    elif request.param == "one that says nothing":
        with socket.create_server(("127.0.0.1", broker.port)):
            yield request.param
    else:
        yield request.param


def test_whoever_asks_is_answered_at_once_and_not_at_the_next_tick(
    house: House, beside: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_process, "TICK_MS", 2**40)  # after the first there is none
    monkeypatch.setattr(alive, "HUB_BEAT_MS", 2**40)
    with closing(Running(house)) as running:
        running.until(lambda: running.pulse() is not None)
        for _ in range(20):  # who waits for a tick waits for ever; one that was answered long ago is asked again
            running.until(lambda: running.pulse() is not None)
    assert running.pulse() is None, "it has ended"


@pytest.mark.parametrize("beside", ["one that says nothing"], indirect=True)
def test_beside_a_broker_that_says_nothing_deadlines_are_decided_and_that_broker_is_the_only_alarm(
    house: House, beside: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(area_sealing, "CEREMONY_MS", 1000)
    monkeypatch.setattr(broker_link, "FIRST_MS", 2000)
    monkeypatch.setattr(liveness, "SILENT_MS", 2**40)  # nobody else is missed, however long this takes
    ready(house, "archive")
    before = house.engine.look()[0].meta.next_alarm
    with closing(Running(house)) as running:
        running.orders(m.SealingOrdered(sealing=0, area="archive", purpose="seal"))
        running.until(lambda: "sealing-cancelled" in running.kinds())
        running.until(lambda: "broker-lost" in running.whats())
        first = running.pulse()
        assert first
        running.until(lambda: (beat := running.pulse()) is not None and beat.number > first.number + 1)
        raised = {one.what for one in house.engine.look()[0].all(Alarm) if one.number >= before}
    assert raised - {"calendar-unpublished"} == {"broker-lost"}  # the other comes at the end of a year


def test_who_asks_for_something_is_answered_at_once_whatever_is_at_the_brokers_address(
    house: House, beside: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_process, "TICK_MS", 2**40)  # after the first there is none
    monkeypatch.setattr(alive, "HUB_BEAT_MS", 2**40)
    with closing(Running(house)), closing(Caller(house.hub.layout.door("console"))) as console:
        for count in range(1, 21):
            console.do(protocol.Say(said=(m.SignInFailed(count=count),)), patience_s=PATIENCE_S)
    said = house.read(lambda connection: queries.journal(connection, kind="sign-in-failed"))
    assert [row.data for row in said] == [m.SignInFailed(count=count) for count in range(1, 21)]


def test_who_asks_is_answered_while_the_broker_hangs_in_the_middle(house: House) -> None:
    broker = Broker(house.hub.layout.root)
    broker.start()
    with closing(Running(house)), closing(Caller(house.hub.layout.door("console"))) as console:
        heard: queue.Queue[link.Event] = queue.Queue()
        papers = node_papers(house.hub.layout, "archive-1")
        node = link.Link("archive-1", "localhost", broker.port, papers, [(topics.hub_beat("demo"), 0)], heard)
        node.start()
        while not isinstance(heard.get(timeout=PATIENCE_S), link.Arrived):
            pass
        node.stop()
        os.kill(broker.pid, signal.SIGSTOP)
        try:
            for count in range(1, 21):
                console.do(protocol.Say(said=(m.SignInFailed(count=count),)), patience_s=PATIENCE_S)
        finally:
            os.kill(broker.pid, signal.SIGCONT)
    broker.stop()
