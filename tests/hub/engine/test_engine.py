"""The engine's loop on a broker of paper: what it makes of a batch, and what it sends to whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

from hub.core.nodes import order_content
from hub.core.rules import asked
from hub.core.sealing import area as area_sealing
from hub.core.state import Alarm
from hub.engine import alive, outbound, rtc
from hub.engine.process import Engine, mono_ms
from hub.site_directory.hub import wall_ms
from hub.store import queries
from hub.store.faults import DatabaseLost
from tests.support.crowd import crowd
from tests.support.hub import FakeNode, House, apply_site, make_hub, seal
from wire import keys, link, notes, topics
from wire import messages as m
from wire.link import Arrived


def look_again(engine: Engine) -> None:
    """What a test has written by itself is as if the engine had: it goes on from there."""
    engine._state, engine._site = engine._service.look()


class PaperLink:
    """In the place of wire.link.Link: keeps what is published and acknowledged."""

    connected = True

    def __init__(self, name: str, host: str, port: int, papers: Any, heard: Any, inbox: Any, **_: Any) -> None:
        self.inbox = inbox
        self.sent: list[tuple[str, bytes]] = []
        self.acknowledged: list[Arrived] = []

    def publish(self, topic: str, payload: bytes, qos: int) -> None:
        self.sent.append((topic, payload))

    def open(self) -> None: ...

    def stop(self) -> None: ...

    def hear(self, wanted: Mapping[str, int]) -> None:
        self.heard = dict(wanted)

    def take_in(self, enough: int) -> None:
        """What is in the inbox was put there by a test."""

    def acknowledge(self, message: Arrived) -> None:
        self.acknowledged.append(message)


class Bench:
    """An engine, and the house whose nodes send to it instead of writing by themselves."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.archive: FakeNode = house.node("archive-1")
        self.engine = Engine(house.written())
        self.link: Any = self.engine._link
        self.engine._connected()
        self._mid = 0

    def arrives(self, *payloads: tuple[str, bytes]) -> None:
        """These come in one batch."""
        messages = [Arrived(topic, payload, 1, at, False) for at, (topic, payload) in enumerate(payloads)]
        for message in messages:
            self.link.inbox.put(message)
        self.engine._take(self.engine._listening.batch(len(messages)))
        assert self.link.acknowledged[-len(messages) :] == messages

    def arrive_in_batches(self, payloads: Sequence[tuple[str, bytes]], size: int) -> None:
        """All of these are here at once, and are worked on in batches of that size."""
        self.engine._hear()
        for at, (topic, payload) in enumerate(payloads):
            self.link.inbox.put(Arrived(topic, payload, 1, at, False))
        for _ in range(len(payloads) // size):
            self.engine._take(self.engine._listening.batch(size))

    def record(self, data: m.RecordData, ago: float = 0) -> tuple[str, bytes]:
        return topics.record("demo", "archive-1"), self.archive.record(data, ago).note

    def beat(self, **changes: Any) -> tuple[str, bytes]:
        echo = m.Echo(boot=self.engine._boot, number=self.engine._alive.number)
        return topics.beat("demo", "archive-1"), self.archive.beat(echo=echo, **changes)

    def receipts(self) -> list[m.Receipt]:
        topic = topics.receipt("demo", "archive-1")
        return [m.decode(notes.split(sent).text, m.Receipt) for where, sent in self.link.sent if where == topic]

    def orders(self, node: str = "archive-1") -> list[m.Order]:
        topic = topics.order("demo", node)
        return [m.decode(notes.split(sent).text, m.Order) for where, sent in self.link.sent if where == topic]

    def kinds(self) -> list[str]:
        return [row.kind for row in self.house.read(lambda connection: queries.journal(connection, limit=1000))]

    def whats(self) -> list[str]:
        return sorted(alarm.what for alarm in self.engine._state.all(Alarm))

    def seal(self) -> tuple[m.SealedArea, ...]:
        """Seal the archive. What its walk test opens is an alarm of its own where it is night now, and is left out."""
        number = seal(self.house, "archive", "archive-1")
        look_again(self.engine)
        self._before = self.whats()
        return (m.SealedArea(area="archive", sealing=number),)

    def since_sealed(self) -> list[str]:
        return list((Counter(self.whats()) - Counter(self._before)).elements())


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(link, "Link", PaperLink)
    return Bench(make_hub(tmp_path))


def opened(number: int | None) -> m.LevelChanged:
    return m.LevelChanged(point="archive/iron-gate", was="normal", now="active", at=0, sealing=number)


def test_a_record_is_receipted_after_it_is_committed(bench: Bench) -> None:
    bench.arrives(bench.record(m.Sounded(on=True, reason="opened")))
    receipt = bench.receipts()[-1]
    assert (receipt.seq, receipt.hash, receipt.missing) == (bench.archive.seq, bench.archive._prev, False)


def test_while_most_of_a_nodes_window_waits_here_its_receipt_waits_for_the_next_batch(bench: Bench) -> None:
    first = bench.archive.seq
    records = [bench.record(m.Sounded(on=True, reason="opened")) for _ in range(m.WINDOW)]
    bench.arrive_in_batches(records, m.WINDOW // 8)
    told = [receipt.seq - first for receipt in bench.receipts()]
    assert [seq for seq in told if seq > 0] == [m.WINDOW * eighth // 8 for eighth in range(4, 9)]


def test_a_record_that_is_ahead_is_dropped_and_the_node_sent_back(bench: Bench) -> None:
    bench.record(m.Sounded(on=True, reason="opened"))
    bench.arrives(bench.record(m.Sounded(on=False, reason="hub-back")))
    receipt = bench.receipts()[-1]
    assert (receipt.seq, receipt.missing) == (bench.archive.seq - 2, True)


def test_an_opening_and_the_beat_right_behind_it_are_one_alarm_told_once(bench: Bench) -> None:
    """The node beats at once when a sealed point moves: record and beat come in one batch."""
    number = seal(bench.house, "archive", "archive-1")
    look_again(bench.engine)
    sealed = (m.SealedArea(area="archive", sealing=number),)
    record = bench.record(opened(number))
    bench.arrives(record, bench.beat(levels={"archive/iron-gate": "active"}, sealed=sealed))
    assert "beat-contradicts" not in bench.kinds()
    (alarm,) = [one for one in bench.engine._state.all(Alarm) if one.what == "opened-while-sealed"]
    assert alarm.count == 1


def test_a_backlog_hides_no_fresh_break_in(bench: Bench) -> None:
    sealed = bench.seal()
    bench.arrives(bench.beat(levels={"archive/iron-gate": "active"}, sealed=sealed, seq=bench.archive.seq + 500))
    assert bench.since_sealed() == ["opened-while-sealed"]
    before = bench.kinds()
    bench.arrives(bench.beat(levels={"archive/iron-gate": "active"}, sealed=sealed, seq=bench.archive.seq + 501))
    assert bench.kinds() == before


def test_a_node_whose_disk_refuses_is_heard_by_its_beats_alone(bench: Bench) -> None:
    """Its numbers stand still: what it sees now is in no record, and perhaps never will be."""
    sealed = bench.seal()
    unwritten = m.Unwritten(since=1, waiting=2, lost=0)
    bench.arrives(bench.beat(levels={"archive/iron-gate": "active"}, sealed=sealed, unwritten=unwritten))
    assert bench.since_sealed() == ["disk-refuses-while-sealed", "opened-while-sealed"]
    bench.archive.boot = "boot-2"
    bench.engine._alive.beat(0, 1)
    bench.arrives(bench.beat(sealed=sealed))
    assert "cannot-fill" in bench.whats()


@pytest.mark.parametrize("place", ["cipher-room/exit-button", "cipher-room/safe-door", "nowhere/at-all"])
def test_a_beat_contradicts_nothing_that_is_not_the_nodes_to_tell(bench: Bench, place: str) -> None:
    sealed = (m.SealedArea(area=place.split("/")[0], sealing=1),)
    bench.arrives(bench.beat(levels={place: "active"}, sealed=sealed, seq=bench.archive.seq + 500))
    assert "beat-contradicts" not in bench.kinds()


def test_orders_are_for_the_boot_that_the_node_is_in_now_whatever_its_backlog_speaks_of(bench: Bench) -> None:
    bench.archive.boot = "boot-2"
    bench.arrives(bench.beat())
    assert {order.boot for order in bench.orders()} == {"boot-2"}
    bench.archive.boot = "boot-1"
    backlog = bench.record(m.Sounded(on=True, reason="opened"), ago=3600)
    bench.arrives(backlog)
    assert {order.boot for order in bench.orders()} == {"boot-2"}


def test_nothing_is_sent_to_a_node_that_is_revoked(bench: Bench) -> None:
    bench.house.fact(m.NodeRevoked(node="archive-1", reason="stolen"), "admin")
    look_again(bench.engine)
    bench.link.sent.clear()
    bench.arrives(bench.beat(), bench.record(m.Sounded(on=True, reason="opened")))
    bench.engine._tick()
    assert bench.orders() == []
    assert bench.receipts() == []
    assert "bad-messages" in bench.whats()


def test_what_was_sent_is_forgotten_with_the_order(bench: Bench) -> None:
    bench.arrives(bench.beat())
    assert bench.engine._outbound._sent
    done = [bench.record(m.OrderDone(order=order.number, what="x", sealed=())) for order in bench.orders()]
    bench.arrives(*done)
    bench.engine._tick()
    assert not bench.engine._outbound._sent


def test_whatever_is_in_a_batch_all_of_it_is_acknowledged(bench: Bench) -> None:
    good = bench.record(m.Sounded(on=True, reason="opened"))
    bench.arrives(
        ("strongroom/1/demo/node/archive-1/record", b"rubbish"),
        good,
        ("strongroom/1/demo/node/no-such/beat", b""),
        good,
    )
    assert bench.receipts()[-1].seq == bench.archive.seq


def test_an_order_that_no_node_opens_is_not_sent_and_is_told_and_all_else_goes_on(bench: Bench) -> None:
    """A list of more people than one order holds: the broker would end the engine's connection for it."""
    house = bench.house
    apply_site(house, crowd(2500), keys.read_secret(house.hub.layout.badge_key))
    look_again(bench.engine)
    bench.arrives(bench.beat())
    bench.engine._tick()
    assert all(len(sent) <= m.MAX_ORDER for _, sent in bench.link.sent)
    assert {m.kind_of(order.data) for order in bench.orders()} == {"plan", "unseal"}
    assert "order-not-done" in bench.whats()
    assert bench.kinds().count("order-not-done") == 1
    bench.engine._tick()
    assert bench.kinds().count("order-not-done") == 1


# ---------------------------------------------------------------- what our own rules fail over


def fails(*_: Any) -> Any:
    raise ZeroDivisionError("what the rule has read")


RULES = [
    ("_watch.broker", "due"),
    ("_watch.clock", "due"),
    ("_watch.liveness", "changes"),
    ("_watch.progress", "stuck"),
    ("_watch.orders", "overdue"),
    ("_watch.bad_messages", "due"),
]


@pytest.mark.parametrize(("holder", "rule"), RULES)
def test_a_rule_about_what_is_in_memory_that_fails_is_told_and_holds_up_no_other(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, holder: str, rule: str
) -> None:
    monkeypatch.setattr(attrgetter(holder)(bench.engine), rule, fails)
    monkeypatch.setattr(bench.engine._watch.deadlines, "due", fails)  # as well as one that asks the state
    monkeypatch.setattr(bench.engine._watch.witnesses, "due", lambda *_: iter([m.BrokerLost(detail="gone", since=1)]))
    bench.engine._watch.bad_messages.add("archive-1", "malformed", "an example")
    for _ in range(3):
        bench.engine._tick()
    assert bench.kinds().count("not-judged") == 1
    assert "broker-lost" in bench.kinds()
    assert ("refused" in bench.kinds()) == (holder != "_watch.bad_messages")


PARTS = [
    ("_verifier", "record", "a message: record"),
    ("_witnessing", "hear", "a message: ask"),
    ("_outbound", "receipt", "a batch of records"),
    ("_verifier", "beat", "a beat"),
    ("_witnessing", "keep", "witnessing"),
    ("_rotation", "turn", "the change of the checkpoint key"),
    ("_watch", "look", "deadlines"),
    ("_certifier", "turn", "certificates"),
    ("_signing", "turn", "checkpoints"),
    ("_outbound", "orders", "orders"),
]


def hears_all_and_ticks(bench: Bench) -> None:
    question = (topics.ask("demo", "archive-1"), b"")
    bench.arrives(question, bench.record(m.Sounded(on=True, reason="opened")), bench.beat())
    bench.engine._tick()


@pytest.mark.parametrize(("holder", "part", "what"), PARTS)
def test_a_part_of_the_engine_that_fails_is_told_once_and_the_rest_goes_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, holder: str, part: str, what: str
) -> None:
    monkeypatch.setattr(attrgetter(holder)(bench.engine), part, fails)
    monkeypatch.setattr(alive, "HUB_BEAT_MS", 0)  # each time it is time for the next one
    bench.engine._watch.bad_messages.add("archive-1", "malformed", "an example")
    for _ in range(3):
        hears_all_and_ticks(bench)
    kinds = bench.kinds()
    (said,) = bench.house.read(lambda connection: queries.journal(connection, kind="not-judged"))
    assert isinstance(said.data, m.NotJudged)
    assert (said.data.place, said.data.what) == ("hub", what)
    assert caplog.text.count("nobody foresaw this") == 1
    assert "record-not-judged" in bench.whats()
    assert kinds.count("sounded") == (0 if part == "record" else 3)
    assert ("refused" in kinds) == (part != "look")
    assert bool(bench.orders()) == (part != "orders")
    assert bench.engine._alive.number >= 3, "nobody hears that the engine lives"


@pytest.mark.parametrize(("holder", "part"), [row[:2] for row in PARTS])
def test_a_database_that_fails_ends_the_engine_whatever_part_meets_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, holder: str, part: str
) -> None:
    def lost(*_: Any) -> None:
        raise DatabaseLost("the database is gone")

    monkeypatch.setattr(attrgetter(holder)(bench.engine), part, lost)
    with pytest.raises(DatabaseLost):
        hears_all_and_ticks(bench)


def test_a_node_over_which_the_watch_fails_hides_the_silence_of_no_other(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.house.node("cipher-1")
    look_again(bench.engine)
    held = area_sealing.held
    for mad, other in (("archive-1", "cipher-1"), ("cipher-1", "archive-1")):
        monkeypatch.setattr(
            area_sealing, "held", lambda state, site, node, mad=mad: fails() if node == mad else held(state, site, node)
        )
        watch, state, site = bench.engine._watch, bench.engine._state, bench.engine._site
        changes = asked(partial(watch.liveness.changes, state, site, 2**40))
        assert next(changes()) == m.NodeSilent(node=other, last_heard=None, sealed=())


def test_an_order_that_cannot_be_composed_is_told_once_and_every_other_is_sent(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    compose = order_content.compose
    monkeypatch.setattr(
        order_content, "compose", lambda *asked: fails() if asked[3:5] == ("archive-1", "plan") else compose(*asked)
    )
    monkeypatch.setattr(outbound, "ORDER_AGAIN_MS", 0)
    bench.house.node("cipher-1")
    look_again(bench.engine)
    bench.engine._watch.liveness.clock("cipher-1", "boot-1", 0, mono_ms())
    bench.arrives(bench.beat())
    for _ in range(3):
        bench.engine._tick()
    assert {m.kind_of(order.data) for order in bench.orders()} == {"access", "unseal"}
    assert {m.kind_of(order.data) for order in bench.orders("cipher-1")} == {"plan", "access", "unseal"}
    assert bench.whats().count("order-not-done") == 1


def test_a_machine_whose_own_clock_shows_another_time_is_told_at_the_engines_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "Link", PaperLink)
    monkeypatch.setattr(rtc, "read", lambda: wall_ms() - 3_600_000)
    bench = Bench(make_hub(tmp_path))
    bench.engine._tick()
    bench.engine._tick()
    assert bench.kinds().count("hub-clock") == 1
    assert "hub-clock" in bench.whats()
