"""The figures add up, and what is a drill never counts among the real."""

from __future__ import annotations

import itertools
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.alarms import figures as alarm_figures
from hub.core.alarms.figures import Called, Raised, Rows, Span, Watch
from wire.messages import AlarmClass

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
MONTH = Span(0, 30 * DAY)
NOW = 31 * DAY
CHINA = ZoneInfo("Asia/Shanghai")

moments = st.integers(0, 3 * HOUR)
places = st.sampled_from(["archive/corridor-door", "archive/iron-gate", "cipher-room/door", "computer-1"])
waits = st.none() | st.integers(0, HOUR)


def raised(what: st.SearchStrategy[str]) -> st.SearchStrategy[list[Raised]]:
    def one(what: str, klass: AlarmClass, place: str, at: int, again: list[int], wait: int | None) -> Raised:
        answered = None if wait is None else at + wait
        return Raised(what, klass, place, at, tuple(sorted(at + later for later in again)), answered)

    klass = st.sampled_from(("alarm", "tamper", "trouble"))
    return st.lists(st.builds(one, what, klass, places, moments, st.lists(moments, max_size=3), waits), max_size=40)


real = raised(st.sampled_from(("forced", "held-open", "node-silent")))
drills = raised(st.just("drill"))
calls = st.lists(moments, max_size=20)


@given(real, drills, calls, calls)
def test_what_is_a_drill_never_counts_among_the_real(
    real: list[Raised], drills: list[Raised], calls: list[int], drilled: list[int]
) -> None:
    shifts = [Watch(1003, Span(0, HOUR)), Watch(1008, Span(HOUR, 2 * HOUR))]
    real_calls = [Called(at, drill=False) for at in calls]
    drill_calls = [Called(at, drill=True) for at in drilled]
    both = alarm_figures.figures(Rows([*drills, *real], [*drill_calls, *real_calls], shifts), MONTH, NOW)
    without = alarm_figures.figures(Rows(real, real_calls, shifts), MONTH, NOW)
    only = alarm_figures.figures(Rows(drills, drill_calls, shifts), MONTH, NOW)
    assert both == without._replace(drills=only.drills)
    assert (only.alarms, only.troubles, only.calls, only.outside, only.floods, only.worst) == (0, 0, 0, 0, (), ())
    assert both.drills.alarms == len(drills)


@given(real)
def test_every_alarm_is_in_just_one_period(rows: list[Raised]) -> None:
    whole = alarm_figures.figures(Rows(rows, [], []), Span(0, 4 * HOUR), NOW)
    parts = [alarm_figures.figures(Rows(rows, [], []), Span(hour * HOUR, (hour + 1) * HOUR), NOW) for hour in range(4)]
    assert (whole.alarms, whole.troubles) == (sum(one.alarms for one in parts), sum(one.troubles for one in parts))
    assert whole.answers.alarms == whole.alarms
    assert whole.answers.waiting == sum(one.answers.waiting for one in parts)


def test_two_floods_with_a_quiet_hour_between_are_two() -> None:
    first, second = ([start + number * 1000 for number in range(12)] for start in (0, 2 * HOUR))
    found = list(alarm_figures.floods([*first, HOUR, *second]))
    assert found == [(Span(first[0], first[-1]), 12), (Span(second[0], second[-1]), 12)]


@given(st.lists(st.integers(0, 2 * HOUR), max_size=60).map(sorted))
def test_a_flood_is_more_than_ten_in_ten_minutes_and_nothing_else_is(moments: list[int]) -> None:
    found = list(alarm_figures.floods(moments))
    crowded = {
        moment
        for last in moments
        for moment in moments
        if last - alarm_figures.FLOOD_MS < moment <= last
        and sum(last - alarm_figures.FLOOD_MS < one <= last for one in moments) > 10
    }
    inside = {moment for flood in found for moment in moments if flood.span.starts <= moment <= flood.span.ends}
    assert inside == crowded
    assert all(flood.size > 10 for flood in found)
    assert all(one.span.ends < other.span.starts for one, other in itertools.pairwise(found))


@given(st.lists(st.integers(0, HOUR), min_size=1).map(sorted), st.integers(1, 100))
def test_a_rank_is_the_smallest_that_so_many_do_not_exceed(values: list[int], percent: int) -> None:
    found = alarm_figures.rank(values, percent)
    assert found in values
    assert 100 * sum(value <= found for value in values) >= percent * len(values)
    assert 100 * sum(value < found for value in values) < percent * len(values)


def test_the_shares_of_answers_in_time() -> None:
    def alarm(at: int, wait: int | None) -> Raised:
        return Raised("forced", "alarm", "archive/iron-gate", at, (), None if wait is None else at + wait)

    rows = [alarm(0, 60_000), alarm(1, 60_001), alarm(2, 181_000), alarm(3, None), alarm(10 * MINUTE, None)]
    found = alarm_figures.figures(Rows(rows, [], []), MONTH, 10 * MINUTE + 30_000).answers
    # The last has been waiting for half a minute: whether it is answered in time, nobody knows yet.
    assert found.within == ((1, 4), (2, 4), (3, 4))
    assert [one.percent for one in found.within] == [25, 50, 75]
    assert (found.alarms, found.waiting, found.p50, found.p95) == (5, 2, 60_001, 181_000)


def test_a_trouble_wants_no_answer() -> None:
    rows = [Raised("node-silent", "trouble", "computer-1", 0)]
    found = alarm_figures.figures(Rows(rows, [], []), MONTH, NOW)
    assert (found.alarms, found.troubles, found.answers.alarms) == (0, 1, 0)
    assert found.answers.within[0].percent is None


def test_calls_count_to_the_shift_in_which_people_were_called() -> None:
    shifts = [
        Watch(1003, Span(0, 12 * HOUR)),
        Watch(1008, Span(29 * DAY, 32 * DAY)),
        Watch(1003, Span(40 * DAY, 41 * DAY)),
    ]
    calls = [Called(at, drill=False) for at in (HOUR, 2 * HOUR, 3 * HOUR, 13 * HOUR, 31 * DAY)]
    found = alarm_figures.figures(Rows([], calls, shifts), MONTH, NOW)
    assert [(one.person, one.calls) for one in found.shifts] == [(1003, 3), (1008, 1)]
    assert (found.calls, found.outside, found.a_shift, found.disturbed) == (4, 1, 2.0, 1)


def test_without_a_roster_there_is_no_figure_for_a_shift() -> None:
    found = alarm_figures.figures(Rows([], [Called(0, drill=False)], []), MONTH, NOW)
    assert (found.calls, found.outside, found.a_shift) == (1, 1, None)


def test_the_worst_places_come_first_and_only_ten_of_them() -> None:
    rows = [Raised("forced", "alarm", f"archive/{number:02}", 0, tuple(range(1, number + 1))) for number in range(12)]
    found = alarm_figures.figures(Rows(rows, [], []), MONTH, NOW).worst
    assert found[0] == ("archive/11", 12)
    assert len(found) == 10


@pytest.mark.parametrize(
    ("step", "last", "first_begins"),
    [
        ("month", date(2026, 2, 17), "2025-12-01"),
        ("quarter", date(2026, 2, 17), "2025-07-01"),
        ("quarter", date(2026, 12, 31), "2026-04-01"),
    ],
)
def test_periods_follow_one_another_in_local_time(step: alarm_figures.Step, last: date, first_begins: str) -> None:
    found = alarm_figures.periods(step, last, 3, CHINA)
    assert [one.ends for one in found[:-1]] == [one.starts for one in found[1:]]
    noon = int(datetime(last.year, last.month, last.day, 12, tzinfo=CHINA).timestamp() * 1000)
    assert found[-1].has(noon)
    assert datetime.fromtimestamp(found[0].starts / 1000, CHINA).isoformat() == f"{first_begins}T00:00:00+08:00"
