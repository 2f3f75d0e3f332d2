"""The watch over areas that are set: one record at each change of what is supervised, and one an hour.

It runs from the moment that an area is set until it is so no longer, under the number of that, at every node of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from firmware.core.doors import area_of
from firmware.core.effects import Keep
from firmware.core.points import Points
from firmware.core.watch import AreaWatch, Interval
from wire.messages import Name, Number, Place, WatchWhileSet

EVERY_MS = 3_600_000


class SetWatches:
    """The running interval of each area that is set."""

    def __init__(self, points: Points) -> None:
        self._points = points
        self._watches: dict[Name, tuple[Number, AreaWatch]] = {}

    def over(self, areas: Mapping[Name, Number], now: int) -> Iterator[Keep]:
        """These areas are set, under these numbers, and no other."""
        for name, (number, watch) in list(self._watches.items()):
            if areas.get(name) != number:
                del self._watches[name]
                yield _told(name, number, watch.close(now))
        for name, number in areas.items():
            if name not in self._watches:
                watch = AreaWatch(self._points.supervised(name), now, EVERY_MS)
                self._watches[name] = number, watch
                yield _told(name, number, watch.close(now))

    def sampled(self, place: Place, at: int) -> None:
        """A point was read."""
        known = self._watches.get(area_of(place))
        if known:
            known[1].sampled(place, at)

    def advance(self, now: int) -> Iterator[Keep]:
        """Time has passed: what is due."""
        for name, (number, watch) in self._watches.items():
            for interval in watch.advance(self._points.supervised(name), now):
                yield _told(name, number, interval)


def _told(area: Name, number: Number, interval: Interval) -> Keep:
    points, since, until, gaps = interval
    return Keep(WatchWhileSet(area=area, number=number, points=points, since=since, until=until, gaps=gaps))
