"""What the node keeps on disk of how it stands, saved whenever that has changed."""

from __future__ import annotations

from collections.abc import Iterator

from firmware.core.doors import Doors
from firmware.core.effects import Save, Saved
from firmware.core.everyday import Everyday
from firmware.core.sounder import OwnSounder


class Kept:
    """Fields of `Saved` that follow from what has happened, and are told by nobody who made it happen."""

    def __init__(self, saved: Saved, doors: Doors, sounder: OwnSounder, everyday: Everyday) -> None:
        self._doors, self._sounder, self._everyday = doors, sounder, everyday
        self._inside, self._sounding, self._stands = saved.inside, saved.sounding, saved.stands

    def changed(self, wall: int) -> Iterator[Save]:
        """Those that have changed since they were last saved. `wall`: wall time in ms."""
        if self._doors.inside != self._inside:
            self._inside = self._doors.inside
            yield Save({"inside": self._inside, "inside_at": wall})
        if self._sounder.sounding != self._sounding:
            self._sounding = self._sounder.sounding
            yield Save({"sounding": self._sounding})
        if self._everyday.stands != self._stands:
            self._stands = self._everyday.stands
            yield Save({"stands": self._stands})
