"""Which areas are sealed on this node, who may quiet its alarms, and the watch over them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from firmware.core.debounce import Change
from firmware.core.doors import area_of
from firmware.core.effects import Effect, Keep, Save
from firmware.core.points import Points
from firmware.core.sounder import OwnSounder
from firmware.core.watch import AreaWatch, Interval
from wire.messages import Chatter, LevelChanged, Name, Place, PlanPoint, Respond, SealBaseline, SealedArea, Watch
from wire.points import KINDS

EVERY_MS = 60_000
"""How long an interval of the watch over a sealed area is."""
Baselines = tuple[tuple[Place, int], ...]


class Sealing:
    """What is sealed. In force from the moment it is made, before any input is judged."""

    def __init__(
        self, sealed: Iterable[SealedArea], sounder: OwnSounder, points: Points, baselines: Baselines = ()
    ) -> None:
        self._sealed = {area.area: area for area in sealed}
        self._sounder = sounder
        self._points = points
        self._alarms: dict[Name, tuple[int, ...]] = {}
        """Acknowledged alarms of each area, for which a responder's badge is expected."""
        self._watches: dict[Name, AreaWatch] = {}
        self._baselines = dict(baselines)
        points.hold_to(self._baselines)

    @property
    def areas(self) -> tuple[SealedArea, ...]:
        """Every area that is sealed now."""
        return tuple(self._sealed.values())

    def number(self, area: Name) -> int | None:
        """Number of the area's sealing; None when it is not sealed."""
        sealed = self._sealed.get(area)
        return sealed.sealing if sealed else None

    def is_sealed(self, area: Name) -> bool:
        """Whether the area is sealed now."""
        return area in self._sealed

    def start(self, now: int) -> Iterator[Effect]:
        """The node starts: nothing has been read yet, so nothing is supervised yet."""
        for sealed in self._sealed.values():
            yield from self._begin(sealed, frozenset(), now)

    def change(self, areas: tuple[SealedArea, ...], now: int) -> Iterator[Effect]:
        """These areas are sealed from now on, and no other. What is not normal in a new one sounds at once."""
        new = {area.area: area for area in areas}
        for name, watch in self._watches.items():
            yield _told(self._sealed[name], watch.close(now))
            if new.get(name) != self._sealed[name]:
                self._alarms.pop(name, None)
                yield from self._sounder.quiet_area(name, "unsealed")
        old, self._sealed = self._sealed, new
        self._watches = {name: watch for name, watch in self._watches.items() if old.get(name) == new.get(name)}
        for name, sealed in new.items():
            if old.get(name) != sealed:
                yield from self._begin(sealed, self._points.supervised(name), now)
                if self._points.not_normal(name):
                    yield from self._sounder.opened(name)
        yield from self._measure(old)

    def stamp(self, record: LevelChanged | Chatter) -> LevelChanged | Chatter:
        """The record with the number of the sealing that its point is under."""
        return msgspec.structs.replace(record, sealing=self.number(area_of(record.point)))

    def changed(self, point: PlanPoint, change: Change) -> Iterator[Effect]:
        """A point's level has changed: anything but normal sounds, until somebody attends to it."""
        area = area_of(point.place)
        silent = KINDS[point.kind].pressed or (KINDS[point.kind].silent and change.now == "active")
        if area in self._sealed and change.now != "normal" and not silent:
            yield from self._sounder.opened(area)

    def sampled(self, place: Place, at: int) -> None:
        """A point was read."""
        watch = self._watches.get(area_of(place))
        if watch:
            watch.sampled(place, at)

    def advance(self, now: int) -> Iterator[Effect]:
        """Time has passed: watch records that are due."""
        for name, watch in self._watches.items():
            for interval in watch.advance(self._points.supervised(name), now):
                yield _told(self._sealed[name], interval)

    def respond(self, order: Respond) -> None:
        """These alarms are acknowledged. They end with the sealing."""
        if order.area in self._sealed:
            self._alarms[order.area] = order.alarms

    def to_attend(self, area: Name, hub_away: bool) -> tuple[int, ...] | None:
        """The alarms that a responder attends with a badge at the area, empty for the node's own; None: none there."""
        if self._alarms.get(area):
            return self._alarms[area]
        own = self._sounder.sounds_for(area) or self._sounder.for_hub
        return () if hub_away and own else None

    def sounds_for(self, area: Name) -> bool:
        """Whether the sounder sounds for an opening in the area."""
        return self._sounder.sounds_for(area)

    def attend(self, area: Name) -> Iterator[Effect]:
        """Somebody is there: quiet, until something is opened again."""
        yield from self._sounder.quiet_area(area, "attended")
        yield from self._sounder.quiet_hub("attended")

    def opened(self, area: Name) -> Iterator[Effect]:
        """It was opened in an emergency: it sounds until somebody comes."""
        yield from self._sounder.emergency(area)

    def refused(self, area: Name) -> Iterator[Effect]:
        """The hub would have weakened its sealing."""
        yield from self._sounder.opened(area, "refused")

    def came(self, area: Name, how: Literal["attended", "at-the-box"]) -> Iterator[Effect]:
        """Somebody has come for an emergency opening."""
        yield from self._sounder.quiet_emergency(area, how)

    def _measure(self, old: dict[Name, SealedArea]) -> Iterator[Effect]:
        """Set the baseline of the seals' loops to what they measure at the sealing; it is recorded and saved."""
        kept = {place: ohms for place, ohms in self._baselines.items() if area_of(place) in self._sealed}
        for name, sealed in self._sealed.items():
            if old.get(name) == sealed:
                continue
            kept = {place: ohms for place, ohms in kept.items() if area_of(place) != name}
            measured = self._points.seal_ohms(name)
            if measured:
                kept |= measured
                yield Keep(SealBaseline(area=name, sealing=sealed.sealing, ohms=measured))
        if kept != self._baselines:
            self._baselines = kept
            self._points.hold_to(kept)
            yield Save({"baselines": tuple(kept.items())})

    def _begin(self, sealed: SealedArea, points: frozenset[Place], now: int) -> Iterator[Effect]:
        watch = self._watches[sealed.area] = AreaWatch(points, now, EVERY_MS)
        yield _told(sealed, watch.close(now))


def _told(sealed: SealedArea, interval: Interval) -> Keep:
    points, since, until, gaps = interval
    return Keep(Watch(area=sealed.area, sealing=sealed.sealing, points=points, since=since, until=until, gaps=gaps))
