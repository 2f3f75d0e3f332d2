"""The notifying service's own file: what is being sent, and what the engine has not been told.

SQLite, flushed at every change. Where it is damaged or cannot be written, the service goes on in memory and says so:
people are called all the same, and the disk may be what they are called for.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from wire import same_file

TABLES = """
CREATE TABLE IF NOT EXISTS lease (
    notice INTEGER PRIMARY KEY,
    channel TEXT NOT NULL,
    worker TEXT NOT NULL,
    until INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    sending INTEGER NOT NULL,
    settled INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS part (
    reference INTEGER NOT NULL,
    recipient TEXT NOT NULL,
    notice INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    delivered INTEGER NOT NULL,
    PRIMARY KEY (reference, recipient)
);
CREATE TABLE IF NOT EXISTS untold (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    number TEXT NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    request TEXT NOT NULL
);
"""
"""`lease`: who sends a notice just now. `sending` stays set when its worker dies in the middle, so that the next
attempt is known for a repeat; `settled`: what became of it is told, or waits to be. `part`: parts of short messages
under way, by the modem's reference, for its reports. `untold`: requests to the engine, in order, each under a number
of its own. Times are wall times in ms."""
COPIES = (
    ("SELECT * FROM lease", "INSERT OR IGNORE INTO lease VALUES (?, ?, ?, ?, ?, ?, ?)"),
    ("SELECT * FROM part", "INSERT OR IGNORE INTO part VALUES (?, ?, ?, ?, ?)"),
    (
        "SELECT number, at, request FROM untold ORDER BY place",
        "INSERT OR IGNORE INTO untold (number, at, request) VALUES (?, ?, ?)",
    ),
)
"""How the rows of one file are put into another."""
AGAIN_S = 60.0
"""How soon a file that could not be used is tried again."""

T = TypeVar("T")
log = logging.getLogger("strongroom.notify")


class OwnFile:
    """The file, shared by all threads of the service."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """Never raises for the file's sake. `clock`: in s."""
        self._path = path
        self._clock = clock
        self._lock = threading.RLock()
        self._tried_at = 0.0
        self.durable = False
        """Whether what is in it outlives this process."""
        self._database = _opened(":memory:")
        self._files: same_file.Known | None = None
        self._try_the_file()

    def change(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What the work gives; all that it does is flushed to the disk, or in memory where there is none."""
        with self._lock:
            if self._database.in_transaction:  # of work that is made of several pieces
                return work(self._database)
            if not self.durable and self._clock() - self._tried_at >= AGAIN_S:
                self._try_the_file()
            try:
                self._is_the_file()
                return self._do(work)
            except sqlite3.Error as error:
                if not self.durable:
                    raise
                self._leave_the_file(error)
                return self._do(work)

    def overwrite(self) -> bool:
        """What was deleted is gone from the disk as well: out of the write-ahead log, and with what was set aside.
        False while that cannot be done."""
        with self._lock:
            if not self.durable:
                return True  # the file is another one when it is of use again
            try:
                self._damaged.unlink(missing_ok=True)
                ((busy, _pages, _moved),) = self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            except (sqlite3.Error, OSError) as error:
                self._say("keeps what was deleted from it", error)
                return False
            return not busy

    def close(self) -> None:
        """Close it."""
        with self._lock:
            self._database.close()

    def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            done = work(self._database)
            self._database.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._database.execute("ROLLBACK")
            raise
        return done

    def _try_the_file(self) -> None:
        """From now on in the file, with all that is in memory."""
        self._tried_at = self._clock()
        try:
            try:
                found = self._open_file()
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):  # of the disk: the file may be good
                    raise
                self._set_aside(error)
                found = self._open_file()
            with contextlib.closing(self._database) as before:
                _copy(before, found)
        except (sqlite3.Error, OSError) as error:
            self._say("cannot be written", error)
            return
        self._database, self.durable, self._files = found, True, same_file.look(self._path)

    def _is_the_file(self) -> None:
        """Raises sqlite3.DatabaseError: SQLite would go on in one that was deleted under it."""
        if self._files is None or not self.durable:
            return
        now = same_file.look(self._path)
        if fault := same_file.gone(self._files, now) or same_file.cut_short(self._files, now):
            raise sqlite3.DatabaseError(fault)
        self._files = now

    def _open_file(self) -> sqlite3.Connection:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = _opened(str(self._path))
        try:
            found.execute("PRAGMA journal_mode = WAL")
            found.execute("PRAGMA synchronous = FULL")
            found.execute("PRAGMA secure_delete = ON")  # telephone numbers are in it, for as long as they are needed
            ((sound,),) = found.execute("PRAGMA quick_check(1)")
            if sound != "ok":
                raise sqlite3.DatabaseError(sound)
            found.execute("PRAGMA user_version = 1")  # one that cannot be written is of no use
        except sqlite3.Error:
            found.close()
            raise
        return found

    def _leave_the_file(self, error: sqlite3.Error) -> None:
        """From now on in memory, with what can still be read."""
        self._say("cannot be used any more", error)
        broken, self._database, self.durable = self._database, _opened(":memory:"), False
        self._tried_at = self._clock()
        with contextlib.suppress(sqlite3.Error):
            _copy(broken, self._database)
        with contextlib.suppress(sqlite3.Error):
            broken.close()

    def _set_aside(self, error: sqlite3.Error) -> None:
        self._say("is damaged and is set aside", error)
        for ending in ("-journal", "-wal", "-shm"):
            self._path.with_name(f"{self._path.name}{ending}").unlink(missing_ok=True)
        self._path.replace(self._damaged)

    @property
    def _damaged(self) -> Path:
        return self._path.with_name(f"{self._path.name}.damaged")

    def _say(self, what: str, error: Exception) -> None:
        log.error("%s %s (%s); people are called all the same", self._path, what, error)


def _opened(path: str) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5.0)
    try:
        database.executescript(TABLES)
    except sqlite3.Error:
        database.close()
        raise
    return database


def _copy(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Put the rows of one into the other. Raises sqlite3.Error."""
    target.execute("BEGIN IMMEDIATE")
    for query, statement in COPIES:
        target.executemany(statement, source.execute(query).fetchall())
    target.execute("COMMIT")
