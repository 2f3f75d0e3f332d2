"""Durable store-and-forward: what a node has seen, on its disk until the hub's receipt, in one SQLite file.

Everything of one step is one transaction, flushed to disk before it returns (WAL, synchronous=FULL). Freed records
stay as history up to a bound, so that a hub that was put back from a backup can be given them again; and until this
node's own countersignature covers them, so that a hub cannot acknowledge records and then drop them.
Errors of the disk come out as sqlite3.Error; what has been kept before is untouched by them. What is read back is
checked before it is sent or built upon: a bit that has turned over in a record must not stop those after it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Literal

import msgspec

from firmware import records, salvage, saved
from firmware.core.effects import Saved
from firmware.records import Happening, Header, Identity, Signed
from wire.messages import CannotFill, Overflow, RecordData

HISTORY_RECORDS = 20_000
HISTORY_BYTES = 64 * 1024 * 1024
LIMIT = 1_000_000_000
"""Bytes that may wait for a receipt; and together with the history at most, those that wait to be covered."""
ROW_OVERHEAD = 128
"""Bytes that a record takes on disk beside its note, for keys, hash and page slack."""

KEPT_ASIDE = 3
"""Damaged files that are kept for a person to look at; each may be as large as the outbox."""

ENDINGS = ("", "-wal", "-shm")
"""Of the file itself and of what SQLite keeps beside it."""

_PRUNE_EVERY = 64
_PRUNE_ROWS = 256
"""Rows that one transaction removes at most, so that no step waits long for it."""

_RECORD_TABLE = """
CREATE TABLE IF NOT EXISTS record (
    seq INTEGER PRIMARY KEY,
    hash TEXT NOT NULL,       -- text hash of the record that has this number in the chain
    through INTEGER NOT NULL, -- bytes of all records of this life up to and with this one
    note BLOB NOT NULL
) STRICT
"""
_STATE_TABLE = """
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID
"""


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
        self._word = path.with_name(f"{path.name}.refused")
        self._claim = claim
        self._connection: sqlite3.Connection | None = None
        self._who = who
        self._history = (history_records, history_bytes)
        self._limit = limit
        self._attempt: Signed | None = None
        self._oldest: tuple[int, str] | None = None
        self.life = life
        self.seq = self.freed = self.covered = 0
        """Numbers of the newest record of this life, of the last one that a receipt has freed, and of the last one that
        a checkpoint of this node's own covers. Records before it are bound to it: each names the hash of the last."""
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
        return self._connection is not None

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
        return saved.read(self._get)

    def note(self, name: str) -> bytes | None:
        """A small thing that was put into `commit` under `extra`."""
        return self._get(f"extra.{name}")

    def waiting(self, after: int, count: int) -> list[Signed]:
        """Up to `count` records with numbers above `after`, in order, as they are stored."""
        rows = self._db.execute("SELECT seq, hash, note FROM record WHERE seq > ? ORDER BY seq LIMIT ?", (after, count))
        return [_stored(row) for row in rows]

    def whole(self, stored: Signed) -> Signed | None:
        """The record as it was signed; None when it is damaged for good."""
        return records.restore(self._who, self.life, stored)

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
            made.append(records.sign(self._who, self.life, seq + 1, newest, what))
            seq, newest = made[-1].seq, made[-1].hash
        through = self._through
        self._attempt = made[-1] if made else None
        with self._transaction():
            through = self._insert(made, through)
            for name, value in (fields or {}).items():
                self._put(saved.row(name), msgspec.json.encode(value))
            for name, content in (extra or {}).items():
                self._put(f"extra.{name}", content)
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
            self._freed_through = self._through_of(self.freed)
            self.covered = min(self.covered, self.freed)
            self._covered_through = self._through_of(self.covered)

    def cover(self, seq: int) -> None:
        """The journal is proven to have everything through `seq`. On disk as with `free`."""
        self.covered = max(self.covered, min(seq, self.freed))
        self._covered_through = self._through_of(self.covered)

    def flush(self) -> None:
        """Write down what was freed and covered since the last commit. Raises sqlite3.Error."""
        if (self.freed, self.covered) != self._on_disk:
            with self._transaction():
                self._put_marks()
                self._prune()

    def to_send(self, after: int, count: int, header: Header) -> list[Signed]:
        """Up to `count` records with numbers above `after`, in order and whole.

        What is damaged or gone is accounted for in its place by a `cannot-fill`. Raises sqlite3.Error.
        """
        made: list[Signed] = []
        stored = self.waiting(after, count)
        following = [*stored[1:], *self.waiting(stored[-1].seq, 1)] if stored else []
        due = after + 1
        for number, one in enumerate(stored):
            if one.seq < due:
                raise sqlite3.DatabaseError("records do not stand in order")
            whole = self.whole(one)
            if _first(one, whole) > due:
                made.append(self.cannot_fill(due, one.seq - 1, self._named_by(one), "", header))
            if whole is None:
                named = self._named_by(following[number]) if number < len(following) else self.hash
                whole = self.cannot_fill(one.seq, one.seq, named or one.hash, "", header)
            made.append(whole)
            due = one.seq + 1
        if not stored and after < self.seq:
            made.append(self.cannot_fill(due, self.seq, self.hash, "", header))
        return made

    def cannot_fill(self, first: int, last: int, last_hash: str, prev: str, header: Header) -> Signed:
        """Say that `first` to `last` are no longer to be had, in the place of record `last`. Raises sqlite3.Error."""
        data = CannotFill(first=first, last=last, last_hash=last_hash)
        made = records.sign(self._who, self.life, last, prev, Happening(header, data))
        through = self._through_of(last)
        with self._transaction():
            self._db.execute("DELETE FROM record WHERE seq BETWEEN ? AND ?", (first, last))
            self._db.execute("INSERT INTO record VALUES (?, ?, ?, ?)", (last, last_hash, through, made.note))
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
        lost: list[int] = []
        seq, newest, through = 0, "", 0
        with self._transaction():
            self._db.execute("ALTER TABLE record RENAME TO former")
            self._db.execute(_RECORD_TABLE)
            for what in chain(told, self._unfreed("former", lost), self._of_lost(lost, header)):
                made = records.sign(self._who, life, seq + 1, newest, what)
                through = self._insert([made], through)
                seq, newest = made.seq, made.hash
            self._db.execute("DROP TABLE former")
            self._put("life", str(life).encode())
            self._put("freed", b"0")
            self._put("covered", b"0")
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

    def set_aside(self, header: Header) -> Path:
        """Put a damaged file aside, for a person to look at, and begin another with all that can still be read of it.

        Raises sqlite3.Error.
        """
        self.close()
        known, self._attempt = (self.seq, self.hash), None
        try:
            self._claim()
            aside = set_aside(self.path)
        except OSError as error:
            raise sqlite3.OperationalError(str(error)) from None
        self._open(self.life)
        try:
            wreck = salvage.Wreck(aside)
        except sqlite3.Error:
            return aside  # nothing of it can be read
        try:
            with closing(wreck):
                self._take_over(wreck, known, header)
        except sqlite3.Error:
            self.close()
            put_back(self.path, aside)
            raise
        return aside

    def look(self) -> Saved | None:
        """What was saved, read beside a disk that takes nothing; None when it cannot be read either."""
        try:
            with closing(salvage.Wreck(self.path)) as wreck:
                state = wreck.state()
                self.life = int(state["life"])
                self.seq, self.hash = wreck.newest()
                self.freed = min(int(state.get("freed", b"0")), self.seq)
        except (sqlite3.Error, KeyError, ValueError):
            return None
        return saved.read(state.get)

    def leave_word(self, boot: str) -> None:
        """Beside a file that refuses: that this boot has records in its memory alone. The disk may refuse that too."""
        with suppress(OSError):
            descriptor = os.open(self._word, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(boot)
                file.flush()
                os.fsync(file.fileno())

    def word(self) -> str:
        """The boot that has left word; empty for none."""
        with suppress(OSError, UnicodeDecodeError):
            return self._word.read_text("ascii")[:32]
        return ""

    def clear_word(self) -> None:
        """It is told, or everything has been written after all."""
        with suppress(OSError):
            self._word.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    # ------------------------------------------------------------ within

    @property
    def _db(self) -> sqlite3.Connection:
        if self._connection is None:
            raise sqlite3.OperationalError("the outbox is not open")
        return self._connection

    def _open(self, life: int) -> None:
        try:
            self._claim()
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self.path.exists():
                os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600))
        except OSError as error:
            raise sqlite3.OperationalError(str(error)) from None
        self._connection = sqlite3.connect(self.path, isolation_level=None, timeout=2, cached_statements=32)
        self._connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        try:
            self._read_in(life)
        except ValueError as error:
            self.close()
            raise sqlite3.DatabaseError(f"what is saved cannot be read: {error}") from None
        except sqlite3.Error:
            self.close()
            raise

    def _read_in(self, life: int) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA cache_size = -512")
        self._db.execute(_RECORD_TABLE)
        self._db.execute(_STATE_TABLE)
        stored = self._get("life")
        if stored is None:
            stored = str(life).encode()
            with self._transaction():
                self._put("life", stored)
        self.life = int(stored)
        self.freed, self.covered = int(self._get("freed") or b"0"), int(self._get("covered") or b"0")
        self._on_disk = (self.freed, self.covered)
        newest = self._db.execute("SELECT seq, hash, through FROM record ORDER BY seq DESC LIMIT 1").fetchone()
        self.seq, self.hash, self._through = newest or (0, "", 0)
        self.hash, self._through = str(self.hash or ""), _number(self._through)
        # The next record is built upon this one.
        whole = [records.restore(self._who, None, stored) for stored in self.waiting(self.seq - 1, 1)]
        if whole and whole[0]:
            self.life, self.hash = records.read(whole[0].note).life, whole[0].hash
        self._freed_through, self._covered_through = self._through_of(self.freed), self._through_of(self.covered)
        self._oldest = None

    def _insert(self, made: Iterable[Signed], through: int) -> int:
        for one in made:
            through += len(one.note) + ROW_OVERHEAD
            self._db.execute("INSERT INTO record VALUES (?, ?, ?, ?)", (one.seq, one.hash, through, one.note))
        return through

    def _named_by(self, next_stored: Signed) -> str:
        """Hash that a record names as that of the one before it; empty when it is damaged itself."""
        whole = self.whole(next_stored)
        return records.read(whole.note).prev if whole else ""

    def _take_over(self, wreck: salvage.Wreck, known: tuple[int, str], header: Header) -> None:
        """Everything of a damaged file that is whole, with what is not accounted for in its place."""
        state = wreck.state()
        newest, newest_hash = max(known, wreck.newest())
        freed = int(state["freed"]) if state.get("freed", b"x").isdigit() else 0
        with self._transaction():
            for name, value in state.items():
                self._put(name, value)
            self.life = int(state["life"]) if state.get("life", b"x").isdigit() else self.life
            gone, through = freed + 1, 0
            for seq in range(freed + 1, newest + 1):
                stored = wreck.record(seq)
                whole = self.whole(stored) if stored else None
                if whole is None and seq < newest:
                    continue
                if whole is None or _first(whole, whole) > gone:
                    last = seq if whole is None else seq - 1
                    last_hash = newest_hash if whole is None else records.read(whole.note).prev
                    data = CannotFill(first=gone, last=last, last_hash=last_hash)
                    made = records.sign(self._who, self.life, last, "", Happening(header, data))
                    through = self._insert([Signed(last, last_hash, made.note)], through)
                if whole:
                    through = self._insert([whole], through)
                gone = seq + 1
        self._read_in(self.life)

    @staticmethod
    def _of_lost(lost: list[int], header: Header) -> Iterator[Happening]:
        if lost:
            yield Happening(header, Overflow(since=0, until=header.mono, lost={"damaged": len(lost)}))

    def _unfreed(self, table: Literal["former"], lost: list[int]) -> Iterator[Happening]:
        """What no receipt has freed; numbers of what is damaged go into `lost`."""
        query = f"SELECT seq, hash, note FROM {table} WHERE seq > ? ORDER BY seq LIMIT 256"  # noqa: S608 - a literal
        last = self.freed
        while rows := self._db.execute(query, (last,)).fetchall():
            for stored in map(_stored, rows):
                last = stored.seq
                whole = self.whole(stored)
                if whole is None:
                    lost.append(stored.seq)
                    continue
                record = records.read(whole.note)
                yield Happening(Header(record.boot, record.mono, record.wall, record.clock), record.data)

    def _through_of(self, seq: int) -> int:
        row = self._db.execute("SELECT through FROM record WHERE seq <= ? ORDER BY seq DESC LIMIT 1", (seq,)).fetchone()
        if row:
            return _number(row[0])
        oldest = self._db.execute("SELECT through, length(note) FROM record ORDER BY seq LIMIT 1").fetchone()
        return _number(oldest[0]) - _number(oldest[1]) - ROW_OVERHEAD if oldest else 0

    def _put_marks(self) -> None:
        if (self.freed, self.covered) != self._on_disk:
            self._put("freed", str(self.freed).encode())
            self._put("covered", str(self.covered).encode())
            self._on_disk = (self.freed, self.covered)

    def _prune(self) -> None:
        self._oldest = None
        oldest = self._db.execute("SELECT seq, through FROM record ORDER BY seq LIMIT ?", (_PRUNE_ROWS,))
        gone = [seq for seq, through in oldest if self._may_go(seq, _number(through))]
        if gone:
            self._db.execute("DELETE FROM record WHERE seq <= ?", (gone[-1],))

    def _may_go(self, seq: int, through: int) -> bool:
        if seq > min(self.freed, self.seq - 1):  # the newest record always stays: the next one is chained to it
            return False
        count, size = self._history
        beyond = seq <= self.freed - count or through <= self._freed_through - size
        # What is freed and not covered stays only as long as there is room for what nobody but us has yet.
        return (beyond and seq <= self.covered) or through <= self._through - self._limit - size

    def _get(self, name: str) -> bytes | None:
        row = self._db.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()
        return row[0] if row and isinstance(row[0], bytes) else None

    def _put(self, name: str, value: bytes) -> None:
        self._db.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (name, value))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        on_disk = self._on_disk
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            self._on_disk = on_disk
            with suppress(sqlite3.Error):  # SQLite may have rolled back by itself; the first error is the one to tell
                self._db.execute("ROLLBACK")
            raise


def _stored(row: tuple[int, object, object]) -> Signed:
    """A row as it is; where a bit has turned over in what kind of value it is, with nothing in its place."""
    seq, text_hash, note = row
    return Signed(seq, text_hash if isinstance(text_hash, str) else "", note if isinstance(note, bytes) else b"")


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the file is damaged, rather than the disk refusing: that goes away, and damage does not."""
    if isinstance(error, sqlite3.OperationalError):
        # Our statements are always the same: one that means nothing to SQLite has met tables that are not ours.
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
    return True


def _first(stored: Signed, whole: Signed | None) -> int:
    """The lowest number that a stored record accounts for."""
    data = records.read(whole.note).data if whole else None
    return data.first if isinstance(data, CannotFill) else stored.seq


def put_back(path: Path, aside: Path) -> None:
    """Take back `set_aside`, as far as the disk lets us."""
    for ending in ENDINGS:
        with suppress(OSError):
            path.with_name(path.name + ending).unlink(missing_ok=True)
            aside.with_name(aside.name + ending).rename(path.with_name(path.name + ending))


def set_aside(path: Path) -> Path:
    """Rename an outbox file and what SQLite keeps beside it; returns its new name. Raises OSError."""
    taken = [one.suffix.rpartition("-")[2] for one in path.parent.glob(f"{path.name}.damaged-*")]
    number = max((int(one) for one in taken if one.isdigit()), default=0) + 1
    aside = path.with_name(f"{path.name}.damaged-{number}")
    for ending in ENDINGS:
        path.with_name(f"{path.name}.damaged-{number - KEPT_ASIDE}{ending}").unlink(missing_ok=True)
        part = path.with_name(path.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    return aside
