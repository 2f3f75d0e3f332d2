"""What a change of a point's level brings about: its record, the sounder, and what it means that somebody opened it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from firmware.core.doors import Doors
from firmware.core.effects import BeatNow, Effect, Keep
from firmware.core.emergencies import Emergencies
from firmware.core.everyday import Everyday
from firmware.core.points import Seen
from firmware.core.presented import When
from firmware.core.sealing import Sealing
from wire import messages as m
from wire.points import KINDS


class Changes:
    """All points of the node."""

    def __init__(
        self,
        doors: Doors,
        sealing: Sealing,
        everyday: Everyday,
        emergencies: Emergencies,
        can_read: Callable[[m.Name], bool],
    ) -> None:
        """`can_read`: whether a badge can be read at an area by this node."""
        self._doors, self._sealing, self._everyday = doors, sealing, everyday
        self._emergencies = emergencies
        self._can_read = can_read

    def seen(self, seen: Seen, when: When) -> Iterator[Effect]:
        """What a point has done."""
        kind = seen.point.kind
        for record in seen.records:
            yield from self._everyday.wants_out(record, kind, when)
            guard = self._everyday.guarded(record, kind, when.mono)
            stamped = replace(self._sealing.stamp(record), guard=guard)
            yield Keep(stamped)
            if stamped.sealing is not None or guard is not None:
                yield BeatNow()
        for change in seen.changes:
            self._doors.changed(seen.point.place, change)
            yield from self._sealing.changed(seen.point, change)
            yield from self._everyday.changed(seen.point, change)
        for record in seen.records:
            # What had changed when the point was first read may have been so for days: nobody saw it open.
            if isinstance(record, m.LevelChanged) and not record.found:
                yield from self._meant(record, kind, when)

    def _meant(self, record: m.LevelChanged, kind: m.PointKind, when: When) -> Iterator[Effect]:
        """What it means that somebody has opened or pressed this."""
        forced = False
        for outcome in self._doors.recorded(record):
            yield Keep(outcome)
            forced |= isinstance(outcome, m.Forced)
        if record.now == "active" and KINDS[kind].passage:
            yield from self._everyday.opened(record.point, forced, when)
        if record.now == "active" and KINDS[kind].sets:
            yield from self._everyday.pressed(record.point, when)
        if record.now != "normal" and KINDS[kind].always == "tamper":
            yield from self._at_the_box()

    def _at_the_box(self) -> Iterator[Effect]:
        """Somebody has opened this node's own box. Where no badge can be read, that says that they have come."""
        for area in self._emergencies.areas:
            if not self._can_read(area):
                yield from self._emergencies.came(area)
                yield from self._sealing.came(area, "at-the-box")
