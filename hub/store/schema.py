"""The schema's version: bringing a database up to date, and refusing one that is not."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, func, inspect, select, text

from hub.store.faults import RESTORE, DatabaseLost, where
from hub.store.tables import head, journal

NEWEST = "0009"
"""Revision that this code works with: the newest in migrations/versions (a test compares them)."""


class SchemaError(RuntimeError):
    """The database is of another version than this code."""


def prepare(engine: Engine) -> None:
    """Bring the database to the newest revision; one that is not there is made. Whoever calls it knows that it may be.

    Raises OSError.
    """
    # Alembic is imported here alone: no service that runs all year carries it in memory.
    from alembic import command
    from alembic.config import Config

    path = file(engine)
    if path and not path.exists():
        path.touch(0o640)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def file(engine: Engine) -> Path | None:
    """The file of the database, where it is one."""
    path = engine.url.database
    return Path(path) if engine.dialect.name == "sqlite" and path and not path.startswith((":", "file:")) else None


def is_empty(engine: Engine) -> bool:
    """Whether there is nothing at all where the database should be."""
    path = file(engine)
    if path and (not path.exists() or path.stat().st_size == 0):
        return True
    with engine.connect() as connection:
        return not inspect(connection).get_table_names()


def check(engine: Engine) -> None:
    """See that the journal is there, and of this version. A site has one from its first day on.

    Raises SchemaError, DatabaseLost, SQLAlchemyError.
    """
    path, name = file(engine), where(engine)
    if path and not path.exists():
        raise DatabaseLost(f"the database {name} is not there; {RESTORE}")
    if is_empty(engine):
        raise DatabaseLost(f"the database {name} is empty, and this site has had a journal; {RESTORE}")
    with engine.connect() as connection:
        found = None
        if inspect(connection).has_table("alembic_version"):
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if found is None:
            raise DatabaseLost(f"the database {name} is not the database of this hub; {RESTORE}")
        if found != NEWEST:
            raise SchemaError(
                f"the database is of revision {found}, this version needs {NEWEST}; run: strongroom hub migrate"
            )
        size = connection.execute(select(head.c.size)).scalar()
        newest = connection.execute(select(func.max(journal.c.idx))).scalar()
    if not size:
        raise DatabaseLost(f"the journal in {name} is empty, and this site has had one; {RESTORE}")
    if newest != size - 1:
        raise DatabaseLost(f"the journal in {name} is damaged: it ends before its entry {size - 1}; {RESTORE}")
