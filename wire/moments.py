"""A wall time as a date and as text: here, and nowhere else. Every whole number has an answer.

A wall time is milliseconds since 1970 in UTC. What lies outside the bounds is shown as the bound: no message may say
it (wire/messages), and whatever shows one all the same must not stop for it. Standard library, Python 3.8.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo

from wire.bounds import LATEST_WALL

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def at(wall: int, zone: tzinfo = timezone.utc) -> datetime:
    """The moment, by the clocks of a time zone."""
    return (_EPOCH + timedelta(milliseconds=min(max(0, wall), LATEST_WALL))).astimezone(zone)


def short(wall: int, zone: tzinfo) -> str:
    """A moment for tables, to the second: the same width and the same order in every language."""
    return at(wall, zone).strftime("%Y-%m-%d %H:%M:%S")


def iso(wall: int) -> str:
    """A moment as ISO 8601 in UTC, to the millisecond."""
    return at(wall).isoformat(timespec="milliseconds").replace("+00:00", "Z")
