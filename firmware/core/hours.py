"""Local hours of the week, as an access list tells them: whether a time lies in them, and when they ended last.

On a day that the calendars name `off` an office rests, and so do the hours of its areas; what the hours of a grant are
on such a day, `access` says.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from wire import weekdays
from wire.messages import AccessList, Window

MINUTE_MS = 60_000
DAY = 1440
_FIRST_DAY = date(1970, 1, 1)
LOOKED_BACK = 8
"""Days: an office that has not closed for longer has no hours."""


class Local(NamedTuple):
    """A day of the site's local time, and the minute of it."""

    day: date
    minute: int


def local(access: AccessList, wall: int) -> Local:
    """The local time of a wall time in ms."""
    minutes = wall // MINUTE_MS + access.utc_offset
    return Local(_FIRST_DAY + timedelta(days=minutes // DAY), minutes % DAY)


def of_day(access: AccessList, windows: Iterable[Window], day: date) -> list[Window]:
    """The windows of an office on a day."""
    named = access.days.get(str(day))
    if named == "off":
        return []
    weekday = weekdays.counts_as(day, named)
    return [window for window in windows if weekday in window.days]


def within(access: AccessList, windows: Iterable[Window], wall: int) -> bool:
    """Whether a wall time in ms lies in the windows of an office."""
    day, minute = local(access, wall)
    return any(window.start <= minute < window.end for window in of_day(access, windows, day))


def last_end(access: AccessList, windows: Iterable[Window], wall: int) -> int | None:
    """The newest wall time in ms, not after that one, at which a day's windows of an office were over."""
    windows = tuple(windows)
    today, minute = local(access, wall)
    midnight = (wall // MINUTE_MS - minute) * MINUTE_MS
    for back in range(LOOKED_BACK):
        ends = [window.end for window in of_day(access, windows, today - timedelta(days=back))]
        if ends and (at := midnight + (max(ends) - back * DAY) * MINUTE_MS) <= wall:
            return at
    return None


def next_end(access: AccessList, windows: Iterable[Window], wall: int) -> int | None:
    """The wall time in ms at which the windows of that very day are over, if that is still to come."""
    today, minute = local(access, wall)
    ends = [window.end for window in of_day(access, windows, today)]
    if not ends or max(ends) <= minute:
        return None
    return (wall // MINUTE_MS - minute + max(ends)) * MINUTE_MS
