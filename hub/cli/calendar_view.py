"""Calendars and windows as the rows of a table."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, tzinfo

from hub.core import pseudonyms
from hub.core.calendar.document import Calendar, Holiday
from hub.core.calendar.windows import Proposal
from hub.core.site.document import DAYS, Title
from hub.core.state import Window
from hub.store.calendars import CalendarDamaged
from wire import moments

Row = tuple[str, ...]

HOLIDAYS = ("holiday", "from", "to", "days", "worked instead")


def holidays(calendar: Calendar) -> Iterator[Row]:
    """The document, line by line as the notice has it."""
    return map(_holiday, calendar.holiday)


def _holiday(holiday: Holiday) -> Row:
    days = str(sum(1 for _ in holiday.days))
    work = ", ".join(day_name(day) for day in holiday.work)
    return title_of((holiday.name,)), day_name(holiday.first), day_name(holiday.last), days, work


PROPOSALS = ("from", "to", "for")


def proposals(found: Iterable[Proposal]) -> Iterator[Row]:
    """Windows that could be planned."""
    for one in found:
        name = title_of(one.holidays) or ("turn of the year" if one.unpublished else "weekend")
        yield _side(one.starts), _side(one.ends), f"{name}{unpublished(one)}"


def _side(moment: datetime | None) -> str:
    return f"{day_name(moment)} {moment:%H:%M}" if moment else "open"


def unpublished(proposal: Proposal) -> str:
    """What keeps a side open, in words."""
    return "".join(f" (the calendar of {year} is UNPUBLISHED)" for year in proposal.unpublished)


WINDOWS = ("window", "from", "to", "areas", "title", "planned by")


def windows(planned: Iterable[Window], people: Mapping[int, str], zone: tzinfo) -> Iterator[Row]:
    """Windows that are planned. `people`: names by number, as far as they are known."""
    for one in planned:
        starts, ends = (_side(moments.at(time, zone)) for time in (one.starts, one.ends))
        title = pseudonyms.show(one.title, people)
        yield str(one.number), starts, ends, ", ".join(one.areas), title, str(one.planned_by or "")


def title_of(names: Iterable[Title]) -> str:
    """What a window for these holidays is called, in both languages; empty for none."""
    listed = list(names)
    return " ".join(("、".join(name.zh for name in listed), ", ".join(name.en for name in listed))).strip()


def day_name(day: date) -> str:
    """A day with its weekday, which the notices give too."""
    return f"{day:%Y-%m-%d} {DAYS[day.weekday()]}"


def say_damaged(damaged: Iterable[CalendarDamaged]) -> None:
    """What counts for nothing is said, and the rest is shown."""
    for damage in damaged:
        print(f"strongroom: {damage}. It counts for nothing: import it anew, and have it approved", file=sys.stderr)
