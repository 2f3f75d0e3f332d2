"""A chattering input must not fill the outbox: after 20 changes in 10 s it is summed up, once per 10 s."""

from __future__ import annotations

from collections import deque

from firmware.core.debounce import Change
from wire.messages import Chatter, Level, LevelChanged, Place

LIMIT = 20
"""Changes within WINDOW_MS that are recorded one by one."""
WINDOW_MS = 10_000


class ChatterFilter:
    """Decides which changes of a point are recorded one by one and which are summed. `recorded`: level in the last
    record."""

    def __init__(self, place: Place, level: Level = "normal") -> None:
        self.recorded: Level = level
        self.chattering = False
        self._place = place
        self._times: deque[int] = deque()
        self._edges = 0
        self._since = 0
        self._last = Change(level, level, 0)

    def changed(self, change: Change) -> list[LevelChanged | Chatter]:
        """Records for a change of the debounced level. An alarm does not wait: up to the 20th all are told at once."""
        records = self.advance(change.at)
        self._last = change
        if self.chattering:
            self._edges += 1
            return records
        while self._times and self._times[0] <= change.at - WINDOW_MS:
            self._times.popleft()
        self._times.append(change.at)
        if len(self._times) > LIMIT:
            self.chattering, self._since, self._edges = True, change.at, 1
            return records
        return [*records, self._told()]

    def advance(self, now: int) -> list[LevelChanged | Chatter]:
        """The summary of each 10 s that are over, and the level it ended with once the chatter is over."""
        records: list[LevelChanged | Chatter] = []
        while self.chattering and now - self._since >= WINDOW_MS:
            until = self._since + WINDOW_MS
            if self._edges:
                records.append(self._summary(until))
            if self._edges <= LIMIT:
                self.chattering = False
                self._times.clear()
                if self._last.now != self.recorded:
                    records.append(self._told())
            self._since, self._edges = until, 0
        return records

    def _summary(self, until: int) -> Chatter:
        return Chatter(point=self._place, edges=self._edges, since=self._since, until=until, level=self._last.now)

    def _told(self) -> LevelChanged:
        record = LevelChanged(point=self._place, was=self.recorded, now=self._last.now, at=self._last.at)
        self.recorded = self._last.now
        return record
