"""A whole node as a witness: what it vouches for is on its disk before anybody hears of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from firmware.core import witness
from firmware.outbox.records import Identity
from tests.firmware.core.ledger import Ledger, proven, root_of, size_of
from tests.firmware.house import NODE, SITE, House, identity
from tests.firmware.process.test_app import WITNESS, Running
from wire import checkpoint, keys, notes, topics
from wire import messages as m
from wire.link import Arrived, Connected

ASKS, COSIGNATURES = topics.ask(SITE, NODE), topics.cosign(SITE, NODE)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow this machine is, a question is open until it is answered, and is not asked once more."""
    monkeypatch.setattr(witness, "FIRST_WAIT_MS", 2**40)


class Killed(Exception):
    """The power goes."""


@pytest.fixture
def who() -> Identity:
    return identity()


@pytest.fixture
def ledger() -> Ledger:
    made = Ledger().open()
    made.grow(4)
    return made


@pytest.fixture
def node(house: House, who: Identity) -> Iterator[Running]:
    """A node whose clock the hub has set."""
    made = started(house, who)
    yield made
    made.close()


def started(house: House, who: Identity) -> Running:
    made = Running(house, who)
    made.start()
    made.hub_beat()
    made.turn_until(lambda: made.node.wall(made.boot.now())[1] == "trusted", "the hub's time")
    return made


def published(node: Running, topic: str) -> list[bytes]:
    return [payload for to, payload in node.link.published if to == topic]


def asks(node: Running) -> list[m.Ask]:
    texts = [notes.open_record(one, [node.who.key.public], keys.CHECKS)[0] for one in published(node, ASKS)]
    return [m.decode(text, m.Ask) for text in texts]


def shows(node: Running, note: bytes) -> None:
    node.inbox.queue.put(Arrived(topics.checkpoint(SITE), note, 1, 1, False))


def answers(node: Running, ledger: Ledger) -> None:
    ask = asks(node)[-1]
    node.says(topics.proof(SITE, NODE), ledger.answer(ask.data, ask.nonce))


def vouches(node: Running, ledger: Ledger) -> None:
    """The node is shown the newest checkpoint, asks, and is answered."""
    before = len(asks(node))
    shows(node, ledger.newest)
    node.turn_until(lambda: len(asks(node)) > before, "the question")
    answers(node, ledger)


def test_it_asks_is_answered_and_countersigns(node: Running, ledger: Ledger) -> None:
    vouches(node, ledger)
    node.turn_until(lambda: published(node, COSIGNATURES), "the countersignature")
    (ask,) = asks(node)
    assert (ask.site, ask.node, ask.life, ask.boot) == (SITE, NODE, 1, node.boot.id)
    parts = notes.split(published(node, COSIGNATURES)[0])
    assert parts.text == notes.split(ledger.newest).text
    witness = checkpoint.witness_key(WITNESS.public)
    (line,) = checkpoint.cosignatures(parts, [witness], checkpoint.checks(keys.check_ed25519))
    assert abs(line.time - node.boot.now().wall // 1000) < 3600
    assert node.node.here(node.boot.now(), 0, "", 0).checkpoint == m.Head(size=5, root=root_of(ledger.newest).hex())


def test_it_is_on_disk_before_it_is_said(node: Running, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    on_disk: list[Any] = []
    publish = node.link.publish

    def watched(topic: str, payload: bytes, qos: int) -> bool:
        if topic == COSIGNATURES:
            on_disk.append(node.outbox.saved().witness)
        return publish(topic, payload, qos)

    monkeypatch.setattr(node.link, "publish", watched)
    vouches(node, ledger)
    node.turn_until(lambda: on_disk, "the countersignature")
    assert on_disk[0].note == ledger.newest.decode()
    assert on_disk[0].cosigned


@pytest.mark.parametrize("written", [True, False])
def test_a_power_cut_between_disk_and_answer_leaves_nothing_said_that_is_not_known(
    house: House, who: Identity, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, written: bool
) -> None:
    node = started(house, who)
    keep = node.buffered.keep

    def cut(happenings: Any, fields: dict[str, object], header: Any) -> None:
        if "witness" in fields:
            if written:
                keep(happenings, fields, header)
            raise Killed
        keep(happenings, fields, header)

    monkeypatch.setattr(node.buffered, "keep", cut)
    vouches(node, ledger)
    with pytest.raises(Killed):
        node.turn_until(lambda: False, "the power cut")
    assert published(node, COSIGNATURES) == []
    node.devices.close()
    node.outbox.close()

    after = started(house, who)
    after.inbox.queue.put(Connected())
    after.turn_until(lambda: asks(after), "the question at the connection")
    assert asks(after)[-1].data == m.AskGrowth(size=5 if written else 0, key=str(ledger.key.public))
    assert bool(published(after, COSIGNATURES)) == written
    # Whoever would show it another history now is found out, if it was written, and was told of nothing, if not.
    other = ledger.copy(entries=3)
    other.grow(9, "other")
    answers(after, other)
    after.turn_until(lambda: after.data(m.JournalRefused) or len(published(after, COSIGNATURES)) > written, "the end")
    assert bool(after.data(m.JournalRefused)) == written
    after.close()


def test_while_the_disk_refuses_nothing_is_vouched_for(
    node: Running, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3

    commit = node.outbox.commit

    def refuses(*_: Any, **__: Any) -> Any:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(node.outbox, "commit", refuses)
    vouches(node, ledger)
    node.turn_until(lambda: node.buffered.broken, "the fault")
    for _ in range(5):
        node.app.turn()
    assert published(node, COSIGNATURES) == []
    monkeypatch.setattr(node.outbox, "commit", commit)
    node.turn_until(lambda: published(node, COSIGNATURES), "the countersignature")
    assert node.outbox.saved().witness.note == ledger.newest.decode()  # type: ignore[union-attr]


def test_a_fork_sounds_is_recorded_and_is_remembered(node: Running, ledger: Ledger) -> None:
    vouches(node, ledger)
    node.turn_until(lambda: published(node, COSIGNATURES), "the countersignature")
    other = ledger.copy(entries=3)
    shows(node, other.grow(2, "other"))
    node.turn_until(lambda: node.data(m.JournalRefused), "the record")
    (refused,) = node.data(m.JournalRefused)
    assert (refused.why, refused.held, refused.shown) == ("fork", ledger.newest.decode(), other.newest.decode())
    assert node.metal.state(SITE, NODE).sounder
    assert node.outbox.saved().witness.refused == refused  # type: ignore[union-attr]


def test_what_the_hub_acknowledges_is_covered_once_it_is_proven_to_be_there(node: Running, ledger: Ledger) -> None:
    node.app.turn()
    (signed,) = node.outbox.waiting(0, 1)
    entry = ledger.side.put(signed.note)
    ledger.sign()
    said = m.Receipt(v=1, site=SITE, node=NODE, life=1, seq=1, hash=signed.hash, index=entry, missing=False)
    node.says(topics.receipt(SITE, NODE), said)
    node.turn_until(lambda: node.outbox.freed == 1, "the receipt")
    assert node.outbox.covered == 0
    vouches(node, ledger)
    node.turn_until(lambda: isinstance(asks(node)[-1].data, m.AskInclusion), "the question about the record")
    assert asks(node)[-1].data == m.AskInclusion(index=entry, size=size_of(ledger.newest))
    answers(node, ledger)
    node.turn_until(lambda: node.outbox.covered == 1, "the proof")


def test_an_answer_that_was_not_asked_for_is_counted(node: Running, ledger: Ledger) -> None:
    node.says(topics.proof(SITE, NODE), proven("0" * 32, ledger.growth(0, str(ledger.key.public))))
    node.turn_until(lambda: node.ignored["unasked"], "the count")
