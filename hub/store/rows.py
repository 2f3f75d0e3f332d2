"""The rows of the core, loaded and saved."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Insert, Table, TextClause, and_, or_, select

from hub.core.state import KEYS, Row, State
from hub.store import tables
from hub.store.faults import unreadable
from hub.store.prepared import Prepared
from hub.store.tables.projections import ALARM_OPEN, CALL_OPEN

_OPEN_ONLY: dict[Table, ColumnElement[bool] | TextClause] = {
    tables.alarm: ALARM_OPEN,
    tables.order_out: tables.order_out.c.state == "open",
    tables.call: CALL_OPEN,
    tables.sealing: and_(
        tables.sealing.c.state.not_in(("cancelled", "postponed")),
        or_(tables.sealing.c.state != "closed", tables.sealing.c.closing == ""),
    ),
    tables.notice: or_(
        tables.notice.c.state == "queued",
        and_(tables.notice.c.state == "handed", tables.notice.c.awaits),
    ),
}
"""What decisions need of tables that grow for ever."""


def load(connection: Connection, kinds: Iterable[type[Row]] = KEYS) -> State:
    """The state that decisions are made on, or what of it is of these kinds. Raises DatabaseLost for a row that cannot
    be one."""
    state = State()
    for kind in kinds:
        table = tables.ROWS[kind]
        query = select(table)
        if table in _OPEN_ONLY:
            query = query.where(_OPEN_ONLY[table])
        try:
            for row in connection.execute(query):
                state.load(kind(**row._mapping))
        except (ValueError, TypeError, LookupError) as error:
            raise unreadable(f"table {table.name}", error) from error
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
        _SAVE[kind].run(connection, rows)


def insert_or_update(connection: Connection, table: Table) -> Insert:
    """The statement that puts a row into a table, in place of one of the same key."""
    return _insert_or_update(connection.dialect.name, table)


@cache
def _insert_or_update(dialect: str, table: Table) -> Insert:
    # Only the dialect that is in use: the other one would be some megabytes for nothing.
    insert = import_module(f"sqlalchemy.dialects.{dialect}").insert(table)
    others = {column.name: insert.excluded[column.name] for column in table.c if not column.primary_key}
    statement: Insert = insert.on_conflict_do_update(index_elements=list(table.primary_key), set_=others)
    return statement


_SAVE = {
    kind: Prepared(lambda dialect, table=table: _insert_or_update(dialect.name, table))  # type: ignore[misc]
    for kind, table in tables.ROWS.items()
}
