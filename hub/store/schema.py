"""The schema's version: bringing a database up to date, and refusing one that is not."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, inspect, text

NEWEST = "0009"
"""Revision that this code works with: the newest in migrations/versions (a test compares them)."""


class SchemaError(RuntimeError):
    """The database is of another version than this code."""


def prepare(engine: Engine) -> None:
    """Bring the database to the newest revision; an empty one gets its tables."""
    # Alembic is imported here alone: no service that runs all year carries it in memory.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def check(engine: Engine) -> None:
    """Raises SchemaError when the database is not of the newest revision."""
    with engine.connect() as connection:
        found = None
        if inspect(connection).has_table("alembic_version"):
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found != NEWEST:
        state = f"of revision {found}" if found else "empty"
        raise SchemaError(f"the database is {state}, this version needs {NEWEST}; run: strongroom hub migrate")
