"""Counts records that could not be kept, by kind, to be reported when there is room again."""

from __future__ import annotations

from collections import Counter

import msgspec

from firmware.outbox.records import Happening, Header
from wire.messages import Overflow, RecordData, kind_of


class Lost(msgspec.Struct):
    """What could not be kept, since when (milliseconds since boot). As it stands on disk."""

    since: int
    counts: dict[str, int]

    def told(self, header: Header) -> Happening:
        """The overflow record. `header`: the present time, at which the loss ended."""
        return Happening(header, Overflow(since=self.since, until=header.mono, lost=self.counts))


def counted(lost: Lost | None, happenings: list[Happening], header: Header) -> Lost:
    """The counts with these further records added."""
    data: list[RecordData] = [one.data for one in happenings]
    counts = Counter(lost.counts if lost else {})
    counts.update(kind_of(one) for one in data)
    return Lost(lost.since if lost else header.mono, dict(counts))
