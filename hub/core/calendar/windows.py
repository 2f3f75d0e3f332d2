"""What approved calendars say of each day, and the sealing windows that follow. Nothing is guessed of any other year.

A window reaches from the close of the last working day to the opening of the next one, weekends merged in. It is only
proposed: a person makes it a plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Literal, NamedTuple

from hub.core.calendar.document import DAY, Calendar, Holiday
from hub.core.calendar.document_rules import is_weekend
from hub.core.site.document import DAYS, Hours, Site, Title, minutes
from wire import weekdays

DayKind = Literal["working", "moved", "weekend", "holiday", "unknown"]
"""moved: a weekend day that is worked. unknown: no approved calendar says anything of the day."""

OFF: tuple[DayKind, ...] = ("weekend", "holiday")

OFFICE = (Hours(days=DAYS[:5], start="08:30", end="17:30"),)
"""Opening hours of a site whose document names no schedule for them."""

TASK_MONTH = 12
"""Month from which a missing calendar of the next year is a task: the notice comes out in November."""


class Known:
    """The days of the years whose calendars are approved."""

    def __init__(self, calendars: Iterable[Calendar]) -> None:
        """The document of a later year counts more, in the December before: it is the newer notice."""
        self.years: frozenset[int] = frozenset()
        self._holidays: dict[date, Holiday] = {}
        self._worked: set[date] = set()
        for calendar in sorted(calendars, key=lambda one: one.year):
            self.years |= {calendar.year}
            for holiday in calendar.holiday:
                self._holidays |= dict.fromkeys(holiday.days, holiday)
                self._worked.difference_update(holiday.days)
            for day in calendar.work:
                self._holidays.pop(day, None)
            self._worked.update(calendar.work)

    def kind(self, day: date) -> DayKind:
        """What the calendars say of the day."""
        if day in self._holidays:
            return "holiday"
        if day in self._worked:
            return "moved"
        if day.year not in self.years:
            return "unknown"
        return "weekend" if is_weekend(day) else "working"

    def is_off(self, day: date) -> bool:
        """Whether the day is known to be a day off."""
        return self.kind(day) in OFF

    def holiday(self, day: date) -> Holiday | None:
        """The holiday that the day belongs to."""
        return self._holidays.get(day)


class Proposal(NamedTuple):
    """A window in which the areas could be sealed. Days and times are local; an open side is None."""

    after: date | None
    """The last working day before it; None where the calendar of that year is not approved."""
    before: date | None
    """The first working day after it; None likewise."""
    starts: datetime | None
    ends: datetime | None
    holidays: tuple[Title, ...]
    unpublished: tuple[int, ...]
    """Years without an approved calendar, which leave a side open."""


def office(site: Site) -> tuple[Hours, ...]:
    """The hours in which the site is open on working days."""
    return next((schedule.windows for schedule in site.schedule if schedule.name == site.office), OFFICE)


def propose(known: Known, year: int, hours: Sequence[Hours], zone: tzinfo, weekends: bool = False) -> list[Proposal]:
    """Windows for the holidays of a year, in order; with `weekends` for ordinary weekends too.

    None for a year without an approved calendar. The turn of the year belongs to both years.
    """
    if year not in known.years:
        return []
    found: list[Proposal] = []
    for first, last in _runs(known, year):
        after, before = _working(known, first - DAY), _working(known, last + DAY)
        titles = _titles(known, first, last)
        if titles or weekends or before is None:
            unpublished = [day.year for day, side in ((first - DAY, after), (last + DAY, before)) if side is None]
            starts = _at(after, closing(hours, after), zone) if after else None
            ends = _at(before, opening(hours, before), zone) if before else None
            found.append(Proposal(after, before, starts, ends, titles, tuple(unpublished)))
    return found


def _runs(known: Known, year: int) -> Iterator[tuple[date, date]]:
    """First and last of each row of days off, up to the one that the next year begins with. When that is unknown, a
    row of no days ends the year: whatever it will be, the last working day closes before it."""
    day, next_year = date(year, 1, 1), date(year + 1, 1, 1)
    while known.is_off(day) and known.is_off(day - DAY):
        day -= DAY
    while day <= next_year:
        first = day
        while known.is_off(day):
            day += DAY
        if day > first or known.kind(day) == "unknown":
            yield first, day - DAY
        day += DAY


def _working(known: Known, day: date) -> date | None:
    return None if known.kind(day) == "unknown" else day


def _titles(known: Known, first: date, last: date) -> tuple[Title, ...]:
    days = (first + number * DAY for number in range((last - first).days + 1))
    found = (known.holiday(day) for day in days)
    return tuple(dict.fromkeys(holiday.name for holiday in found if holiday))


# ---------------------------------------------------------------- hours


def opening(hours: Sequence[Hours], day: date) -> int:
    """Minutes after midnight at which the site opens on a working day."""
    return min(minutes(one.start) for one in _of_day(hours, day))


def closing(hours: Sequence[Hours], day: date) -> int:
    """Minutes after midnight at which the site closes on a working day."""
    return max(minutes(one.end) for one in _of_day(hours, day))


def _of_day(hours: Sequence[Hours], day: date) -> Sequence[Hours]:
    """Hours of the weekday that a working day counts as; of any day where that one has none."""
    weekday = weekdays.counts_as(day, "worked" if is_weekend(day) else None)
    return [one for one in hours if DAYS[weekday] in one.days] or hours


def _at(day: date, minutes: int, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone) + timedelta(minutes=minutes)


# ---------------------------------------------------------------- years


def tasks(today: date, approved: Iterable[int]) -> list[int]:
    """Years that somebody must get a calendar for: this one, and from 1 December the next."""
    due = (today.year, today.year + 1) if today.month == TASK_MONTH else (today.year,)
    return [year for year in due if year not in set(approved)]
