"""A trace is played whole and in order, at the speed that was asked for but never faster than contacts are."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demo.sim import replay
from demo.sim.replay import CHANGES, CHANGES_IN_S, ORDER_S, REST_S, Change
from demo.sim.sim import SimError

TRACE = """time,switch,state
2008-02-25T00:20:14,door,open
2008-02-25T00:20:15,fridge,open
2008-02-25T00:20:16,door,closed
2008-02-25T00:20:16,lamp,open
2008-02-25T00:21:14,fridge,closed
"""
DOOR, GATE = "archive/corridor-door", "archive/iron-gate"
MAP = {"door": DOOR, "fridge": GATE}


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.played: list[tuple[float, Change]] = []

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def do(self, change: Change) -> None:
        self.played.append((self.now, change))

    def play(self, changes: list[Change], speed: float, **is_open: bool) -> replay.Summary:
        return replay.play(changes, is_open, self.do, speed, lambda _: None, lambda: self.now, self.sleep)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    file = tmp_path / "trace.csv"
    file.write_text(TRACE)
    return file


def test_the_mapped_lines_are_read_in_order_and_the_others_counted(trace: Path) -> None:
    read = replay.read(trace, MAP)
    assert read.changes == [
        Change(0, DOOR, True),
        Change(1, GATE, True),
        Change(2, DOOR, False),
        Change(60, GATE, False),
    ]
    assert read[1:] == (1, 0, 0)


def test_it_is_played_at_the_speed_that_was_asked_for(trace: Path, clock: Clock) -> None:
    changes = replay.read(trace, MAP).changes
    summary = clock.play(changes, 2.0)
    assert [round(at - 100, 3) for at, _ in clock.played] == [0, 0.5, 1, 30]
    assert (summary.played, summary.unchanged) == (4, 0)


def test_however_fast_it_keeps_the_order_and_the_pace_of_contacts(clock: Clock) -> None:
    changes = [
        Change(number, (DOOR, GATE)[number % 3 == 0], number // 3 % 2 == (number % 3 == 2)) for number in range(600)
    ]
    clock.play(changes, 1e9)
    played = [change for _, change in clock.played]
    assert played == [change for change in changes if change in played]
    times: dict[str, list[float]] = defaultdict(list)
    for at, change in clock.played:
        times[change.point].append(at)
    for when in times.values():
        assert all(after - before >= REST_S - 1e-6 for before, after in pairwise(when))
        assert all(after - before >= CHANGES_IN_S - 1e-6 for before, after in zip(when, when[CHANGES:], strict=False))
    for (before, one), (after, other) in pairwise(clock.played):
        assert one.point == other.point or after - before >= ORDER_S - 1e-6


def test_a_line_that_changes_nothing_is_counted_and_not_played(trace: Path, clock: Clock) -> None:
    changes = replay.read(trace, MAP).changes
    summary = clock.play(changes, 100, **{DOOR: True, GATE: False})
    assert (summary.played, summary.unchanged) == (3, 1)
    assert summary.points == {GATE: 2, DOOR: 1}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("when,what\n1,2\n", "no column state, switch, time"),
        ("time,switch,state\nyesterday,door,open\n", "line 2: 'yesterday' is not a time"),
        ("time,switch,state\n2008-02-25T00:20:14,door,ajar\n", "line 2: 'ajar' is not open or closed"),
        (TRACE.replace("fridge", "freezer"), "no switch fridge"),
        ("time,switch,state\n", "no switch door, fridge"),
    ],
)
def test_a_bad_trace_is_refused_with_its_line(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "trace.csv"
    file.write_text(text)
    with pytest.raises(SimError, match=complaint):
        replay.read(file, MAP)


TRACES = Path(__file__).parent / "traces"
FRONT = {"front": DOOR}
OPENED_AND_CLOSED = [Change(0, DOOR, True), Change(4, DOOR, False)]


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("bom", (0, 0, 0)),
        ("semicolon", (0, 0, 0)),
        ("onoff", (0, 0, 0)),
        ("ha", (0, 0, 0)),
        ("unavailable", (0, 2, 0)),
        ("unsorted", (0, 0, 1)),
    ],
)
def test_a_trace_as_others_write_it_is_read_in_order(name: str, others: tuple[int, int, int]) -> None:
    read = replay.read(TRACES / f"{name}.csv", FRONT)
    assert read.changes == OPENED_AND_CLOSED
    assert read[1:] == others


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("mixed", "of lines 2 and 3 only one says its time zone"),
        ("year0", "line 3 is 20574 days after line 2: one of the two times is wrong"),
    ],
)
def test_times_that_cannot_be_played_are_refused_in_one_line(name: str, complaint: str) -> None:
    with pytest.raises(SimError, match=complaint) as refused:
        replay.read(TRACES / f"{name}.csv", FRONT)
    assert refused.value.code == 65


@pytest.mark.parametrize("time", ["0000-01-01T00:00:00", "2026-02-30T00:00:00", "", "9999-12-31T23:59:60"])
def test_a_time_that_is_none_is_refused(tmp_path: Path, time: str) -> None:
    file = tmp_path / "trace.csv"
    file.write_text(f"time,switch,state\n{time},front,open\n")
    with pytest.raises(SimError, match=r"line 2: .* is not a time"):
        replay.read(file, FRONT)


CELLS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["front", "open", "closed", "2026-05-01T08:00:00", "0001-01-01T00:00+14", "9999-12-31T23:59-14"]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=60),
        st.lists(st.lists(CELLS, max_size=4).map(",".join), max_size=5).map(
            lambda rows: "\n".join(["time,switch,state", *rows]).encode("utf-8", "surrogatepass")
        ),
    )
)
def test_whatever_a_file_holds_it_is_a_trace_or_is_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "trace.csv"
    file.write_bytes(data)
    try:
        read = replay.read(file, FRONT)
    except SimError:
        return
    assert [change.at for change in read.changes] == sorted(change.at for change in read.changes)


@pytest.mark.parametrize("pairs", [["door"], ["door="], ["=x/y"], ["door=x/y", "fridge=x/y"]])
def test_a_bad_map_is_refused(pairs: list[str]) -> None:
    with pytest.raises(SimError, match="--map"):
        replay.parse_map(pairs)
