"""Tests write as an engine does: they take the database over first."""

from __future__ import annotations

from sqlalchemy import Engine, select

from hub.store import schema, session, tables

WRITER = "the tests"


def ours(database: Engine) -> Engine:
    """The database, taken over for the tests. All of them have one name: who has it by now goes on beside us."""
    if session.WRITER in database.get_execution_options():
        return database
    with session.reading(database) as connection:
        there = connection.execute(select(tables.head.c.writer)).scalar_one()
    if there != WRITER:
        return session.take_over(database, WRITER)
    return database.execution_options(**{session.WRITER: WRITER})


def back(database: Engine) -> None:
    """Ours again, after a command has taken it over and ended: as the next engine does, but under our name."""
    session.take_over(database, WRITER)


def made(url: str) -> Engine:
    """A database that was not there, with its tables and nothing in them, taken over for the tests."""
    database = session.open_database(url)
    schema.prepare(database)
    return ours(database)


def bare(url: str) -> Engine:
    """The same without what guards them, and with an empty head."""
    database = session.open_database(url)
    tables.metadata.create_all(database)
    with database.begin() as connection:
        connection.execute(tables.head.insert().values(id=1, size=0, frontier=b"", writer=WRITER))
    return ours(database)
