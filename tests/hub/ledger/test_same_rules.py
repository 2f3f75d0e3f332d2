"""What the hub takes, the verifier takes: else one record would leave the journal unproven for ever."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from hub.core.journal import fold
from hub.core.nodes import sequence
from hub.core.state import Entry, State
from hub.engine.inbound import Bad, Verifier
from tests.support.journal import SITE, HubSide, NodeSide, line
from wire import checkpoint, keys, notes, topics
from wire import messages as m
from wire.audit.keyring import Keyring
from wire.audit.report import Failure
from wire.link import Arrived

SUITES = checkpoint.checks(keys.check_ed25519)
near = st.integers(-2, 4)


class Both:
    """One node, enrolled once, at a hub and in a verifier's key ring. Each keeps what it takes."""

    def __init__(self) -> None:
        self.node = NodeSide("archive-1")
        paper = HubSide()
        paper.open()
        paper.enrol(self.node)
        self.size = len(paper.entries)
        self.ring = Keyring(SUITES)
        for index, note in enumerate(paper.entries):
            self.ring.take(index, note, paper.entries.__getitem__)
        self.state = State()
        enrolled = m.decode(notes.split(paper.entries[-1]).text, m.Fact)
        assert fold.apply(self.state, Entry(self.size - 1, 1, "", enrolled)) is None
        self.hashes: dict[tuple[int, int], str] = {}

    @property
    def life(self) -> Any:
        return self.state.life(self.node.name)

    def hub_takes(self, note: bytes) -> bool:
        message = Arrived(topics.record(SITE, self.node.name), note, 1, 1, False)
        arrival = Verifier(SITE, lambda note: False).record(message, self.state)
        if isinstance(arrival, Bad):
            return False
        record = arrival.record
        known = self.hashes.get((record.life, record.seq))
        if sequence.verdict(self.life, record, arrival.hash, known) not in ("next", "new-life"):
            return False
        assert fold.apply(self.state, Entry(self.size, 1, arrival.hash, record)) is None
        self.hashes[record.life, record.seq] = arrival.hash
        return True

    def verifier_takes(self, note: bytes) -> bool:
        try:
            self.ring.take(self.size, note, lambda index: b"")
        except Failure:
            return False
        return True

    def compare(self, note: bytes) -> None:
        """Each is asked once; both go on alike."""
        taken = self.hub_takes(note)
        # A kind, or a word, that is not in the contract the verifier takes: it reads what later hubs have written.
        if taken or in_the_contract(note):
            assert self.verifier_takes(note) == taken, notes.split(note).text
        self.size += taken


def in_the_contract(note: bytes) -> bool:
    try:
        m.decode(notes.split(note).text, m.Record)
    except ValueError:
        return False
    return True


@st.composite
def bodies(draw: st.DrawFn, life: int, seq: int, newest: str) -> dict[str, Any]:
    """A record as a node could sign it: mostly the next, or near it, in this life or one near it."""
    own_life = life + draw(st.sampled_from([0, 0, 0, -1, 1, 2, 100, 101]))
    own_seq = draw(st.sampled_from([1, seq + 1])) if draw(st.booleans()) else max(0, seq + draw(near))
    data: m.RecordData = draw(
        st.one_of(
            st.just(m.Sounded(on=True, reason="opened")),
            st.builds(
                m.CannotFill,
                first=st.integers(0, seq + 3),
                last=st.sampled_from([own_seq, own_seq, seq, seq + 9]),
                last_hash=st.sampled_from(["", "ab" * 32]),
            ),
            st.builds(
                m.RolledBack,
                hub_life=near.map(lambda by: max(0, life + by)) | st.just(life),
                hub_seq=st.just(seq),
                hub_hash=st.just(""),
                own_seq=st.just(0),
                own_hash=st.just(""),
            ),
        )
    )
    return {
        "v": 1, "site": SITE, "node": "archive-1", "life": own_life, "boot": "b", "seq": own_seq,
        "mono": draw(st.sampled_from([0, 1, 2**53])), "wall": 1_790_049_600_000, "clock": "trusted",
        "prev": draw(st.sampled_from([newest, newest, "", "cd" * 32])), "data": msgspec.to_builtins(data),
    }  # fmt: skip


@given(st.data())
def test_whatever_number_and_life_a_record_is_of_both_take_it_or_neither(data: st.DataObject) -> None:
    both = Both()
    for _ in range(data.draw(st.integers(1, 8))):
        body = data.draw(bodies(both.life.life, both.life.seq, both.life.hash))
        both.compare(both.node.record_key.sign(line(body)))


WRITTEN_OTHERWISE = ("1.0", "1e0", "-1", "true", "null", '"1"', "9007199254740993", "1" * 5000, "[]", "{}", "NaN")


@st.composite
def spoilt(draw: st.DrawFn, text: bytes) -> bytes:
    """The same body with a name twice, a number written otherwise, a byte changed, or something put in between."""
    said = text.decode()
    how = draw(st.sampled_from(["twice", "number", "byte", "between", "not"]))
    if how == "twice":
        field = draw(st.sampled_from(re.findall(r'"[a-z_]+":(?:[0-9]+|"[^"]*"|true)', said)))
        return said.replace(field, f"{field},{field}", 1).encode()
    if how == "number":
        numbers = list(re.finditer(r"(?<=:)[0-9]+", said))
        one = numbers[draw(st.integers(0, len(numbers) - 1))]
        return (said[: one.start()] + draw(st.sampled_from(WRITTEN_OTHERWISE)) + said[one.end() :]).encode()
    at = draw(st.integers(0, len(said) - 2))
    if how == "byte":
        return (said[:at] + draw(st.characters(exclude_categories=["Cs"], min_codepoint=32)) + said[at + 1 :]).encode()
    if how == "between":
        more = draw(st.sampled_from([" ", ",", '"x":1,', "\\", "\\ud800", "\\u0000", "\u2028", "\x7f", "\x85"]))
        return (said[:at] + more + said[at:]).encode()
    return text


@given(st.data())
def test_however_a_record_is_written_both_take_it_or_neither(data: st.DataObject) -> None:
    both = Both()
    both.compare(both.node.record(m.Sounded(on=True, reason="opened"), 1))
    body = data.draw(bodies(both.life.life, both.life.seq, both.life.hash))
    both.compare(both.node.record_key.sign(data.draw(spoilt(line(body)))))


@given(at=st.integers(0, 10_000), byte=st.integers(1, 255))
def test_a_record_with_any_byte_changed_is_taken_by_neither(at: int, byte: int) -> None:
    both = Both()
    note = bytearray(both.node.record(m.Sounded(on=True, reason="opened"), 1))
    note[at % len(note)] ^= byte
    assert not both.hub_takes(bytes(note))
    assert not both.verifier_takes(bytes(note))
