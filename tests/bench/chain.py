"""Records of one node, signed ahead of time as the firmware signs them: in sequence, each chained to the last."""

from __future__ import annotations

import time
from collections.abc import Iterable

from firmware.outbox.records import Happening, Header, Identity, Signed, sign
from tests.bench.place import CABINETS, SITE, point_of
from wire.keys import SigningKey
from wire.messages import Level, LevelChanged, RecordData


class Chain:
    """What a node has said so far. `hashes` are those of its records, to be compared with the journal."""

    def __init__(self, name: str, key: SigningKey) -> None:
        self.name = name
        self.hashes: list[str] = []
        self._who = Identity(SITE, name, key)
        self._began = time.monotonic()

    @property
    def seq(self) -> int:
        """Number of the newest record."""
        return len(self.hashes)

    def add(self, data: RecordData) -> Signed:
        """The next record."""
        made = self.preview(data)
        self.hashes.append(made.hash)
        return made

    def preview(self, data: RecordData) -> Signed:
        """What `add` would make of it."""
        mono = int((time.monotonic() - self._began) * 1000) + 60_000
        header = Header("b00cb00cb00cb00c", mono, time.time_ns() // 1_000_000, "trusted")
        return sign(self._who, 1, self.seq + 1, self.hashes[-1] if self.hashes else "", Happening(header, data))

    def everyday(self, count: int) -> Iterable[Signed]:
        """Cabinets that are opened and closed by daylight: no alarm comes of it."""
        for number in range(count):
            point = point_of(self.name, CABINETS[number // 2 % len(CABINETS)])
            yield self.add(changed(point, "active" if number % 2 == 0 else "normal", None))

    def invented(self, count: int) -> Iterable[Signed]:
        """Openings of places that no document knows."""
        for number in range(count):
            yield self.add(changed(f"ghost-{number % 1000}/door", "active", None))


def changed(point: str, now: Level, sealing: int | None) -> LevelChanged:
    """A contact has opened (`active`) or closed again."""
    was: Level = "normal" if now == "active" else "active"
    return LevelChanged(point=point, was=was, now=now, at=60_000, sealing=sealing)
