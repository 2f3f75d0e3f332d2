"""Which weekday's hours hold: one rule for doors and office."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.messages import DayNamed
from wire.weekdays import counts_as

MON, WED, SAT, SUN = 0, 2, 5, 6


@pytest.mark.parametrize(
    ("day", "named", "weekday"),
    [
        (date(2026, 9, 30), None, WED),
        (date(2026, 10, 11), None, SUN),
        (date(2026, 10, 7), "off", SUN),  # Wednesday, National Day
        (date(2026, 10, 3), "off", SUN),  # the Saturday within it
        (date(2026, 10, 10), "worked", MON),  # the Saturday worked for it
        (date(2026, 9, 20), "worked", MON),  # the Sunday
    ],
)
def test_a_holiday_counts_as_a_sunday_and_a_weekend_day_worked_for_it_as_a_monday(
    day: date, named: DayNamed | None, weekday: int
) -> None:
    assert counts_as(day, named) == weekday


@given(st.dates(), st.sampled_from(["off", "worked", None]), st.sets(st.integers(0, 6)))
def test_whoever_may_come_on_all_days_may_come_on_each_and_whoever_comes_to_work_on_days_of_work(
    day: date, named: DayNamed | None, days: set[int]
) -> None:
    holds = counts_as(day, named) in days
    if days.issuperset(range(7)):
        assert holds
    if days == set(range(5)):
        assert holds == (named == "worked" or (named is None and day.weekday() < 5))
    if named is None:
        assert holds == (day.weekday() in days)
