"""Calendars and windows as a terminal shows them: months drawn, windows in a table."""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable, Mapping
from datetime import date, datetime, tzinfo

from rich.columns import Columns
from rich.table import Table
from rich.text import Text

from hub.core import pseudonyms
from hub.core.calendar.document import Calendar, Holiday
from hub.core.calendar.windows import DayKind, Known, Proposal
from hub.core.site.document import DAYS, Title
from hub.core.state import Window
from wire import moments
from wire.plain import plain

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


def holidays_view(calendar: Calendar) -> Table:
    """The document, line by line as the notice has it."""
    table = Table("holiday", "from", "to", "days", "worked instead", box=None, pad_edge=False)
    for holiday in calendar.holiday:
        table.add_row(*_holiday(holiday))
    return table


def _holiday(holiday: Holiday) -> tuple[str, ...]:
    days = str(sum(1 for _ in holiday.days))
    work = ", ".join(day_name(day) for day in holiday.work)
    return plain(title_of((holiday.name,))), day_name(holiday.first), day_name(holiday.last), days, work


def proposals_view(proposals: Iterable[Proposal]) -> Table:
    """Windows that could be planned."""
    table = Table("from", "to", "for", box=None, pad_edge=False)
    for one in proposals:
        name = title_of(one.holidays) or ("turn of the year" if one.unpublished else "weekend")
        table.add_row(_side(one.starts), _side(one.ends), plain(f"{name}{unpublished(one)}"))
    return table


def _side(moment: datetime | None) -> str:
    return f"{day_name(moment)} {moment:%H:%M}" if moment else "open"


def unpublished(proposal: Proposal) -> str:
    """What keeps a side open, in words."""
    return "".join(f" (the calendar of {year} is UNPUBLISHED)" for year in proposal.unpublished)


def windows_view(windows: Iterable[Window], people: Mapping[int, str], zone: tzinfo) -> Table:
    """Windows that are planned. `people`: names by number, as far as they are known."""
    table = Table("window", "from", "to", "areas", "title", "planned by", box=None, pad_edge=False)
    for one in windows:
        starts, ends = (moments.at(time, zone) for time in (one.starts, one.ends))
        title, by = plain(pseudonyms.show(one.title, people)), str(one.planned_by or "")
        table.add_row(str(one.number), _side(starts), _side(ends), ", ".join(one.areas), title, by)
    return table


def title_of(names: Iterable[Title]) -> str:
    """What a window for these holidays is called, in both languages; empty for none."""
    listed = list(names)
    return " ".join(("、".join(name.zh for name in listed), ", ".join(name.en for name in listed))).strip()


def day_name(day: date) -> str:
    """A day with its weekday, which the notices give too."""
    return f"{day:%Y-%m-%d} {DAYS[day.weekday()]}"
