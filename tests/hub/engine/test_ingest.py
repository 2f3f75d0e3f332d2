"""Whose word it is, and whether it stands where it may. Whatever is sent, the answer is a record or a reason."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.core.journal.machine import Arrival
from hub.engine.inbound import Bad, Verifier
from tests.support.hub import FakeNode
from tests.support.paper import PaperHub
from wire import keys, notes, topics
from wire import messages as m
from wire.link import Arrived

SOUNDED = m.Sounded(on=True, reason="opened")
VOUCHED = "a checkpoint that the hub has signed"
VERIFIER = Verifier("demo", lambda said: VOUCHED in (said.held, said.shown))


@pytest.fixture
def house() -> PaperHub:
    house = PaperHub()
    house.node("archive-1")
    house.node("cipher-1")
    return house


def arrived(payload: bytes, topic: str = topics.record("demo", "archive-1"), retained: bool = False) -> Arrived:
    return Arrived(topic, payload, 1, 1, retained)


def judged(house: PaperHub, message: Arrived) -> Arrival | Bad:
    return VERIFIER.record(message, house.state)


def reason(house: PaperHub, message: Arrived) -> tuple[str, str]:
    found = judged(house, message)
    assert isinstance(found, Bad)
    return found.node, found.reason


def record(house: PaperHub, node: str = "archive-1") -> bytes:
    return house.node(node).record(SOUNDED).note


def test_a_nodes_own_record_is_taken_to_the_byte(house: PaperHub) -> None:
    sent = house.node("archive-1").record(SOUNDED)
    assert judged(house, arrived(sent.note)) == sent


def test_a_record_under_another_nodes_name_is_refused(house: PaperHub) -> None:
    """The broker refuses it as well; this is the hub's own lock."""
    message = arrived(record(house, "cipher-1"), topics.record("demo", "archive-1"))
    assert reason(house, message) == ("archive-1", "unknown-signer")


def signed_by(node: FakeNode, /, **changes: str) -> bytes:
    fields = {
        "v": 1, "site": "demo", "node": node.name, "life": 1, "boot": "b", "seq": 2, "mono": 1, "wall": 1,
        "clock": "trusted", "prev": "", "data": SOUNDED,
    }  # fmt: skip
    return node.key.sign(m.encode(m.Record(**(fields | changes))))  # type: ignore[arg-type]


@pytest.mark.parametrize("changes", [{"node": "cipher-1"}, {"site": "other"}])
def test_a_record_that_says_it_is_of_another_is_misplaced(house: PaperHub, changes: dict[str, str]) -> None:
    assert reason(house, arrived(signed_by(house.node("archive-1"), **changes))) == ("archive-1", "misplaced")


def test_a_changed_record_is_not_taken(house: PaperHub) -> None:
    changed = record(house).replace(b'"on":true', b'"on":false')
    assert reason(house, arrived(changed)) == ("archive-1", "bad-signature")


def test_a_record_with_a_second_signature_is_malformed(house: PaperHub) -> None:
    first = notes.split(record(house))
    second = notes.split(house.node("cipher-1").key.sign(first.text)).signatures[0]
    assert reason(house, arrived(notes.join(first.text, [*first.signatures, second]))) == ("archive-1", "malformed")


def test_a_retained_record_is_refused(house: PaperHub) -> None:
    assert reason(house, arrived(record(house), retained=True)) == ("archive-1", "retained")


def test_an_oversized_message_is_refused_before_it_is_read(house: PaperHub) -> None:
    assert reason(house, arrived(b"\xff" * (m.MAX_RECORD + 1))) == ("archive-1", "oversized")


def test_a_node_that_nobody_has_enrolled_is_unknown(house: PaperHub) -> None:
    message = arrived(record(house), topics.record("demo", "computer-1"))
    assert reason(house, message) == ("computer-1", "unknown-signer")


def test_a_revoked_node_is_refused_at_once(house: PaperHub) -> None:
    kept = record(house)
    house.fact(m.NodeRevoked(node="archive-1", reason=""), "admin")
    assert reason(house, arrived(kept)) == ("archive-1", "revoked")


def test_a_node_with_a_new_key_is_no_longer_believed_under_the_old_one(house: PaperHub) -> None:
    kept = record(house)
    archive = house.node("archive-1")
    archive.key = keys.make(archive.key.name)
    archive.enrol()
    assert reason(house, arrived(kept)) == ("archive-1", "unknown-signer")
    assert isinstance(judged(house, arrived(archive.record(SOUNDED).note)), Arrival)


@pytest.mark.parametrize(
    "topic",
    ["", "strongroom/1/demo/journal", "strongroom/1/other/node/archive-1/record",
     "strongroom/1/demo/node/archive-1/beat", "strongroom/1/demo/node/archive-1/record/x",
     "strongroom/1/demo/node/a/record"],
)  # fmt: skip
def test_a_record_elsewhere_is_misplaced(house: PaperHub, topic: str) -> None:
    assert reason(house, arrived(record(house), topic))[1] == "misplaced"


def test_a_beat_is_no_record_and_a_record_no_beat(house: PaperHub) -> None:
    beat = house.node("archive-1").beat()
    assert reason(house, arrived(beat)) == ("archive-1", "malformed")
    found = VERIFIER.beat(arrived(record(house), topics.beat("demo", "archive-1")), house.state)
    assert isinstance(found, Bad)


@pytest.mark.parametrize(
    "body", [b"{}\n", b"null\n", b"[" * 4000 + b"\n", b'{"v":1}\n', b"x\ny\n", b'{"data":' * 900 + b"\n"]
)
def test_a_well_signed_absurdity_is_malformed_and_ends_nobody(house: PaperHub, body: bytes) -> None:
    assert reason(house, arrived(house.node("archive-1").key.sign(body))) == ("archive-1", "malformed")


@pytest.mark.parametrize(
    "twice", [b'"seq":2,', b'"kind":"sounded",', b'"v":1,', b'"node":"archive-1",', b'"on":true,', b'"data":{},']
)
def test_a_record_in_which_a_name_stands_twice_is_malformed(house: PaperHub, twice: bytes) -> None:
    """One reader takes the first and another the last: the hub and an auditor would read two records."""
    text = notes.split(record(house)).text
    before = b'"data":{"kind"' if twice.startswith(b'"data"') else twice
    assert before in text
    changed = house.node("archive-1").key.sign(text.replace(before, twice + before, 1))
    assert reason(house, arrived(changed)) == ("archive-1", "malformed")


@pytest.mark.parametrize(("at", "other"), [("held", "shown"), ("shown", "held")])
@pytest.mark.parametrize(("held", "doubt"), [(VOUCHED, None), ("an invented one", "quote")])
def test_an_accusation_that_quotes_what_no_key_of_the_journal_has_signed_is_doubted(
    house: PaperHub, held: str, doubt: str | None, at: str, other: str
) -> None:
    accusation = house.node("archive-1").record(m.JournalRefused(why="fork", **{at: held, other: ""}))
    found = judged(house, arrived(accusation.note))
    assert isinstance(found, Arrival)
    assert found.doubt == doubt


@given(payload=st.binary(max_size=200), topic=st.text(max_size=60))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_is_answered_with_a_reason(house: PaperHub, payload: bytes, topic: str) -> None:
    for where in (topic, topics.record("demo", "archive-1"), f"strongroom/1/demo/node/{topic}/record"):
        assert isinstance(judged(house, arrived(payload, where)), Bad)


@given(at=st.integers(0, 400), byte=st.integers(0, 255))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_byte_of_a_record_can_be_another(house: PaperHub, at: int, byte: int) -> None:
    sent = bytearray(house.node("archive-1").record(SOUNDED).note)
    sent[at % len(sent)] ^= byte or 1
    assert isinstance(judged(house, arrived(bytes(sent))), Bad)


# ---------------------------------------------------------------- beats


def heard(house: PaperHub, payload: bytes, node: str = "archive-1") -> m.Beat | Bad:
    return VERIFIER.beat(arrived(payload, topics.beat("demo", node)), house.state)


def test_a_nodes_own_beat_is_heard(house: PaperHub) -> None:
    found = heard(house, house.node("archive-1").beat())
    assert isinstance(found, m.Beat)
    assert found.node == "archive-1"


def test_a_beat_of_another_or_of_a_life_that_is_over_is_not(house: PaperHub) -> None:
    archive = house.node("archive-1")
    kept = archive.beat()
    assert isinstance(heard(house, house.node("cipher-1").beat()), Bad)
    archive.enrol()
    found = heard(house, kept)
    assert isinstance(found, Bad)
    assert found.reason == "other-life"


def test_a_beat_that_speaks_of_places_that_cannot_be_is_malformed(house: PaperHub) -> None:
    found = heard(house, house.node("archive-1").beat(levels={"no place": "active"}))
    assert isinstance(found, Bad)
    assert found.reason == "malformed"
