"""What must hold in a calendar document, and what is merely odd. Each rule is a function of its own.

A mistake keeps a calendar out. An oddity is put before the two people who bring it in: notices have had odd things.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from hub.core.calendar_document import DAY, Calendar, label
from hub.core.mistakes import Mistake, Mistakes, repeated

YEARS = range(2000, 2200)
SATURDAY = 5

STATUTORY = 13
"""Days a year that everybody has off by the rules in force from 2025 (全国年节及纪念日放假办法, as revised in November
2024): New Year 1, Spring Festival 4, Qingming 1, Labour Day 2, Dragon Boat 1, Mid-Autumn 1, National Day 3."""
STATUTORY_BEFORE_2025 = 11


class Opinion(NamedTuple):
    """What a library takes for days off in a year, weekends included; None if it does not know the year at all."""

    library: str
    off: frozenset[date] | None


def check(calendar: Calendar) -> list[Mistake]:
    """Every mistake in the document, in the order of the rules. None of them: it may be imported."""
    return [mistake for rule in RULES for mistake in rule(calendar)]


def odd(calendar: Calendar, opinions: Sequence[Opinion]) -> list[Mistake]:
    """What is allowed, and may yet be a slip. To be asked of a document without mistakes."""
    return [
        *_turn_of_the_year(calendar),
        *_gaps(calendar),
        *_statutory(calendar),
        *(remark for opinion in opinions for remark in _difference(calendar, opinion)),
    ]


def is_weekend(day: date) -> bool:
    """Whether the day is a Saturday or Sunday."""
    return day.weekday() >= SATURDAY


# ---------------------------------------------------------------- mistakes


def _head(calendar: Calendar) -> Mistakes:
    if calendar.year not in YEARS:
        yield Mistake("calendar, year", f"the year {calendar.year} cannot be meant")
    if not calendar.source.strip():
        yield Mistake("calendar, source", "is empty; name the notice: its title, number and day")
    if not calendar.holiday:
        yield Mistake("calendar", "has no holiday; begin each with a line [[holiday]], in double brackets")


def _names(calendar: Calendar) -> Mistakes:
    for number, holiday in enumerate(calendar.holiday, 1):
        for language, name in (("zh", holiday.name.zh), ("en", holiday.name.en)):
            if not name.strip():
                yield Mistake(f"{label(number, holiday)}, name", f"is empty in {language}")


def _ranges(calendar: Calendar) -> Mistakes:
    for number, holiday in enumerate(calendar.holiday, 1):
        place = label(number, holiday)
        if holiday.first > holiday.last:
            yield Mistake(place, f"ends ({holiday.last}) before it begins ({holiday.first})")
        if holiday.last.year != calendar.year:
            yield Mistake(f"{place}, to", f"{holiday.last} is not in {calendar.year}; it belongs to another calendar")
        elif not _belongs(calendar, holiday.first) and holiday.first <= holiday.last:
            yield Mistake(f"{place}, from", f"{holiday.first} is not in {calendar.year}, nor in the December before")


def _belongs(calendar: Calendar, day: date) -> bool:
    """Whether a day may stand in the document. The notice of 2023 began the holiday of New Year on 31 December 2022."""
    return day.year == calendar.year or (day.year == calendar.year - 1 and day.month == 12)


def _overlaps(calendar: Calendar) -> Mistakes:
    numbered = list(enumerate(calendar.holiday, 1))
    for number, holiday in numbered:
        for other_number, other in numbered[: number - 1]:
            shared = max(holiday.first, other.first)
            if shared <= min(holiday.last, other.last):
                yield Mistake(label(number, holiday), f"overlaps {label(other_number, other)}: both have {shared}")


def _work(calendar: Calendar) -> Mistakes:
    for number, holiday in enumerate(calendar.holiday, 1):
        place = f"{label(number, holiday)}, work"
        for day in holiday.work:
            if not _belongs(calendar, day):
                yield Mistake(place, f"{day} is not in {calendar.year}, nor in the December before")
            if not is_weekend(day):
                yield Mistake(place, f"{day} is a {day:%A}, on which people work anyway; is the day right?")
            for off_number, off in enumerate(calendar.holiday, 1):
                if off.first <= day <= off.last:
                    yield Mistake(place, f"{day} is also a day off, of {label(off_number, off)}; it cannot be both")
    for day in repeated(calendar.work):
        yield Mistake("calendar", f"{day} is named twice as a day that is worked")


RULES: tuple[Callable[[Calendar], Mistakes], ...] = (_head, _names, _ranges, _overlaps, _work)

# ---------------------------------------------------------------- oddities


def _turn_of_the_year(calendar: Calendar) -> Mistakes:
    for number, holiday in enumerate(calendar.holiday, 1):
        for day in (holiday.first, *holiday.work):
            if day.year < calendar.year:
                yield Mistake(
                    label(number, holiday),
                    f"{day} is in the year before: it takes precedence over what the calendar of {day.year} says",
                )


def _gaps(calendar: Calendar) -> Mistakes:
    """No notice since 2008 has left one ordinary working day alone between days off."""
    off = _off(calendar)
    beside = {day for holiday in calendar.holiday for day in (holiday.first - DAY, holiday.last + DAY)}
    for day in sorted(beside - off):
        if not is_weekend(day) and {day - DAY, day + DAY} <= off:
            yield Mistake(f"{day}", "is a working day alone between days off; does a range end too early?")


def _statutory(calendar: Calendar) -> Mistakes:
    """A statutory day on a weekend is given on a weekday, and every further weekday off is worked on a weekend."""
    weekdays = sum(not is_weekend(day) for holiday in calendar.holiday for day in holiday.days)
    given = weekdays - len(calendar.work)
    due = STATUTORY if calendar.year >= 2025 else STATUTORY_BEFORE_2025
    if given != due:
        yield Mistake(
            "calendar",
            f"{weekdays} weekdays off less {len(calendar.work)} weekend days worked are {given} days, "
            f"{'fewer' if given < due else 'more'} than the {due} statutory ones; is a holiday or a day wrong?",
        )


def _difference(calendar: Calendar, opinion: Opinion) -> Mistakes:
    place = f"library {opinion.library}"
    if opinion.off is None:
        yield Mistake(place, f"does not know {calendar.year}; nothing was compared with it")
        return
    every = list(_days(calendar.year))
    if calendar.work and all(day in opinion.off for day in every if is_weekend(day)):
        # It computes statutory days of years whose notice it has not seen, and says nothing about it.
        yield Mistake(place, f"does not have the notice for {calendar.year} yet; nothing was compared with it")
        return
    ours = _off(calendar)
    for is_off, words in ((True, "are days off"), (False, "are worked")):
        differing = [day for day in every if (day in ours) == is_off and (day in opinion.off) != is_off]
        for first, last in _runs(differing):
            days = f"{first}" if first == last else f"{first} to {last}"
            yield Mistake(place, f"{days} {words} here, and the library says otherwise; compare with the notice")


def _off(calendar: Calendar) -> frozenset[date]:
    """Days off in the year, and holidays in the December before."""
    worked = set(calendar.work)
    weekends = (day for day in _days(calendar.year) if is_weekend(day) and day not in worked)
    return frozenset(weekends).union(*(holiday.days for holiday in calendar.holiday))


def _days(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += DAY


def _runs(days: Iterable[date]) -> Iterator[tuple[date, date]]:
    """First and last of each row of days that follow one another."""
    for _, row in groupby(enumerate(days), lambda numbered: numbered[1].toordinal() - numbered[0]):
        row_days = [day for _, day in row]
        yield row_days[0], row_days[-1]
