"""When the engine was not there: nobody else may have done in its place, or may have seen alone, what was at another
time.

Between two of its boots it was not, nor while it stood still, for which the database may have been held. Pure; times
are wall times in ms, unless it is said that they are of a monotonic clock.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

STILL_MS = 1_000
"""A turn of the engine that takes longer: as long as the others wait for a sign of life (hub.notify.standin)."""
AFTER_MS = 60_000
"""What was begun in the engine's absence may be over a little after it, and is dated then: a password was looked at, a
message sent."""
MOST = 256
"""Absences that are remembered, the newest."""


class Absence(NamedTuple):
    """From when until when."""

    since: int
    until: int


class Absences:
    """The engine's absences. Without any it was always there."""

    def __init__(self) -> None:
        self._known: deque[Absence] = deque(maxlen=MOST)
        self._turned: int | None = None

    def add(self, *absences: Absence) -> None:
        """These as well."""
        self._known.extend(absences)

    def turned(self, now: int, mono: int) -> None:
        """The engine listens to whoever asks, at this time of both clocks."""
        if self._turned is not None and (still := mono - self._turned) > STILL_MS:
            self.add(Absence(now - still, now))
        self._turned = mono

    def had(self, at: int) -> bool:
        """Whether the engine may not have been there at that time."""
        return any(one.since <= at <= one.until + AFTER_MS for one in self._known)
