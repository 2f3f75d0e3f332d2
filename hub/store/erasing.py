"""Erasing who is behind a number of the journal: from the rows, and from what the disk has kept of them."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from sqlalchemy import Connection, Engine, delete, select

from hub.core.refusal import NotPossible
from hub.store import tables

PATIENCE_MS = 50
"""How long somebody who reads is waited for: whoever writes has alarms."""


def erase(connection: Connection, person: int) -> None:
    """Erase all that lies beside the journal about a person. Raises NotPossible where there is nothing."""
    table = tables.person
    if connection.execute(delete(table).where(table.c.number == person)).rowcount == 0:
        raise NotPossible("person-unknown", str(person))
    logins = select(tables.account.c.login).where(tables.account.c.person == person)
    connection.execute(delete(tables.session).where(tables.session.c.login.in_(logins)))
    connection.execute(delete(tables.account).where(tables.account.c.person == person))


def from_disk(database: Engine) -> bool:
    """The write-ahead log, too, has held the row; a PostgreSQL keeps dead rows until they are vacuumed. False while
    somebody reads what was there before, and then it is to be done again."""
    if database.dialect.name != "sqlite":
        with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"VACUUM {tables.person.name}, {tables.account.name}, {tables.session.name}")
        return True
    with closing(database.raw_connection()) as connection:
        cursor = connection.cursor()
        (patience,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        try:
            cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
            (busy, _pages, _moved) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError:  # of a disk that refuses, whoever writes next will say so
            busy = 1
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {patience}")
        return not busy
