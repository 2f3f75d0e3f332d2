"""Engines and transactions. A transaction that writes holds the journal's head from its beginning to its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, select, text

from hub.store.prepared import Prepared
from hub.store.tables import head

CHECKPOINT_PAGES = 4096
"""16 MB of write-ahead log. A checkpoint makes one commit wait for several more flushes: an alarm writes
twelve pages, so with SQLite's own 1000 that met one in eighty."""
BUSY_MS = 30_000
"""How long SQLite waits for another writer."""
_BEGIN = Prepared(lambda _: text("BEGIN"))
_BEGIN_TO_WRITE = Prepared(lambda _: text("BEGIN IMMEDIATE"))


def open_database(url: str) -> Engine:
    """An engine for `sqlite:///FILE` or `postgresql+psycopg://…`. Nothing is connected yet."""
    engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"), hide_parameters=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # Python's own transaction handling would begin late and deferred; `_begin_sqlite` begins instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "recursive_triggers = ON",  # so that REPLACE meets the trigger that forbids DELETE
        "secure_delete = ON",  # a name that was erased is not to lie on in a free page
        f"wal_autocheckpoint = {CHECKPOINT_PAGES}",
        f"busy_timeout = {BUSY_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
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
    """A transaction that writes: it waits for every other writer first. Commits at the end, or undoes all."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(select(head.c.size).with_for_update())
        yield connection
