"""What is wrong with a database, in one sentence that says what to do: tables by the database's own error codes."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

import msgspec
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, NoResultFound, OperationalError, SQLAlchemyError, TimeoutError

RESTORE = (
    "keep what is there, and put the hub back from a backup into a new directory with: strongroom hub restore FILE"
    " (see docs/how-to/back-up-and-restore.md)"
)
_AGAIN = "see that it runs and that nothing else holds it, then try again"
_SPACE = "make room on its disk, or have the disk replaced, then start the service again"
_WRITABLE = "let it be written again, or name in hub.toml the server that can be, then start the service again"
_RIGHTS = "give its user the rights to its tables again, then start the service again"


class DatabaseLost(RuntimeError):
    """The journal is not there, or cannot be read as one: nothing but a backup brings it back."""


class Overtaken(RuntimeError):
    """Somebody else has taken the database over, so this process writes to it no more."""

    def __init__(self, name: str) -> None:
        """`name`: the database as a person knows it."""
        super().__init__(
            f"another engine has taken this database over; this process writes no more to {name}: "
            "see that only one engine is started on it"
        )


class NotTakenOver(RuntimeError):
    """This process has not taken the database over, so it may not write to it."""

    def __init__(self, name: str) -> None:
        """`name`: the database as a person knows it."""
        super().__init__(f"this process has not taken the database {name} over and writes nothing to it")


class NotInOrder(RuntimeError):
    """An SQLite database as a power cut leaves it, or an earlier version. Whoever may only read it cannot."""

    def __init__(self) -> None:
        super().__init__(
            "the database cannot be read as it was left by a power cut or an earlier version; start the engine, which"
            " puts it in order, then try again"
        )


class Fault(NamedTuple):
    """A sentence for a person, and an exit code as sysexits.h has them."""

    sentence: str
    code: int


_HELD = "is locked by another process"
_DAMAGED, _GONE, _BUSY, _DISK, _RIGHT = 65, 66, 75, 74, 77

_NO_WAL = 1544
"""SQLITE_READONLY_DIRECTORY: the log would have to be made, in a folder where nothing may be."""

_SQLITE: dict[int, tuple[str, str, int]] = {
    sqlite3.SQLITE_CORRUPT: ("is damaged", RESTORE, _DAMAGED),
    sqlite3.SQLITE_NOTADB: ("is damaged", RESTORE, _DAMAGED),
    sqlite3.SQLITE_ERROR: ("is not the database of this hub", RESTORE, _DAMAGED),  # a table is missing
    sqlite3.SQLITE_SCHEMA: ("is not the database of this hub", RESTORE, _DAMAGED),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", f"look whether it is there; if it is gone, {RESTORE}", _GONE),
    sqlite3.SQLITE_BUSY: (_HELD, _AGAIN, _BUSY),
    sqlite3.SQLITE_LOCKED: (_HELD, _AGAIN, _BUSY),
    sqlite3.SQLITE_READONLY: ("cannot be written", _SPACE, _DISK),
    sqlite3.SQLITE_FULL: ("cannot be written", _SPACE, _DISK),
    _NO_WAL: ("cannot be read as it was left", "start the engine, which puts it in order, then try again", _BUSY),
    sqlite3.SQLITE_IOERR: ("cannot be read or written", f"{_SPACE}; if it is damaged, {RESTORE}", _DISK),
}
"""SQLite's primary result codes (sqlite.org/rescode.html): what is so, what to do, exit code."""

_POSTGRES: dict[str, tuple[str, str, int]] = {
    "42P01": ("is not the database of this hub", RESTORE, _DAMAGED),  # a table is missing
    "42703": ("is not the database of this hub", RESTORE, _DAMAGED),  # a column is missing
    "3D000": ("is not there", f"look whether its name in hub.toml is right; if it is gone, {RESTORE}", _GONE),
    "XX001": ("is damaged", RESTORE, _DAMAGED),
    "XX002": ("is damaged", RESTORE, _DAMAGED),
    "53100": ("cannot be written", _SPACE, _DISK),
    "25006": ("can only be read", _WRITABLE, _DISK),  # set so, or a stand-by server
    "42501": ("refuses this hub", _RIGHTS, _RIGHT),
    "58030": ("cannot be read or written", f"{_SPACE}; if it is damaged, {RESTORE}", _DISK),
    "55P03": (_HELD, _AGAIN, _BUSY),
}
"""PostgreSQL's SQLSTATEs (its manual, appendix A)."""

_NO_ANSWER = ("does not answer", _AGAIN, _BUSY)
UNUSABLE = (SQLAlchemyError, DatabaseLost, NotInOrder)
"""What whoever asks the database has to reckon with."""


def where(database: Engine) -> str:
    """The database as a person knows it: its file, or its address without a password."""
    url = database.url
    return (url.database or "") if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


def explain(error: SQLAlchemyError, name: str = "") -> Fault | None:
    """The sentence for an error of the database; None for what only a mistake of ours can cause.

    `name`: the database as a person knows it.
    """
    if isinstance(error, NoResultFound):
        row: tuple[str, str, int] | None = ("is damaged", RESTORE, _DAMAGED)  # a row that is always there
    elif isinstance(error, DBAPIError):
        row = _row(error)
    else:
        row = _NO_ANSWER if isinstance(error, TimeoutError) else None  # the pool's
    if row is None:
        return None
    so, do, code = row
    said = (str(getattr(error, "orig", None) or error).strip().splitlines() or [""])[0]
    return Fault(f"the database {f'{name} ' if name else ''}{so} ({said}); {do}", code)


def _row(error: DBAPIError) -> tuple[str, str, int] | None:
    original = error.orig
    otherwise = _NO_ANSWER if isinstance(error, OperationalError) else None
    if not isinstance(original, sqlite3.Error):
        return _POSTGRES.get(getattr(original, "sqlstate", None) or "", otherwise)
    number = getattr(original, "sqlite_errorcode", None)
    if number is None:  # Python's own: text that is none; or a value that it cannot hand over
        return ("is damaged", RESTORE, _DAMAGED) if isinstance(error, OperationalError) else None
    # An extended code carries the primary one in its low byte.
    return _SQLITE.get(number) or _SQLITE.get(number & 0xFF, otherwise)


def unreadable(what: str, error: Exception) -> DatabaseLost:
    """A value in the database that no version of this program has written."""
    why = str(error) if isinstance(error, msgspec.MsgspecError) else type(error).__name__
    return DatabaseLost(f"the database is damaged ({what}: {why}); {RESTORE}")


def is_lost(error: Exception) -> bool | None:
    """Whether only a backup brings it back; None for what is no fault of the database."""
    if isinstance(error, DatabaseLost):
        return True
    fault = explain(error) if isinstance(error, SQLAlchemyError) else None
    return None if fault is None else fault.code in (_DAMAGED, _GONE)


def is_held(error: SQLAlchemyError) -> bool:
    """Whether another process holds the database, or what is needed of it."""
    return isinstance(error, DBAPIError) and (_row(error) or ("",))[0] == _HELD


def is_of_the_database(error: Exception) -> bool:
    """Whether it comes of disk, lock or server, and meets whatever is done next; or of memory, which is as bad. What
    comes of the values that were to be written meets only them."""
    if isinstance(error, SQLAlchemyError):
        return explain(error) is not None
    return isinstance(error, (DatabaseLost, NotInOrder, NotTakenOver, Overtaken, MemoryError))


def say(error: Exception, name: str) -> str:
    """Any error of the database in one line. `name`: the database as a person knows it."""
    fault = explain(error, name) if isinstance(error, SQLAlchemyError) else None
    return fault.sentence if fault else str(error)
