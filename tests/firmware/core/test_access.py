"""The node decides on badges by itself: every reason to deny, and the order in which they are told."""

from __future__ import annotations

import msgspec
import pytest

from firmware.core.access import ENTRY, Question, holder_of, why_not_in, why_not_out
from firmware.core.effects import Save
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
    working,
)
from wire.messages import ClockTrust, Denied, Fault, Grant, Granted, Holder, Window

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
    assert order == ["sealed", "no-list", "unknown", "no-grant", "list-expired", "ended", "clock", "schedule"]


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
