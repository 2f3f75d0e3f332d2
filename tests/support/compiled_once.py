"""Statements compiled once in a run of tests, in place of once for each of some thousand databases.

Nothing else differs: each database has an engine of its own, with what it hears and with its connections.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Dialect, Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

_COMPILED: dict[Any, Any] = {}


class _Shared(Dialect):
    """All of a kind count as one, so that what is kept for one of them is found for another."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(type(self))

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=_COMPILED)


class Sqlite(_Shared, SQLiteDialect_pysqlite):
    supports_statement_cache = True


class Postgres(_Shared, PGDialect_psycopg):
    supports_statement_cache = True


def register() -> None:
    """From now on every engine of this process is such a one."""
    registry.register("sqlite", __name__, Sqlite.__name__)
    registry.register("postgresql.psycopg", __name__, Postgres.__name__)
