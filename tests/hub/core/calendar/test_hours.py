"""A safe that is opened out of hours: by the hours of the week, and the days that the calendar in force names."""

from __future__ import annotations

from datetime import datetime

import pytest
from msgspec.structs import replace

from hub.core.calendar import office_hours
from hub.core.site.document import Hours, Schedule
from hub.core.state import Calendar
from tests.support.paper import LIU_YANG, ZHAO_MIN, PaperHub, demo_site
from wire import messages as m

SAFE = "cipher-room/safe-door"
OFF = tuple(f"2026-10-0{day}" for day in range(1, 8))
WORKED = ("2026-10-10",)


def imported(house: PaperHub, year: int = 2026, off: tuple[str, ...] = OFF, worked: tuple[str, ...] = WORKED) -> None:
    row = house.state.find(Calendar, year) or Calendar(year)
    version, sha256 = row.version + 1, f"{row.version + 1:064x}"
    house.asks(ZHAO_MIN, m.CalendarImported(year=year, version=version, sha256=sha256, off=off, worked=worked))


def approved(house: PaperHub, year: int = 2026) -> None:
    row = house.state.find(Calendar, year)
    assert row is not None
    house.asks(LIU_YANG, m.CalendarApproved(year=year, version=row.version, sha256=row.sha256))


def out_of_hours(house: PaperHub, local: str) -> bool:
    """Whether the safe alarms when it is opened then."""
    then = datetime.fromisoformat(local).replace(tzinfo=house.site.zone)
    house.clock.now = int(then.timestamp() * 1000)
    cipher = house.node("cipher-1")
    before = len(house.journal(m.AlarmRaised, m.AlarmRepeated))
    cipher.opens(SAFE)
    cipher.closes(SAFE)
    assert set(house.whats()) <= {"opened-out-of-hours"}
    return len(house.journal(m.AlarmRaised, m.AlarmRepeated)) > before


WEEK = [
    ("2026-09-30T10:00", False),  # Wednesday
    ("2026-09-30T20:00", True),
    ("2026-10-11T10:00", True),  # Sunday
]
HOLIDAY = [
    ("2026-10-01T10:00", False),  # Thursday, National Day
    ("2026-10-10T10:00", True),  # Saturday, worked for it
]


@pytest.mark.parametrize(("local", "closed"), WEEK + HOLIDAY)
def test_without_a_calendar_in_force_the_days_of_the_week_count(local: str, closed: bool) -> None:
    house = PaperHub(demo_site())
    imported(house)  # and nobody has approved it
    assert out_of_hours(house, local) == closed


@pytest.mark.parametrize(
    ("local", "closed"),
    [
        *WEEK,
        *((local, not closed) for local, closed in HOLIDAY),
        ("2026-10-10T20:00", True),
        ("2026-10-03T10:00", True),
    ],
)
def test_a_holiday_is_out_of_hours_all_day_and_a_day_worked_for_it_is_not(local: str, closed: bool) -> None:
    house = PaperHub(demo_site())
    imported(house)
    approved(house)
    assert out_of_hours(house, local) == closed
    house.check()


def test_a_saturday_that_is_worked_has_the_hours_of_monday_whatever_saturdays_have() -> None:
    house = PaperHub(demo_site())
    office = (Hours(days=("mon",), start="09:00", end="18:00"), Hours(days=("sat", "sun"), start="10:00", end="12:00"))
    house.apply(replace(house.site, schedule=(Schedule("office-hours", office),), grant=()))
    imported(house)
    approved(house)
    assert not out_of_hours(house, "2026-10-10T17:00")
    assert out_of_hours(house, "2026-10-17T17:00")
    assert out_of_hours(house, "2026-10-04T11:00")  # a Sunday on which the office rests


def test_only_days_near_a_time_are_named() -> None:
    house = PaperHub(demo_site())
    imported(house)
    approved(house)
    first, last = (
        int(datetime.fromisoformat(local).replace(tzinfo=house.site.zone).timestamp() * 1000)
        for local in ("2026-10-07T23:59", "2026-10-09T00:00")
    )
    assert office_hours.named_days(house.state, house.site, first, last) == {
        "2026-10-06": "off",
        "2026-10-07": "off",
        "2026-10-10": "worked",
    }


def test_a_correction_counts_once_it_is_approved() -> None:
    house = PaperHub(demo_site())
    imported(house)
    approved(house)
    imported(house, off=OFF[:-1])
    assert out_of_hours(house, "2026-10-07T10:00")
    approved(house)
    assert not out_of_hours(house, "2026-10-07T10:30")


def test_of_two_notices_about_one_day_the_newer_years_counts() -> None:
    house = PaperHub(demo_site())
    imported(house, 2027, off=(), worked=("2026-10-03",))
    for year in (2026, 2027):
        if year == 2026:
            imported(house)
        approved(house, year)
    assert not out_of_hours(house, "2026-10-03T10:00")
