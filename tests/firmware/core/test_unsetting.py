"""Who unsets an area, when, and with whom: two people out of its hours, one within, and nobody else at all."""

from __future__ import annotations

from itertools import product
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from firmware.core import set_area
from firmware.core.effects import ReaderShows
from firmware.core.set_area import Hour, Speaks
from tests.firmware.core.cast import (
    CHEN_JIE,
    DAY,
    LI_NA,
    STRANGER,
    WANG_FANG,
    ZHANG_WEI,
    Bench,
    further,
    plan,
    sounds,
)
from tests.firmware.core.office import (
    BUTTON,
    CLEANER,
    CORRIDOR,
    GUARDING,
    WINDOW,
    ZHAO_MIN,
    a_list,
    at,
    in_use,
    opened,
    shut,
    stands,
    why,
)
from wire import messages as m

TOLD = replace(GUARDING, outside="told")
APPROVED = (m.Approval(area="archive", person=1001, since=at(9, day=5), until=at(15, day=5)),)
SATURDAY = at(10, day=5)


def unset(bench: Bench) -> list[tuple[str, tuple[int, ...], int | None]]:
    """By what it was unset, by whom, and for how long."""
    return [(one.by, one.people, one.until) for one in bench.told(m.AreaUnset)]


# ---------------------------------------------------------------- every row


def outcome(row: Any) -> str | None:
    """What a badge of Zhang Wei comes to."""
    hour, outside, speaks = row
    approvals = (*APPROVED, replace(APPROVED[0], since=at(9), until=at(15)))
    known = a_list(replace(GUARDING, outside=outside), approvals=approvals if speaks == "approved" else (), version=4)
    # Where the first badge would be enough it cannot wait for a second: those rows take a list that comes in between.
    first = a_list(replace(GUARDING, hours=())) if speaks == "second" else known
    bench = shut(at(10) if hour == "within" else SATURDAY, first)
    if speaks == "second":
        bench.badge(LI_NA)
        bench.order(known)
        bench.forget()
    bench.badge(ZHANG_WEI)
    found = [*(one.by for one in bench.told(m.AreaUnset)), *("first" for _ in bench.told(m.FirstOfTwo))]
    assert len(found) <= 1
    assert (stands(bench) == ("unset", 5)) == (found not in ([], ["first"]))
    return found[0] if found else None


ROWS = list(product(get_args(Hour), ("two", "told"), get_args(Speaks)))


@pytest.mark.parametrize("row", ROWS, ids="-".join)
def test_every_row_of_unsetting(row: Any) -> None:
    assert outcome(row) == set_area.UNSETTING[row]


@pytest.mark.parametrize("row", ROWS, ids="-".join)
@pytest.mark.parametrize("other", [*get_args(m.UnsetBy)[:4], "first"])
def test_a_row_of_unsetting_that_leads_elsewhere_is_found(
    row: Any, other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = set_area.UNSETTING[row]
    if other != right:
        monkeypatch.setitem(set_area.UNSETTING, row, other)
        assert outcome(row) != right


# ---------------------------------------------------------------- within its hours


@pytest.mark.parametrize("hour", [(7, 30), (7, 40), (12, 30), (17, 29), (17, 40), (18, 29)])
def test_within_its_hours_one_badge_unsets_it_and_lets_in(hour: tuple[int, int]) -> None:
    bench = shut(at(*hour))
    bench.badge(ZHANG_WEI)
    assert unset(bench) == [("badge", (1001,), None)]
    assert stands(bench) == ("unset", 5)
    bench.open_and_close(CORRIDOR)
    assert bench.told(m.Granted)
    assert bench.told(m.Forced) == []
    assert [one.guard for one in bench.told(m.LevelChanged)] == [None, None]


@pytest.mark.parametrize("hour", [(0, 5), (7, 29), (18, 30), (23, 50)])
def test_a_minute_before_or_after_its_hours_one_badge_is_not_enough(hour: tuple[int, int]) -> None:
    bench = shut(at(*hour))
    bench.badge(ZHANG_WEI)
    assert (unset(bench), stands(bench)) == ([], ("set", 4))
    assert bench.told(m.FirstOfTwo) == [
        m.FirstOfTwo(reader="archive/reader", credential=bench.told(m.FirstOfTwo)[0].credential, person=1001)
    ]
    assert ReaderShows("r1", "counted") in bench.effects
    assert bench.told(m.Granted, m.Denied) == []


@pytest.mark.parametrize(
    ("day", "named", "enough"),
    [(5, None, False), (5, "worked", True), (0, None, True), (0, "off", False), (6, "worked", True), (6, None, False)],
)
def test_a_holiday_has_no_hours_and_a_weekend_day_that_is_worked_has_those_of_monday(
    day: int, named: m.DayNamed | None, enough: bool
) -> None:
    mondays = tuple(replace(one, days=(0,)) for one in GUARDING.hours)
    every_day = replace(GUARDING, hours=mondays if named == "worked" else GUARDING.hours)
    days: dict[str, m.DayNamed] = {} if named is None else {f"2026-09-{21 + day}": named}
    bench = shut(at(10, day=day), a_list(every_day, days=days))
    bench.badge(ZHANG_WEI)
    assert bool(unset(bench)) == enough


@pytest.mark.parametrize(
    ("offset", "day", "enough"), [(480, 0, True), (0, 0, False), (-60, 0, False), (-480, 1, True), (-480, 0, False)]
)
def test_the_hours_are_those_of_the_place(offset: int, day: int, enough: bool) -> None:
    """8:30 in China is 0:30 of that day in Greenwich, and half past four in the afternoon before in Los Angeles."""
    bench = shut(at(8, 30, day=day), a_list(utc_offset=offset))
    bench.badge(ZHANG_WEI)
    assert bool(unset(bench)) == enough


@pytest.mark.parametrize(
    ("number", "reason"),
    [(CHEN_JIE, "set"), (CLEANER, "schedule"), (WANG_FANG, "no-grant"), (STRANGER, "unknown"), (ZHAO_MIN, None)],
)
def test_whoever_does_not_unset_it_is_refused_while_it_is_set_and_is_told_why(number: str, reason: str | None) -> None:
    bench = shut(at(10))
    bench.badge(number)
    assert why(bench) == ([reason] if reason else [])
    assert (stands(bench)[0] == "set") == bool(reason)
    assert ReaderShows("r1", "denied" if reason else "granted") in bench.effects


def test_once_somebody_has_unset_it_whoever_has_a_grant_enters() -> None:
    bench = shut(at(10))
    bench.badge(ZHANG_WEI)
    bench.badge(CHEN_JIE)
    assert why(bench) == []
    assert len(bench.told(m.Granted)) == 2
    assert len(unset(bench)) == 1


# ---------------------------------------------------------------- out of its hours


@pytest.mark.parametrize(("seconds", "enough"), [(1, True), (20, True), (20.1, False), (60, False)])
def test_out_of_its_hours_two_people_unset_it_within_twenty_seconds(seconds: float, enough: bool) -> None:
    bench = shut(SATURDAY)
    bench.badge(ZHANG_WEI)
    bench.run(seconds - 0.1)
    bench.badge(LI_NA)
    assert bool(unset(bench)) == enough
    if enough:
        ((by, people, until),) = unset(bench)
        assert (by, people) == ("two", (1001, 1002))
        assert until is not None
        assert abs(until - (bench.now.wall + 3_600_000)) < 1_000, "they have an hour without saying so"


def test_the_same_person_twice_is_not_two() -> None:
    bench = shut(SATURDAY)
    for _ in range(3):
        bench.badge(ZHANG_WEI)
        bench.run(5)
    assert (unset(bench), len(bench.told(m.FirstOfTwo))) == ([], 3)


@pytest.mark.parametrize("second", [CHEN_JIE, CLEANER, WANG_FANG, STRANGER, ZHAO_MIN])
def test_the_second_has_to_be_one_who_may_unset_it_at_that_hour(second: str) -> None:
    """Schedules of grants hold as ever, also for those who unset it."""
    bench = shut(SATURDAY)
    bench.badge(ZHANG_WEI)
    bench.run(3)
    bench.badge(second)
    bench.run(3)
    bench.badge(second)
    assert (unset(bench), stands(bench)) == ([], ("set", 4))


def test_the_second_of_two_may_not_come_first() -> None:
    bench = shut(SATURDAY)
    bench.badge(CHEN_JIE)
    bench.run(3)
    bench.badge(ZHANG_WEI)
    assert unset(bench) == []


@pytest.mark.parametrize(
    ("when", "person", "area", "enough"),
    [
        (at(10, day=5), 1001, "archive", True),
        (at(9, 0, day=5), 1001, "archive", True),
        (at(8, 58, day=5), 1001, "archive", False),
        (at(15, 0, day=5), 1001, "archive", False),
        (at(10, day=6), 1001, "archive", False),
        (at(10, day=5), 1002, "archive", False),
        (at(10, day=5), 1001, "vault", False),
    ],
)
def test_one_person_unsets_it_while_somebody_has_approved_of_that(
    when: int, person: int, area: str, enough: bool
) -> None:
    approval = replace(APPROVED[0], person=person, area=area)
    bench = shut(when, a_list(approvals=(approval,)))
    bench.badge(ZHANG_WEI)
    assert unset(bench) == ([("approval", (1001,), at(15, day=5))] if enough else [])


def test_an_approval_is_for_somebody_who_unsets_it_anyhow() -> None:
    bench = shut(at(10), a_list(approvals=(m.Approval(area="archive", person=1004, since=at(9), until=at(11)),)))
    bench.badge(CHEN_JIE)
    assert why(bench) == ["set"]


def test_an_approval_that_ends_sooner_than_an_hour_leaves_the_hour() -> None:
    bench = shut(SATURDAY, a_list(approvals=(replace(APPROVED[0], until=SATURDAY + 600_000),)))
    bench.badge(ZHANG_WEI)
    ((_, _, until),) = unset(bench)
    assert until is not None
    assert until - SATURDAY > 3_600_000


def test_where_one_is_enough_and_others_are_told_one_unsets_it() -> None:
    bench = shut(SATURDAY, a_list(TOLD))
    bench.badge(ZHANG_WEI)
    assert [(by, people) for by, people, _ in unset(bench)] == [("told", (1001,))]
    bench = shut(SATURDAY, a_list(TOLD))
    bench.badge(CHEN_JIE)
    assert (unset(bench), why(bench)) == ([], ["schedule"])


# ---------------------------------------------------------------- the clock and the list


def test_who_does_not_know_how_late_it_is_asks_for_two() -> None:
    bench = shut(at(10), trusted=False)
    bench.badge(ZHANG_WEI)
    assert (unset(bench), len(bench.told(m.FirstOfTwo))) == ([], 1)
    bench.run(3)
    bench.badge(LI_NA)
    assert [one[0] for one in unset(bench)] == ["two"]
    assert len(bench.told(m.Granted)) == 1, "who has unset it is let in, also without the time"


def test_who_does_not_know_how_late_it_is_goes_by_no_approval() -> None:
    bench = shut(at(10), a_list(approvals=(replace(APPROVED[0], since=at(9), until=at(15)),)), trusted=False)
    bench.badge(ZHANG_WEI)
    assert unset(bench) == []


def test_without_the_time_whoever_only_enters_is_refused_for_the_clock() -> None:
    bench = shut(at(10), trusted=False)
    bench.badge(CHEN_JIE)
    assert why(bench) == ["clock"]
    assert [one.part for one in bench.told(m.Fault)] == ["clock"]


@pytest.mark.parametrize("trusted", [True, False])
def test_by_a_list_that_has_expired_nobody_unsets_it_also_not_two(trusted: bool) -> None:
    bench = shut(at(10), a_list(expires=at(9)), trusted=trusted)
    bench.badge(ZHANG_WEI)
    bench.run(3)
    bench.badge(LI_NA)
    assert (unset(bench), why(bench)) == ([], ["list-expired", "list-expired"])


def test_a_grant_that_has_ended_unsets_nothing() -> None:
    ended = tuple(
        replace(one, grants=tuple(replace(grant, ends=at(9)) for grant in one.grants)) for one in a_list().holders
    )
    bench = shut(at(10), a_list(holders=ended))
    bench.badge(ZHANG_WEI)
    assert (unset(bench), why(bench)) == ([], ["ended"])


def test_a_new_list_counts_from_the_next_badge_on() -> None:
    bench = shut(at(10))
    fewer = replace(a_list(), version=4, holders=tuple(replace(one, opens=()) for one in a_list().holders))
    bench.order(fewer)
    bench.badge(ZHANG_WEI)
    assert (why(bench), stands(bench)) == (["set"], ("set", 4))


# ---------------------------------------------------------------- nobody enters


def test_whoever_unsets_it_and_does_not_go_in_has_it_set_again_without_an_alarm() -> None:
    bench = shut(at(10))
    bench.badge(ZHANG_WEI)
    bench.run(12)
    assert [(one.by, one.person, one.number) for one in bench.told(m.AreaSet)] == [("not-entered", 1001, 6)]
    assert stands(bench) == ("set", 6)
    assert not sounds(bench)
    assert bench.told(m.NotEntered)


def test_whoever_goes_in_has_it_unset_for_the_day() -> None:
    bench = shut(at(10))
    bench.badge(ZHANG_WEI)
    bench.open_and_close(CORRIDOR)
    bench.passes(3600, 10)
    assert stands(bench) == ("unset", 5)


def test_a_colleague_who_does_not_go_in_either_leaves_it_no_more_unset_than_before() -> None:
    bench = shut(at(10))
    bench.badge(ZHANG_WEI)
    bench.run(5)
    bench.badge(CHEN_JIE)
    bench.run(30)
    assert stands(bench) == ("set", 6)
    bench = shut(at(10))
    bench.badge(ZHANG_WEI)
    bench.run(5)
    bench.badge(CHEN_JIE)
    bench.run(5)
    bench.open_and_close(CORRIDOR)
    bench.run(30)
    assert stands(bench) == ("unset", 5), "and who does goes in by its right"


def test_what_was_left_open_is_so_still_when_nobody_goes_in() -> None:
    bench = shut(at(10), left_open=(WINDOW,))
    bench.badge(ZHANG_WEI)
    bench.run(12)
    assert [(one.by, one.left_open) for one in bench.told(m.AreaSet)] == [("not-entered", (WINDOW,))]
    assert not sounds(bench)


def test_whoever_is_not_let_in_again_on_a_later_day_sets_nothing() -> None:
    """What is set again is what that very badge has unset."""
    bench = in_use(at(10))
    bench.badge(ZHANG_WEI)
    bench.run(30)
    assert bench.told(m.NotEntered)
    assert stands(bench) == ("unset", 3)


# ---------------------------------------------------------------- nothing else unsets


@pytest.mark.parametrize("days", [1, 3])
def test_no_time_unsets_it(days: int) -> None:
    bench = shut(at(6))
    bench.passes(days * DAY / 1000, 600)
    assert (unset(bench), stands(bench)) == ([], ("set", 4))


@pytest.mark.parametrize(
    "order",
    [
        m.Guard(area="archive", state="unset", number=5),
        m.GuardAsked(area="archive", act="extend", person=1003),
        m.GuardAsked(area="archive", act="set", person=1003),
        m.Respond(area="archive", alarms=(1,)),
        m.SelfTest(seconds=1),
        a_list(version=9),
        replace(further(plan(), BUTTON), version=9),
    ],
)
def test_no_order_of_the_hub_unsets_it(order: m.OrderData) -> None:
    bench = shut(at(10))
    bench.order(order)
    bench.run(5)
    assert (unset(bench), stands(bench)) == ([], ("set", 4))


@pytest.mark.parametrize("port", ["r1", "r2"])
def test_a_badge_inside_unsets_nothing(port: str) -> None:
    bench = shut(at(10))
    bench.badge(ZHANG_WEI, port)
    assert bool(unset(bench)) == (port == "r1")


def test_a_round_of_openings_unsets_nothing() -> None:
    bench = shut(at(10))
    for place in (CORRIDOR, WINDOW, BUTTON):
        bench.open_and_close(place)
    assert (unset(bench), stands(bench)) == ([], ("set", 4))


# ---------------------------------------------------------------- while the siren sounds


def broken_into(wall: int) -> Bench:
    bench = shut(wall)
    assert opened(bench, WINDOW) == [4]
    assert sounds(bench)
    bench.close(WINDOW)
    bench.run(1)
    bench.forget()
    return bench


@pytest.mark.parametrize("number", [ZHANG_WEI, LI_NA, WANG_FANG])
def test_at_night_whoever_opens_or_attends_quiets_the_siren_and_it_stays_set(number: str) -> None:
    bench = broken_into(at(2))
    bench.badge(number)
    assert [one.person for one in bench.told(m.Attended)] == [{ZHANG_WEI: 1001, LI_NA: 1002, WANG_FANG: 1003}[number]]
    assert not sounds(bench)
    assert (unset(bench), stands(bench)) == ([], ("set", 4))
    assert why(bench) == []


@pytest.mark.parametrize("number", [CHEN_JIE, CLEANER, STRANGER])
def test_nobody_else_quiets_it(number: str) -> None:
    bench = broken_into(at(2))
    bench.badge(number)
    assert (bench.told(m.Attended), sounds(bench)) == ([], True)


def test_two_who_come_at_night_quiet_it_with_the_first_badge_and_unset_it_with_the_second() -> None:
    bench = broken_into(at(2))
    bench.badge(ZHANG_WEI)
    bench.run(3)
    bench.badge(LI_NA)
    assert [one.person for one in bench.told(m.Attended)] == [1001]
    assert [(by, people) for by, people, _ in unset(bench)] == [("two", (1001, 1002))]


def test_by_day_who_unsets_it_has_attended_to_the_siren() -> None:
    bench = broken_into(at(10))
    bench.badge(ZHANG_WEI)
    told = [m.kind_of(one) for one in bench.told(m.Attended, m.AreaUnset, m.Granted)]
    assert told == ["attended", "area-unset", "granted"]
    assert not sounds(bench)


def test_whoever_is_quieted_sounds_again_at_the_next_opening() -> None:
    bench = broken_into(at(2))
    bench.badge(WANG_FANG)
    assert not sounds(bench)
    opened(bench, "archive/cabinet-1")
    assert sounds(bench)


# ---------------------------------------------------------------- refused again and again


def refused(bench: Bench, number: str, times: int, between: float = 3) -> None:
    for _ in range(times):
        bench.badge(number)
        bench.run(between)


def test_the_fifth_time_a_wrong_badge_is_refused_its_reader_is_deaf_for_it_a_minute_then_five_then_a_quarter() -> None:
    bench = in_use(at(10))
    told: list[int] = []
    for seconds in (60, 300, 900, 900):
        refused(bench, STRANGER, 5)
        told += [one.seconds for one in bench.told(m.ReaderDeaf)]
        bench.forget()
        refused(bench, STRANGER, 2)
        assert bench.told(m.Denied) == [], "not even told"
        assert ReaderShows("r1", "denied") in bench.effects
        bench.passes(seconds, 10)
    assert told == [60, 300, 900, 900]


def test_a_reader_that_is_deaf_for_one_badge_hears_every_other() -> None:
    bench = shut(at(10))
    refused(bench, STRANGER, 6)
    assert len(bench.told(m.ReaderDeaf)) == 1
    bench.badge(ZHANG_WEI)
    assert stands(bench) == ("unset", 5)


@pytest.mark.parametrize("number", [CHEN_JIE])
def test_who_only_waits_for_a_colleague_has_tried_no_wrong_badge(number: str) -> None:
    bench = shut(at(10))
    refused(bench, number, 8)
    assert (len(why(bench)), bench.told(m.ReaderDeaf)) == (8, [])


def test_an_hour_later_it_begins_anew_and_so_it_does_with_a_badge_that_is_right() -> None:
    bench = in_use(at(9))
    refused(bench, STRANGER, 4)
    bench.passes(3601, 60)
    refused(bench, STRANGER, 4)
    assert bench.told(m.ReaderDeaf) == []
    refused(bench, STRANGER, 1)
    assert len(bench.told(m.ReaderDeaf)) == 1
