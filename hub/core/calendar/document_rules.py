"""What must hold in a calendar document, and what is merely odd. Each rule is a function of its own.

A mistake keeps a calendar out. An oddity is put before the two people who bring it in: notices have had odd things.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from hub.core.calendar.document import DAY, Calendar, label
from hub.core.site.mistakes import Mistake, Mistakes, repeated, said

YEARS = range(2000, 2200)
SATURDAY = 5

STATUTORY = 13
"""Days a year that everybody has off by the rules in force from 2025 (全国年节及纪念日放假办法, as revised in November
2024): New Year 1, Spring Festival 4, Qingming 1, Labour Day 2, Dragon Boat 1, Mid-Autumn 1, National Day 3."""
STATUTORY_BEFORE_2025 = 11

ELSEWHERE = "%(day)s is not in %(year)s, nor in the December before"
TOO_FEW = (
    "%(off)s weekdays off less %(work)s weekend days worked are %(given)s days, fewer than the %(due)s statutory ones; "
    "is a holiday or a day wrong?"
)
TOO_MANY = TOO_FEW.replace("fewer", "more")
ONLY_HERE_OFF = "%(days)s are days off here, and the library says otherwise; compare with the notice"
ONLY_HERE_WORKED = "%(days)s are worked here, and the library says otherwise; compare with the notice"


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
        yield Mistake("calendar, year", said("the year %(year)s cannot be meant", year=calendar.year))
    if not calendar.source.strip():
        yield Mistake("calendar, source", said("is empty; name the notice: its title, number and day"))
    if not calendar.holiday:
        yield Mistake(
            "calendar", said("has no holiday; begin each with a line %(line)s, in double brackets", line="[[holiday]]")
        )


def _names(calendar: Calendar) -> Mistakes:
    for number, holiday in enumerate(calendar.holiday, 1):
        for language, name in (("zh", holiday.name.zh), ("en", holiday.name.en)):
            if not name.strip():
                yield Mistake(f"{label(number, holiday)}, name", said("is empty in %(language)s", language=language))


def _ranges(calendar: Calendar) -> Mistakes:
    for number, holiday in enumerate(calendar.holiday, 1):
        place = label(number, holiday)
        if holiday.first > holiday.last:
            sentence = said("ends (%(last)s) before it begins (%(first)s)", last=holiday.last, first=holiday.first)
            yield Mistake(place, sentence)
        if holiday.last.year != calendar.year:
            sentence = said(
                "%(day)s is not in %(year)s; it belongs to another calendar", day=holiday.last, year=calendar.year
            )
            yield Mistake(f"{place}, to", sentence)
        elif not _belongs(calendar, holiday.first) and holiday.first <= holiday.last:
            yield Mistake(f"{place}, from", said(ELSEWHERE, day=holiday.first, year=calendar.year))


def _belongs(calendar: Calendar, day: date) -> bool:
    """Whether a day may stand in the document. The notice of 2023 began the holiday of New Year on 31 December 2022."""
    return day.year == calendar.year or (day.year == calendar.year - 1 and day.month == 12)


def _overlaps(calendar: Calendar) -> Mistakes:
    numbered = list(enumerate(calendar.holiday, 1))
    for number, holiday in numbered:
        for other_number, other in numbered[: number - 1]:
            shared = max(holiday.first, other.first)
            if shared <= min(holiday.last, other.last):
                other_label = label(other_number, other)
                sentence = said("overlaps %(other)s: both have %(day)s", other=other_label, day=shared)
                yield Mistake(label(number, holiday), sentence)


def _work(calendar: Calendar) -> Mistakes:
    for number, holiday in enumerate(calendar.holiday, 1):
        place = f"{label(number, holiday)}, work"
        for day in holiday.work:
            if not _belongs(calendar, day):
                yield Mistake(place, said(ELSEWHERE, day=day, year=calendar.year))
            if not is_weekend(day):
                sentence = said(
                    "%(day)s is a %(weekday)s, on which people work anyway; is the day right?",
                    day=day,
                    weekday=said(f"{day:%A}"),
                )
                yield Mistake(place, sentence)
            for off_number, off in enumerate(calendar.holiday, 1):
                if off.first <= day <= off.last:
                    sentence = said(
                        "%(day)s is also a day off, of %(other)s; it cannot be both",
                        day=day,
                        other=label(off_number, off),
                    )
                    yield Mistake(place, sentence)
    for day in repeated(calendar.work):
        yield Mistake("calendar", said("%(day)s is named twice as a day that is worked", day=day))


RULES: tuple[Callable[[Calendar], Mistakes], ...] = (_head, _names, _ranges, _overlaps, _work)

# ---------------------------------------------------------------- oddities


def _turn_of_the_year(calendar: Calendar) -> Mistakes:
    for number, holiday in enumerate(calendar.holiday, 1):
        for day in (holiday.first, *holiday.work):
            if day.year < calendar.year:
                sentence = said(
                    "%(day)s is in the year before: it takes precedence over what the calendar of %(year)s says",
                    day=day,
                    year=day.year,
                )
                yield Mistake(label(number, holiday), sentence)


def _gaps(calendar: Calendar) -> Mistakes:
    """No notice since 2008 has left one ordinary working day alone between days off."""
    off = _off(calendar)
    beside = {day for holiday in calendar.holiday for day in (holiday.first - DAY, holiday.last + DAY)}
    for day in sorted(beside - off):
        if not is_weekend(day) and {day - DAY, day + DAY} <= off:
            yield Mistake(f"{day}", said("is a working day alone between days off; does a range end too early?"))


def _statutory(calendar: Calendar) -> Mistakes:
    """A statutory day on a weekend is given on a weekday, and every further weekday off is worked on a weekend."""
    weekdays = sum(not is_weekend(day) for holiday in calendar.holiday for day in holiday.days)
    given = weekdays - len(calendar.work)
    due = STATUTORY if calendar.year >= 2025 else STATUTORY_BEFORE_2025
    if given != due:
        template = TOO_FEW if given < due else TOO_MANY
        yield Mistake("calendar", said(template, off=weekdays, work=len(calendar.work), given=given, due=due))


def _difference(calendar: Calendar, opinion: Opinion) -> Mistakes:
    place = f"library {opinion.library}"
    if opinion.off is None:
        yield Mistake(place, said("does not know %(year)s; nothing was compared with it", year=calendar.year))
        return
    every = list(_days(calendar.year))
    if calendar.work and all(day in opinion.off for day in every if is_weekend(day)):
        # It computes statutory days of years whose notice it has not seen, and says nothing about it.
        sentence = said("does not have the notice for %(year)s yet; nothing was compared with it", year=calendar.year)
        yield Mistake(place, sentence)
        return
    ours = _off(calendar)
    for is_off, template in ((True, ONLY_HERE_OFF), (False, ONLY_HERE_WORKED)):
        differing = [day for day in every if (day in ours) == is_off and (day in opinion.off) != is_off]
        for first, last in _runs(differing):
            days = f"{first}" if first == last else said("%(first)s to %(last)s", first=first, last=last)
            yield Mistake(place, said(template, days=days))


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
