"""A node that floods, and an honest one, on a real Mosquitto: who is heard, who waits, and what people are told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from hub.cli.bringing import bring
from hub.core.nodes import floods
from hub.core.state import Alarm
from hub.engine import process as engine_process
from hub.engine.listening import LEAVES
from hub.service import Outcome
from tests.hub.engine.test_engine import Bench, PaperLink, look_again
from tests.hub.engine.test_loop import Running
from tests.support.broker import Broker, node_papers
from tests.support.hub import FakeNode, House, make_hub
from tests.support.party import Party
from wire import link, topics
from wire import messages as m


class Office:
    """A hub at work with its broker, and nodes on it."""

    def __init__(self, house: House, broker: Broker, running: Running) -> None:
        self.house = house
        self.engine = running
        self._broker = broker
        self._left = ExitStack()
        house.brings = self._brings

    def _brings(self, fact: m.FactData, person: None = None) -> Outcome:
        """As root does beside an engine."""
        done = bring(self.house.hub, lambda _state, _site: [fact])
        return Outcome(done.size, self.house.engine.look()[0], [], list(done.facts))

    def node(self, name: str) -> tuple[FakeNode, Party]:
        """A node, enrolled and on the broker."""
        node = self.house.node(name)
        return node, self.stranger(name)

    def stranger(self, name: str) -> Party:
        """Somebody with papers of a node, whether or not it is enrolled."""
        party = Party(name, self._broker.port, node_papers(self.house.hub.layout, name)).join()
        self._left.callback(party.leave)
        return party

    def seq(self, node: FakeNode) -> int:
        """Up to where the node is in the journal."""
        life = self.house.engine.look()[0].life(node.name)
        return life.seq if life else 0

    def alarms(self) -> list[tuple[str, str]]:
        return [(one.what, one.place) for one in self.house.engine.look()[0].all(Alarm)]

    def until(self, condition: Callable[[], bool]) -> None:
        self.engine.until(condition)

    def close(self) -> None:
        self._left.close()


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """However slow this machine is, a few hundred messages of which none gets on are a flood. The second connection is
    looked at more often than is usual, so that nobody waits for what is left of it."""
    monkeypatch.setattr(floods, "AGAIN_MS", 2**40)
    monkeypatch.setattr(floods, "CALM_MS", 2**40)
    monkeypatch.setattr(engine_process, "TICK_MS", 20)
    house = make_hub(tmp_path)
    house.clock.run()
    broker = Broker(house.hub.layout.root)
    broker.start()
    with closing(Running(house)) as running, closing(Office(house, broker, running)) as made:
        running.opens()
        yield made
    broker.stop()


def test_what_floods_is_heard_on_the_second_connection_and_all_else_on_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    links: dict[str, PaperLink] = {}
    monkeypatch.setattr(link, "Link", lambda name, *words, **more: links.setdefault(name, PaperLink(name, *words)))
    bench = Bench(make_hub(tmp_path))
    bench.engine._tick()
    flooded, own = topics.record("demo", "archive-1"), {topics.of_node("demo", "archive-1", leaf) for leaf in LEAVES}
    assert links["engine"].heard.keys() == own
    assert links[topics.SLOW].heard.keys() == set()
    bench.arrives(*[(flooded, b"rubbish")] * (floods.MOST + 1))
    assert links["engine"].heard.keys() == own - {flooded}
    assert links[topics.SLOW].heard.keys() == {flooded}
    bench.house.fact(m.NodeRevoked(node="archive-1", reason="stolen"), "admin")
    look_again(bench.engine)
    bench.engine._tick()
    assert links[topics.SLOW].heard.keys() == own


def record(node: FakeNode, data: m.RecordData | None = None) -> bytes:
    return node.record(data or m.Sounded(on=True, reason="opened")).note


@contextmanager
def flooding(party: Party, topic: str, payload: bytes) -> Iterator[None]:
    """As fast as it goes, until it is over."""
    over = threading.Event()

    def send() -> None:
        while not over.is_set():
            party.link.publish(topic, payload, 1)

    thread = threading.Thread(target=send)
    thread.start()
    yield
    over.set()
    thread.join()


def test_a_node_is_heard_from_its_enrolment_on_and_who_is_not_enrolled_is_not(office: Office) -> None:
    office.stranger("nobody-1").publish(topics.record("demo", "nobody-1"), b"rubbish")
    archive, party = office.node("archive-1")
    said = record(archive)
    while office.seq(archive) < archive.seq:
        party.publish(topics.record("demo", "archive-1"), said)
    assert "refused" not in office.engine.kinds()


def test_a_node_that_is_revoked_and_speaks_on_is_an_alarm(office: Office) -> None:
    archive, party = office.node("archive-1")
    office.house.fact(m.NodeRevoked(node="archive-1", reason="stolen"), "admin")
    said = record(archive)
    with flooding(party, topics.record("demo", "archive-1"), said):
        office.until(lambda: ("bad-messages", "archive-1") in office.alarms())


def test_who_floods_is_one_alarm_and_keeps_nobody_elses_waiting_and_is_heard_all_the_same(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    (archive, loud), (cipher, quiet) = office.node("archive-1"), office.node("cipher-1")
    due, ahead = record(archive), record(archive)
    with flooding(loud, topics.record("demo", "archive-1"), ahead):
        office.until(lambda: ("flooding", "archive-1") in office.alarms())
        forced = record(cipher, m.Forced(point="cipher-room/door"))
        quiet.publish(topics.record("demo", "cipher-1"), forced)
        office.until(lambda: ("forced", "cipher-room/door") in office.alarms())
    monkeypatch.setattr(floods, "AGAIN_MS", 1000)
    while office.seq(archive) < archive.seq:  # it is on the second connection, and what it has to say is not lost
        for one in (due, ahead):
            loud.publish(topics.record("demo", "archive-1"), one)
    assert "flood-over" not in office.engine.kinds()
    monkeypatch.setattr(floods, "CALM_MS", 1)
    office.until(lambda: "flood-over" in office.engine.kinds())
    last = record(archive)

    def says_it() -> bool:
        loud.publish(topics.record("demo", "archive-1"), last)
        return office.seq(archive) == archive.seq

    office.until(says_it)  # at a pace that is no flood
    assert office.alarms().count(("flooding", "archive-1")) == 1
