"""A trace is played whole and in order, at the speed that was asked for but never faster than contacts are."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from firmware import replay
from firmware.replay import CHANGES, CHANGES_IN_S, ORDER_S, REST_S, Change
from firmware.sim import SimError

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
    changes, skipped = replay.read(trace, MAP)
    assert changes == [
        Change(0, DOOR, True),
        Change(1, GATE, True),
        Change(2, DOOR, False),
        Change(60, GATE, False),
    ]
    assert skipped == 1


def test_it_is_played_at_the_speed_that_was_asked_for(trace: Path, clock: Clock) -> None:
    changes, _ = replay.read(trace, MAP)
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
    times = defaultdict(list)
    for at, change in clock.played:
        times[change.point].append(at)
    for at in times.values():
        assert all(after - before >= REST_S - 1e-6 for before, after in pairwise(at))
        assert all(after - before >= CHANGES_IN_S - 1e-6 for before, after in zip(at, at[CHANGES:], strict=False))
    for (before, one), (after, other) in pairwise(clock.played):
        assert one.point == other.point or after - before >= ORDER_S - 1e-6


def test_a_line_that_changes_nothing_is_counted_and_not_played(trace: Path, clock: Clock) -> None:
    changes, _ = replay.read(trace, MAP)
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


@pytest.mark.parametrize("pairs", [["door"], ["door="], ["=x/y"], ["door=x/y", "fridge=x/y"]])
def test_a_bad_map_is_refused(pairs: list[str]) -> None:
    with pytest.raises(SimError, match="--map"):
        replay.parse_map(pairs)
