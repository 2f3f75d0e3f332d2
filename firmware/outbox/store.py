"""Durable store-and-forward: what a node has seen, on its disk until the hub's receipt, in one SQLite file.

Everything of one step is one transaction, flushed to disk before it returns (WAL, synchronous=FULL). Freed records
stay as history up to a bound, so that a hub that was put back from a backup can be given them again; and until this
node's own countersignature covers them, so that a hub cannot acknowledge records and then drop them.
Errors of the disk come out as sqlite3.Error; what has been kept before is untouched by them. What is read back is
checked before it is built upon, and by `firmware.outbox.damage` before it is sent: a bit that has turned over in a
record must not stop those after it. It is long since all that touches the file is here, and nothing else may.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import msgspec

from firmware.core.effects import Saved
from firmware.outbox import records, saved
from firmware.outbox.file import OutboxFile
from firmware.outbox.left_word import LeftWord
from firmware.outbox.records import Happening, Header, Identity, Signed
from wire.messages import CannotFill, Overflow, RecordData

HISTORY_RECORDS = 20_000
HISTORY_BYTES = 64 * 1024 * 1024
LIMIT = 1_000_000_000
"""Bytes that may wait for a receipt; and together with the history at most, those that wait to be covered."""

_PRUNE_EVERY = 64
_PRUNE_ROWS = 256
"""Rows that one transaction removes at most, so that no step waits long for it."""


class Outbox:
    """The outbox of one node. Used from one thread."""

    def __init__(
        self,
        path: Path,
        who: Identity,
        life: int,
        history_records: int = HISTORY_RECORDS,
        history_bytes: int = HISTORY_BYTES,
        limit: int = LIMIT,
        *,
        claim: Callable[[], None] = lambda: None,
        later: bool = False,
    ) -> None:
        """Open or make the file, unless it is to be done `later` by `reopen`. Raises sqlite3.Error.

        `life` is that of the papers. `claim` makes sure that no other process has the file, or raises OSError.
        """
        self.path = path
        self.papers_life = life
        self.who = who
        self.claim = claim
        self.word = LeftWord(path.with_name(f"{path.name}.refused"))
        self._file = OutboxFile(path, claim)
        self._history = (history_records, history_bytes)
        self._limit = limit
        self._attempt: Signed | None = None
        self._oldest: tuple[int, str] | None = None
        self.life = life
        self.seq = self.freed = self.covered = 0
        """Numbers of the newest record of this life, of the last one that a receipt has freed, and of the last one
        covered by a checkpoint that this node has countersigned. Records before it are bound to it by their hashes."""
        self.hash = ""
        """Text hash of the newest record; empty when there is none, or it is not known."""
        self._through = self._freed_through = self._covered_through = 0
        self._on_disk = (0, 0)
        if not later:
            self._open(life)

    # ------------------------------------------------------------ what there is

    @property
    def opened(self) -> bool:
        """Whether the file could be opened."""
        return self._file.opened

    @property
    def unfreed_bytes(self) -> int:
        """Bytes that wait for a receipt."""
        return self._through - self._freed_through

    @property
    def waiting_bytes(self) -> int:
        """Bytes that wait for a receipt or to be covered."""
        return self._through - min(self._freed_through, self._covered_through)

    def saved(self) -> Saved:
        """What was saved beside the records. A field that cannot be read counts as not saved."""
        return saved.read(self._file.get)

    def note(self, name: str) -> bytes | None:
        """A value that was given to `commit` under `extra`."""
        return self._file.get(f"extra.{name}")

    def waiting(self, after: int, count: int) -> list[Signed]:
        """Up to `count` records with numbers above `after`, in order, as they are stored."""
        return self._file.stored(after, count)

    def whole(self, stored: Signed) -> Signed | None:
        """The record as it was signed; None when it is damaged for good."""
        return records.restore(self.who, self.life, stored)

    def hash_of(self, seq: int) -> str | None:
        """Text hash of the record with this number, None when it is no longer there, or damaged."""
        whole = [self.whole(stored) for stored in self.waiting(seq - 1, 1) if stored.seq == seq]
        return whole[0].hash if whole and whole[0] else None

    def oldest(self) -> tuple[int, str]:
        """The lowest number that is still accounted for, and the text hash before it (empty if not known).

        A `cannot-fill` accounts for all that it stands for.
        """
        if self._oldest is None:
            stored = self.waiting(0, 1)
            if not stored:
                return self.seq + 1, self.hash
            whole = self.whole(stored[0])
            if whole is None:
                return stored[0].seq, ""
            record = records.read(whole.note)
            first = record.data.first if isinstance(record.data, CannotFill) else record.seq
            self._oldest = first, record.prev
        return self._oldest

    # ------------------------------------------------------------ what is added

    def commit(
        self,
        happenings: Sequence[Happening],
        fields: Mapping[str, object] | None = None,
        extra: Mapping[str, bytes] | None = None,
    ) -> list[Signed]:
        """Keep records and saved fields in one transaction; flushed to disk on return. Raises sqlite3.Error."""
        made: list[Signed] = []
        seq, newest = self.seq, self.hash
        for what in happenings:
            made.append(records.sign(self.who, self.life, seq + 1, newest, what))
            seq, newest = made[-1].seq, made[-1].hash
        through = self._through
        self._attempt = made[-1] if made else None
        with self._transaction():
            through = self._file.insert(made, through)
            for name, value in (fields or {}).items():
                self._file.put(saved.row(name), msgspec.json.encode(value))
            for name, content in (extra or {}).items():
                self._file.put(f"extra.{name}", content)
            self._put_marks()
            if seq // _PRUNE_EVERY != self.seq // _PRUNE_EVERY:
                self._prune()
        self._attempt = None
        self.seq, self.hash, self._through = seq, newest, through
        return made

    def free(self, seq: int) -> None:
        """The hub has everything through `seq`. On disk with the next commit: a repeated receipt does no harm."""
        if seq != self.freed:
            self.freed = min(seq, self.seq)
            self._freed_through = self._file.through(self.freed)
            self.covered = min(self.covered, self.freed)
            self._covered_through = self._file.through(self.covered)

    def cover(self, seq: int) -> None:
        """The journal is proven to have everything through `seq`. On disk as with `free`."""
        self.covered = max(self.covered, min(seq, self.freed))
        self._covered_through = self._file.through(self.covered)

    def flush(self) -> None:
        """Write down what was freed and covered since the last commit, and see that the file is still there.

        Raises sqlite3.Error.
        """
        self._file.see()
        if (self.freed, self.covered) != self._on_disk:
            with self._transaction():
                self._put_marks()
                self._prune()

    def cannot_fill(self, first: int, last: int, last_hash: str, prev: str, header: Header) -> Signed:
        """Say that `first` to `last` are no longer to be had, in the place of record `last`. Raises sqlite3.Error."""
        data = CannotFill(first=first, last=last, last_hash=last_hash)
        made = records.sign(self.who, self.life, last, prev, Happening(header, data))
        with self._transaction():
            self._file.put_in_place(first, made._replace(hash=last_hash))
            self._put_marks()
        self._oldest = None
        if last == self.seq:
            self.hash = last_hash
        return made

    def open_life(self, life: int, first: RecordData | None, header: Header) -> None:
        """Begin a new life with `first`; what no receipt has freed is told again in it, with its own times.

        Raises sqlite3.Error.
        """
        told: Iterator[Happening] = iter([Happening(header, first)] if first else [])
        seq, newest, through = 0, "", 0
        with self._transaction():
            self._file.begin_again()
            for what in chain(told, self._unfreed(header)):
                made = records.sign(self.who, life, seq + 1, newest, what)
                through = self._file.insert([made], through)
                seq, newest = made.seq, made.hash
            self._file.forget_former()
            self._file.put("life", str(life).encode())
            self._file.put("freed", b"0")
            self._file.put("covered", b"0")
        self.life, self.seq, self.hash, self.freed, self.covered = life, seq, newest, 0, 0
        self._through, self._freed_through, self._covered_through = through, 0, 0
        self._on_disk, self._oldest = (0, 0), None

    def reopen(self) -> bool:
        """Open the file again after an error. True when the commit that had failed is on disk after all."""
        self.close()
        attempt, freed, covered = self._attempt, self.freed, self.covered
        self._open(self.life)
        self._attempt = None
        self.free(max(freed, self.freed))
        self.cover(covered)
        return attempt is not None and (self.seq, self.hash) == (attempt.seq, attempt.hash)

    def rescue(self) -> Path | None:
        """A copy of a file that was deleted or replaced while it is open; None when it is there.

        Raises sqlite3.Error.
        """
        return self._file.rescue()

    def begin_anew(self) -> None:
        """Open another file in place of one that was set aside. Raises sqlite3.Error."""
        self._attempt = None
        self._open(self.life)

    def fill(self, life: int, state: Mapping[str, bytes], stored: Iterable[Signed]) -> None:
        """What is whole of a file that was set aside, into the empty one. Raises sqlite3.Error."""
        with self._transaction():
            for name, value in state.items():
                self._file.put(name, value)
            self.life = life
            self._file.insert(stored, 0)
        self._read_in(self.life)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    # ------------------------------------------------------------ within

    def _open(self, life: int) -> None:
        self._file.open()
        try:
            self._read_in(life)
        except ValueError as error:
            self.close()
            raise sqlite3.DatabaseError(f"what is saved cannot be read: {error}") from None
        except sqlite3.Error:
            self.close()
            raise

    def _read_in(self, life: int) -> None:
        self._file.prepare()
        stored = self._file.get("life")
        if stored is None:
            stored = str(life).encode()
            with self._transaction():
                self._file.put("life", stored)
        self.life = int(stored)
        self.freed, self.covered = int(self._file.get("freed") or b"0"), int(self._file.get("covered") or b"0")
        self._on_disk = (self.freed, self.covered)
        self.seq, self.hash, self._through = self._file.newest()
        # The next record is built upon this one.
        whole = [records.restore(self.who, None, stored) for stored in self.waiting(self.seq - 1, 1)]
        if whole and whole[0]:
            self.life, self.hash = records.read(whole[0].note).life, whole[0].hash
        self._freed_through, self._covered_through = self._file.through(self.freed), self._file.through(self.covered)
        self._oldest = None

    def _unfreed(self, header: Header) -> Iterator[Happening]:
        """What no receipt had freed of the records before, and how many of them are damaged."""
        damaged = 0
        for stored in self._file.former(self.freed):
            whole = self.whole(stored)
            if whole is None:
                damaged += 1
                continue
            record = records.read(whole.note)
            yield Happening(Header(record.boot, record.mono, record.wall, record.clock), record.data)
        if damaged:
            yield Happening(header, Overflow(since=0, until=header.mono, lost={"damaged": damaged}))

    def _put_marks(self) -> None:
        if (self.freed, self.covered) != self._on_disk:
            self._file.put("freed", str(self.freed).encode())
            self._file.put("covered", str(self.covered).encode())
            self._on_disk = (self.freed, self.covered)

    def _prune(self) -> None:
        self._oldest = None
        gone = [seq for seq, through in self._file.oldest(_PRUNE_ROWS) if self._may_go(seq, through)]
        if gone:
            self._file.remove(gone[-1])

    def _may_go(self, seq: int, through: int) -> bool:
        if seq > min(self.freed, self.seq - 1):  # the newest record always stays: the next one is chained to it
            return False
        count, size = self._history
        beyond = seq <= self.freed - count or through <= self._freed_through - size
        # What is freed and not covered stays only as long as there is room for what nobody but us has yet.
        return (beyond and seq <= self.covered) or through <= self._through - self._limit - size

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        on_disk = self._on_disk
        try:
            with self._file.transaction():
                yield
        except BaseException:
            self._on_disk = on_disk
            raise


def first_of(stored: Signed, whole: Signed | None) -> int:
    """The lowest number that a stored record accounts for."""
    data = records.read(whole.note).data if whole else None
    return data.first if isinstance(data, CannotFill) else stored.seq
