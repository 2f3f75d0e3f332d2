"""One of a kind: who writes to a database writes alone, be it an engine or whoever keeps it in order meanwhile.

Two locks, which the operating system, or the database itself, frees however their holder ends: whoever writes holds
one, and an engine the second as well, so that another hears whether it is worth waiting. Beneath them is the fence
(hub/store/session.py), for what no lock can tell: that it was lost.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import secrets
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, Engine, text

from hub.store import schema, session
from hub.store.faults import where

PATIENCE_S = 30.0
"""How long one who keeps the database in order waits for another."""
LOOK_AGAIN_S = 0.2

log = logging.getLogger("strongroom.store")


class AlreadyRunning(RuntimeError):
    """Another process does this work."""


class EngineRuns(AlreadyRunning):
    """It is an engine, which is not waited for."""


class _Lock(NamedTuple):
    """How the file of a lock ends, and its number in a PostgreSQL database."""

    ending: str
    number: int


WRITES = _Lock("engine", 0x5374726F6E67)
"""Of whoever writes; named as in the first version, whose engines it keeps out. The number is "Strong" in ASCII."""
ENGINE = _Lock("engine-runs", 0x5374726F6E68)
"""Of an engine, which has the other as well."""


class Ours(NamedTuple):
    """A database that we write alone. `still` raises SQLAlchemyError once that is no longer sure."""

    database: Engine
    still: Callable[[], None]


def hold(path: Path, why: str, how: int = fcntl.LOCK_EX | fcntl.LOCK_NB) -> int:
    """Hold a lock file until the descriptor that this returns is closed. Raises AlreadyRunning, OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        if error.errno != errno.EROFS:
            raise
        lock = os.open(path, os.O_RDONLY)  # of the last time: a disk that cannot be written may be what we call for
    else:
        _belongs_to_the_folder(lock, path.parent)
    try:
        fcntl.flock(lock, how)
    except BlockingIOError:
        os.close(lock)
        raise AlreadyRunning(why) from None
    return lock


def _belongs_to_the_folder(lock: int, folder: Path) -> None:
    """What root has made, a service must be able to hold, too."""
    if os.fstat(lock).st_uid == os.geteuid() == 0:
        owner = folder.stat()
        os.fchown(lock, owner.st_uid, owner.st_gid)
        os.fchmod(lock, 0o660 if owner.st_mode & stat.S_IWGRP else 0o600)


@contextmanager
def engine_of(database: Engine) -> Iterator[Ours]:
    """Be the only engine on a database, whichever directory the other was started from. Maintenance is waited for.

    Raises AlreadyRunning, OSError, SchemaError, DatabaseLost, SQLAlchemyError.
    """
    with ExitStack() as held:
        still = _when_free(held, database, None)
        held.callback(session.leave, database)
        held.enter_context(_holding(database, ENGINE, wait=True))
        schema.check(database)
        yield Ours(_taken_over(database), still)


@contextmanager
def maintaining(database: Engine) -> Iterator[Engine]:
    """Write to a database that no engine runs on. Another who does is waited for. Gives the database to write to.

    Raises EngineRuns, or AlreadyRunning after a while, OSError, SchemaError, DatabaseLost, SQLAlchemyError.
    """
    with locked(database) as take_over:
        schema.check(database)
        yield take_over()


@contextmanager
def locked(database: Engine) -> Iterator[Callable[[], Engine]]:
    """The lock of `maintaining` alone, for a database that has no head yet, or an older one. What it gives takes the
    database over as soon as it has."""
    with ExitStack() as held:
        _when_free(held, database, PATIENCE_S)
        held.callback(session.leave, database)
        yield lambda: _taken_over(database)


def _taken_over(database: Engine) -> Engine:
    return session.take_over(database, secrets.token_hex(8))


def _when_free(held: ExitStack, database: Engine, patience: float | None) -> Callable[[], None]:
    """Take the lock of who writes, after whoever keeps the database in order; an engine is not waited for.

    `patience`: for how many seconds, None without end. Returns what tells that it is held no longer.
    """
    until = None if patience is None else time.monotonic() + patience
    told = False
    while True:
        try:
            return held.enter_context(_holding(database, WRITES))
        except AlreadyRunning:
            _refuse_beside_an_engine(database)
        if until is not None and time.monotonic() > until:
            raise AlreadyRunning(f"another command is at work on the database {where(database)}; wait for its end")
        if not told:
            told = True
            log.warning("maintenance is at work on the database %s: we begin when it is over", where(database))
        time.sleep(LOOK_AGAIN_S)


def _refuse_beside_an_engine(database: Engine) -> None:
    try:
        with _holding(database, ENGINE, shared=True):
            pass
    except AlreadyRunning as error:
        raise EngineRuns(str(error)) from None


@contextmanager
def _holding(database: Engine, lock: _Lock, shared: bool = False, wait: bool = False) -> Iterator[Callable[[], None]]:
    """Hold a lock, exclusively unless it is only to be looked at. Raises AlreadyRunning, unless it is waited for."""
    why = f"another engine runs on the database {where(database)}; end that one first"
    path = schema.file(database)
    if path:
        how = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB)
        descriptor = hold(path.with_name(f"{path.name}.{lock.ending}"), why, how)
        try:
            yield lambda: None
        finally:
            os.close(descriptor)
    elif database.dialect.name == "postgresql":
        with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.detach()  # closed at the end, and not kept for the next who asks
            _take(connection, f"pg_{'' if wait else 'try_'}advisory_lock{'_shared' if shared else ''}", lock, why)
            # The lock is the connection's: without it, another may have begun.
            yield lambda: connection.exec_driver_sql("SELECT 1").close()
    else:
        yield lambda: None  # in memory: nobody else can see it


def _take(connection: Connection, function: str, lock: _Lock, why: str) -> None:
    # The server has to notice soon that the machine of an engine is gone, or nobody could take its place.
    for setting in ("tcp_keepalives_idle = 10", "tcp_keepalives_interval = 2", "tcp_keepalives_count = 3"):
        connection.exec_driver_sql(f"SET {setting}")
    if connection.execute(text(f"SELECT {function}(:number)"), {"number": lock.number}).scalar() is False:
        raise AlreadyRunning(why)
