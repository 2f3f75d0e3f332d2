"""The rows of the core, loaded and saved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from hub.core.state import KEYS, Row, State
from hub.store import tables

_OPEN_ONLY = {
    tables.alarm: tables.alarm.c.life != "closed",
    tables.order_out: tables.order_out.c.state == "open",
}
"""What decisions need of tables that grow for ever."""


def load(connection: Connection) -> State:
    """The state that decisions are made on."""
    state = State()
    for kind, table in tables.ROWS.items():
        query = select(table)
        if table in _OPEN_ONLY:
            query = query.where(_OPEN_ONLY[table])
        for row in connection.execute(query):
            state.load(kind(**row._mapping))
    return state


def load_all(connection: Connection, kind: type[Row]) -> dict[tuple[Any, ...], Row]:
    """Every saved row of a kind, by its key."""
    rows = (kind(**row._mapping) for row in connection.execute(select(tables.ROWS[kind])))
    return {tuple(getattr(row, column) for column in KEYS[kind]): row for row in rows}


def save(connection: Connection, state: State) -> None:
    """Write what has changed."""
    by_kind: dict[type[Row], list[dict[str, Any]]] = {}
    for (kind, _key), row in state.changed.items():
        by_kind.setdefault(kind, []).append(msgspec.structs.asdict(row))
    for kind, rows in by_kind.items():
        connection.execute(_upsert(connection, tables.ROWS[kind], KEYS[kind]), rows)


_upserts: dict[tuple[str, str], Any] = {}


def _upsert(connection: Connection, table: Table, keys: Iterable[str]) -> Any:
    dialect = connection.dialect.name
    statement = _upserts.get((dialect, table.name))
    if statement is None:
        insert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
        keys = tuple(keys)
        others = {column.name: insert.excluded[column.name] for column in table.c if column.name not in keys}
        statement = insert.on_conflict_do_update(index_elements=list(keys), set_=others)
        _upserts[dialect, table.name] = statement
    return statement
