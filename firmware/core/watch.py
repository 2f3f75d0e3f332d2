"""What was supervised in an area, from when to when. Of a sealed one it is the proof of the holiday.

The intervals of an area are contiguous from when it is sealed or set (or the node started) on: each begins where the
one before ended, so a missing one shows. An interval never claims more than was so: it lists the points that were
supervised throughout, and every gap of over a second in which one of them was not read.

The first of them has no length: it says from when on the node watches. What is recorded of them, the caller says.
"""

from __future__ import annotations

from typing import NamedTuple

from wire.messages import Place

GAP_MS = 1_000
BRIEF_MS = 1_000
"""Points that come and go more often than this do not make an interval each time; it then lacks them all."""

Gap = tuple[int, int]


class Interval(NamedTuple):
    """Which points were supervised from `since` to `until`, as ms since boot, and the gaps in that."""

    points: tuple[Place, ...]
    since: int
    until: int
    gaps: tuple[Gap, ...]


class AreaWatch:
    """The running interval of one area. `every`: ms after which it is closed, whatever happens."""

    def __init__(self, points: frozenset[Place], now: int, every: int) -> None:
        self._every = every
        self._points = points
        self._since = now
        self._read_at = dict.fromkeys(points, now)
        self._gap_from: dict[Place, int] = {}
        """Points in a gap of which the part up to this time has been told."""
        self._gaps: list[Gap] = []

    def close(self, now: int) -> Interval:
        """The interval up to now; the next one begins."""
        for place in self._points:
            since = self._gap_from.get(place, self._read_at[place])
            if place in self._gap_from or now - since > GAP_MS:
                self._gaps.append((since, now))
                self._gap_from[place] = now
        interval = Interval(tuple(sorted(self._points)), self._since, now, _union(self._gaps))
        self._since, self._gaps = now, []
        return interval

    def sampled(self, place: Place, at: int) -> None:
        """A point was read."""
        if place not in self._points:
            return
        since = self._gap_from.pop(place, None)
        if since is not None:
            self._gaps.append((since, max(since, at)))
        elif at - self._read_at[place] > GAP_MS:
            self._gaps.append((self._read_at[place], at))
        self._read_at[place] = max(self._read_at[place], at)

    def advance(self, points: frozenset[Place], now: int) -> list[Interval]:
        """Time has passed, and these points are supervised now."""
        brief = now - self._since < BRIEF_MS
        if points == self._points:
            return [self.close(now)] if now - self._since >= self._every else []
        if brief and self._points:
            self._points &= points
            return []
        interval = self.close(now)
        added = points - self._points
        self._points = points
        self._read_at = {place: now if place in added else self._read_at[place] for place in points}
        self._gap_from = {place: at for place, at in self._gap_from.items() if place in points}
        return [interval]


def _union(gaps: list[Gap]) -> tuple[Gap, ...]:
    united: list[Gap] = []
    for since, until in sorted(gaps):
        if united and since <= united[-1][1]:
            united[-1] = (united[-1][0], max(until, united[-1][1]))
        else:
            united.append((since, until))
    return tuple(united)
