"""A database that another process holds: the engine waits for it, and nothing can be journalled meanwhile.

While it lasts it is said beside the journal (hub/engine/alive.py); afterwards it is journalled, with its true time.
Pure; times are ms of a monotonic clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from hub.core.alarms import life as alarm_life
from hub.core.calling import notices
from hub.core.site.document import Site
from hub.core.state import Entry, State
from wire import messages as m

WINDOW_MS = 60_000
TOLD_MS = 5_000
"""So long writes may wait within a minute before that is said: whoever works on it in order takes a moment."""
BRIEF_MS = 250
"""What is over sooner is no wait: a busy machine takes so long by itself."""


class _Wait(NamedTuple):
    since: int
    until: int


class HeldDatabase:
    """For how long the engine has waited within the last minute, be it for one who holds on or for one who comes again
    and again."""

    def __init__(self) -> None:
        self._waits: deque[_Wait] = deque()
        self._told = False
        self._said_at: int | None = None

    def waits(self, waited: int, mono: int) -> bool:
        """We have waited so long by now, and go on. True when it is time to say so."""
        since = mono - waited
        if self._waits and since - self._waits[-1].until < BRIEF_MS:
            since = self._waits.pop().since
        self._waits.append(_Wait(since, mono))
        while not self._told and self._waits[0].until <= mono - WINDOW_MS:
            self._waits.popleft()
        told, self._told = self._told, self._told or self._waited >= TOLD_MS
        return self._told and not told

    def got_through(self, waited: int, mono: int) -> bool:
        """We have waited so long, and wait no longer. True when it is time to say so."""
        return waited >= BRIEF_MS and self.waits(waited, mono)

    def told_for(self, mono: int) -> int | None:
        """Since how long it has been held, on and on or again and again, if that is to be said."""
        return mono - self._waits[0].since if self._told else None

    def due(self, now: int, mono: int) -> Iterator[m.FactData]:
        """Nobody holds it at the moment: what is to be journalled, once a minute at most. `now` is wall time in ms."""
        if not self._told or (self._said_at is not None and mono - self._said_at < WINDOW_MS):
            return
        said = m.DatabaseHeld(since=max(0, now - (mono - self._waits[0].since)), held_for=self._waited)
        self._waits.clear()
        self._told, self._said_at = False, mono
        yield said

    @property
    def _waited(self) -> int:
        return sum(wait.until - wait.since for wait in self._waits)


def told(state: State, site: Site, entry: Entry, data: m.DatabaseHeld) -> Iterator[m.FactData]:
    """The trouble of it, as of when it began: somebody has to find out who that was."""
    cause = alarm_life.Cause("database-held", "hub", None, notices.site_sealing(state), data.since)
    yield alarm_life.raise_for(state, cause, entry)
