"""A year's calendar as a terminal shows it: its months drawn, its days coloured."""

from __future__ import annotations

import calendar as months
from collections.abc import Iterator
from datetime import date

from hub.core.calendar.windows import DayKind, Known
from hub.core.site.document import DAYS

MARKS: dict[DayKind, tuple[str, str]] = {
    "working": (" ", ""),
    "moved": ("+", "1;33"),
    "weekend": (" ", "90"),
    "holiday": ("*", "1;31"),
    "unknown": ("?", "90"),
}
"""Sign and colour of each kind of day: bold yellow, grey, bold red. The sign is for whoever sees no colours."""

LEGEND = "* holiday   + weekend day that is worked"
HEADING = " ".join(DAYS)
GAP = " " * 3
WEEKS = 6
"""As many as a month may touch."""


def year_view(known: Known, year: int, room: int, coloured: bool) -> Iterator[str]:
    """Lines with the twelve months of a year, as many side by side as `room` has columns for."""
    beside = max(1, (room + len(GAP)) // (len(HEADING) + len(GAP)))
    drawn = [_month(known, year, month, coloured) for month in range(1, 13)]
    for first in range(0, len(drawn), beside):
        for parts in zip(*drawn[first : first + beside], strict=True):
            yield GAP.join(parts).rstrip()


def _month(known: Known, year: int, month: int, coloured: bool) -> list[str]:
    weeks = months.Calendar().monthdatescalendar(year, month)
    rows = [" ".join(_day(known, day, coloured) if day.month == month else " " * 3 for day in week) for week in weeks]
    blank = " " * len(HEADING)
    return [f"{year}-{month:02}".center(len(HEADING)), HEADING, *rows, *[blank] * (WEEKS - len(rows)), blank]


def _day(known: Known, day: date, coloured: bool) -> str:
    mark, colour = MARKS[known.kind(day)]
    shown = f"{day.day:2}{mark}"
    return f"\x1b[{colour}m{shown}\x1b[0m" if coloured and colour else shown
