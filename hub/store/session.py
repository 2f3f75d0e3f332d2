"""Engines and transactions. A transaction that writes holds the journal's head from its beginning to its end.

The fence: whoever is to write takes the database over first, which puts a name of his, made for that once, into the
head. Each transaction of his looks whether it still stands there. Locks (hub/store/alone.py) keep two writers apart as
a rule; a lock can be lost and nobody hears of it, but nobody writes past the fence. Who has taken nothing over is
refused.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, create_engine, event, select, text, update
from sqlalchemy.exc import NoResultFound, SQLAlchemyError

from hub.store import faults
from hub.store.faults import RESTORE, DatabaseLost, NotInOrder, NotTakenOver, Overtaken, where
from hub.store.prepared import Prepared
from hub.store.tables import head
from wire import same_file

CHECKPOINT_PAGES = 4096
"""16 MB of write-ahead log. A checkpoint makes one commit wait for several more flushes: an alarm writes
twelve pages, so with SQLite's own 1000 that met one in eighty."""
BUSY_MS = 30_000
"""How long we wait for another writer, unless told otherwise."""
_FILES = "files"
"""Where a connection keeps which files it has open."""
ANSWER_S = 10
"""How long a PostgreSQL server may take to answer, or to be found gone."""
LEAVING_S = 0.5
"""How long whoever leaves a database waits for those who read it."""
WRITER = "writer"
"""The option of an engine that holds the name under which it writes."""
WAITS = "waits"
"""The option of an engine that holds what is asked, and told, when it waits for another writer."""
NOBODY = ""
"""What stands in the head of a database that nobody has taken over yet."""


class Waits(NamedTuple):
    """What is asked each time that an engine's patience with another writer is over, and what is told when it waits no
    longer: each with the ms that were waited by then."""

    goes_on: Callable[[int], bool]
    got_through: Callable[[int], None] = lambda _waited: None


_IMPATIENT = Waits(lambda _waited: False)
_BEGIN = Prepared(lambda _: text("BEGIN"))
_BEGIN_TO_WRITE = Prepared(lambda _: text("BEGIN IMMEDIATE"))
_HOLD_HEAD = Prepared(lambda _: select(head.c.writer).with_for_update())  # SQLite holds all by now, and is not asked


def open_database(url: str, patience_ms: int = BUSY_MS, writes: bool = True) -> Engine:
    """An engine for `sqlite:///FILE` or `postgresql+psycopg://…`. Nothing is connected yet, and no file is made.

    `patience_ms`: how long it waits for another writer. Without `writes` the database itself refuses to be written, and
    of a file no more is needed than the right to read it.
    """
    sqlite = url.startswith("sqlite")
    options = {} if sqlite else _postgres(patience_ms, writes)
    engine = create_engine(url, pool_pre_ping=not sqlite, hide_parameters=True, connect_args=options)
    if sqlite:
        event.listen(engine, "do_connect", partial(_only_what_is_there, "rw" if writes else "ro"))
        event.listen(engine, "connect", partial(_prepare_sqlite, TO_WRITE if writes else (), patience_ms))
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgres(patience_ms: int, writes: bool) -> dict[str, Any]:
    # A server that is unplugged answers nothing, and says nothing either.
    answer_s = min(ANSWER_S, max(2, patience_ms // 1000))
    keepalives = {"keepalives_idle": ANSWER_S, "keepalives_interval": 2, "keepalives_count": 3}
    return {
        "connect_timeout": answer_s,
        "tcp_user_timeout": answer_s * 1000,
        "options": f"-c lock_timeout={patience_ms}{'' if writes else ' -c default_transaction_read_only=on'}",
        **keepalives,
    }


def _only_what_is_there(mode: str, _dialect: Any, _record: Any, arguments: list[Any], options: dict[str, Any]) -> None:
    # SQLite would make an empty file in place of one that is gone, and an empty journal passes for a quiet night.
    path = arguments[0]
    if path != ":memory:" and not options.get("uri"):
        arguments[0] = f"{Path(path).absolute().as_uri()}?mode={mode}"
        options["uri"] = True


TO_WRITE = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "recursive_triggers = ON",  # so that REPLACE meets the trigger that forbids DELETE
    "secure_delete = ON",  # a name that was erased is not to lie on in a free page
    f"wal_autocheckpoint = {CHECKPOINT_PAGES}",
    f"journal_size_limit = {CHECKPOINT_PAGES * 4096}",  # a log that had to grow gets short again
)
"""What an SQLite connection is told that is to write."""


def _prepare_sqlite(pragmas: tuple[str, ...], patience_ms: int, connection: Any, record: Any) -> None:
    # Python's own transaction handling would begin late and deferred; `_begin_sqlite` begins instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (f"busy_timeout = {patience_ms}", *pragmas):
        cursor.execute(f"PRAGMA {pragma}")
    try:
        cursor.execute("PRAGMA schema_version")  # reads the file, and so opens what lies beside it
    except sqlite3.OperationalError as error:
        if not pragmas and error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
            raise NotInOrder from error  # the file itself is open by now
        raise
    _number, _name, path = cursor.execute("PRAGMA database_list").fetchone()
    cursor.close()
    if path:  # one in memory has none
        record.info[_FILES] = same_file.look(Path(path))


def _begin_sqlite(connection: Connection) -> None:
    if known := connection.info.get(_FILES):
        now = same_file.look(known.path)
        if fault := same_file.gone(known, now) or same_file.cut_short(known, now):
            connection.invalidate()  # whatever is put in its place is opened anew
            raise DatabaseLost(f"the database {fault}; {RESTORE}")
        connection.info[_FILES] = now
    writes = connection.get_execution_options().get("writes", False)
    (_BEGIN_TO_WRITE if writes else _BEGIN).run(connection)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads: one consistent view of everything."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes: it waits for every other writer first. Commits at the end, or undoes all.

    Raises NotTakenOver for an engine that has no name to write under (`take_over`), Overtaken.
    """
    us = engine.get_execution_options().get(WRITER)
    if us is None:
        raise NotTakenOver(where(engine))
    connection, begun, writer = _begin_to_write(engine)
    with begun:
        if writer != us:
            raise Overtaken(where(engine))
        yield connection


def _begin_to_write(engine: Engine) -> tuple[Connection, ExitStack, str]:
    """A transaction that holds the head, and the name in it."""
    since = time.monotonic()
    waits: Waits = engine.get_execution_options().get(WAITS, _IMPATIENT)
    while True:
        try:
            with ExitStack() as begun:
                connection = begun.enter_context(engine.connect().execution_options(writes=True))
                begun.enter_context(connection.begin())
                for (writer,) in _HOLD_HEAD.run(connection):
                    waits.got_through(_ms_since(since))
                    return connection, begun.pop_all(), writer
                raise NoResultFound
        except SQLAlchemyError as error:
            if not faults.is_held(error) or not waits.goes_on(_ms_since(since)):
                raise


def _ms_since(since: float) -> int:
    return round((time.monotonic() - since) * 1000)


def patient(engine: Engine, waits: Waits) -> Engine:
    """The same engine, whose transactions that write wait for another writer as long as `waits` says."""
    return engine.execution_options(**{WAITS: waits})


def take_over(engine: Engine, writer: str) -> Engine:
    """Be the one who writes, under a name that nobody has had before: whoever was it until now writes no more.

    Returns the same engine, which writes under that name alone.
    """
    connection, begun, _before = _begin_to_write(engine)
    with begun:
        connection.execute(update(head).values(writer=writer))
    return engine.execution_options(**{WRITER: writer})


def before_anybody(engine: Engine) -> Engine:
    """The same engine, for who fills a database that was just made: it writes until somebody takes the database over,
    and to none that somebody ever has."""
    return engine.execution_options(**{WRITER: NOBODY})


def leave(engine: Engine) -> None:
    """Close all connections of whoever has written; an SQLite file is left so that it can be read without any right to
    its folder. Where others have it open, what lies beside it stays, and that is enough for them as well."""
    engine.dispose()
    path = engine.url.database
    if engine.dialect.name != "sqlite" or not path or path.startswith(":") or not Path(path).exists():
        return
    until = time.monotonic() + LEAVING_S
    while not _nothing_beside(path) and time.monotonic() < until:
        time.sleep(0.05)


def _nothing_beside(path: str) -> bool:
    """Put the log into the file and end it; False while somebody reads."""
    try:
        with closing(sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=rw", uri=True)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:  # of a disk that refuses, whoever comes next will say so
        return error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY
    return True
