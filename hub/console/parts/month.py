"""A month as it is drawn: what kind of day each is, and which windows and sealings lie on it."""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from hub.console.base.render import View
from hub.console.parts.paging import start_of
from hub.core.calendar import windows as calendar_windows
from hub.core.calendar.windows import DayKind, Known, Proposal
from hub.core.state import Sealing, Window
from wire import moments

DAY = timedelta(days=1)
FIRST, LAST = date(2001, 1, 1), date(2198, 12, 1)
"""Months that can be shown; calendars are of no other years."""


class Line(NamedTuple):
    """Something that lies on a day. `part`: where in it the day is."""

    look: Literal["sealed", "planned", "proposed"]
    title: str
    path: str
    part: Literal["first", "middle", "last", "only"]
    at: str
    """Time at which it begins or ends on this day."""


class Cell(NamedTuple):
    """One day. `holiday`: its name, on every day of the holiday."""

    date: date
    within: bool
    today: bool
    kind: DayKind
    holiday: str
    lines: list[Line | None]
    """One lane each, the same through the whole week; None where nothing lies on this day."""


class Open(NamedTuple):
    """A proposed window, and the areas for which nothing is planned at that time."""

    proposal: Proposal
    title: str
    areas: list[str]

    @property
    def path(self) -> str:
        """Of the page that makes it a plan."""
        return f"/calendar/plan?after={self.proposal.after or ''}&before={self.proposal.before or ''}"


def month_of(text: str, view: View) -> date:
    """The first day of the month that is asked for (YYYY-MM), or of this one."""
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        asked = moments.at(view.now, view.site.zone).date().replace(day=1)
    return min(max(asked, FIRST), LAST)


def grid(
    view: View,
    known: Known,
    month: date,
    windows: Iterable[Window],
    proposed: Iterable[Open],
    sealings: Iterable[Sealing],
) -> list[list[Cell]]:
    """The weeks of a month, Mondays first."""
    spans = [*_sealed(view, sealings), *_planned(view, windows), *_proposed(view, proposed)]
    return [
        _week(view, known, week, month, spans) for week in months.Calendar().monthdatescalendar(month.year, month.month)
    ]


def still_open(view: View, known: Known, years: Iterable[int], windows: Iterable[Window]) -> list[Open]:
    """What is proposed for these years and not planned yet for every area."""
    planned = [one for one in windows if one.planned]
    hours = calendar_windows.office(view.site)
    found = dict.fromkeys(one for year in years for one in calendar_windows.propose(known, year, hours, view.site.zone))
    opened = []
    for one in found:
        starts, ends = _ms(one.starts), _ms(one.ends)
        taken = {
            area
            for window in planned
            for area in window.areas
            if (ends is None or window.starts < ends) and (starts is None or starts < window.ends)
        }
        areas = [area.name for area in view.site.area if area.name not in taken]
        if areas:
            opened.append(Open(one, title(view, one), areas))
    return opened


def title(view: View, one: Proposal) -> str:
    """What a proposed window is for."""
    names = [name.zh if view.texts.language == "zh" else name.en for name in one.holidays]
    return view.names.listed(names) or view.texts.say("Turn of the year")


# ---------------------------------------------------------------- parts


class _Span(NamedTuple):
    """From `starts` to `ends` in ms; None: it goes on, and is drawn up to now."""

    look: Literal["sealed", "planned", "proposed"]
    title: str
    path: str
    starts: int
    ends: int | None


def _sealed(view: View, sealings: Iterable[Sealing]) -> Iterable[_Span]:
    """Areas that were sealed and unsealed on the same days are one: a large site seals a hundred at a time."""
    together: dict[tuple[date, date | None], list[Sealing]] = {}
    for one in sealings:
        if one.sealed_at is not None:
            days = _day(view, one.sealed_at), _day(view, one.ended_at) if one.ended_at else None
            together.setdefault(days, []).append(one)
    for same in together.values():
        title = view.names.listed(dict.fromkeys(view.names.area(one.area) for one in same))
        path = f"/certificates?q={same[0].number}" if len(same) == 1 else "/certificates"
        ends = max((one.ended_at for one in same if one.ended_at), default=None)
        yield _Span("sealed", title, path, min(one.sealed_at or 0 for one in same), ends)


def _planned(view: View, windows: Iterable[Window]) -> Iterable[_Span]:
    for one in windows:
        if one.planned:
            yield _Span("planned", view.names.written(one.title), f"#window-{one.number}", one.starts, one.ends)


def _proposed(view: View, opened: Iterable[Open]) -> Iterable[_Span]:
    for one in opened:
        starts, ends = _ms(one.proposal.starts), _ms(one.proposal.ends)
        if starts is not None and ends is not None:
            yield _Span("proposed", one.title, one.path, starts, ends)


def _week(view: View, known: Known, week: list[date], month: date, spans: Iterable[_Span]) -> list[Cell]:
    days = [start_of(day, view.site.zone) for day in (*week, week[-1] + DAY)]
    lanes = [one for one in spans if _lies(view, one, days[0], days[-1])]
    today = _day(view, view.now)
    cells = []
    for day, starts, ends in zip(week, days, days[1:], strict=False):
        lines = [_line(view, one, starts, ends) if _lies(view, one, starts, ends) else None for one in lanes]
        while lines and lines[-1] is None:
            lines.pop()
        holiday = known.holiday(day)
        name = "" if holiday is None else holiday.name.zh if view.texts.language == "zh" else holiday.name.en
        cells.append(Cell(day, day.month == month.month, day == today, known.kind(day), name, lines))
    return cells


def _lies(view: View, span: _Span, starts: int, ends: int) -> bool:
    return span.starts < ends and (view.now if span.ends is None else span.ends) > starts


def _line(view: View, span: _Span, starts: int, ends: int) -> Line:
    begins, stops = span.starts >= starts, span.ends is not None and span.ends <= ends
    part: Literal["first", "middle", "last", "only"] = "only" if begins and stops else "middle"
    if begins != stops:
        part = "first" if begins else "last"
    at = span.starts if begins else span.ends if stops else None
    return Line(span.look, span.title, span.path, part, view.clock(at)[:5] if at else "")


def _day(view: View, ms: int) -> date:
    return moments.at(ms, view.site.zone).date()


def _ms(moment: datetime | None) -> int | None:
    return int(moment.timestamp() * 1000) if moment else None
