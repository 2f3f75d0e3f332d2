"""One of a kind: a lock that the operating system, or the database itself, frees however its holder ends."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from hub.store import schema
from hub.store.faults import where

ENGINE = 0x5374726F6E67
"""The number of the engine's lock in a PostgreSQL database ("Strong" in ASCII)."""


class AlreadyRunning(RuntimeError):
    """Another process does this work."""


def hold(path: Path, why: str) -> int:
    """Hold a lock file until the descriptor that this returns is closed. Raises AlreadyRunning, OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o660)
    except OSError as error:
        if error.errno != errno.EROFS:
            raise
        lock = os.open(path, os.O_RDONLY)  # of the last time: a disk that cannot be written may be what we call for
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise AlreadyRunning(why) from None
    return lock


@contextmanager
def engine_of(database: Engine) -> Iterator[Callable[[], None]]:
    """Be the only engine on a database, whichever directory the other was started from.

    Gives a function that raises SQLAlchemyError once that is no longer sure. Raises AlreadyRunning, OSError.
    """
    why = f"another engine runs on the database {where(database)}; end that one first"
    path = schema.file(database)
    if path:
        lock = hold(path.with_name(f"{path.name}.engine"), why)
        try:
            yield lambda: None
        finally:
            os.close(lock)
    elif database.dialect.name == "postgresql":
        with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.detach()  # closed at the end, and not kept for the next who asks
            _take(connection, why)
            # The lock is the connection's: without it, another engine may have begun.
            yield lambda: connection.exec_driver_sql("SELECT 1").close()
    else:
        yield lambda: None  # in memory: nobody else can see it


def _take(connection: Connection, why: str) -> None:
    # The server has to notice soon that the machine of an engine is gone, or nobody could take its place.
    for setting in ("tcp_keepalives_idle = 10", "tcp_keepalives_interval = 2", "tcp_keepalives_count = 3"):
        connection.exec_driver_sql(f"SET {setting}")
    if not connection.execute(text("SELECT pg_try_advisory_lock(:number)"), {"number": ENGINE}).scalar():
        raise AlreadyRunning(why)
