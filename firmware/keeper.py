"""What happens when the outbox is full or the disk refuses to write: the node goes on, counts, and says so later.

full    Up to a bound the outbox keeps everything. Beyond it new records are not kept but counted by kind; the
        counts themselves are on disk. As soon as there is room again a signed `overflow` states them. At half of it a
        fault tells; what the hub has acknowledged, and has not proven to keep, counts to that half.
broken  While the disk refuses, steps wait in memory, the last ones up to PENDING_RECORDS; what comes after is
        counted. Nothing of it is published, since nothing is published that is not on disk. Every second it is
        tried again; then a `fault` outbox-write stands before and after what had waited. A damaged file is set aside.
"""

from __future__ import annotations

import logging
import sqlite3
from collections import Counter
from collections.abc import Callable

import msgspec

from firmware.outbox import LIMIT, Outbox
from firmware.records import Happening, Header, Signed
from wire.messages import Fault, Overflow, RecordData, kind_of

PENDING_RECORDS = 2_000
RETRY_MS = 1_000

log = logging.getLogger("strongroom.node")


class _Lost(msgspec.Struct):
    """What could not be kept, since when (milliseconds since boot)."""

    since: int
    counts: dict[str, int]


class Keeper:
    """Keeps what each step brings, whatever the disk does. No method raises sqlite3.Error."""

    def __init__(self, outbox: Outbox, limit: int = LIMIT) -> None:
        self.outbox = outbox
        self._limit = limit
        # Room that only statements about the outbox itself may use.
        self._reserve = min(16_384, limit // 8)
        self._fields: dict[str, object] = {}
        self._pending: list[Happening] = []
        self._pending_fields: dict[str, object] = {}
        self._attempted = 0
        """How many of those that wait were in the commit that failed, and may be on disk after all."""
        self._broken: Happening | None = None
        self._retry_at = 0
        self._lost: _Lost | None = None
        self._half = outbox.note("half") == b"1"
        stored = outbox.note("lost")
        if stored:
            self._lost = msgspec.json.decode(stored, type=_Lost)
            self._lost.since = 0  # of a boot before this one

    @property
    def broken(self) -> bool:
        """Whether the disk refuses at present."""
        return self._broken is not None

    @property
    def full(self) -> bool:
        """Whether records are being lost at present for want of room."""
        return self._lost is not None

    def keep(self, happenings: list[Happening], fields: dict[str, object], header: Header) -> None:
        """Keep all of one step in one transaction. `header` is the time now."""
        if not happenings and not fields:
            return
        self._fields.update(fields)
        if self._broken:
            self._wait(happenings, fields, header)
            return
        self._commit(happenings, fields, header)

    def tick(self, header: Header) -> None:
        """Time has passed: try the disk again, write down what was freed, and say what there is room for again."""
        if self._broken:
            if header.mono >= self._retry_at:
                self._retry(header)
            return
        try:
            self.outbox.flush()
        except sqlite3.Error as error:
            self._break(error, header)
            return
        if self._lost and self._has_room():
            self._commit([], {}, header)
        self._watch_level(header)

    def waiting(self, after: int, count: int, header: Header) -> list[Signed]:
        """Records to send, as of Outbox.waiting; none while the disk cannot be read."""
        if self._broken:
            return []
        try:
            return self.outbox.waiting(after, count)
        except sqlite3.Error as error:
            self._break(error, header)
            return []

    def attempt(self, action: Callable[[], object], header: Header) -> bool:
        """Do something else with the outbox. False when the disk refused."""
        if self._broken:
            return False
        try:
            action()
        except sqlite3.Error as error:
            self._break(error, header)
            return False
        return True

    # ------------------------------------------------------------ room

    def _commit(self, happenings: list[Happening], fields: dict[str, object], header: Header) -> None:
        told, lost = self._fit(happenings, header)
        extra = {}
        if lost is not self._lost or (lost and happenings):
            extra["lost"] = msgspec.json.encode(lost) if lost else b""
        if not told and not fields and not extra:
            return
        try:
            self.outbox.commit(told, fields, extra)
        except sqlite3.Error as error:
            self._break(error, header)
            self._wait(happenings, fields, header)
            self._attempted = len(self._pending) if told else 0
            return
        if lost and not self._lost:
            log.error("the outbox is full: records are being lost, and counted")
        self._lost = lost
        self._watch_level(header)

    def _fit(self, happenings: list[Happening], header: Header) -> tuple[list[Happening], _Lost | None]:
        """What of it can be kept, with an overflow record before it, and what will then have been lost."""
        if self._lost and self._has_room():
            overflow = Overflow(since=self._lost.since, until=header.mono, lost=self._lost.counts)
            return [Happening(header, overflow), *happenings], None
        size = sum(700 + len(msgspec.json.encode(one.data)) for one in happenings)
        if not self._lost and self.outbox.unfreed_bytes + size <= self._limit - self._reserve:
            return happenings, None
        return [], _counted(self._lost, happenings, header)

    def _has_room(self) -> bool:
        # Some room at once, so that there are not as many overflow records as receipts.
        return self.outbox.unfreed_bytes <= (self._limit - self._reserve) // 16 * 15

    def _watch_level(self, header: Header) -> None:
        used = self.outbox.waiting_bytes
        half = used > self._limit // 2 or (self._half and used > self._limit // 8 * 3)
        if half == self._half or self._broken:
            return
        detail = f"{used // 1024} KiB of {self._limit // 1024} KiB wait for the hub"
        fault = Happening(header, Fault(part="outbox-half", failed=half, detail=detail))
        try:
            self.outbox.commit([fault], extra={"half": b"1" if half else b""})
        except sqlite3.Error as error:
            self._break(error, header)
            return
        self._half = half

    # ------------------------------------------------------------ a disk that refuses

    def _break(self, error: sqlite3.Error, header: Header) -> None:
        log.error("the outbox cannot be written: %s", error)
        self._broken = Happening(header, Fault(part="outbox-write", failed=True, detail=str(error)[:200]))
        self._retry_at = header.mono + RETRY_MS

    def _wait(self, happenings: list[Happening], fields: dict[str, object], header: Header) -> None:
        self._pending_fields.update(fields)
        if len(self._pending) + len(happenings) <= PENDING_RECORDS:
            self._pending += happenings
        else:
            self._lost = _counted(self._lost, happenings, header)

    def _retry(self, header: Header) -> None:
        if self._broken is None:
            return
        self._retry_at = header.mono + RETRY_MS
        try:
            if self.outbox.reopen():
                del self._pending[: self._attempted]
            self._attempted = 0
        except sqlite3.OperationalError:
            return
        except sqlite3.DatabaseError as error:
            log.error("the outbox is damaged and is set aside: %s", error)
            try:
                self.outbox.set_aside()
            except (sqlite3.Error, OSError):
                return
            self._pending_fields = {**self._fields, **self._pending_fields}
        mended = Happening(header, Fault(part="outbox-write", failed=False, detail="the outbox can be written again"))
        told: list[Happening] = [self._broken, *self._pending, mended]
        lost, self._lost = self._lost, None
        if lost:
            overflow = Overflow(since=lost.since, until=header.mono, lost=lost.counts)
            told.insert(-1, Happening(header, overflow))
        try:
            self.outbox.commit(told, self._pending_fields, {"lost": b""})
        except sqlite3.Error:
            self._lost = lost
            self._attempted = len(self._pending)
            return
        log.warning("the outbox can be written again")
        self._broken, self._pending, self._pending_fields = None, [], {}


def _counted(lost: _Lost | None, happenings: list[Happening], header: Header) -> _Lost:
    data: list[RecordData] = [one.data for one in happenings]
    counts = Counter(lost.counts if lost else {})
    counts.update(kind_of(one) for one in data)
    return _Lost(lost.since if lost else header.mono, dict(counts))
