"""The engine's loop on a broker of paper: what it makes of a batch, and what it sends to whom."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

from hub.core.nodes import order_content
from hub.core.rules import asked
from hub.core.sealing import area as area_sealing
from hub.core.state import Alarm
from hub.documents import site as site_file
from hub.engine import outbound
from hub.engine import process as engine_process
from hub.engine.process import Engine, mono_ms
from hub.site_directory import engine_pulse
from hub.site_directory.hub import wall_ms
from hub.store import queries
from tests.support.crowd import crowd
from tests.support.hub import FakeNode, House, make_hub, seal
from wire import keys, notes, topics
from wire import messages as m
from wire.link import Arrived


class PaperLink:
    """In the place of wire.link.Link: keeps what is published and acknowledged."""

    connected = True

    def __init__(self, *_: Any) -> None:
        self.sent: list[tuple[str, bytes]] = []
        self.acknowledged: list[Arrived] = []

    def publish(self, topic: str, payload: bytes, qos: int) -> None:
        self.sent.append((topic, payload))

    def acknowledge(self, message: Arrived) -> None:
        self.acknowledged.append(message)


class Desk:
    """An engine, and the house whose nodes send to it instead of writing by themselves."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.archive: FakeNode = house.node("archive-1")
        self.engine = Engine(house.hub)
        self.link: Any = self.engine._link
        self.engine._connected()
        self._mid = 0

    def arrives(self, *payloads: tuple[str, bytes]) -> None:
        """These come in one batch."""
        messages = [Arrived(topic, payload, 1, at, False) for at, (topic, payload) in enumerate(payloads)]
        self.engine._take(messages)  # type: ignore[arg-type]
        assert self.link.acknowledged[-len(messages) :] == messages

    def record(self, data: m.RecordData, ago: float = 0) -> tuple[str, bytes]:
        return topics.record("demo", "archive-1"), self.archive.record(data, ago).note

    def beat(self, **changes: Any) -> tuple[str, bytes]:
        echo = m.Echo(boot=self.engine._boot, number=self.engine._beat_number)
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
        self.engine._look()
        self._before = self.whats()
        return (m.SealedArea(area="archive", sealing=number),)

    def since_sealed(self) -> list[str]:
        return list((Counter(self.whats()) - Counter(self._before)).elements())


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(engine_process.link, "Link", PaperLink)
    return Desk(make_hub(tmp_path))


def opened(number: int | None) -> m.LevelChanged:
    return m.LevelChanged(point="archive/iron-gate", was="normal", now="active", at=0, sealing=number)


def test_a_record_is_receipted_after_it_is_committed(desk: Desk) -> None:
    desk.arrives(desk.record(m.Sounded(on=True, reason="opened")))
    receipt = desk.receipts()[-1]
    assert (receipt.seq, receipt.hash, receipt.missing) == (desk.archive.seq, desk.archive._prev, False)


def test_a_record_that_is_ahead_is_dropped_and_the_node_sent_back(desk: Desk) -> None:
    desk.record(m.Sounded(on=True, reason="opened"))
    desk.arrives(desk.record(m.Sounded(on=False, reason="hub-back")))
    receipt = desk.receipts()[-1]
    assert (receipt.seq, receipt.missing) == (desk.archive.seq - 2, True)


def test_an_opening_and_the_beat_right_behind_it_are_one_alarm_told_once(desk: Desk) -> None:
    """The node beats at once when a sealed point moves: record and beat come in one batch."""
    number = seal(desk.house, "archive", "archive-1")
    desk.engine._look()
    sealed = (m.SealedArea(area="archive", sealing=number),)
    record = desk.record(opened(number))
    desk.arrives(record, desk.beat(levels={"archive/iron-gate": "active"}, sealed=sealed))
    assert "beat-contradicts" not in desk.kinds()
    (alarm,) = [one for one in desk.engine._state.all(Alarm) if one.what == "opened-while-sealed"]
    assert alarm.count == 1


def test_a_backlog_hides_no_fresh_break_in(desk: Desk) -> None:
    sealed = desk.seal()
    desk.arrives(desk.beat(levels={"archive/iron-gate": "active"}, sealed=sealed, seq=desk.archive.seq + 500))
    assert desk.since_sealed() == ["opened-while-sealed"]
    before = desk.kinds()
    desk.arrives(desk.beat(levels={"archive/iron-gate": "active"}, sealed=sealed, seq=desk.archive.seq + 501))
    assert desk.kinds() == before


def test_a_node_whose_disk_refuses_is_heard_by_its_beats_alone(desk: Desk) -> None:
    """Its numbers stand still: what it sees now is in no record, and perhaps never will be."""
    sealed = desk.seal()
    unwritten = m.Unwritten(since=1, waiting=2, lost=0)
    desk.arrives(desk.beat(levels={"archive/iron-gate": "active"}, sealed=sealed, unwritten=unwritten))
    assert desk.since_sealed() == ["disk-refuses-while-sealed", "opened-while-sealed"]
    desk.archive.boot = "boot-2"
    desk.engine._hub_beat(0)
    desk.arrives(desk.beat(sealed=sealed))
    assert "cannot-fill" in desk.whats()


@pytest.mark.parametrize("place", ["cipher-room/exit-button", "cipher-room/safe-door", "nowhere/at-all"])
def test_a_beat_contradicts_nothing_that_is_not_the_nodes_to_tell(desk: Desk, place: str) -> None:
    sealed = (m.SealedArea(area=place.split("/")[0], sealing=1),)
    desk.arrives(desk.beat(levels={place: "active"}, sealed=sealed, seq=desk.archive.seq + 500))
    assert "beat-contradicts" not in desk.kinds()


def test_orders_are_for_the_boot_that_the_node_is_in_now_whatever_its_backlog_speaks_of(desk: Desk) -> None:
    desk.archive.boot = "boot-2"
    desk.arrives(desk.beat())
    assert {order.boot for order in desk.orders()} == {"boot-2"}
    desk.archive.boot = "boot-1"
    backlog = desk.record(m.Sounded(on=True, reason="opened"), ago=3600)
    desk.arrives(backlog)
    assert {order.boot for order in desk.orders()} == {"boot-2"}


def test_nothing_is_sent_to_a_node_that_is_revoked(desk: Desk) -> None:
    desk.house.fact(m.NodeRevoked(node="archive-1", reason="stolen"), "admin")
    desk.engine._look()
    desk.link.sent.clear()
    desk.arrives(desk.beat(), desk.record(m.Sounded(on=True, reason="opened")))
    desk.engine._tick()
    assert desk.orders() == []
    assert desk.receipts() == []
    assert "bad-messages" in desk.whats()


def test_what_was_sent_is_forgotten_with_the_order(desk: Desk) -> None:
    desk.arrives(desk.beat())
    assert desk.engine._outbound._sent
    done = [desk.record(m.OrderDone(order=order.number, what="x", sealed=())) for order in desk.orders()]
    desk.arrives(*done)
    desk.engine._tick()
    assert not desk.engine._outbound._sent


def test_whatever_is_in_a_batch_all_of_it_is_acknowledged(desk: Desk) -> None:
    good = desk.record(m.Sounded(on=True, reason="opened"))
    desk.arrives(
        ("strongroom/1/demo/node/archive-1/record", b"rubbish"),
        good,
        ("strongroom/1/demo/node/no-such/beat", b""),
        good,
    )
    assert desk.receipts()[-1].seq == desk.archive.seq


def test_an_order_that_no_node_opens_is_not_sent_and_is_told_and_all_else_goes_on(desk: Desk) -> None:
    """A list of more people than one order holds: the broker would end the engine's connection for it."""
    house = desk.house
    site_file.apply(house.admin, crowd(2500), keys.read_secret(house.hub.layout.badge_key))
    desk.engine._look()
    desk.arrives(desk.beat())
    desk.engine._tick()
    assert all(len(sent) <= m.MAX_ORDER for _, sent in desk.link.sent)
    assert {m.kind_of(order.data) for order in desk.orders()} == {"plan", "sealed"}
    assert "order-not-done" in desk.whats()
    assert desk.kinds().count("order-not-done") == 1
    desk.engine._tick()
    assert desk.kinds().count("order-not-done") == 1


def test_an_engine_at_work_says_so_to_whoever_asks_on_its_machine(desk: Desk) -> None:
    layout = desk.house.hub.layout
    caller = ThreadPoolExecutor(1)
    desk.engine._pulse.open()
    asked = caller.submit(engine_pulse.ask, layout.engine_socket, layout.public_key("engine"), "demo", wall_ms(), 60)
    while not asked.done():
        desk.engine._tick()
    beat = asked.result()
    assert beat is not None
    assert beat.boot == desk.engine._boot
    desk.engine._pulse.close()
    assert engine_pulse.ask(layout.engine_socket, layout.public_key("engine"), "demo", wall_ms()) is None


# ---------------------------------------------------------------- what our own rules fail over


def fails(*_: Any) -> Any:
    raise ZeroDivisionError("what the rule has read")


RULES = [
    ("_watch.broker", "due"),
    ("_watch.clock", "due"),
    ("_watch.liveness", "changes"),
    ("_watch.progress", "stuck"),
    ("_watch.orders", "overdue"),
    ("_watch.tally", "due"),
]


@pytest.mark.parametrize(("holder", "rule"), RULES)
def test_a_rule_about_what_is_in_memory_that_fails_is_told_and_holds_up_no_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, holder: str, rule: str
) -> None:
    monkeypatch.setattr(attrgetter(holder)(desk.engine), rule, fails)
    monkeypatch.setattr(desk.engine._watch.deadlines, "due", fails)  # as well as one that asks the state
    monkeypatch.setattr(desk.engine._watch.witnesses, "due", lambda *_: iter([m.BrokerLost(detail="gone", since=1)]))
    desk.engine._watch.tally.add("archive-1", "malformed", "an example")
    for _ in range(3):
        desk.engine._tick()
    assert desk.kinds().count("not-judged") == 1
    assert "broker-lost" in desk.kinds()
    assert ("refused" in desk.kinds()) == (holder != "_watch.tally")


def test_a_node_over_which_the_watch_fails_hides_the_silence_of_no_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.house.node("cipher-1")
    desk.engine._look()
    held = area_sealing.held
    for mad, other in (("archive-1", "cipher-1"), ("cipher-1", "archive-1")):
        monkeypatch.setattr(
            area_sealing, "held", lambda state, site, node, mad=mad: fails() if node == mad else held(state, site, node)
        )
        watch, state, site = desk.engine._watch, desk.engine._state, desk.engine._site
        changes = asked(partial(watch.liveness.changes, state, site, 2**40))
        assert next(changes()) == m.NodeSilent(node=other, last_heard=None, sealed=())


def test_an_order_that_cannot_be_composed_is_told_once_and_every_other_is_sent(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    compose = order_content.compose
    monkeypatch.setattr(
        order_content, "compose", lambda *asked: fails() if asked[3:5] == ("archive-1", "plan") else compose(*asked)
    )
    monkeypatch.setattr(outbound, "ORDER_AGAIN_MS", 0)
    desk.house.node("cipher-1")
    desk.engine._look()
    desk.engine._watch.liveness.clock("cipher-1", "boot-1", 0, mono_ms())
    desk.arrives(desk.beat())
    for _ in range(3):
        desk.engine._tick()
    assert {m.kind_of(order.data) for order in desk.orders()} == {"access", "sealed"}
    assert {m.kind_of(order.data) for order in desk.orders("cipher-1")} == {"plan", "access", "sealed"}
    assert desk.whats().count("order-not-done") == 1


def test_a_machine_whose_own_clock_shows_another_time_is_told_at_the_engines_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_process.link, "Link", PaperLink)
    monkeypatch.setattr(engine_process.rtc, "read", lambda: wall_ms() - 3_600_000)
    desk = Desk(make_hub(tmp_path))
    desk.engine._tick()
    desk.engine._tick()
    assert desk.kinds().count("hub-clock") == 1
    assert "hub-clock" in desk.whats()
