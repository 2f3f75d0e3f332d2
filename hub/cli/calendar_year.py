"""A year's calendar as a terminal shows it: its months drawn, its days coloured."""

from __future__ import annotations

import calendar as months
from datetime import date

from rich.columns import Columns
from rich.table import Table
from rich.text import Text

from hub.core.calendar.windows import DayKind, Known
from hub.core.site.document import DAYS

MARKS: dict[DayKind, tuple[str, str]] = {
    "working": (" ", ""),
    "moved": ("+", "bold yellow"),
    "weekend": (" ", "bright_black"),
    "holiday": ("*", "bold red"),
    "unknown": ("?", "bright_black"),
}
"""Sign and colour of each kind of day. The sign is there for whoever sees no colours."""

LEGEND = "* holiday   + weekend day that is worked"


def year_view(known: Known, year: int) -> Columns:
    """The twelve months of a year."""
    return Columns([_month(known, year, month) for month in range(1, 13)], padding=(1, 3))


def _month(known: Known, year: int, month: int) -> Table:
    table = Table(*DAYS, title=f"{year}-{month:02}", box=None, pad_edge=False, header_style="bright_black")
    for week in months.Calendar().monthdatescalendar(year, month):
        table.add_row(*(_day(known, day) if day.month == month else "" for day in week))
    return table


def _day(known: Known, day: date) -> Text:
    mark, colour = MARKS[known.kind(day)]
    return Text(f"{day.day:2}{mark}", style=colour)
