"""Watch records: what was supervised, from when to when, in areas that are sealed. The proof of the holiday.

The intervals of an area are contiguous from its sealing (or the node's start) on: each begins where the one before
ended, so a missing one shows. A record never claims more than was so: it lists the points that were supervised
throughout its interval, and every gap of over a second in which one of them was not read.

The first record of a sealing or start has no length: it says from when on the node watches.
"""

from __future__ import annotations

from wire.messages import Place, SealedArea, Watch

EVERY_MS = 60_000
GAP_MS = 1_000
BRIEF_MS = 1_000
"""Points that come and go more often than this do not make a record each time; the interval then lacks them all."""

Gap = tuple[int, int]


class AreaWatch:
    """The running interval of one sealed area."""

    def __init__(self, sealed: SealedArea, points: frozenset[Place], now: int) -> None:
        self._sealed = sealed
        self._points = points
        self._since = now
        self._read_at = dict.fromkeys(points, now)
        self._gap_from: dict[Place, int] = {}
        """Points in a gap of which the part up to this time has been told."""
        self._gaps: list[Gap] = []

    def close(self, now: int) -> Watch:
        """Record of the interval up to now; the next one begins."""
        for place in self._points:
            since = self._gap_from.get(place, self._read_at[place])
            if place in self._gap_from or now - since > GAP_MS:
                self._gaps.append((since, now))
                self._gap_from[place] = now
        record = Watch(
            area=self._sealed.area,
            sealing=self._sealed.sealing,
            points=tuple(sorted(self._points)),
            since=self._since,
            until=now,
            gaps=_union(self._gaps),
        )
        self._since, self._gaps = now, []
        return record

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

    def advance(self, points: frozenset[Place], now: int) -> list[Watch]:
        """Time has passed, and these points are supervised now."""
        brief = now - self._since < BRIEF_MS
        if points == self._points:
            return [self.close(now)] if now - self._since >= EVERY_MS else []
        if brief and self._points:
            self._points &= points
            return []
        record = self.close(now)
        added = points - self._points
        self._points = points
        self._read_at = {place: now if place in added else self._read_at[place] for place in points}
        self._gap_from = {place: at for place, at in self._gap_from.items() if place in points}
        return [record]


def _union(gaps: list[Gap]) -> tuple[Gap, ...]:
    united: list[Gap] = []
    for since, until in sorted(gaps):
        if united and since <= united[-1][1]:
            united[-1] = (united[-1][0], max(until, united[-1][1]))
        else:
            united.append((since, until))
    return tuple(united)
