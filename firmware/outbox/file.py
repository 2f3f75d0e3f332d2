"""The SQLite file of an outbox: records by number, and small named things beside them.

What is read is taken as it stands: a bit may have turned over anywhere, also in what kind of value it is.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from firmware.outbox.records import Signed
from wire import same_file

ROW_OVERHEAD = 128
"""Bytes that a record takes on disk beside its note, for keys, hash and page slack."""

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


class OutboxFile:
    """The file. Every method but `close` raises sqlite3.Error. Used from one thread."""

    def __init__(self, path: Path, claim: Callable[[], None]) -> None:
        """`claim` makes sure that no other process has the file, or raises OSError."""
        self.path = path
        self.claim = claim
        self._connection: sqlite3.Connection | None = None
        self._known: same_file.Known | None = None

    @property
    def opened(self) -> bool:
        """Whether the file could be opened."""
        return self._connection is not None

    @property
    def db(self) -> sqlite3.Connection:
        """The connection to it."""
        if self._connection is None:
            raise sqlite3.OperationalError("the outbox is not open")
        return self._connection

    def open(self) -> None:
        """Open it, and make it where there is none. Nothing of it has been read then, and it may be damaged."""
        try:
            self.claim()
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self.path.exists():
                os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600))
        except OSError as error:
            raise sqlite3.OperationalError(str(error)) from None
        self._connection = sqlite3.connect(self.path, isolation_level=None, timeout=2, cached_statements=32)
        self._connection.text_factory = lambda raw: raw.decode("utf-8", "replace")

    def prepare(self) -> None:
        """Settings and tables."""
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.execute("PRAGMA cache_size = -512")
        self.db.execute(_RECORD_TABLE)
        self.db.execute(_STATE_TABLE)
        self._known = same_file.look(self.path)

    def see(self) -> None:
        """Check that the open file is still the one under its name, which the next start will open."""
        if self._known:
            now = same_file.look(self.path)
            if fault := same_file.gone(self._known, now) or same_file.cut_short(self._known, now):
                raise sqlite3.DatabaseError(fault)
            self._known = now

    def rescue(self) -> Path | None:
        """A copy, beside the file, of one that was deleted or replaced while it is open; None when it is there."""
        if self._connection is None or self._known is None:
            return None
        if not same_file.gone(self._known, same_file.look(self.path)):
            return None
        copy = self.path.with_name(f"{self.path.name}.rescued")
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            copy.unlink(missing_ok=True)
            os.close(os.open(copy, os.O_WRONLY | os.O_CREAT, 0o600))
        except OSError as error:
            raise sqlite3.OperationalError(str(error)) from None
        with closing(sqlite3.connect(copy)) as target:
            self._connection.backup(target)
        return copy

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = self._known = None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, and flushed to disk at its end."""
        self.see()
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.db.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # SQLite may have rolled back by itself; the first error is the one to tell
                self.db.execute("ROLLBACK")
            raise

    # ------------------------------------------------------------ named things

    def get(self, name: str) -> bytes | None:
        """What was put under this name; None when there is nothing, or it cannot be what was put."""
        row = self.db.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()
        return row[0] if row and isinstance(row[0], bytes) else None

    def put(self, name: str, value: bytes) -> None:
        """Store a value under a name, replacing the former one."""
        self.db.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (name, value))

    # ------------------------------------------------------------ records

    def newest(self) -> tuple[int, str, int]:
        """Number and hash of the newest record, and the bytes of all of its life; zeros when there is none."""
        row = self.db.execute("SELECT seq, hash, through FROM record ORDER BY seq DESC LIMIT 1").fetchone()
        seq, text_hash, through = row or (0, "", 0)
        return seq, str(text_hash or ""), _number(through)

    def stored(self, after: int, count: int) -> list[Signed]:
        """Up to `count` records with numbers above `after`, in order."""
        rows = self.db.execute("SELECT seq, hash, note FROM record WHERE seq > ? ORDER BY seq LIMIT ?", (after, count))
        return [_signed(row) for row in rows]

    def through(self, seq: int) -> int:
        """Bytes of all records of this life up to and with this number, also of those that are no longer here."""
        row = self.db.execute("SELECT through FROM record WHERE seq <= ? ORDER BY seq DESC LIMIT 1", (seq,)).fetchone()
        if row:
            return _number(row[0])
        oldest = self.db.execute("SELECT through, length(note) FROM record ORDER BY seq LIMIT 1").fetchone()
        return _number(oldest[0]) - _number(oldest[1]) - ROW_OVERHEAD if oldest else 0

    def oldest(self, count: int) -> list[tuple[int, int]]:
        """Numbers of the oldest records, each with the bytes through it."""
        rows = self.db.execute("SELECT seq, through FROM record ORDER BY seq LIMIT ?", (count,))
        return [(seq, _number(through)) for seq, through in rows]

    def insert(self, made: Iterable[Signed], through: int) -> int:
        """Add records behind those that have `through` bytes together; gives the bytes with them."""
        for one in made:
            through += len(one.note) + ROW_OVERHEAD
            self.db.execute("INSERT INTO record VALUES (?, ?, ?, ?)", (one.seq, one.hash, through, one.note))
        return through

    def put_in_place(self, first: int, made: Signed) -> None:
        """One record in the place of those from `first` to its own number."""
        through = self.through(made.seq)
        self.db.execute("DELETE FROM record WHERE seq BETWEEN ? AND ?", (first, made.seq))
        self.db.execute("INSERT INTO record VALUES (?, ?, ?, ?)", (made.seq, made.hash, through, made.note))

    def remove(self, through: int) -> None:
        """Remove the records up to and with this number."""
        self.db.execute("DELETE FROM record WHERE seq <= ?", (through,))

    def begin_again(self) -> None:
        """An empty table of records; `former` gives what was in the one before, until `forget_former`."""
        self.db.execute("ALTER TABLE record RENAME TO former")
        self.db.execute(_RECORD_TABLE)

    def former(self, after: int) -> Iterator[Signed]:
        """The records of the table before with numbers above `after`, in order."""
        query = "SELECT seq, hash, note FROM former WHERE seq > ? ORDER BY seq LIMIT 256"
        while rows := self.db.execute(query, (after,)).fetchall():
            yield from map(_signed, rows)
            after = rows[-1][0]

    def forget_former(self) -> None:
        """Drop the former table: its records have been signed again."""
        self.db.execute("DROP TABLE former")


def _signed(row: tuple[int, object, object]) -> Signed:
    """A row as it is stored; a value whose SQLite type has been damaged becomes empty."""
    seq, text_hash, note = row
    return Signed(seq, text_hash if isinstance(text_hash, str) else "", note if isinstance(note, bytes) else b"")


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
