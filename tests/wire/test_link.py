"""A link without a thread of its own, on a real Mosquitto."""

import queue
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.broker import SITE, Broker, copy_site, node_papers
from tests.support.party import Party
from wire import topics
from wire.link import RECONNECT_MAX_S, Arrived, Connected, Disconnected, Link, wait

TOPIC = topics.hub_beat(SITE)
"""Which the engine both writes and reads."""
NODES = {topics.beat(SITE, name): name for name in ("archive-1", "cipher-1")}
TURN_S = 1 / 16
PATIENCE_S = 90
"""For what takes a moment on an idle machine; only a failing test ever waits so long."""


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    copy_site(tmp_path / "site")
    running = Broker(tmp_path / "site")
    running.start()
    yield running
    running.stop()


class Subscribed:
    """The broker has our subscription."""


class Loop:
    """Somebody with a loop, who works the link in it."""

    def __init__(self, broker: Broker, name: str = "engine") -> None:
        self.inbox: queue.Queue[Any] = queue.Queue()
        papers = broker.layout.papers(name)
        wanted = [(TOPIC, 1)]
        self.link = Link(name, "127.0.0.1", broker.port, papers, wanted, self.inbox)
        self.link._client.on_subscribe = lambda *_: self.inbox.put(Subscribed())
        self.link.open()

    def turn(self, seconds: float, enough: int = 64) -> None:
        """What is there; with nothing, what comes within `seconds`."""
        self.link.take_in(enough)
        if self.inbox.empty():
            wait([self.link], [], [], seconds)
            self.link.take_in(enough)

    def until(self, kind: type) -> Any:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            self.turn(0.05)
            while not self.inbox.empty():
                if isinstance(event := self.inbox.get(), kind):
                    return event
        raise TimeoutError(kind)


def test_what_is_published_is_on_its_way_when_publish_returns(broker: Broker) -> None:
    loop = Loop(broker)
    loop.until(Subscribed)
    assert loop.link.publish(TOPIC, b"grown", 1)
    message = loop.until(Arrived)
    assert (message.topic, message.payload) == (TOPIC, b"grown")
    loop.link.acknowledge(message)
    loop.link.stop()


def test_a_turn_takes_no_more_than_asked_for_and_loses_nothing(broker: Broker) -> None:
    loop = Loop(broker)
    loop.until(Subscribed)
    for number in range(300):
        assert loop.link.publish(TOPIC, b"%d" % number, 0)
    heard: list[bytes] = []
    deadline = time.monotonic() + PATIENCE_S
    while len(heard) < 300 and time.monotonic() < deadline:
        loop.turn(0.05, 16)
        assert loop.inbox.qsize() <= 16
        heard += [loop.inbox.get().payload for _ in range(loop.inbox.qsize())]
    assert heard == [b"%d" % number for number in range(300)]
    loop.link.stop()


def test_a_lost_broker_is_told_and_found_again(broker: Broker) -> None:
    loop = Loop(broker)
    loop.until(Connected)
    broker.kill()
    loop.until(Disconnected)
    assert not loop.link.publish(TOPIC, b"nobody there", 0)
    loop.until(Disconnected)  # every try that fails is told
    broker.start()
    loop.until(Connected)
    loop.link.stop()


def test_what_is_heard_can_be_changed_and_is_so_again_after_a_loss(broker: Broker) -> None:
    loop = Loop(broker)
    loop.until(Connected)
    archive, cipher = topics.beat(SITE, "archive-1"), topics.beat(SITE, "cipher-1")
    nodes = {topic: Party(name, broker.port, node_papers(broker.layout, name)).join() for topic, name in NODES.items()}
    for wanted, unwanted in ((archive, cipher), (cipher, archive)):
        loop.link.hear({TOPIC: 1, wanted: 1})
        loop.turn(0.2)
        nodes[unwanted].publish(unwanted, b"to nobody")
        nodes[wanted].publish(wanted, b"beat")
        message = loop.until(Arrived)
        assert (message.topic, message.payload) == (wanted, b"beat")
    broker.kill()
    loop.until(Disconnected)
    broker.start()
    loop.until(Connected)
    loop.turn(0.2)
    for one in nodes.values():
        one.back()
    nodes[archive].publish(archive, b"to nobody")
    nodes[cipher].publish(cipher, b"beat")
    assert loop.until(Arrived).topic == cipher
    for one in nodes.values():
        one.leave()
    loop.link.stop()


class StoodTime:
    """Time that goes by only when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return time.time()


def test_a_try_that_failed_is_told_and_the_next_one_waits_for_a_pause(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker.stop()
    stood = StoodTime()
    monkeypatch.setattr("wire.link.time", stood)
    loop = Loop(broker)
    for _ in range(2):
        while loop.inbox.empty():
            loop.turn(PATIENCE_S)  # ends with the try
        assert isinstance(loop.inbox.get(), Disconnected)
        for _ in range(5):
            loop.turn(0)
        assert loop.inbox.empty()
        assert loop.link.waits() == ([], [])
        stood.now += RECONNECT_MAX_S
    loop.link.stop()


@pytest.fixture
def mute(broker: Broker) -> Iterator[Broker]:
    """In the broker's place something that takes connections and says nothing."""
    broker.stop()
    with socket.create_server(("127.0.0.1", broker.port)):
        yield broker


def test_a_broker_that_says_nothing_holds_up_no_turn(mute: Broker) -> None:
    loop, turns = Loop(mute), 0
    while loop.inbox.empty():
        loop.turn(TURN_S)
        turns += 1
    assert isinstance(loop.inbox.get(), Disconnected)
    assert turns > 3  # else one of them waited for all of the broker's silence
    loop.link.stop()


@pytest.mark.parametrize("there", ["a broker", "one that says nothing", "none"])
def test_whatever_else_the_loop_waits_for_ends_its_wait(
    broker: Broker, request: pytest.FixtureRequest, there: str
) -> None:
    if there == "one that says nothing":
        request.getfixturevalue("mute")
    elif there == "none":
        broker.stop()
    loop, (ours, others) = Loop(broker), socket.socketpair()
    if there == "a broker":
        loop.until(Connected)
    with ours, others:
        others.send(b"now")
        for _ in range(100):
            wait([loop.link], [ours], [], 2**20)
            loop.link.take_in(64)
    loop.link.stop()
