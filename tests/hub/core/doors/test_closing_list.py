"""The closing list of a day: how it ended, what was left open and until when, and when nobody could see it."""

from __future__ import annotations

from datetime import date

import pytest

from hub.core.doors.closing_list import ClosingList, LeftOpen, Line, NotSeen, Verdict, left_open, unseen, verdict
from hub.core.doors.seen import Blind
from wire import messages as m

DAY = date(2026, 3, 2)
SET = Line(60, 1, m.AreaSet(area="archive", number=1, by="badge"))
UNSET = Line(70, 2, m.AreaUnset(area="archive", number=2, by="badge"))
STAYS = Line(65, 3, m.SetExtended(area="archive", until=99, by="badge", person=1001))
WINDOW = "archive/window"


def of(*lines: Line, until: int = 100, guarded: bool = True, before: bool = False, sealed: int = 0) -> ClosingList:
    """A day from 0 to 100."""
    return ClosingList("archive", DAY, 0, until, 100, guarded, before, lines, sealed=(sealed,) if sealed else ())


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        (of(until=0), "to-come"),
        (of(SET, sealed=4), "sealed"),
        (of(guarded=False), "not-guarded"),
        (of(SET), "set"),
        (of(before=True), "set"),
        (of(SET, UNSET), "not-set"),
        (of(SET, UNSET, until=80), "not-over"),
        (of(UNSET, STAYS), "not-set"),
    ],
)
def test_a_day_has_ended_in_one_word(day: ClosingList, wanted: Verdict) -> None:
    assert verdict(day) == wanted


def test_it_was_closed_by_whoever_set_it_last_unless_it_was_unset_again() -> None:
    assert of(UNSET, STAYS, SET).closing == SET
    assert of(SET, UNSET).closing is None
    assert of(before=True).closing is None


@pytest.mark.parametrize(
    ("named", "changes", "wanted"),
    [
        ((), [], []),
        ((), [(10, "active"), (20, "normal")], []),
        ((), [(10, "active")], [LeftOpen(WINDOW, "active", 10, None)]),
        ((), [(10, "active"), (70, "normal")], [LeftOpen(WINDOW, "active", 10, 70)]),
        ((WINDOW,), [(70, "normal")], [LeftOpen(WINDOW, "active", 60, 70)]),
        ((), [(10, "short"), (70, "active"), (80, "normal")], [LeftOpen(WINDOW, "short", 10, 80)]),
    ],
)
def test_what_was_open_when_it_was_set_is_named_until_it_is_shut(
    named: tuple[str, ...], changes: list[tuple[int, m.Level]], wanted: list[LeftOpen]
) -> None:
    assert list(left_open(60, named, {WINDOW: changes})) == wanted


def test_a_time_in_which_nobody_saw_several_points_is_said_once() -> None:
    one, other = Blind(10, 20, "silent"), Blind(50, 60, "silent")
    found = unseen({"archive/a": [one, other], "archive/b": [one]})
    assert found == (NotSeen(one, ("archive/a", "archive/b")), NotSeen(other, ("archive/a",)))
