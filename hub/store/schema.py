"""The schema's version: bringing a database up to date, and refusing one that is not.

Steps (migrations/versions) make what lies beside the projections; those have a shape of their own (shapes.py).
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, func, inspect, select, text

from hub.store import shapes
from hub.store.faults import RESTORE, DatabaseLost, where
from hub.store.tables import head, journal

NEWEST = "4"
"""Revision that this code works with: the newest in migrations/versions (a test compares them)."""
OLDER = frozenset({"1", "2", "3"})
"""Revisions that steps lead from to the newest."""
BEFORE = frozenset(f"{number:04}" for number in range(1, 10))
"""Revisions of before the first release. Such a database is not brought up to date."""
MIGRATE = "run: strongroom hub migrate"


class SchemaError(RuntimeError):
    """The database is of another version than this code."""


def prepare(engine: Engine) -> None:
    """Bring the database to the newest revision; one that is not there is made. Whoever calls it knows that it may be.

    Projections are made where there are none yet, and no entries to fold: all others wait for hub.admin.rebuild.
    Raises OSError, SchemaError for a database of before.
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
        found = _revision(connection)
        if found is not None:
            _refuse_others(found, where(engine), may_be_older=True)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if not connection.execute(select(head.c.size)).scalar() and shapes.changed(connection):
            shapes.make(connection)
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


def is_current(engine: Engine) -> bool:
    """Whether there is nothing to bring up to date in a database that is there."""
    with engine.connect() as connection:
        return _revision(connection) == NEWEST and not shapes.changed(connection)


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
        found = _revision(connection)
        if found is None:
            raise DatabaseLost(f"the database {name} is not the database of this hub; {RESTORE}")
        _refuse_others(found, name)
        if other := shapes.changed(connection):
            raise SchemaError(f"the database {name} has these in another shape: {', '.join(other)}; {MIGRATE}")
        size = connection.execute(select(head.c.size)).scalar()
        newest = connection.execute(select(func.max(journal.c.idx))).scalar()
    if not size:
        raise DatabaseLost(f"the journal in {name} is empty, and this site has had one; {RESTORE}")
    if newest != size - 1:
        raise DatabaseLost(f"the journal in {name} is damaged: it ends before its entry {size - 1}; {RESTORE}")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _refuse_others(found: str, name: str, may_be_older: bool = False) -> None:
    """Raises SchemaError."""
    if found in OLDER:
        if may_be_older:
            return
        raise SchemaError(f"the database {name} is of revision {found}, this version needs {NEWEST}; {MIGRATE}")
    if found in BEFORE:
        raise SchemaError(
            f"the database {name} was written before the first release (revision {found}) and cannot be taken over: "
            "with the version that wrote it run: strongroom export; verify the export, keep it, and start anew"
        )
    if found != NEWEST:
        raise SchemaError(f"the database {name} is of revision {found}, which only another version knows; use that one")
