"""What happens when the outbox is full or the disk refuses to write: the node goes on, counts, and says so later.

full    Up to a bound the outbox keeps everything. Beyond it new records are not kept but counted by kind; the
        counts themselves are on disk. As soon as there is room again a signed `overflow` states them. At half of it a
        fault tells; what the hub has acknowledged, and has not proven to keep, counts to that half.
broken  While the disk refuses, steps wait in memory, the last ones up to PENDING_RECORDS; what comes after is
        counted. Nothing of it is published, since nothing is published that is not on disk; beats say so, see
        `unwritten`. Every second it is tried again, and more rarely when it fails again soon; then a `fault`
        outbox-write stands before and after what had waited. A damaged file, and one that can be written but not
        read, is set aside, and what is whole in it is taken over. So it is also when the node starts.
"""

from __future__ import annotations

import logging
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import msgspec

from firmware.core.effects import Saved
from firmware.outbox import damage
from firmware.outbox.damage import is_damage
from firmware.outbox.loss import Lost, counted
from firmware.outbox.records import Happening, Header, Signed
from firmware.outbox.store import LIMIT, Outbox
from wire import decoding
from wire.messages import Fault, Overflow, Unwritten

PENDING_RECORDS = 2_000
RETRY_MS = 1_000
RETRY_MOST_MS = 60_000
SOON_MS = 60_000
"""A disk that refuses again within this time after it recovered is retried less often."""
RELAPSES = 3
"""After this many relapses in a row the file counts as damaged, whatever SQLite calls the error."""

log = logging.getLogger("strongroom.node")


class BufferedOutbox:
    """The outbox behind a buffer: keeps what each step brings, whatever the disk does. No method raises
    sqlite3.Error."""

    def __init__(self, outbox: Outbox, limit: int = LIMIT) -> None:
        """`outbox` may still be closed: `open` opens it."""
        self.outbox = outbox
        self.blind = False
        """The disk could not even be read at the start: what was saved there is not in force."""
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
        self._word = False
        self._damaged = False
        self._relapses = 0
        self._mended_at: int | None = None
        self._lost: Lost | None = None
        self._half = False
        self._begun = outbox.opened
        if outbox.opened:
            self._learn()

    def open(self, header: Header) -> tuple[Saved, list[Happening]]:
        """Open the outbox; gives what is saved, and what there is to tell.

        With a disk that refuses the node starts too, with what can be read, and tries again.
        """
        try:
            self.outbox.reopen()
        except sqlite3.Error as error:
            if not is_damage(error):
                return self._look(error, header), []
            try:
                aside = damage.set_aside(self.outbox, header)
            except sqlite3.Error as worse:
                return self._look(worse, header), []
            log.error("the outbox was damaged (%s) and is set aside as %s", error, aside)
            detail = f"the outbox was damaged and is set aside as {aside.name}"
            begun = "a new outbox was begun with what is whole in it"
            told = [
                Happening(header, Fault(part="outbox-write", failed=True, detail=detail)),
                Happening(header, Fault(part="outbox-write", failed=False, detail=begun)),
            ]
        else:
            told = []
        self._word = self.outbox.word.read() not in ("", header.boot)
        if self._word:
            detail = "the boot before ended while its disk refused: what it had in memory alone is lost"
            told += [
                Happening(header, Fault(part="outbox-write", failed=True, detail=detail)),
                Happening(header, Overflow(since=0, until=header.mono, lost={"unknown": 1})),
                Happening(header, Fault(part="outbox-write", failed=False, detail="the outbox can be written")),
            ]
        found: list[Saved] = []
        if not self.attempt(lambda: self._begin(header), header):
            return damage.look(self.outbox) or Saved(), told
        self.attempt(lambda: found.append(self.outbox.saved()), header)
        return found[0] if found else Saved(), told

    @property
    def broken(self) -> bool:
        """Whether the disk refuses at present."""
        return self._broken is not None

    @property
    def unwritten(self) -> Unwritten | None:
        """What is in memory alone while the disk refuses, for the beats; None while it does not."""
        if self._broken is None:
            return None
        lost = sum(self._lost.counts.values()) if self._lost else 0
        return Unwritten(since=self._broken.header.mono, waiting=len(self._pending), lost=lost)

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
        if self._word:
            self.outbox.word.clear()  # it stands in a record, since a turn ago
            self._word = False
        try:
            self.outbox.flush()
        except sqlite3.Error as error:
            self._break(error, header)
            return
        if self._lost and self._has_room():
            self._commit([], {}, header)
        self._watch_level(header)

    def waiting(self, after: int, count: int, header: Header) -> list[Signed]:
        """Records to send, as of damage.to_send; none while the disk refuses."""
        found: list[Signed] = []
        self.attempt(lambda: found.extend(damage.to_send(self.outbox, after, count, header)), header)
        return found

    def attempt(self, action: Callable[[], object], header: Header) -> bool:
        """Do something else with the outbox. False when the disk refused."""
        if self._broken:
            return False
        try:
            action()
        except sqlite3.Error as error:
            self._break(error, header, reading=True)
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

    def _fit(self, happenings: list[Happening], header: Header) -> tuple[list[Happening], Lost | None]:
        """What of it can be kept, with an overflow record before it, and what will then have been lost."""
        if self._lost and self._has_room():
            return [self._lost.told(header), *happenings], None
        size = sum(700 + len(msgspec.json.encode(one.data)) for one in happenings)
        if not self._lost and self.outbox.unfreed_bytes + size <= self._limit - self._reserve:
            return happenings, None
        return [], counted(self._lost, happenings, header)

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

    def _look(self, error: sqlite3.Error, header: Header) -> Saved:
        """What can be read beside a disk that refuses at the start."""
        found = damage.look(self.outbox)
        self.blind = found is None
        self._break(error, header)
        return found or Saved()

    def _begin(self, header: Header) -> None:
        """The outbox is open for the first time in this boot."""
        self._learn()
        self._begun = True
        if self.outbox.life < self.outbox.papers_life:
            log.warning("new papers: life %d begins, after life %d", self.outbox.papers_life, self.outbox.life)
            self.outbox.open_life(self.outbox.papers_life, None, header)

    def _learn(self) -> None:
        self._half = self.outbox.note("half") == b"1"
        with suppress(msgspec.MsgspecError):
            stored = self.outbox.note("lost")
            if stored:
                counts = Counter(self._lost.counts if self._lost else {})
                counts.update(decoding.decode(stored, Lost).counts)
                self._lost = Lost(0, dict(counts))  # of a boot before this one

    def _break(self, error: sqlite3.Error, header: Header, reading: bool = False) -> None:
        log.error("the outbox cannot be written: %s", error)
        self._broken = Happening(header, Fault(part="outbox-write", failed=True, detail=str(error)[:200]))
        soon = self._mended_at is not None and header.mono - self._mended_at < SOON_MS
        self._relapses = self._relapses + 1 if soon else 0
        unreadable = reading and self._relapses == RELAPSES
        self._damaged = unreadable or is_damage(error)
        self._retry_at = header.mono + self._pause()
        self.outbox.word.leave(header.boot)

    def _wait(self, happenings: list[Happening], fields: dict[str, object], header: Header) -> None:
        self._pending_fields.update(fields)
        if len(self._pending) + len(happenings) <= PENDING_RECORDS:
            self._pending += happenings
        else:
            self._lost = counted(self._lost, happenings, header)

    def _retry(self, header: Header) -> None:
        if self._broken is None:
            return
        self._retry_at = header.mono + self._pause()
        try:
            if self._damaged:
                self._set_aside(header)
            elif self.outbox.reopen():
                del self._pending[: self._attempted]
            self._attempted = 0
            if not self._begun:
                self._begin(header)
        except sqlite3.Error as error:
            self._damaged |= is_damage(error)  # the next time
            return
        mended = Happening(header, Fault(part="outbox-write", failed=False, detail="the outbox can be written again"))
        told: list[Happening] = [self._broken, *self._pending, mended]
        lost, self._lost = self._lost, None
        if lost:
            told.insert(-1, lost.told(header))
        try:
            self.outbox.commit(told, self._pending_fields, {"lost": b""})
        except sqlite3.Error:
            self._lost = lost
            self._attempted = len(self._pending)
            return
        log.warning("the outbox can be written again")
        self._broken, self._pending, self._pending_fields = None, [], {}
        self._mended_at = header.mono
        self.outbox.word.clear()

    def _set_aside(self, header: Header) -> None:
        log.error("the outbox is damaged and is set aside as %s", damage.set_aside(self.outbox, header))
        self._damaged = False
        self._pending_fields = {**self._fields, **self._pending_fields}

    def _pause(self) -> int:
        return min(RETRY_MS << min(self._relapses, 10), RETRY_MOST_MS)
