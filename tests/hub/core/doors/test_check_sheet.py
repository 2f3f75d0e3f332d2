"""A day of the check sheet is called "not opened" only if somebody could see all of it."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from hub.core.doors import check_sheet
from hub.core.doors.check_sheet import CAUSES, Cause, Check, Day, Opening, Turn
from hub.core.doors.seen import Blind

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = date(2026, 3, 1)
HOUR, DAY = 3_600_000, 86_400_000
BEGINS = check_sheet.midnight(FIRST, ZONE)
WHOLE = Day(FIRST, BEGINS, BEGINS + DAY, BEGINS + DAY)
OPENING = Opening(Turn(BEGINS + 1, open=True, entry=1))


@pytest.mark.parametrize(
    ("day", "cause"),
    [
        (WHOLE, "not-opened"),
        (WHOLE._replace(until=BEGINS + HOUR), "so-far"),
        (WHOLE._replace(until=BEGINS), "to-come"),
        (WHOLE._replace(openings=(OPENING,)), "opened"),
        (WHOLE._replace(openings=(OPENING,), blind=(Blind(BEGINS, BEGINS + HOUR, "down"),)), "opened"),
        (WHOLE._replace(open_before=True), "stood-open"),
        (WHOLE._replace(blind=(Blind(BEGINS, BEGINS + DAY, "down"),)), "blind"),
        (WHOLE._replace(blind=(Blind(BEGINS, BEGINS + 1000, "down"),)), "partly"),
        (WHOLE._replace(until=BEGINS + HOUR, blind=(Blind(BEGINS, BEGINS + 1000, "silent"),)), "partly"),
        (WHOLE._replace(sealed=(7,)), "sealed"),
        (WHOLE._replace(sealed=(7,), blind=(Blind(BEGINS, BEGINS + 1000, "down"),)), "partly"),
    ],
)
def test_what_a_day_is_called(day: Day, cause: Cause) -> None:
    assert check_sheet.cause(day) == cause


def test_every_cause_stands_in_the_table_once_and_not_opened_comes_last() -> None:
    names = [name for name, _ in CAUSES]
    assert sorted(names) == sorted(get_args(Cause))
    assert names[-1] == "not-opened"


def test_a_month_has_all_its_days_whatever_the_clocks_do() -> None:
    days = check_sheet.days_of(date(2026, 3, 1), ZoneInfo("Europe/Berlin"), BEGINS)
    assert [one.day.day for one in days] == list(range(1, 32))
    assert days[28].ends - days[28].since == 23 * HOUR
    assert all(one.ends == other.since for one, other in pairwise(days))


def turn(at: int, is_open: bool, doubted: bool = False) -> Turn:
    return Turn(BEGINS + at, is_open, at, doubted=doubted)


def test_openings_by_their_own_time_however_they_are_told() -> None:
    found, before = check_sheet.openings([turn(5, False), turn(1, True), turn(9, True)], was_open=False)
    assert [(one.opened.entry, one.closed and one.closed.entry) for one in found] == [(1, 5), (9, None)]
    assert before is None


def test_what_stood_open_before_is_closed_first() -> None:
    found, before = check_sheet.openings([turn(3, True), turn(5, False)], was_open=True)
    assert found == []
    assert before is not None
    assert before.closed == turn(5, False)


def test_a_doubted_closing_closes_nothing_and_a_doubted_opening_is_one() -> None:
    found, _ = check_sheet.openings([turn(1, True, doubted=True), turn(2, False, doubted=True)], was_open=False)
    assert [one.closed for one in found] == [None]


def test_each_day_gets_what_is_its_own() -> None:
    days = check_sheet.days_of(FIRST, ZONE, BEGINS + 40 * DAY)
    opened = Opening(turn(DAY + HOUR, True), turn(3 * DAY + HOUR, False))
    evening = Check(BEGINS + 17 * HOUR, "badge", 1001, left_open=False)
    filled = check_sheet.fill(
        days,
        [opened],
        None,
        [Blind(BEGINS + 20 * HOUR, BEGINS + 28 * HOUR, "down")],
        [evening],
        ((evening.at, BEGINS + 2 * DAY),),
        [(4, BEGINS + 5 * DAY, BEGINS + 6 * DAY), (5, BEGINS + 30 * DAY, None)],
    )
    first, second, third, fourth, fifth, sixth, *_, last = filled
    assert (first.check, second.check) == (evening, None)
    assert (first.is_set, second.is_set, third.is_set) == (True, True, False)
    assert (first.openings, second.openings) == ((), (opened,))
    assert [one.open_before for one in (second, third, fourth, fifth)] == [False, True, True, False]
    assert (first.blind_ms, second.blind_ms) == (4 * HOUR, 4 * HOUR)
    assert (fifth.sealed, sixth.sealed, last.sealed) == ((), (4,), (5,))
