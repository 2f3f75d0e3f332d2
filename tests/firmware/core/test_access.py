"""The node decides on badges by itself: every reason to deny, and the order in which they are told."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.core.access import ENTRY, Question, holder_of, why_not_in, why_not_out
from firmware.core.effects import Save, Saved
from tests.firmware.core.cast import (
    ACCESS,
    CHEN_JIE,
    DAY,
    NOON,
    STRANGER,
    WANG_FANG,
    ZHANG_WEI,
    Bench,
    credential,
    plan,
    working,
)
from wire import weekdays
from wire.messages import AccessList, ClockTrust, DayNamed, Denied, Fault, Grant, Granted, Holder, Window

HOUR = 3_600_000


def question(number: str = ZHANG_WEI, wall: int = NOON, trust: ClockTrust = "trusted", **more: object) -> Question:
    holder = holder_of(ACCESS, credential(number))
    return Question(ACCESS, holder, "archive", wall, trust)._replace(**more)  # type: ignore[arg-type]


def with_grant(**changes: object) -> Holder:
    grant = msgspec.structs.replace(Grant(area="archive", schedule="office-hours", ends=None), **changes)
    return msgspec.structs.replace(ACCESS.holders[0], grants=(grant,))


def test_a_custodian_enters_in_office_hours() -> None:
    assert why_not_in(question()) is None


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (question(sealed=True), "sealed"),
        (question(access=None), "no-list"),
        (question(STRANGER), "unknown"),
        (question(CHEN_JIE), "no-grant"),
        (question(WANG_FANG), "no-grant"),
        (question(wall=ACCESS.expires), "list-expired"),
        (question(holder=with_grant(ends=NOON)), "ended"),
        (question(trust="untrusted"), "clock"),
        (question(wall=NOON + 6 * HOUR), "schedule"),  # 18:00
        (question(wall=NOON - 4 * HOUR - 1), "schedule"),  # a moment before 08:00
        (question(wall=NOON + 5 * DAY), "schedule"),  # Saturday
        (question(holder=with_grant(schedule="no such")), "schedule"),
    ],
)
def test_each_reason_to_deny(asked: Question, reason: str) -> None:
    assert why_not_in(asked) == reason


def test_the_reasons_are_told_in_a_fixed_order() -> None:
    order = [reason for reason, _ in ENTRY]
    assert order == ["sealed", "no-list", "unknown", "no-grant", "list-expired", "ended", "clock", "schedule", "set"]


@pytest.mark.parametrize("wall", [NOON - 4 * HOUR, NOON + 6 * HOUR - 1, NOON + 4 * DAY])
def test_a_window_holds_from_its_start_up_to_its_end_in_local_time(wall: int) -> None:
    assert why_not_in(question(wall=wall)) is None


def test_midnight_is_the_end_of_a_day_and_the_start_of_the_next() -> None:
    until_midnight = msgspec.structs.replace(
        ACCESS, schedules={"office-hours": (Window(days=(0,), start=0, end=1440),)}
    )
    assert why_not_in(question(access=until_midnight, wall=NOON + 12 * HOUR - 1)) is None
    assert why_not_in(question(access=until_midnight, wall=NOON + 12 * HOUR)) == "schedule"
    assert why_not_in(question(access=until_midnight, wall=NOON - 12 * HOUR)) is None


# NOON is that of a Monday. By the calendars this Tuesday is a holiday, and the Saturday is worked for it.
TUESDAY, FRIDAY, SATURDAY, SUNDAY = NOON + DAY, NOON + 4 * DAY, NOON + 5 * DAY, NOON + 6 * DAY
NAMED = msgspec.structs.replace(ACCESS, days={"2026-09-22": "off", "2026-09-26": "worked"})


def with_windows(*windows: Window) -> AccessList:
    return msgspec.structs.replace(NAMED, schedules={"office-hours": windows})


WORKDAYS = with_windows(Window(days=(0, 1, 2, 3, 4), start=0, end=1440))
WEEKENDS = with_windows(Window(days=(5, 6), start=0, end=1440))
EVERY_DAY = with_windows(Window(days=(0, 1, 2, 3, 4, 5, 6), start=0, end=1440))
TO_MIDNIGHT, FROM_MIDNIGHT = 12 * HOUR - 1, -12 * HOUR
"""From noon: the last ms of that local day, and its first."""


@pytest.mark.parametrize(
    ("wall", "at_work", "at_weekends"),
    [
        (NOON, True, False),
        (NOON + TO_MIDNIGHT, True, False),
        (TUESDAY + FROM_MIDNIGHT, False, True),
        (TUESDAY, False, True),
        (TUESDAY + TO_MIDNIGHT, False, True),
        (TUESDAY + TO_MIDNIGHT + 1, True, False),
        (FRIDAY + TO_MIDNIGHT, True, False),
        (SATURDAY + FROM_MIDNIGHT, True, False),
        (SATURDAY, True, False),
        (SATURDAY + TO_MIDNIGHT, True, False),
        (SUNDAY + FROM_MIDNIGHT, False, True),
    ],
)
def test_a_holiday_has_the_windows_of_sunday_and_a_weekend_day_that_is_worked_those_of_monday(
    wall: int, at_work: bool, at_weekends: bool
) -> None:
    assert (why_not_in(question(access=WORKDAYS, wall=wall)) is None) == at_work
    assert (why_not_in(question(access=WEEKENDS, wall=wall)) is None) == at_weekends
    assert why_not_in(question(access=EVERY_DAY, wall=wall)) is None


def test_on_a_saturday_that_is_worked_the_hours_of_monday_hold_and_no_others() -> None:
    access = with_windows(Window(days=(0,), start=480, end=1080), Window(days=(4,), start=480, end=900))
    for wall, reason in ((SATURDAY + 6 * HOUR - 1, None), (SATURDAY + 6 * HOUR, "schedule")):
        assert why_not_in(question(access=access, wall=wall)) == reason


def test_a_holiday_does_not_narrow_a_grant_without_a_schedule() -> None:
    assert why_not_in(question(access=NAMED, holder=with_grant(schedule=None), wall=TUESDAY)) is None


EDGES = st.sampled_from((0, 1, 720, 1439, 1440))


@given(
    day=st.dates(date(2026, 9, 14), date(2026, 10, 15)),
    minute=st.sampled_from((0, 1, 719, 720, 1439)),
    offset=st.sampled_from((-840, -60, 0, 345, 480, 840)),
    windows=st.lists(st.builds(Window, days=st.sets(st.integers(0, 6)).map(tuple), start=EDGES, end=EDGES), max_size=3),
    near=st.dictionaries(st.integers(-1, 1), st.sampled_from(("off", "worked"))),
)
def test_the_windows_that_hold_are_those_of_the_weekday_that_the_local_day_counts_as(
    day: date, minute: int, offset: int, windows: list[Window], near: dict[int, DayNamed]
) -> None:
    local = datetime.combine(day, time(minute // 60, minute % 60), timezone(timedelta(minutes=offset)))
    access = msgspec.structs.replace(
        ACCESS,
        utc_offset=offset,
        schedules={"office-hours": tuple(windows)},
        days={str(day + timedelta(days=by)): named for by, named in near.items()},
    )
    weekday = weekdays.counts_as(day, near.get(0))
    holds = any(weekday in one.days and one.start <= minute < one.end for one in windows)
    assert (why_not_in(question(access=access, wall=int(local.timestamp() * 1000))) is None) == holds


def test_a_grant_without_a_schedule_holds_at_any_time() -> None:
    assert why_not_in(question(holder=with_grant(schedule=None), wall=NOON + 12 * HOUR)) is None


def test_a_clock_that_is_not_trusted_still_knows_what_has_certainly_ended() -> None:
    assert why_not_in(question(wall=ACCESS.expires, trust="untrusted")) == "list-expired"
    assert why_not_in(question(holder=with_grant(ends=NOON - 1), trust="untrusted")) == "ended"


def test_a_clock_carried_over_decides() -> None:
    assert why_not_in(question(trust="holdover")) is None


@pytest.mark.parametrize(("number", "reason"), [(CHEN_JIE, None), (ZHANG_WEI, None), (STRANGER, "unknown")])
def test_whoever_is_known_may_leave_at_any_time(number: str, reason: str | None) -> None:
    assert why_not_out(question(number, wall=NOON + 12 * HOUR, trust="untrusted")) == reason


def test_the_answer_is_at_the_reader_in_the_same_step_without_the_hub() -> None:
    bench = working(hub=False)
    effects = bench.badge(ZHANG_WEI)
    assert bench.told(Granted)[0].person == 1001
    assert bench.shown() == ["granted"]
    assert len(effects) == 2


def test_a_day_that_begins_while_the_node_runs_counts_as_the_list_says() -> None:
    bench = Bench(Saved(plan=plan(), access=WORKDAYS, trusted_wall=NOON), wall=NOON + TO_MIDNIGHT - 3_000, hub=False)
    bench.run(1)
    bench.badge(ZHANG_WEI)
    bench.run(6)
    bench.badge(ZHANG_WEI)
    assert bench.shown() == ["granted", "off", "denied"]
    assert [denied.reason for denied in bench.told(Denied)] == ["schedule"]


def test_a_new_list_says_what_the_calendar_says_now_also_after_a_power_cut() -> None:
    bench = working(wall=TUESDAY, hub=False)
    bench.order(WORKDAYS)
    after = bench.rebooted()
    for one in (bench, after):
        one.badge(ZHANG_WEI)
        assert [denied.reason for denied in one.told(Denied)] == ["schedule"]


def test_the_lamps_go_off_after_a_while() -> None:
    bench = working()
    bench.badge(ZHANG_WEI)
    bench.badge(STRANGER, port="r2")
    bench.run(5)
    assert bench.shown() == ["granted", "denied", "off", "off"]


def test_a_denial_names_the_person_if_there_is_one() -> None:
    bench = working()
    bench.badge(CHEN_JIE)
    bench.badge(STRANGER)
    assert [(denied.person, denied.reason) for denied in bench.told(Denied)] == [(1004, "no-grant"), (None, "unknown")]


def test_a_denial_for_the_clock_reports_the_clock_once_until_it_is_known_again() -> None:
    bench = Bench(wall=0, hub=False)
    bench.badge(ZHANG_WEI)
    bench.run(3)
    bench.badge(ZHANG_WEI)
    bench.hub = True
    bench.run(3)
    assert [denied.reason for denied in bench.told(Denied)] == ["clock", "clock"]
    assert [(fault.part, fault.failed) for fault in bench.told(Fault)] == [("clock", True), ("clock", False)]


def test_the_clear_number_is_in_no_effect() -> None:
    bench = working()
    for number in (ZHANG_WEI, STRANGER):
        bench.badge(number)
    assert all(number not in repr(effect) for number in (ZHANG_WEI, STRANGER) for effect in bench.effects)
    assert not any(isinstance(effect, Save) for effect in bench.effects)
