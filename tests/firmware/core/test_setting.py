"""How an area is set: by whom, by which act, by the hour; what puts it off, and what does not."""

from __future__ import annotations

from itertools import product
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from firmware.core import set_area
from firmware.core.effects import Effect, ReaderShows
from firmware.core.set_area import ByTime, ClosingUp, Phase
from firmware.core.set_area import Inside as Counted
from tests.firmware.core import cast
from tests.firmware.core.cast import (
    CHEN_JIE,
    DOORS,
    LI_NA,
    STRANGER,
    WANG_FANG,
    ZHANG_WEI,
    Bench,
    credential,
    further,
    sounds,
)
from tests.firmware.core.office import (
    BUTTON,
    CABINET,
    CLEANER,
    CORRIDOR,
    GUARDING,
    WINDOW,
    a_list,
    at,
    in_use,
    opened,
    sets_it,
    shut,
    stands,
    twice,
    why,
)
from wire import messages as m

ASKED = m.GuardAsked(area="archive", act="set", person=1003)
STAYS = m.GuardAsked(area="archive", act="extend", person=1003)
SEAL = "archive/corridor-seal"


def was_set(bench: Bench) -> list[tuple[str, int | None]]:
    """By what it was set, and by whom."""
    return [(one.by, one.person) for one in bench.told(m.AreaSet)]


def somebody_inside(bench: Bench, number: str = CHEN_JIE) -> None:
    """Somebody goes in, and is taken to be there."""
    bench.badge(number)
    for door in DOORS:
        bench.open_and_close(door, 0.5)
    bench.run(12)
    assert bench.told(m.Entered)
    bench.forget()


# ---------------------------------------------------------------- every row of closing up


def closing_up(open_: bool, inside: Counted) -> str:
    bench = in_use(at(17))
    if inside != "nobody":
        somebody_inside(bench)
    if inside == "told":
        twice(bench, ZHANG_WEI)
        bench.run(3)
        bench.forget()
    if open_:
        bench.open(WINDOW)
    twice(bench, ZHANG_WEI)
    refused = bench.told(m.SetRefused)
    if refused:
        assert len(refused) == 1
        return "inside" if refused[0].inside else "points" if refused[0].points else "neither"
    bench.passes(31)
    assert was_set(bench) == [("badge", 1001)]
    return "begin"


ROWS = list(product((False, True), get_args(Counted)))


@pytest.mark.parametrize("row", ROWS)
def test_every_row_of_closing_up(row: Any) -> None:
    assert closing_up(*row) == set_area.CLOSING_UP[row]


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("other", get_args(ClosingUp))
def test_a_row_of_closing_up_that_leads_elsewhere_is_found(
    row: Any, other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = set_area.CLOSING_UP[row]
    if other != right:
        monkeypatch.setitem(set_area.CLOSING_UP, row, other)
        with pytest.raises(AssertionError):
            assert closing_up(*row) == right


# ---------------------------------------------------------------- by which act


@pytest.mark.parametrize("seconds", [2.1, 4, 10])
@pytest.mark.parametrize("number", [ZHANG_WEI, CHEN_JIE])
def test_whoever_has_a_grant_sets_it_by_a_badge_shown_twice(number: str, seconds: float) -> None:
    bench = in_use(at(17, 20))
    twice(bench, number, seconds)
    person = 1001 if number == ZHANG_WEI else 1004
    assert bench.told(m.Setting) == [
        m.Setting(area="archive", reader="archive/reader", credential=credential(number), person=person, seconds=30)
    ]
    assert stands(bench) == ("unset", 3)
    bench.run(29.5)
    assert stands(bench) == ("unset", 3)
    bench.run(0.6)
    assert was_set(bench) == [("badge", person)]
    assert stands(bench) == ("set", 4)


@pytest.mark.parametrize("seconds", [1, 10.2, 60])
def test_twice_too_soon_or_too_late_is_not_twice(seconds: float) -> None:
    bench = in_use(at(17))
    twice(bench, ZHANG_WEI, seconds)
    bench.passes(40)
    assert (bench.told(m.Setting), stands(bench)) == ([], ("unset", 3))


def test_two_badges_of_two_people_are_not_one_twice() -> None:
    bench = in_use(at(17))
    bench.badge(ZHANG_WEI)
    bench.run(3)
    bench.badge(CHEN_JIE)
    assert bench.told(m.Setting) == []
    bench.run(3)
    bench.badge(ZHANG_WEI)
    assert bench.told(m.Setting) == []


def test_who_goes_in_between_does_not_close_up() -> None:
    bench = in_use(at(17))
    bench.badge(ZHANG_WEI)
    bench.open_and_close(CORRIDOR)
    bench.run(3)
    bench.badge(ZHANG_WEI)
    assert bench.told(m.Setting) == []


def test_a_badge_inside_closes_nothing_up() -> None:
    bench = in_use(at(17))
    for port in ("r2", "r2"):
        bench.badge(ZHANG_WEI, port)
        bench.run(4)
    bench.badge(ZHANG_WEI)
    assert bench.told(m.Setting) == []


@pytest.mark.parametrize("hour", [at(19), at(5), at(3, day=5)])
def test_closing_up_is_refused_to_nobody_for_the_hour(hour: int) -> None:
    bench = in_use(hour, since=hour - 600_000)
    twice(bench, CHEN_JIE)
    bench.passes(31)
    assert why(bench) == ["schedule"]
    assert was_set(bench) == [("badge", 1004)]


def test_closing_up_is_refused_to_nobody_for_the_clock_or_an_old_list() -> None:
    for bench in (in_use(at(17), trusted=False), in_use(at(17), a_list(expires=at(9)))):
        sets_it(bench, CHEN_JIE)


def test_a_badge_that_has_closed_up_was_no_wrong_one() -> None:
    bench = in_use(at(19), since=at(18, 50))
    bench.open(WINDOW)
    for _ in range(8):
        twice(bench, CHEN_JIE)
        bench.run(3)
    assert len(bench.told(m.SetRefused)) == 8
    assert bench.told(m.ReaderDeaf) == []


@pytest.mark.parametrize("number", [WANG_FANG, STRANGER])
def test_who_has_no_grant_closes_nothing_up(number: str) -> None:
    bench = in_use(at(17))
    twice(bench, number)
    bench.open_and_close(BUTTON, 0.3)
    bench.passes(31)
    assert (bench.told(m.Setting), stands(bench)) == ([], ("unset", 3))


def test_who_had_a_grant_closes_nothing_up() -> None:
    had = tuple(
        replace(one, grants=tuple(replace(grant, ends=at(9)) for grant in one.grants)) for one in a_list().holders
    )
    bench = in_use(at(17), a_list(holders=had))
    twice(bench, CHEN_JIE)
    assert bench.told(m.Setting) == []


@pytest.mark.parametrize(("seconds", "counts"), [(1, True), (9.7, True), (10.2, False)])
def test_the_button_closes_up_for_whoever_has_just_shown_a_badge(seconds: float, counts: bool) -> None:
    bench = in_use(at(17))
    bench.badge(CHEN_JIE)
    bench.run(seconds - 0.1)
    bench.open_and_close(BUTTON, 0.3)
    assert len(bench.told(m.Setting)) == counts
    bench.passes(31)
    assert was_set(bench) == ([("button", 1004)] if counts else [])


def test_the_button_alone_closes_nothing_up() -> None:
    bench = in_use(at(17))
    bench.open_and_close(BUTTON, 0.3)
    bench.run(3)
    bench.badge(CHEN_JIE)
    assert bench.told(m.Setting) == []


def test_an_officer_sets_it_from_the_console_and_one_is_enough() -> None:
    bench = in_use(at(11))
    bench.order(ASKED)
    bench.passes(31)
    assert was_set(bench) == [("console", 1003)]


def test_what_is_set_or_sealed_is_not_set_from_the_console_again() -> None:
    bench = shut(at(11))
    bench.order(ASKED)
    bench.order(STAYS)
    bench.passes(31)
    assert (was_set(bench), stands(bench), bench.told(m.SetExtended)) == ([], ("set", 4), [])


def test_an_officer_who_asks_again_does_not_put_it_off() -> None:
    bench = in_use(at(11))
    bench.order(ASKED)
    bench.run(20)
    bench.order(ASKED)
    bench.run(10.5)
    assert was_set(bench) == [("console", 1003)]


# ---------------------------------------------------------------- the half minute


def shown(effects: list[Effect], *answers: str) -> list[str]:
    return [one.answer for one in effects if isinstance(one, ReaderShows) and one.answer in answers]


def test_green_blinks_each_second_for_half_a_minute_and_then_there_is_a_long_tone() -> None:
    bench = in_use(at(17))
    twice(bench, ZHANG_WEI)
    bench.run(31)
    told = shown(bench.effects, "setting", "set", "off")
    assert 26 <= told.count("setting") <= 31
    assert told.count("set") == 1
    last = [one.answer for one in bench.effects if isinstance(one, ReaderShows)][-1]
    assert last == "set", "it is heard to its end"
    bench.run(2)
    assert [one.answer for one in bench.effects if isinstance(one, ReaderShows)][-1] == "off"


@pytest.mark.parametrize("door", DOORS)
def test_whoever_only_fought_a_stuck_door_opens_it_and_it_is_not_set(door: str) -> None:
    bench = in_use(at(11))
    twice(bench, ZHANG_WEI)
    bench.run(20)
    assert opened(bench, door) == [None]
    bench.close(door)
    bench.passes(60)
    assert bench.told(m.SetCancelled) == [m.SetCancelled(area="archive", person=1001)]
    assert (was_set(bench), bench.told(m.SetExtended), sounds(bench)) == ([], [], False)
    assert bool(bench.told(m.Forced)) == (door != CORRIDOR), "what is on the way may be opened in turn"


def test_the_half_minute_shows_nothing_any_more_once_it_is_cancelled() -> None:
    bench = in_use(at(11))
    twice(bench, ZHANG_WEI)
    bench.run(5)
    bench.open_and_close(CORRIDOR)
    bench.run(1)
    bench.forget()
    bench.run(30)
    assert shown(bench.effects, "setting", "set") == []


@pytest.mark.parametrize("place", [WINDOW, CABINET])
def test_what_is_opened_in_the_half_minute_and_left_so_refuses_it_in_the_end(place: str) -> None:
    bench = in_use(at(17))
    twice(bench, ZHANG_WEI)
    bench.run(10)
    bench.open(place)
    bench.passes(25)
    assert bench.told(m.SetRefused) == [m.SetRefused(area="archive", person=1001, points=(place,))]
    assert "not-set" in bench.shown()
    assert stands(bench) == ("unset", 3)


def test_who_closes_up_while_somebody_does_is_heard_once() -> None:
    bench = in_use(at(17))
    twice(bench, ZHANG_WEI)
    bench.run(3)
    twice(bench, CHEN_JIE)
    bench.passes(31)
    assert (was_set(bench), len(bench.told(m.Setting))) == ([("badge", 1001)], 1)


# ---------------------------------------------------------------- refused


def test_a_seal_that_is_not_on_hinders_nothing_and_is_guarded_from_when_it_is() -> None:
    bench = in_use(at(17))
    bench.open(SEAL)
    twice(bench, ZHANG_WEI)
    bench.passes(40)
    assert was_set(bench) == [("badge", 1001)]
    bench.close(SEAL)
    bench.forget()
    bench.open(SEAL)
    (seen,) = bench.told(m.LevelChanged)
    assert seen.guard == stands(bench)[1]


@pytest.mark.parametrize("place", [WINDOW, CABINET, CORRIDOR])
def test_what_is_open_is_named_and_it_is_not_set(place: str) -> None:
    bench = in_use(at(17))
    bench.open(place)
    twice(bench, ZHANG_WEI)
    bench.passes(40)
    assert bench.told(m.SetRefused) == [m.SetRefused(area="archive", person=1001, points=(place,))]
    assert shown(bench.effects, "not-set", "inside", "set") == ["not-set"]
    assert stands(bench) == ("unset", 3)


def test_all_that_is_open_is_named_and_a_pressed_button_is_not() -> None:
    bench = in_use(at(17))
    for place in (WINDOW, CABINET, "archive/exit-button"):
        bench.open(place)
    twice(bench, ZHANG_WEI)
    assert bench.told(m.SetRefused)[0].points == (WINDOW, CABINET)


def test_whoever_was_told_of_people_inside_and_insists_within_a_minute_knows_better_and_nobody_is_in() -> None:
    bench = in_use(at(17))
    somebody_inside(bench)
    twice(bench, ZHANG_WEI)
    assert bench.told(m.SetRefused) == [m.SetRefused(area="archive", person=1001, inside=1)]
    assert shown(bench.effects, "inside", "not-set") == ["inside"]
    bench.run(20)
    sets_it(bench)
    assert [(one.inside, one.left_open) for one in bench.told(m.AreaSet)] == [(1, ())]
    assert bench.told(m.Emptied) == [m.Emptied(area="archive", why="set")]


@pytest.mark.parametrize("how", ["a minute later", "somebody else"])
def test_whoever_insists_later_or_was_not_told_is_told_again(how: str) -> None:
    bench = in_use(at(17))
    somebody_inside(bench)
    twice(bench, ZHANG_WEI)
    bench.run(61 if how == "a minute later" else 3)
    twice(bench, ZHANG_WEI if how == "a minute later" else LI_NA)
    bench.passes(40)
    assert ([one.inside for one in bench.told(m.SetRefused)], stands(bench)) == ([1, 1], ("unset", 3))


# ---------------------------------------------------------------- every row of what the hour does


def by_time(phase: Phase, well: bool) -> str:
    """The office closed at 17:30. The node was busy until this phase of it, and then looks what time it is."""
    bench = in_use(at(17, 20))
    if not well:
        bench.open(WINDOW)
    minute = {"early": 33, "warned": 40, "due": 46, "last": 91}[phase]
    bench.passes((minute - 20) * 60, (minute - 20) * 60)
    if stands(bench)[0] == "set":
        return "set"
    if bench.told(m.NotSet):
        return "tell"
    return "warn" if shown(bench.effects, "closing") else "nothing"


TIMES = list(product(get_args(Phase), (True, False)))


def _same(answer: ByTime) -> str:
    return "set" if answer == "set-anyway" else answer


@pytest.mark.parametrize("row", TIMES)
def test_every_row_of_what_the_hour_does(row: Any) -> None:
    assert by_time(*row) == _same(set_area.BY_TIME[row])


@pytest.mark.parametrize("row", TIMES)
@pytest.mark.parametrize("other", ["nothing", "warn", "set", "tell"])
def test_a_row_of_what_the_hour_does_that_leads_elsewhere_is_found(
    row: Any, other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = _same(set_area.BY_TIME[row])
    if other != right:
        monkeypatch.setitem(set_area.BY_TIME, row, other)
        assert by_time(*row) != right


# ---------------------------------------------------------------- by the hour


def set_at(bench: Bench, hours: float, step: float = 30) -> int | None:
    """Minutes of the local day at which it is set in these hours, if it is."""
    end = bench.mono + round(hours * 3_600_000)
    while bench.mono < end:
        bench.passes(step, step)
        if stands(bench)[0] == "set":
            return (bench.node.wall(bench.now)[0] // 60_000 + 480) % 1440
    return None


def test_a_quarter_of_an_hour_after_the_office_has_closed_it_sets_itself() -> None:
    bench = in_use(at(16))
    assert set_at(bench, 8) == 17 * 60 + 45
    assert was_set(bench) == [("time", None)]
    assert [one.left_open for one in bench.told(m.AreaSet)] == [()]


@pytest.mark.parametrize(("close", "minute"), [(0, 1050), (5, 1055), (15, 1065), (60, 1110)])
def test_how_long_after_is_what_the_list_says(close: int, minute: int) -> None:
    assert set_at(in_use(at(16), a_list(replace(GUARDING, close=close))), 8) == minute


def test_later_hours_do_not_shift_it() -> None:
    hours = tuple(replace(one, end=1320) for one in GUARDING.hours)
    assert set_at(in_use(at(16), a_list(replace(GUARDING, hours=hours))), 8) == 1065


@pytest.mark.parametrize("hour", [(7, 35), (8, 0), (9, 0), (12, 30), (17, 0)])
def test_neither_in_the_morning_nor_over_lunch_does_it_set_itself(hour: tuple[int, int]) -> None:
    bench = in_use(at(*hour), since=at(7, 31))
    assert set_at(bench, (17.5 * 60 - hour[0] * 60 - hour[1]) / 60, 300) is None
    assert shown(bench.effects, "closing") == []


def test_the_reader_warns_each_minute_from_ten_minutes_before() -> None:
    bench = in_use(at(17, 33))
    bench.passes(13 * 60, 1)
    assert 9 <= len(shown(bench.effects, "closing")) <= 11
    assert was_set(bench) == [("time", None)]


@pytest.mark.parametrize("how", ["open", "inside"])
def test_if_something_is_open_or_somebody_is_in_it_is_told_once_and_set_an_hour_after_the_close(how: str) -> None:
    bench = in_use(at(17, 20))
    if how == "open":
        bench.open(WINDOW)
    else:
        somebody_inside(bench)
    assert set_at(bench, 8) == 18 * 60 + 30
    points = (WINDOW,) if how == "open" else ()
    inside = int(how == "inside")
    assert bench.told(m.NotSet) == [m.NotSet(area="archive", points=points, inside=inside)]
    assert [(one.by, one.left_open, one.inside) for one in bench.told(m.AreaSet)] == [("time", points, inside)]
    assert 53 <= len(shown(bench.effects, "closing")) <= 56, "and each minute the reader says so"


def test_once_all_is_shut_it_sets_itself_at_once() -> None:
    bench = in_use(at(17, 20))
    bench.open(WINDOW)
    assert set_at(bench, 0.7) is None
    bench.close(WINDOW)
    bench.passes(2)
    assert (was_set(bench), stands(bench)) == ([("time", None)], ("set", 4))


def test_a_make_up_saturday_ends_as_monday_does_and_a_holiday_as_no_day_of_work() -> None:
    saturday = in_use(at(9, day=5), a_list(days={"2026-09-26": "worked"}), since=at(8, day=5))
    assert set_at(saturday, 12) == 1065
    assert len(saturday.told(m.NotSet)) == 0
    holiday = in_use(at(9), a_list(days={"2026-09-21": "off"}), since=at(8, 30))
    assert set_at(holiday, 12) == 9 * 60 + 30


def test_a_weekend_without_a_calendar_is_no_day_of_work() -> None:
    bench = in_use(at(10, day=5), since=at(10, day=5) - 60_000)
    assert set_at(bench, 12) == 10 * 60 + 59


def test_out_of_hours_it_sets_itself_an_hour_after_the_last_badge() -> None:
    bench = in_use(at(10, day=5), since=at(9, 59, day=5))
    bench.passes(40 * 60, 30)
    bench.badge(LI_NA)
    bench.open_and_close(CORRIDOR)
    assert set_at(bench, 12) == 11 * 60 + 40


def test_it_is_set_over_midnight_too() -> None:
    bench = in_use(at(23, 40), since=at(23, 30))
    assert set_at(bench, 3) == 30


def test_an_office_that_closes_at_midnight_is_set_after_it() -> None:
    late = (m.Window(days=(0, 1, 2, 3, 4, 5, 6), start=510, end=1440),)
    assert set_at(in_use(at(22), a_list(replace(GUARDING, office=late, hours=late))), 3) == 15


def test_a_week_without_a_close_behind_it_is_no_week_in_use() -> None:
    """The node was off, or all those days were holidays."""
    bench = in_use(at(12, day=12), since=at(8), trusted_wall=at(12, day=12))
    assert stands(bench)[0] == "set"


def test_without_the_time_it_is_set_an_hour_after_it_was_unset() -> None:
    bench = in_use(at(10), since=at(9, 55), trusted=False)
    assert set_at(bench, 2) == 10 * 60 + 55


@pytest.mark.parametrize("place", [WINDOW, CABINET])
def test_a_point_that_was_left_open_is_guarded_from_the_moment_it_is_normal(place: str) -> None:
    bench = in_use(at(17, 20))
    bench.open(place)
    assert set_at(bench, 2) == 18 * 60 + 30
    assert not sounds(bench)
    bench.set(place, "short")
    bench.set(place, "active")
    bench.close(place)
    bench.run(1)
    assert [one.guard for one in bench.told(m.LevelChanged)] == [None] * len(bench.told(m.LevelChanged))
    assert not sounds(bench)
    assert opened(bench, place) == [4]
    assert sounds(bench)


def test_what_was_left_open_alone_is_not_guarded() -> None:
    bench = shut(at(20), left_open=(WINDOW,))
    assert opened(bench, CABINET) == [4]


# ---------------------------------------------------------------- somebody stays


def stays(bench: Bench, number: str = ZHANG_WEI) -> None:
    """A badge twice, and a door opened after it."""
    twice(bench, number)
    bench.run(3)
    for door in DOORS:
        bench.open_and_close(door, 0.5)
    bench.run(12)


def until(bench: Bench) -> list[int]:
    return [one.until for one in bench.told(m.SetExtended)]


@pytest.mark.parametrize(("hour", "ends"), [((16, 31), (19, 30)), ((17, 10), (19, 30)), ((17, 40), (19, 40))])
def test_from_an_hour_before_the_close_somebody_says_so_by_a_badge_twice_and_going_in(
    hour: tuple[int, int], ends: tuple[int, int]
) -> None:
    bench = in_use(at(*hour))
    stays(bench)
    ((until_,),) = (until(bench),)
    assert 0 <= until_ - at(*ends) < 60_000
    assert bench.told(m.SetExtended)[0].by == "badge"
    assert (bench.told(m.SetCancelled), bench.told(m.Forced)) == ([], [])
    assert set_at(bench, 8) == ends[0] * 60 + ends[1]


def test_again_and_again() -> None:
    bench = in_use(at(17, 0))
    for _ in range(2):
        stays(bench)
        bench.run(60)
        twice(bench, ZHANG_WEI)  # who goes out again, so that nobody is taken to be in
        bench.open_and_close("archive/exit-button", 0.3)
        for door in reversed(DOORS):
            bench.open_and_close(door, 0.5)
        bench.run(30)
    assert until(bench)[:2] == [at(19, 30), at(21, 30)]


@pytest.mark.parametrize("hour", [(7, 45), (9, 0), (12, 30), (16, 20)])
def test_sooner_a_stuck_door_is_no_overtime(hour: tuple[int, int]) -> None:
    bench = in_use(at(*hour), since=at(7, 31))
    stays(bench)
    assert (until(bench), len(bench.told(m.SetCancelled))) == ([], 1)


@pytest.mark.parametrize("hour", [at(5), at(22), at(10, day=5)])
def test_out_of_hours_somebody_says_so_at_any_time(hour: int) -> None:
    bench = in_use(hour, since=hour - 600_000)
    stays(bench)
    assert len(until(bench)) == 1


def test_who_stays_does_so_whoever_is_taken_to_be_inside_and_sees_that_it_counts() -> None:
    bench = in_use(at(17, 10))
    somebody_inside(bench)
    twice(bench, ZHANG_WEI)
    bench.run(3)
    bench.forget()
    bench.open_and_close(CORRIDOR)
    assert (until(bench), shown(bench.effects, "counted")) == ([at(19, 30)], ["counted"])


def test_who_stays_does_so_whatever_they_have_open() -> None:
    bench = in_use(at(17, 10))
    bench.open(WINDOW)
    twice(bench, ZHANG_WEI)
    bench.run(3)
    bench.open_and_close(CORRIDOR)
    assert until(bench) == [at(19, 30)]


@pytest.mark.parametrize("number", [CHEN_JIE, CLEANER])
def test_only_who_unsets_it_may_say_so(number: str) -> None:
    bench = in_use(at(17, 20))
    stays(bench, number)
    assert (until(bench), len(bench.told(m.SetCancelled))) == ([], 1)


def test_a_door_that_is_forced_extends_nothing() -> None:
    bench = in_use(at(17, 20))
    twice(bench, ZHANG_WEI)
    bench.run(3)
    bench.open_and_close("archive/security-door")
    assert (until(bench), len(bench.told(m.Forced))) == ([], 1)


def test_an_officer_at_the_console_says_so_at_any_hour() -> None:
    bench = in_use(at(11))
    bench.order(STAYS)
    bench.order(STAYS)
    assert [(one.by, one.until, one.person) for one in bench.told(m.SetExtended)] == [
        ("console", at(19, 30), 1003),
        ("console", at(21, 30), 1003),
    ]
    assert set_at(bench, 14, 60) == 21 * 60 + 30


def test_after_an_extension_it_is_told_again_that_it_is_not_set() -> None:
    bench = in_use(at(17, 20))
    bench.open(WINDOW)
    bench.passes(31 * 60, 30)
    bench.order(STAYS)
    assert set_at(bench, 1.9) is None
    bench.badge(ZHANG_WEI)  # out of hours by then: who comes has an hour
    assert set_at(bench, 8) == 20 * 60 + 45
    assert len(bench.told(m.NotSet)) == 1


def test_what_two_have_unset_out_of_hours_is_theirs_for_an_hour_or_as_long_as_was_approved() -> None:
    bench = shut(at(10, day=5))
    bench.badge(ZHANG_WEI)
    bench.run(3)
    bench.badge(LI_NA)
    bench.open_and_close(CORRIDOR)
    assert set_at(bench, 12) == 11 * 60
    approval = m.Approval(area="archive", person=1001, since=at(9, day=5), until=at(15, day=5))
    bench = shut(at(10, day=5), a_list(approvals=(approval,)))
    bench.badge(ZHANG_WEI)
    bench.open_and_close(CORRIDOR)
    assert set_at(bench, 12) == 15 * 60


# ---------------------------------------------------------------- a clock that is put right


@pytest.mark.parametrize("ahead", [365, 2])
def test_a_clock_that_was_ahead_puts_nothing_off_for_ever(ahead: int) -> None:
    """Somebody unset it, or said that they stay, by a clock that was days ahead and is set back."""
    stands_ = in_use(at(16), since=at(16, day=ahead), until=at(18, day=ahead))
    assert set_at(stands_, 26, 60) is not None


def test_a_node_that_finds_itself_in_use_at_night_sets_itself() -> None:
    bench = in_use(at(3, day=1), since=at(8))
    assert stands(bench) == ("set", 4)


# ---------------------------------------------------------------- numbers


def test_each_change_takes_the_next_number() -> None:
    bench = in_use(at(16))
    sets_it(bench)
    bench.badge(ZHANG_WEI)
    bench.open_and_close(CORRIDOR)
    bench.run(12)
    sets_it(bench)
    numbers = [one.number for one in bench.told(m.Data) if isinstance(one, m.AreaSet | m.AreaUnset)]
    assert numbers == [4, 5, 6]
    again = bench.rebooted()
    again.run(3)
    assert stands(again) == ("set", 6)


def test_tailgating_neither_prevents_the_hour_nor_unsets_anything() -> None:
    """Two go in on one badge, and leave by one opening each: nothing of it matters to what is set."""
    free = further(cast.plan("free"), BUTTON)
    bench = in_use(at(16), plan=free)
    bench.badge(CHEN_JIE)
    for door in DOORS:
        bench.open_and_close(door, 0.5)
    bench.run(20)
    for _ in range(2):
        for door in reversed(DOORS):
            bench.open_and_close(door, 0.5)
        bench.run(70)
    assert set_at(bench, 8) == 1065


def test_two_who_leave_by_one_opening_put_it_off_and_do_not_prevent_it() -> None:
    free = further(cast.plan("free"), BUTTON)
    bench = in_use(at(16), plan=free)
    for number in (CHEN_JIE, LI_NA):
        bench.badge(number)
        for door in DOORS:
            bench.open_and_close(door, 0.5)
        bench.run(20)
    for door in reversed(DOORS):
        bench.open_and_close(door, 0.5)
    bench.run(70)
    assert set_at(bench, 8) == 18 * 60 + 30
    assert [one.inside for one in bench.told(m.NotSet)] == [1]
