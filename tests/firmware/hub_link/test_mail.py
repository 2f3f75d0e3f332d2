"""Only what the hub has signed for this node, this site and this life is taken; the rest is counted."""

from __future__ import annotations

from collections import Counter

import pytest

from firmware.core.effects import CheckpointShown
from firmware.hub_link.messages import Mail
from tests.firmware.house import NODE, SITE, identity
from wire import keys, topics
from wire import messages as m
from wire.keys import SigningKey
from wire.link import Arrived
from wire.messages import Beat, Gone, HubBeat, Inclusion, Message, Order, Proven, Receipt, SelfTest

LIFE = 2
HUB = keys.make(keys.key_name(SITE, "engine", "record"))
WITNESS = keys.make(keys.key_name(SITE, NODE, "witness"))
STRANGER = keys.make(keys.key_name(SITE, "engine", "record"))

ORDER = Order(v=1, site=SITE, node=NODE, life=LIFE, boot="boot-1", number=1, until=99, data=SelfTest(seconds=1))
RECEIPT = Receipt(v=1, site=SITE, node=NODE, life=LIFE, seq=0, hash="", index=-1, missing=False)
HUB_BEAT = HubBeat(v=1, site=SITE, boot="hub-1", number=1, time=0, size=0)

PROVEN = Proven(v=1, site=SITE, node=NODE, nonce="0" * 32, data=Inclusion(index=0, size=1, inclusion=()))

ORDERS, RECEIPTS, BEATS = topics.order(SITE, NODE), topics.receipt(SITE, NODE), topics.hub_beat(SITE)
PROOFS, CHECKPOINTS = topics.proof(SITE, NODE), topics.checkpoint(SITE)


def arrived(topic: str, message: Message, key: SigningKey = HUB, *, retained: bool = False) -> Arrived:
    return Arrived(topic, key.sign(m.encode(message)), 1, 1, retained)


@pytest.fixture
def mail() -> Mail:
    return Mail(identity(), WITNESS, HUB.public, "boot-1", Counter())


@pytest.mark.parametrize(
    ("topic", "message"), [(ORDERS, ORDER), (RECEIPTS, RECEIPT), (PROOFS, PROVEN), (BEATS, HUB_BEAT)]
)
def test_what_the_hub_says_to_us_is_taken(mail: Mail, topic: str, message: Message) -> None:
    assert mail.open(arrived(topic, message), LIFE) == message
    assert not mail.ignored


def altered(message: Message, **fields: object) -> Message:
    import msgspec

    return msgspec.structs.replace(message, **fields)


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (arrived(ORDERS, ORDER, STRANGER), "unknown-signer"),
        (arrived(ORDERS, ORDER, retained=True), "retained"),
        (arrived(ORDERS, altered(ORDER, node="cipher-1")), "misplaced"),
        (arrived(ORDERS, altered(ORDER, site="other")), "misplaced"),
        (arrived(ORDERS, altered(ORDER, life=1)), "other-life"),
        (arrived(RECEIPTS, altered(RECEIPT, node="cipher-1")), "misplaced"),
        (arrived(BEATS, altered(HUB_BEAT, site="other")), "misplaced"),
        (arrived(PROOFS, altered(PROVEN, node="cipher-1")), "misplaced"),
        (arrived(PROOFS, PROVEN, STRANGER), "unknown-signer"),
        (arrived(PROOFS, PROVEN, retained=True), "retained"),
        (Arrived(PROOFS, b"x" * (m.MAX_PROVEN + 1), 1, 1, False), "oversized"),
        (Arrived(CHECKPOINTS, b"a checkpoint", 1, 1, True), "retained"),
        (Arrived(CHECKPOINTS, b"x" * (m.CHECKPOINT.largest + 1), 1, 1, False), "oversized"),
        (arrived(topics.order(SITE, "cipher-1"), ORDER), "misplaced"),
        (arrived(ORDERS, RECEIPT), "malformed"),
        (Arrived(ORDERS, b"", 1, 1, False), "malformed"),
        (Arrived(ORDERS, b"\xff" * 100, 1, 1, False), "malformed"),
        (Arrived(RECEIPTS, b"x" * (m.MAX_RECORD + 1), 1, 1, False), "oversized"),
        (Arrived(ORDERS, b"x" * (m.MAX_ORDER + 1), 1, 1, False), "oversized"),
        (
            Arrived(ORDERS, arrived(ORDERS, ORDER).payload.replace(b'"number":1', b'"number":2'), 1, 1, False),
            "bad-signature",
        ),
    ],
)
def test_anything_else_is_passed_over_and_counted(mail: Mail, item: Arrived, reason: str) -> None:
    assert mail.open(item, LIFE) is None
    assert mail.ignored == {reason: 1}


def test_which_key_has_to_have_signed_a_checkpoint_is_for_the_core_to_know(mail: Mail) -> None:
    assert mail.open(Arrived(CHECKPOINTS, b"a checkpoint", 1, 1, False), LIFE) == CheckpointShown(b"a checkpoint")


def test_a_receipt_of_another_life_is_for_the_core_to_judge(mail: Mail) -> None:
    other = altered(RECEIPT, life=9)
    assert mail.open(arrived(RECEIPTS, other), LIFE) == other


def test_the_last_will_is_signed(mail: Mail) -> None:
    from wire import notes

    topic, will = mail.will(LIFE, 5, "untrusted")
    text, _ = notes.open_record(will, [mail.who.key.public], keys.CHECKS)
    beat = m.decode(text, Beat)
    assert topic == topics.beat(SITE, NODE)
    assert (beat.data, beat.life, beat.boot) == (Gone(), LIFE, "boot-1")
