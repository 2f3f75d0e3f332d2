"""Exactly once and in order: whatever a node sends, resends, skips or makes up, the journal has each record once."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from hub.core.journal.machine import Arrival
from hub.core.nodes import sequence
from hub.core.nodes.sequence import Verdict
from hub.core.state import Life
from tests.support.paper import PaperHub
from wire import messages as m

HASHES = {name: name * 64 for name in "abcdef0"}


def life(**changes: object) -> Life:
    fields = {"node": "archive-1", "life": 3, "record_key": "k", "serial": "", "seq": 5, "hash": HASHES["a"]}
    return Life(**(fields | changes))  # type: ignore[arg-type]


def record(data: m.RecordData | None = None, **changes: object) -> m.Record:
    fields = {
        "v": 1, "site": "demo", "node": "archive-1", "life": 3, "boot": "b", "seq": 6, "mono": 1, "wall": 1,
        "clock": "trusted", "prev": HASHES["a"], "data": data or m.Sounded(on=True, reason="opened"),
    }  # fmt: skip
    return m.Record(**(fields | changes))  # type: ignore[arg-type]


ROLLED_BACK = m.RolledBack(hub_life=3, hub_seq=5, hub_hash=HASHES["a"], own_seq=2, own_hash="")
TOLD_OF_4 = m.RolledBack(hub_life=4, hub_seq=5, hub_hash=HASHES["a"], own_seq=2, own_hash="")


def lost(first: int, last: int) -> m.CannotFill:
    return m.CannotFill(first=first, last=last, last_hash=HASHES["f"])


TABLE: list[tuple[str, m.Record, str | None, Verdict]] = [
    ("the number that is due", record(), None, "next"),
    ("the same once more", record(seq=5), HASHES["b"], "repeat"),
    ("another one under the newest number", record(seq=5), HASHES["c"], "different"),
    ("another one under an old number", record(seq=1), HASHES["c"], "different"),
    ("one of a stretch that was declared lost", record(seq=2), None, "repeat"),
    ("one after the next", record(seq=7), None, "beyond"),
    ("one far ahead", record(seq=2**53), None, "beyond"),
    ("the number that is due, built on another past", record(prev=HASHES["b"]), None, "different"),
    ("of a life that is over", record(life=2), None, "other-life"),
    ("of the first life", record(life=0, seq=0), None, "other-life"),
    ("of a life that nobody has opened", record(life=4), None, "beyond"),
    ("the first of such a life, without the statement why", record(life=4, seq=1), None, "beyond"),
    ("the statement that opens a life", record(ROLLED_BACK, life=4, seq=1, prev=""), None, "new-life"),
    ("the statement of a node two lives ahead", record(ROLLED_BACK, life=5, seq=1, prev=""), None, "new-life"),
    (
        "the statement of a node that the hub has told of a life between",
        record(TOLD_OF_4, life=5, seq=1),
        None,
        "beyond",
    ),
    ("the statement of a life out of reach", record(ROLLED_BACK, life=2**53, seq=1, prev=""), None, "beyond"),
    ("the statement, but not as the first", record(ROLLED_BACK, life=4, seq=2), None, "beyond"),
    ("what cannot be filled, up to the number it bears", record(lost(6, 9), seq=9), None, "next"),
    ("what cannot be filled, part of it here after all", record(lost(4, 9), seq=9), None, "next"),
    ("what cannot be filled, with a gap before it", record(lost(7, 9), seq=9), None, "beyond"),
    ("what cannot be filled, under another number", record(lost(6, 9), seq=8), None, "beyond"),
    ("what cannot be filled, all of it here", record(lost(2, 5), seq=5), HASHES["a"], "different"),
]


@pytest.mark.parametrize(("arrives", "known", "verdict"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_it_is_judged(arrives: m.Record, known: str | None, verdict: Verdict) -> None:
    assert sequence.verdict(life(), arrives, HASHES["b"], known) == verdict


def test_after_a_loss_whose_end_is_not_known_any_past_will_do() -> None:
    assert sequence.verdict(life(hash=""), record(prev=HASHES["e"]), HASHES["b"], None) == "next"


class Deliveries(RuleBasedStateMachine):
    """A node keeps records and sends them as it likes; a model says what the journal must hold of it."""

    def __init__(self) -> None:
        super().__init__()
        self.house = PaperHub()
        self.node = self.house.node("archive-1")
        self.kept: list[Arrival] = []
        """Records of this life that are not yet delivered, in order."""
        self.delivered: list[Arrival] = []
        self.expected: list[m.Record] = list(self.house.records("archive-1"))
        self.equivocations = 0

    def send(self, arrival: Arrival) -> Verdict:
        return self.house.take([arrival]).verdicts[0]

    @rule()
    def something_happens(self) -> None:
        self.kept.append(self.node.record(m.Sounded(on=True, reason="opened")))

    @precondition(lambda self: self.kept)
    @rule()
    def the_next_is_delivered(self) -> None:
        arrival = self.kept.pop(0)
        assert self.send(arrival) == "next"
        self.delivered.append(arrival)
        self.expected.append(arrival.record)

    @precondition(lambda self: self.kept)
    @rule()
    def all_are_delivered_at_once(self) -> None:
        assert set(self.house.take(self.kept).verdicts) == {"next"}
        self.expected += [arrival.record for arrival in self.kept]
        self.delivered += self.kept
        self.kept = []

    @precondition(lambda self: self.delivered)
    @rule(data=st.data())
    def one_is_delivered_again(self, data: st.DataObject) -> None:
        assert self.send(data.draw(st.sampled_from(self.delivered))) == "repeat"

    @precondition(lambda self: len(self.kept) > 1)
    @rule(data=st.data())
    def one_is_lost_on_the_way_and_a_later_one_comes(self, data: st.DataObject) -> None:
        assert self.send(data.draw(st.sampled_from(self.kept[1:]))) == "beyond"

    @precondition(lambda self: self.delivered)
    @rule(data=st.data(), seconds=st.sampled_from([1, 11, -3600]))
    def another_record_comes_under_a_number_that_is_taken(self, data: st.DataObject, seconds: int) -> None:
        self.house.clock.forward(seconds)
        known = data.draw(st.sampled_from(self.delivered)).record
        text = m.Sounded(on=False, reason="hub-back")
        keep = (self.node.seq, self.node._prev)
        self.node.seq, self.node._prev = known.seq - 1, known.prev
        forged = self.node.record(text)
        self.node.seq, self.node._prev = keep
        assert self.send(forged) == "different"
        kept = self.house.journal(m.Equivocation)
        if len(kept) > self.equivocations:
            assert kept[-1].other.encode() == forged.note
            assert self.house.entries[kept[-1].kept].message == known
        self.equivocations = len(kept)

    @precondition(lambda self: self.kept)
    @rule(data=st.data())
    def some_are_lost_for_good(self, data: st.DataObject) -> None:
        count = data.draw(st.integers(1, len(self.kept)))
        gone, self.kept = self.kept[:count], self.kept[count:]
        last = gone[-1]
        keep = (self.node.seq, self.node._prev)
        self.node.seq, self.node._prev = last.record.seq - 1, ""
        statement = m.CannotFill(first=gone[0].record.seq, last=last.record.seq, last_hash=last.hash)
        arrival = self.node.record(statement)
        self.node.seq, self.node._prev = keep
        assert self.send(arrival) == "next"
        self.expected.append(arrival.record)
        assert "cannot-fill" in self.house.whats()
        assert self.send(arrival) == "repeat"

    @rule(lives=st.integers(1, 3))
    def the_disk_is_set_back_and_a_life_opens(self, lives: int) -> None:
        known = self.house.state.life("archive-1")
        assert known is not None
        stale = self.kept[0] if self.kept else self.node.record(m.Sounded(on=True, reason="opened"))
        self.node.life += lives
        self.node.seq, self.node._prev, self.kept, self.delivered = 0, "", [], []
        data = m.RolledBack(hub_life=known.life, hub_seq=known.seq, hub_hash=known.hash, own_seq=0, own_hash="")
        arrival = self.node.record(data)
        assert self.send(arrival) == "new-life"
        assert self.send(arrival) == "repeat"
        assert self.send(stale) == "other-life"
        self.delivered.append(arrival)
        self.expected.append(arrival.record)
        assert "rolled-back" in self.house.whats()

    @rule()
    def the_node_is_enrolled_anew(self) -> None:
        self.node.enrol()
        self.kept, self.delivered = [], []
        started = self.node.record(m.Started(version="t", factory="mock", plan=1, sealed=()))
        assert self.send(started) == "next"
        self.delivered.append(started)
        self.expected.append(started.record)

    @invariant()
    def the_journal_has_each_record_once_and_in_order(self) -> None:
        assert self.house.records("archive-1") == self.expected

    @invariant()
    def numbers_run_without_gaps_but_for_what_was_declared_lost(self) -> None:
        known: dict[int, int] = {}
        for one in self.house.records("archive-1"):
            first = one.data.first if isinstance(one.data, m.CannotFill) else one.seq
            assert first == known.get(one.life, 0) + 1
            known[one.life] = one.seq

    def teardown(self) -> None:
        self.house.check()


TestDeliveries = Deliveries.TestCase
TestDeliveries.settings = settings(max_examples=40, stateful_step_count=25)


# ---------------------------------------------------------------- equivocation, as people see it


def test_two_records_under_one_number_are_both_kept_and_raise_an_alarm() -> None:
    house = PaperHub()
    archive = house.node("archive-1")
    archive.opens("archive/iron-gate")
    archive.seq, archive._prev = archive.seq - 1, ""
    assert archive.closes("archive/iron-gate").verdicts == ["different"]
    (fact,) = house.journal(m.Equivocation)
    kept = house.entries[fact.kept].message
    assert isinstance(kept, m.Record)
    assert isinstance(kept.data, m.LevelChanged)
    assert kept.data.now == "active"
    assert '"now":"normal"' in fact.other
    assert house.alarm("equivocation").klass == "tamper"


def test_who_equivocates_all_the_time_fills_no_journal() -> None:
    house = PaperHub()
    archive = house.node("archive-1")
    for _ in range(100):
        archive.seq, archive._prev = 0, "ff" * 32
        archive.starts()
        house.clock.forward(1)
    assert len(house.journal(m.Equivocation)) == 10


def test_a_clock_that_is_set_back_hides_no_equivocation() -> None:
    house = PaperHub()
    archive = house.node("archive-1")
    for _ in range(2):
        archive.seq = 0
        archive.opens("archive/iron-gate")
        house.clock.forward(-7 * 24 * 3600)
    assert len(house.journal(m.Equivocation)) == 2


def test_what_a_revoked_node_or_another_key_says_is_not_taken() -> None:
    house = PaperHub()
    archive = house.node("archive-1")
    stranger = archive.record(m.Sounded(on=True, reason="opened"))._replace(key="another key")
    assert house.take([stranger]).verdicts == ["other-life"]
    house.fact(m.NodeRevoked(node="archive-1", reason="stolen"), "admin")
    assert archive.opens("archive/iron-gate").verdicts == ["other-life"]
    assert not house.journal(m.LevelChanged)
