"""Odd but honest days disturb nobody, and in the middle of them whoever has no right is found out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from tests.sim.clockwork import HOUR, MINUTE, SECOND, Script
from tests.sim.test_year import disturbed
from tests.sim.year import OPENERS, Year, at
from tests.support.paper import LIU_YANG
from wire import messages as m

FRIDAY, SATURDAY, MONDAY, TUESDAY = date(2026, 3, 6), date(2026, 3, 7), date(2026, 3, 9), date(2026, 3, 10)


class OddDays(Year):
    """From Friday to Tuesday: areas are opened up and closed up, and else nothing happens but what a test plants."""

    late: frozenset[date] = frozenset()
    """Days on which somebody stays in the archive."""

    def _work(self, *_: object) -> None:
        pass

    def _after_hours(self, day: date) -> None:
        if not self._off(day):
            for area, people in OPENERS.items():
                late = area == "archive" and day in self.late
                self.world.start(self.people.close_up(area, people[0]), at(day, 18.2 if late else 17.6))
            self._ticks(at(day, 17.5), at(day, 20))

    def _mishaps(self, *_: object) -> None:
        pass


def odd_days() -> OddDays:
    return OddDays(3, FRIDAY, TUESDAY)


def moves(year: Year, day: date, hour: float, place: str, is_open: bool) -> None:
    year.world.at(at(day, hour), lambda: year.people.move(place, is_open))


def comes(year: Year, day: date, hour: float, person: int = 1001, area: str = "archive") -> None:
    year.world.start(year.people.enter(area, person), at(day, hour))


def stays(year: OddDays, day: date, hour: float, person: int = 1001, area: str = "archive") -> None:
    """Goes out, says at the reader that it will be late, and goes on."""
    year.late |= {day}
    goes(year, day, hour - 0.05, area)
    year.world.start(year.people.stay(area, person), at(day, hour))


def goes(year: Year, day: date, hour: float, area: str = "archive") -> None:
    year.world.start(year.people.leave(area), at(day, hour))


def hub_away(year: Year, day: date, hour: float, hours: float) -> None:
    year.world.start(year.hub_restarts(int(hours * HOUR)), at(day, hour))


def power_away(year: Year, day: date, hour: float, hours: float) -> None:
    """Everywhere; the nodes are back one after the other, and the hub after them."""
    for number, node in enumerate(year.house.nodes.values()):
        year.world.at(at(day, hour) + number * 100, node.stop)
        year.world.at(at(day, hour + hours) + number * 3 * SECOND, node.boot)
    year.world.at(at(day, hour), year.house.stop)
    year.world.at(at(day, hour + hours) + 8 * SECOND, year.house.start)


# ---------------------------------------------------------------- honest days


def somebody_works_all_afternoon_and_puts_things_away(year: OddDays) -> None:
    comes(year, MONDAY, 14)
    moves(year, MONDAY, 14.1, "archive/cabinet-1", True)
    moves(year, MONDAY, 16.9, "archive/cabinet-1", False)
    stays(year, MONDAY, 17)
    moves(year, MONDAY, 17.1, "archive/cabinet-1", True)
    moves(year, MONDAY, 17.6, "archive/cabinet-1", False)
    moves(year, MONDAY, 17.61, "archive/cabinet-2", True)
    moves(year, MONDAY, 17.7, "archive/cabinet-2", False)
    goes(year, MONDAY, 17.8)


def cleaners_come_before_everybody(year: OddDays) -> None:
    year.world.start(year.people.visit("archive", 1002, 5 * MINUTE, held=25), at(TUESDAY, 7.52))


def the_hub_is_away_from_friday_to_a_saturday_on_which_people_work(year: OddDays) -> None:
    since = at(SATURDAY, 9.5)
    allowed = m.UnsettingAllowed(area="archive", person=1001, since=since, until=since + 2 * HOUR, cause="加班")
    year.world.at(at(FRIDAY, 16), lambda: year.house.paper.asks(LIU_YANG, allowed))
    hub_away(year, FRIDAY, 18.5, 20)
    year.world.start(year.people.visit("archive", 1001, 40 * MINUTE), at(SATURDAY, 10))


def the_power_is_away_over_lunch_with_somebody_inside(year: OddDays) -> None:
    comes(year, MONDAY, 11.8)
    moves(year, MONDAY, 11.85, "archive/cabinet-1", True)
    power_away(year, MONDAY, 12.1, 0.8)
    moves(year, MONDAY, 12.4, "archive/cabinet-1", False)
    goes(year, MONDAY, 12.5)
    year.world.start(year.people.visit("archive", 1001, 10 * MINUTE), at(MONDAY, 13.6))


def the_power_is_away_over_closing_time_with_a_cabinet_open(year: OddDays) -> None:
    comes(year, MONDAY, 16)
    stays(year, MONDAY, 17)
    moves(year, MONDAY, 17.1, "archive/cabinet-1", True)
    power_away(year, MONDAY, 17.2, 0.6)
    moves(year, MONDAY, 17.9, "archive/cabinet-1", False)
    goes(year, MONDAY, 18)


def a_visitor_is_let_in_by_the_button(year: OddDays) -> None:
    comes(year, MONDAY, 10, 1002, "cipher-room")

    def visitor() -> Script:
        for _ in range(3):
            yield from year.people.leave("cipher-room")
            yield 10 * MINUTE

    year.world.start(visitor(), at(MONDAY, 10.1))


@pytest.mark.parametrize(
    "days",
    [
        somebody_works_all_afternoon_and_puts_things_away,
        cleaners_come_before_everybody,
        the_hub_is_away_from_friday_to_a_saturday_on_which_people_work,
        the_power_is_away_over_lunch_with_somebody_inside,
        the_power_is_away_over_closing_time_with_a_cabinet_open,
        a_visitor_is_let_in_by_the_button,
    ],
)
def test_odd_but_honest_days_disturb_nobody(days: Callable[[OddDays], None]) -> None:
    year = odd_days()
    days(year)
    assert disturbed(year.pass_by()) == []


# ---------------------------------------------------------------- and who has no right


def nothing_else(_year: OddDays) -> None:
    pass


def with_the_cable_out(year: OddDays) -> None:
    for node in year.house.nodes.values():
        year.world.at(at(TUESDAY, 1.9), node.cut)
        year.world.at(at(TUESDAY, 2.6), node.connect)


def with_the_hub_away(year: OddDays) -> None:
    hub_away(year, TUESDAY, 1.5, 1)


def after_a_long_day(year: OddDays) -> None:
    somebody_works_all_afternoon_and_puts_things_away(year)


DAYS = (nothing_else, with_the_cable_out, with_the_hub_away, after_a_long_day)
BREAK_INS = (
    ("archive/security-window", "opened-while-set"),
    ("archive/cabinet-3", "opened-while-set"),
    ("cipher-room/safe-bolt", "safe-opened-while-set"),
    ("computer-room/door", "opened-while-set"),
    ("archive/lid", "tamper"),
)
SHORT = {(number % len(DAYS), number) for number in range(len(BREAK_INS))} | {
    (number, 3) for number in range(len(DAYS))
}
"""Every place once, and the door on each of the days; all others with --long."""


@pytest.mark.parametrize(
    ("meanwhile", "place", "what"),
    [
        pytest.param(meanwhile, *break_in, marks=[] if (day, number) in SHORT else pytest.mark.long)
        for day, meanwhile in enumerate(DAYS)
        for number, break_in in enumerate(BREAK_INS)
    ],
)
def test_in_the_middle_of_them_a_break_in_is_called_with_its_own_time(
    meanwhile: Callable[[OddDays], None], place: str, what: str
) -> None:
    year = odd_days()
    meanwhile(year)
    moves(year, TUESDAY, 2, place, True)
    moves(year, TUESDAY, 2.01, place, False)
    year.world.run(at(TUESDAY, 2.8))
    (alarm,) = [one for one in year.house.raised() if one.klass != "trouble"]
    assert (alarm.what, alarm.place) == (what, place)
    assert abs(alarm.happened - at(TUESDAY, 2)) < 2 * SECOND
    called = {notice.person for _, notice in year.house.notices() if alarm.alarm in notice.alarms}
    assert len(called - {None}) >= 2


@pytest.mark.parametrize(
    ("place", "what"), [("archive/cabinet-3", "opened-while-set"), ("cipher-room/safe-door", "safe-opened-while-set")]
)
def test_whoever_opens_something_in_what_was_closed_up_is_told_of_also_while_the_office_is_hardly_closed(
    place: str, what: str
) -> None:
    year = odd_days()
    comes(year, MONDAY, 14, 1006, "computer-room")
    goes(year, MONDAY, 14.2, "computer-room")
    moves(year, MONDAY, 18.25, place, True)
    year.world.run(at(MONDAY, 18.3))
    assert [one.what for one in year.house.raised() if one.klass != "trouble"] == [what]
