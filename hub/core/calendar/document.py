"""The calendar document `calendar.toml` of one year: its shape, and the way from text to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from hub.core.site.document import Table, Title
from hub.core.site.mistakes import Mistake
from hub.core.site.shape import Shape, parse

DAY = timedelta(days=1)


class Holiday(Table, frozen=True, rename={"first": "from", "last": "to"}):
    """One holiday as the notice announces it: days off, weekends within them included, and what is worked for them."""

    name: Title
    first: date
    last: date
    work: tuple[date, ...] = ()
    """Weekend days on which people work instead."""

    @property
    def days(self) -> Iterator[date]:
        """Every day off, in order."""
        return (self.first + number * DAY for number in range((self.last - self.first).days + 1))


class Calendar(Table, frozen=True):
    """The whole document. `source`: the notice that it was written from."""

    year: int
    source: str
    holiday: tuple[Holiday, ...] = ()

    @property
    def work(self) -> tuple[date, ...]:
        """Every weekend day that is worked."""
        return tuple(day for holiday in self.holiday for day in holiday.work)


class Reading(NamedTuple):
    """What became of a text. The calendar is None when its shape is wrong."""

    calendar: Calendar | None
    mistakes: list[Mistake]


NAMED_BY = {"holiday": "{nth} ({name[zh]})"}


def label(number: int, holiday: Holiday) -> str:
    """What a mistake calls the holiday: as NAMED_BY does."""
    return f"holiday {number} ({holiday.name.zh})"


def read(text: str) -> Reading:
    """Read a document, with every mistake in its shape. Raises nothing, whatever the text."""
    document = parse(text)
    if isinstance(document, Mistake):
        return Reading(None, [document])
    shape = Shape("calendar", NAMED_BY)
    values = shape.read(Calendar, document)
    return Reading(Calendar(**values) if shape.sound else None, shape.wrong)
