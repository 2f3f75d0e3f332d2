"""A database that another process holds: the engine waits for it, and nothing can be journalled meanwhile.

While it lasts it is said beside the journal (hub/engine/alive.py); afterwards it is journalled, with its true time.
Pure; times are ms of a monotonic clock.
"""

from __future__ import annotations

from collections.abc import Iterator

from hub.core.alarms import life as alarm_life
from hub.core.calling import notices
from hub.core.site.document import Site
from hub.core.state import Entry, State
from wire import messages as m

TOLD_MS = 5_000
"""So long it may be held before that is said: whoever works on it in order takes a moment."""


class HeldDatabase:
    """For how long the engine has been waiting. One wait follows the other while the same is held on."""

    def __init__(self) -> None:
        self._since: int | None = None
        self._until = 0
        self._told = False

    def waits(self, waited: int, mono: int) -> bool:
        """We have waited so long by now, and go on. True when it is time to say so."""
        if self._since is None:
            self._since = mono - waited
        self._until = mono
        told, self._told = self._told, self._told or mono - self._since >= TOLD_MS
        return self._told and not told

    def told_for(self, mono: int) -> int | None:
        """For how long it has been held, if that is to be said."""
        return mono - self._since if self._told and self._since is not None else None

    def due(self, now: int, mono: int) -> Iterator[m.FactData]:
        """We wait no longer: what is to be journalled of it. `now` is wall time in ms."""
        since, told = self._since, self._told
        self._since, self._told = None, False
        if since is not None and told:
            yield m.DatabaseHeld(since=max(0, now - (mono - since)), held_for=self._until - since)


def told(state: State, site: Site, entry: Entry, data: m.DatabaseHeld) -> Iterator[m.FactData]:
    """The trouble of it, as of when it began: somebody has to find out who that was."""
    cause = alarm_life.Cause("database-held", "hub", None, notices.site_sealing(state), data.since)
    yield alarm_life.raise_for(state, cause, entry)
