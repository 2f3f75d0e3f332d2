"""The loop: outputs at once, then the disk, then the hub; and what it makes of receipts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from firmware.core.effects import CheckpointShown
from firmware.core.node import Node
from firmware.devices.assembly import Devices
from firmware.hub_link.messages import Mail
from firmware.outbox.records import Header, Identity
from firmware.outbox.store import Outbox
from firmware.outbox.when_the_disk_refuses import BufferedOutbox
from firmware.process.boot import Boot
from firmware.process.inbox import Inbox
from firmware.process.loop import App
from tests.firmware.core import ledger
from tests.firmware.house import (
    ACCESS,
    BADGE_KEY,
    BUTTON,
    CORRIDOR_DOOR,
    IRON_GATE,
    NODE,
    PLAN,
    READER,
    SITE,
    WINDOW,
    ZHANG_WEI,
    House,
    all_records,
    check_chain,
    happening,
    identity,
    no_room_on_disk,
    until,
)
from wire import board, keys, notes, topics
from wire import messages as m
from wire.link import Arrived, Connected
from wire.messages import (
    Beat,
    CannotFill,
    Granted,
    Here,
    HubBeat,
    LevelChanged,
    Message,
    Order,
    OrderData,
    OrderDone,
    Plan,
    Receipt,
    Record,
    RolledBack,
    Seal,
    SealedArea,
    Started,
)

HUB = keys.make(keys.key_name(SITE, "engine", "record"))
SEAL = Seal(area="archive", sealing=4, reader_node=NODE, keys={})
WITNESS = keys.make(keys.key_name(SITE, NODE, "witness"))


class FakeLink:
    """A broker connection that keeps what was given to it."""

    def __init__(self) -> None:
        self.connected = True
        self.dropped = 0
        self.published: list[tuple[str, bytes]] = []
        self.acknowledged: list[Arrived] = []
        self.journal: list[str] = []

    def start(self) -> None:
        return

    def publish(self, topic: str, payload: bytes, qos: int) -> bool:
        self.published.append((topic, payload))
        return True

    def acknowledge(self, message: Arrived) -> None:
        self.acknowledged.append(message)

    def records(self) -> list[Record]:
        texts = [notes.split(payload).text for topic, payload in self.published if topic.endswith("/record")]
        return [m.decode(text, Record) for text in texts]

    def beats(self) -> list[Beat]:
        texts = [notes.split(payload).text for topic, payload in self.published if topic.endswith("/beat")]
        return [m.decode(text, Beat) for text in texts]


class Running:
    """A whole node in this process, with simulated metal and no broker; the test turns its loop."""

    def __init__(self, house: House, who: Identity, history: int = 20_000) -> None:
        self.boot = Boot()
        self.inbox = Inbox()
        self.outbox = Outbox(house.place.state / "outbox.db", who, 1, history_records=history, later=True)
        self.buffered = BufferedOutbox(self.outbox)
        self.saved, _told = self.buffered.open(Header(self.boot.id, 0, 0, "untrusted"))
        self.board = board.load()
        self.devices = Devices(self.board, house.place, self.inbox.put, self.boot.mono)
        trust = ledger.trust()._replace(hub_key=HUB.public)
        self.node = Node(self.board, BADGE_KEY, self.saved, "test", "mock", name=NODE, boot=self.boot.id, trust=trust)
        self.link = FakeLink()
        self.who = who
        self.ignored: Counter[str] = Counter()
        mail = Mail(who, WITNESS, HUB.public, self.boot.id, self.ignored)
        link: Any = self.link
        self.app = App(self.boot, self.node, self.buffered, mail, self.devices, link, self.inbox)
        self.orders = 0
        self.beats = 0

    @property
    def metal(self) -> Any:
        return self.devices.simulated

    def start(self) -> None:
        self.app.start(self.saved.plan)

    def says(self, topic: str, message: Message) -> None:
        self.inbox.queue.put(Arrived(topic, HUB.sign(m.encode(message)), 1, 1, False))

    def order(self, data: OrderData) -> None:
        self.orders += 1
        order = Order(
            v=1,
            site=SITE,
            node=NODE,
            life=self.outbox.life,
            boot=self.boot.id,
            number=self.saved.mark + self.orders,
            until=2**40,
            data=data,
        )
        self.says(topics.order(SITE, NODE), order)

    def receipt(self, seq: int, hash: str, *, life: int = 1, missing: bool = False) -> None:
        said = Receipt(v=1, site=SITE, node=NODE, life=life, seq=seq, hash=hash, index=seq - 1, missing=missing)
        self.says(topics.receipt(SITE, NODE), said)

    def hub_beat(self) -> None:
        self.beats += 1
        now = self.boot.now().wall
        self.says(topics.hub_beat(SITE), HubBeat(v=1, site=SITE, boot="hub-1", number=self.beats, time=now, size=0))

    def data(self, kind: type[Any]) -> list[Any]:
        return [record.data for record in all_records(self.outbox) if isinstance(record.data, kind)]

    def levels(self, place: str) -> list[str]:
        return [data.now for data in self.data(LevelChanged) if data.point == place]

    def turn_until(self, happened: Any, what: str) -> None:
        def turned() -> bool:
            self.app.turn()
            return bool(happened())

        until(turned, what)

    def close(self) -> None:
        self.app.stop()
        self.devices.close()
        self.outbox.close()


@pytest.fixture
def who() -> Identity:
    return identity()


@pytest.fixture
def node(house: House, who: Identity) -> Iterator[Running]:
    """Started, with its plan and access list in force."""
    made = Running(house, who)
    made.start()
    made.order(PLAN)
    made.order(ACCESS)
    made.turn_until(lambda: len(made.data(OrderDone)) == 2, "plan and access list")
    yield made
    made.close()


def test_the_first_record_of_a_boot_is_started(node: Running) -> None:
    first = all_records(node.outbox)[0]
    assert isinstance(first.data, Started)
    assert (first.boot, first.seq) == (node.boot.id, 1)


def test_a_plan_is_judged_by_what_hangs_on_the_terminals(node: Running) -> None:
    """Nothing that is as it should be is taken for a change, neither a normally open button nor a loop."""
    assert node.data(LevelChanged) == []
    assert node.node.here(node.boot.now(), 0, "", 0).levels == dict.fromkeys(
        (CORRIDOR_DOOR, BUTTON, IRON_GATE, WINDOW), "normal"
    )


def test_an_opening_of_50_ms_is_recorded_whole(node: Running) -> None:
    import threading
    import time

    def door() -> None:
        node.metal.set_open(CORRIDOR_DOOR, True)
        time.sleep(0.05)
        node.metal.set_open(CORRIDOR_DOOR, False)

    thread = threading.Thread(target=door)
    thread.start()
    node.turn_until(lambda: node.levels(CORRIDOR_DOOR) == ["active", "normal"], "both records of the opening")
    thread.join()
    opened, closed = node.data(LevelChanged)
    assert closed.at - opened.at >= 49


def test_an_opening_that_was_over_before_the_loop_looked_is_recorded_too(node: Running) -> None:
    import time

    node.metal.set_open(CORRIDOR_DOOR, True)
    time.sleep(0.05)
    node.metal.set_open(CORRIDOR_DOOR, False)
    node.turn_until(lambda: node.levels(CORRIDOR_DOOR) == ["active", "normal"], "both records of the opening")


def test_every_level_of_a_loop_is_recorded(node: Running) -> None:
    for wire, level in (("cut", "open-circuit"), ("shorted", "short"), ("whole", "normal")):
        node.metal.set_wire(WINDOW, wire)
        node.turn_until(lambda level=level: node.levels(WINDOW)[-1:] == [level], f"the window's wire {wire}")
    assert node.levels(WINDOW) == ["open-circuit", "short", "normal"]


def test_a_badge_is_answered_at_the_reader_by_the_node_alone(node: Running) -> None:
    node.hub_beat()
    node.link.connected = False
    node.metal.show_badge(READER, ZHANG_WEI)
    node.turn_until(lambda: node.data(Granted), "the grant")
    assert node.metal.state(SITE, NODE).readers[READER].green
    assert ZHANG_WEI.encode() not in b"".join(one.note for one in node.outbox.waiting(0, 100))


def test_orders_are_acknowledged_only_after_they_are_on_disk(node: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    at_acknowledgement: list[int] = []
    monkeypatch.setattr(node.link, "acknowledge", lambda _: at_acknowledgement.append(node.outbox.saved().mark))
    node.order(SEAL)
    node.turn_until(lambda: at_acknowledgement, "the acknowledgement")
    assert at_acknowledgement == [3]
    assert [one.sealing for one in node.outbox.saved().sealed] == [4]


def test_the_sounder_does_not_wait_for_the_disk(node: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    node.order(SEAL)
    node.turn_until(lambda: node.outbox.saved().sealed, "the sealing")
    sounded: list[bool] = []
    keep = node.buffered.keep

    def watched(*arguments: Any) -> None:
        if any(isinstance(one.data, LevelChanged) for one in arguments[0]):
            sounded.append(node.metal.state(SITE, NODE).sounder)
        keep(*arguments)

    monkeypatch.setattr(node.buffered, "keep", watched)
    node.metal.set_open(CORRIDOR_DOOR, True)
    node.turn_until(lambda: sounded, "the opening")
    assert sounded == [True]


def test_what_is_sealed_is_in_force_after_a_power_cut_before_anything_is_judged(house: House, who: Identity) -> None:
    areas = (SealedArea(area="archive", sealing=4),)
    first = Running(house, who)
    first.outbox.commit([], {"plan": PLAN, "sealed": areas})
    first.metal.use(PLAN)
    first.metal.set_open(CORRIDOR_DOOR, True)
    first.close()
    after = Running(house, who)
    after.start()
    after.turn_until(lambda: after.levels(CORRIDOR_DOOR), "the open door")
    (started,) = after.data(Started)
    assert started.sealed == areas
    (opened,) = after.data(LevelChanged)
    assert opened.sealing == 4
    assert after.metal.state(SITE, NODE).sounder
    after.close()


FAILING = [
    ("_doors.advance", "doors"),
    ("_silence.advance", "silence"),
    ("_sealing.advance", "sealing"),
    ("_shows.advance", "shows"),
    ("_witness.advance", "witness"),
    ("_witness.shown", "CheckpointShown"),
    ("_readers.heard", "ReaderBytes"),
    ("_orders.judge", "OrderArrived"),
    ("_silence.heard", "HubHeard"),
]


@pytest.mark.parametrize(("part", "what"), FAILING)
def test_a_part_of_the_core_that_fails_is_told_once_and_every_input_is_judged(
    node: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, part: str, what: str
) -> None:
    failed: list[object] = []

    def fails(*_: object) -> Any:
        failed.append(None)
        raise ZeroDivisionError("what was read")

    holder, name = part.split(".")
    monkeypatch.setattr(getattr(node.node, holder), name, fails)
    for _ in range(3):
        node.hub_beat()
        node.order(ACCESS)
        node.inbox.put(CheckpointShown(b"no note"))
        node.metal.show_badge(READER, ZHANG_WEI)
        seen = len(failed)
        node.turn_until(lambda seen=seen: len(failed) > seen, "the failure")
    node.metal.set_open(CORRIDOR_DOOR, True)
    node.turn_until(lambda: node.levels(CORRIDOR_DOOR) == ["active"], "the opening")
    faults = [one for one in node.data(m.Fault) if one.part == "program"]
    assert [(one.failed, one.detail) for one in faults] == [(True, f"{what}: ZeroDivisionError")]
    assert caplog.text.count("nobody foresaw this") == 1


def test_what_was_decided_before_a_failure_stands(node: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """A door has opened, and what follows from that fails."""

    def fails(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(node.node._doors, "changed", fails)
    node.metal.set_open(CORRIDOR_DOOR, True)
    node.turn_until(lambda: node.levels(CORRIDOR_DOOR) == ["active"], "the opening")
    node.turn_until(lambda: [one.part for one in node.data(m.Fault)] == ["program"], "the fault")


def test_a_message_that_nobody_foresaw_is_passed_over(node: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Mail, "open", lambda *_: 1 // 0)
        node.hub_beat()
        node.turn_until(lambda: len(node.link.acknowledged) >= 3, "the message")
    node.turn_until(lambda: node.data(m.Fault), "the fault")
    assert node.data(m.Fault)[0].detail == "a message: ZeroDivisionError"


def test_a_refused_plan_leaves_the_inputs_as_they_were(node: Running) -> None:
    twice = Plan(version=8, points=(PLAN.points[0], PLAN.points[0]), readers=(), areas=())
    node.order(twice)
    node.turn_until(lambda: node.data(m.OrderRefused), "the refusal")
    node.metal.set_open(CORRIDOR_DOOR, True)
    node.turn_until(lambda: node.levels(CORRIDOR_DOOR) == ["active"], "the opening")


def test_records_go_out_in_order_and_a_receipt_frees_them(node: Running) -> None:
    node.app.turn()
    assert [record.seq for record in node.link.records()] == [1, 2, 3, 4]
    node.receipt(2, node.outbox.hash_of(2) or "")
    node.turn_until(lambda: node.outbox.freed == 2, "the receipt")


def test_a_new_connection_sends_again_what_has_no_receipt(node: Running) -> None:
    node.app.turn()
    node.link.published.clear()
    node.inbox.queue.put(Connected())
    node.turn_until(lambda: len(node.link.records()) == node.outbox.seq, "everything again")


def test_after_a_connection_the_first_hub_beat_is_echoed_at_once(node: Running) -> None:
    node.inbox.queue.put(Connected())
    node.hub_beat()
    node.turn_until(
        lambda: any(isinstance(beat.data, Here) and beat.data.echo for beat in node.link.beats()), "the echo"
    )


def test_a_hub_from_a_backup_gets_what_it_had_freed_before(node: Running) -> None:
    node.app.turn()
    node.receipt(4, node.outbox.hash)
    node.turn_until(lambda: node.outbox.freed == 4, "the receipt")
    node.link.published.clear()
    node.receipt(1, node.outbox.hash_of(1) or "", missing=True)
    node.turn_until(lambda: [one.seq for one in node.link.records()] == [2, 3, 4], "the records again")


def test_a_hub_that_forces_a_new_life_upon_a_node_unseals_nothing(node: Running, house: House, who: Identity) -> None:
    node.order(SEAL)
    node.turn_until(lambda: node.outbox.saved().sealed, "the sealing")
    node.receipt(50, "ab" * 32)
    node.turn_until(lambda: node.outbox.life == 2, "the new life")
    assert [one.sealing for one in node.outbox.saved().sealed] == [4]
    node.metal.set_open(CORRIDOR_DOOR, True)
    node.turn_until(lambda: node.metal.state(SITE, NODE).sounder, "the sounder")
    node.close()
    after = Running(house, who)
    after.start()
    assert after.data(Started)[-1].sealed == (SealedArea(area="archive", sealing=4),)
    assert after.metal.state(SITE, NODE).sounder
    after.close()


def test_a_disk_that_holds_less_than_the_receipt_opens_a_life(node: Running, who: Identity) -> None:
    node.receipt(50, "ab" * 32)
    node.turn_until(lambda: node.outbox.life == 2, "the new life")
    found = check_chain(node.outbox, who.key.public)
    assert isinstance(found[0].data, RolledBack)
    assert (found[0].data.hub_seq, found[0].data.own_seq) == (50, 4)
    assert isinstance(found[1].data, Started)
    assert {record.life for record in found} == {2}
    node.turn_until(lambda: [one.life for one in node.link.records()][-1] == 2, "the new life is sent")
    assert [one.seq for one in node.link.records() if one.life == 2] == [one.seq for one in found]


def test_a_disk_that_holds_another_record_opens_a_life(node: Running) -> None:
    node.receipt(2, "cd" * 32)
    node.turn_until(lambda: node.outbox.life == 2, "the new life")


def test_what_is_no_longer_there_is_said_in_a_signed_record(house: House, who: Identity) -> None:
    node = Running(house, who, history=100)
    for _ in range(400):
        node.outbox.commit([happening()])
        node.outbox.free(node.outbox.seq)
        node.outbox.cover(node.outbox.seq)
    node.start()
    oldest, _ = node.outbox.oldest()
    assert oldest > 100

    def asked() -> bool:
        node.receipt(7, "ef" * 32, missing=True)
        return bool(node.data(CannotFill))

    node.turn_until(asked, "the statement")
    node.turn_until(
        lambda: any(isinstance(one.data, CannotFill) for one in node.link.records()), "the statement is sent"
    )
    (statement,) = node.data(CannotFill)
    assert (statement.first, statement.last) == (8, oldest - 1)
    sent = node.link.records()
    first = next(number for number, one in enumerate(sent) if isinstance(one.data, CannotFill))
    assert sent[first].seq == oldest - 1
    node.close()


def test_inputs_beyond_the_queue_are_dropped_and_the_level_is_still_the_truth(
    node: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    while not node.inbox.dropped:
        node.devices.reread()
    node.metal.set_open(CORRIDOR_DOOR, True)
    node.turn_until(lambda: node.levels(CORRIDOR_DOOR) == ["active"], "the opening")


# ---------------------------------------------------------------- a disk that refuses


def last(node: Running) -> Here:
    (*_, here) = [beat.data for beat in node.link.beats() if isinstance(beat.data, Here)]
    return here


def test_while_the_disk_refuses_the_sounder_sounds_and_a_beat_tells_of_each_opening_at_once(node: Running) -> None:
    node.order(SEAL)
    node.turn_until(lambda: node.outbox.saved().sealed, "the sealing")
    with no_room_on_disk():
        for opening in range(1, 4):
            node.metal.set_open(CORRIDOR_DOOR, True)
            node.turn_until(lambda: last(node).levels[CORRIDOR_DOOR] == "active", f"a beat of opening {opening}")
            node.metal.set_open(CORRIDOR_DOOR, False)
            node.turn_until(lambda: last(node).levels[CORRIDOR_DOOR] == "normal", f"a beat of its end {opening}")
        said = last(node).unwritten
        assert said is not None
        assert said.waiting >= 6
        assert node.metal.state(SITE, NODE).sounder
        assert node.levels(CORRIDOR_DOOR) == []
    node.turn_until(lambda: len(node.levels(CORRIDOR_DOOR)) == 6, "all of it on disk after all")
    node.inbox.queue.put(Connected())
    node.turn_until(lambda: last(node).unwritten is None, "a beat that says that all is well")


def test_a_node_starts_with_a_disk_that_cannot_even_be_opened_and_guards_by_the_hubs_orders(
    house: House, who: Identity
) -> None:
    (house.place.state / "outbox.db").mkdir()
    node = Running(house, who)
    node.start()
    node.order(PLAN)
    node.order(SEAL)
    node.turn_until(lambda: last(node).sealed if node.link.beats() else False, "it holds the area sealed")
    node.metal.set_open(CORRIDOR_DOOR, True)
    node.turn_until(lambda: last(node).levels.get(CORRIDOR_DOOR) == "active", "a beat of the opening")
    assert last(node).unwritten is not None
    assert node.metal.state(SITE, NODE).sounder
    assert node.link.records() == []
    (house.place.state / "outbox.db").rmdir()
    node.turn_until(lambda: node.app.stopping, "it starts anew with what is on its disk")
    assert node.levels(CORRIDOR_DOOR) == ["active"]
    assert [one.sealing for one in node.outbox.saved().sealed] == [4]
    node.close()


def test_a_siren_that_a_power_cut_stopped_sounds_again_at_once(house: House, who: Identity) -> None:
    first = Running(house, who)
    first.outbox.commit([], {"plan": PLAN, "sealed": (SealedArea(area="archive", sealing=4),)})
    first.close()
    first = Running(house, who)
    first.start()
    first.metal.set_open(CORRIDOR_DOOR, True)
    first.turn_until(lambda: first.outbox.saved().sounding.areas, "the siren is on the disk")
    first.devices.close()
    first.outbox.close()
    after = Running(house, who)
    after.start()
    assert after.metal.state(SITE, NODE).sounder
    assert [data.reason for data in after.data(m.Sounded)] == ["opened", "opened"]
    after.close()
