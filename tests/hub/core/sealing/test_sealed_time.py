"""The sealed-time ledger: whatever nodes and clocks do, each point's seconds add up exactly, and none is made up."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.sealing import intervals, node_time
from hub.core.sealing.node_time import Anchor
from hub.core.sealing.sealed_time import Collector, Ledger
from wire import messages as m

DOOR, GATE = "archive/corridor-door", "archive/iron-gate"
START = 1_790_000_000_000
MINUTE = 60_000


class Life:
    """A node that really lives: real time passes, its clock says what it says, its records say what was so."""

    def __init__(self, at: int = -10 * MINUTE) -> None:
        self.now = at
        self.boot = 0
        self.born = at
        self.offset = 0
        self.clock: m.ClockTrust = "trusted"
        self.records: list[m.Record] = []
        self.watching_since: int | None = None
        self.really_watched = 0
        self.true: list[tuple[int, int]] = []
        """Real times for which the node has made a watch record."""

    @property
    def mono(self) -> int:
        return self.now - self.born

    def passes(self, ms: int) -> None:
        self.now += ms

    def says(self, data: m.RecordData) -> None:
        self.records.append(
            m.Record(
                v=1, site="demo", node="archive-1", life=1, boot=f"boot-{self.boot}", seq=len(self.records) + 1,
                mono=self.mono, wall=START + self.now + self.offset, clock=self.clock, prev="", data=data,
            )
        )  # fmt: skip

    def watches(self, gaps: tuple[tuple[int, int], ...] = (), points: tuple[str, ...] = (DOOR,)) -> None:
        since = self.mono if self.watching_since is None else self.watching_since
        self.says(m.Watch(area="archive", sealing=1, points=points, since=since, until=self.mono, gaps=gaps))
        if DOOR in points:
            holes = intervals.union(gaps)
            self.true += [
                (self.born + a, self.born + b)
                for a, b in intervals.without(intervals.union([(since, self.mono)]), holes)
            ]
        self.watching_since = self.mono

    def level(self, now: m.Level) -> None:
        self.says(m.LevelChanged(point=DOOR, was="normal", now=now, at=self.mono, sealing=1))

    def crashes(self, off: int, clock: m.ClockTrust = "trusted") -> None:
        self.now += off
        self.boot += 1
        self.born = self.now
        self.clock = clock
        self.watching_since = None
        self.says(m.Started(version="1", factory="mock", plan=1, sealed=()))


def ledger(life: Life, end: int, facts: tuple[m.Fact, ...] = (), exceptions: tuple[str, ...] = ()) -> Ledger:
    collector = Collector("archive", 1, {DOOR: "archive-1"}, exceptions)
    for record in life.records:
        collector.record(record)
    for fact in facts:
        collector.fact(fact)
    return collector.ledger(START, START + end)


def fact(time: int, data: m.FactData) -> m.Fact:
    return m.Fact(v=1, site="demo", by="engine", time=START + time, person=None, data=data)


def sums(life: Life, end: int, *facts: m.Fact) -> dict[str, int]:
    (line,) = ledger(life, end, facts).lines
    return {name: ms for name, ms in line.sums._asdict().items() if ms}


# ---------------------------------------------------------------- told one by one


def watched_for(minutes: int) -> Life:
    life = Life()
    life.watches()
    life.passes(10 * MINUTE)
    life.watches()
    for _ in range(minutes):
        life.passes(MINUTE)
        life.watches()
    return life


def test_what_watch_records_cover_is_watched() -> None:
    assert sums(watched_for(10), 10 * MINUTE) == {"watched": 10 * MINUTE}


def test_what_no_watch_record_covers_is_blind() -> None:
    assert sums(watched_for(10), 12 * MINUTE) == {"watched": 10 * MINUTE, "blind": 2 * MINUTE}
    assert sums(Life(), MINUTE) == {"blind": MINUTE}


def test_a_gap_in_a_watch_record_is_blind() -> None:
    life = watched_for(1)
    life.passes(MINUTE)
    life.watches(gaps=((life.mono - 11_000, life.mono),))
    assert sums(life, 2 * MINUTE) == {"watched": 2 * MINUTE - 11_000, "blind": 11_000}


def test_a_power_cut_is_blind_until_the_node_watches_again() -> None:
    life = watched_for(1)
    life.crashes(off=30_000)
    life.passes(5_000)
    life.watches()
    life.passes(25_000)
    life.watches()
    assert sums(life, 2 * MINUTE) == {"watched": MINUTE + 25_000, "blind": 35_000}


def test_a_power_cut_without_a_clock_is_blind_and_no_step() -> None:
    life = watched_for(1)
    life.offset = -120 * MINUTE  # it goes on from the newest time on its disk
    life.crashes(off=120 * MINUTE, clock="untrusted")
    life.watches()
    life.passes(5_000)
    life.offset, life.clock = 0, "trusted"
    life.passes(55_000)
    life.watches()
    found = ledger(life, 122 * MINUTE)
    assert found.lines[0].sums.blind == 120 * MINUTE
    assert found.lines[0].sums.watched == 2 * MINUTE


@pytest.mark.parametrize("step", [3_600_000, -3_600_000])
def test_a_step_of_the_clock_stands_as_a_line_of_its_own(step: int) -> None:
    life = watched_for(2)
    life.offset = step
    for _ in range(3):
        life.passes(MINUTE)
        life.watches()
    found = ledger(life, 5 * MINUTE + step if step > 0 else 5 * MINUTE)
    (line,) = found.lines
    if step > 0:
        assert line.sums.watched == 5 * MINUTE
        assert line.steps == step
        assert [(one.by) for _node, one in found.steps] == [step]
    assert sum(line.sums) + line.steps == found.end - found.start


def test_a_clock_that_drifts_for_a_week_is_one_line_and_not_ten_thousand() -> None:
    life = watched_for(2)
    for at in range(500):
        life.passes(MINUTE)
        life.offset += 3 if at % 2 else -1
        life.watches()
    found = ledger(life, 502 * MINUTE + 500)
    assert len(found.steps) == 1
    assert found.lines[0].steps == found.steps[0][1].by == 500
    assert found.lines[0].sums.watched == 502 * MINUTE


def test_an_opening_is_in_alarm_until_it_is_closed() -> None:
    life = watched_for(1)
    life.passes(20_000)
    life.level("active")
    life.passes(10_000)
    life.level("normal")
    life.passes(30_000)
    life.watches()
    assert sums(life, 2 * MINUTE) == {"watched": 2 * MINUTE - 10_000, "alarm": 10_000}


def test_the_hubs_absence_takes_nothing_from_the_watch_and_has_its_own_column() -> None:
    life = watched_for(10)
    found = ledger(life, 10 * MINUTE, (fact(5 * MINUTE, m.EngineStarted(version="1", silent_since=START + MINUTE)),))
    assert found.lines[0].sums.watched == 10 * MINUTE
    assert found.hub_away == 4 * MINUTE


def test_while_the_hub_does_not_hear_a_node_that_watches_it_is_in_trouble() -> None:
    silent = fact(3 * MINUTE, m.NodeSilent(node="archive-1", last_heard=START + 2 * MINUTE, sealed=()))
    back = fact(5 * MINUTE, m.NodeBack(node="archive-1", silent_for=3 * MINUTE))
    assert sums(watched_for(10), 10 * MINUTE, silent, back) == {"watched": 7 * MINUTE, "trouble": 3 * MINUTE}


def test_a_fault_of_the_node_is_trouble_and_that_of_a_camera_is_none() -> None:
    life = watched_for(1)
    for part in ("mains", "camera"):
        life.says(m.Fault(part=part, failed=True, detail=""))
    life.passes(MINUTE)
    life.says(m.Fault(part="mains", failed=False, detail=""))
    life.passes(MINUTE)
    life.watches()
    assert sums(life, 3 * MINUTE) == {"watched": 2 * MINUTE, "trouble": MINUTE}


def test_a_point_that_was_excepted_is_bypassed_whatever_its_records_say() -> None:
    (line,) = ledger(watched_for(10), 10 * MINUTE, exceptions=(DOOR,)).lines
    assert line.sums.bypassed == 10 * MINUTE


def test_records_of_another_sealing_prove_nothing() -> None:
    life = Life()
    life.says(m.Watch(area="archive", sealing=7, points=(DOOR,), since=0, until=life.mono, gaps=()))
    life.passes(20 * MINUTE)
    life.says(m.Watch(area="archive", sealing=7, points=(DOOR,), since=0, until=life.mono, gaps=()))
    assert sums(life, 10 * MINUTE) == {"blind": 10 * MINUTE}


def test_a_node_cannot_have_watched_what_it_has_not_lived_yet() -> None:
    life = Life()
    life.passes(10 * MINUTE)
    life.says(m.Watch(area="archive", sealing=1, points=(DOOR,), since=life.mono, until=life.mono + 10**9, gaps=()))
    assert sums(life, 10 * MINUTE) == {"blind": 10 * MINUTE}


# ---------------------------------------------------------------- whatever happens


class Doing(NamedTuple):
    """What a node does, and for how long."""

    what: str
    ms: int
    by: int


doings = st.lists(
    st.builds(
        Doing,
        st.sampled_from(
            ["watch", "watch", "watch", "gap", "crash", "crash-no-clock", "step", "open", "close", "fault", "off"]
        ),
        st.integers(0, 3 * MINUTE),
        st.integers(-10 * MINUTE, 10 * MINUTE),
    ),
    max_size=25,
)


def live(todo: list[Doing]) -> Life:
    life = Life()
    for what, ms, by in todo:
        life.passes(ms)
        if what == "watch":
            life.watches()
        elif what == "gap":
            life.watches(gaps=((max(0, life.mono - ms // 2), life.mono),))
        elif what.startswith("crash"):
            life.crashes(abs(by), "untrusted" if what.endswith("clock") else "trusted")
        elif what == "step":
            life.offset += by
        elif what in ("open", "close"):
            life.level("active" if what == "open" else "normal")
        elif what == "fault":
            life.says(m.Fault(part="mains", failed=by > 0, detail=""))
        else:
            life.watching_since = None
    return life


@given(
    todo=doings, end=st.integers(0, 60 * MINUTE), silent=st.integers(0, 60 * MINUTE), away=st.integers(0, 60 * MINUTE)
)
def test_the_five_and_the_steps_add_up_to_the_interval_exactly(
    todo: list[Doing], end: int, silent: int, away: int
) -> None:
    facts = (
        fact(silent, m.NodeSilent(node="archive-1", last_heard=None, sealed=())),
        fact(away, m.EngineStarted(version="1", silent_since=START)),
    )
    for exceptions in ((), (DOOR,)):
        found = ledger(live(todo), end, facts, exceptions)
        for line in found.lines:
            assert sum(line.sums) + line.steps == found.end - found.start
            assert min(line.sums) >= 0
        assert 0 <= found.hub_away <= end


@given(todo=doings, end=st.integers(0, 60 * MINUTE))
def test_never_more_is_watched_than_the_node_has_really_watched(todo: list[Doing], end: int) -> None:
    """Whatever crashes, gaps and steps of the clock there are: what is claimed was lived, and recorded."""
    life = live(todo)
    (line,) = ledger(life, end).lines
    assert line.sums.watched + line.sums.alarm + line.sums.trouble <= intervals.length(intervals.union(life.true))


@given(todo=doings.map(lambda all: [one for one in all if one.what != "step" and not one.what.endswith("clock")]),
       end=st.integers(0, 60 * MINUTE))  # fmt: skip
def test_with_clocks_that_are_right_exactly_what_was_watched_is_watched(todo: list[Doing], end: int) -> None:
    life = live(todo)
    (line,) = ledger(life, end).lines
    true = intervals.within(intervals.union(life.true), ((0, end),) if end else ())
    assert line.sums.watched + line.sums.alarm + line.sums.trouble == intervals.length(true)
    assert line.steps == 0


@given(todo=doings, end=st.integers(0, 60 * MINUTE), cut=st.integers(0, 30))
def test_records_that_do_not_arrive_make_blind_and_never_watched(todo: list[Doing], end: int, cut: int) -> None:
    life = live([one for one in todo if one.what != "step"])
    whole = ledger(life, end).lines[0].sums
    life.records = [one for at, one in enumerate(life.records) if at != cut or not isinstance(one.data, m.Watch)]
    less = ledger(life, end).lines[0].sums
    assert less.watched + less.alarm + less.trouble <= whole.watched + whole.alarm + whole.trouble


spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=12)


@given(one=spans, other=spans)
def test_intervals_are_sets_of_milliseconds(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    a, b = intervals.union(one), intervals.union(other)
    plain_a, plain_b = ({ms for since, until in all for ms in range(since, until)} for all in (one, other))
    assert intervals.length(a) == len(plain_a)
    assert intervals.length(intervals.without(a, b)) == len(plain_a - plain_b)
    assert intervals.length(intervals.within(a, b)) == len(plain_a & plain_b)


anchors = st.lists(
    st.builds(Anchor, st.sampled_from("abc"), st.integers(0, 10**6), st.integers(0, 10**6),
              st.sampled_from(["trusted", "holdover", "untrusted"])), max_size=12)  # fmt: skip


@given(start=st.integers(0, 10**6), length=st.integers(0, 10**6), found=anchors)
def test_pieces_and_steps_are_the_interval_even_if_a_node_says_nonsense(
    start: int, length: int, found: list[Anchor]
) -> None:
    time = node_time.lay_out(start, start + length, found)
    assert sum(piece.length for piece in time.pieces) + sum(step.by for step in time.steps) == length
    assert all(piece.length > 0 for piece in time.pieces)
