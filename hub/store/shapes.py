"""Whether the projections in a database have the shape that this code gives them; and making them anew, empty.

A shape is a hash over what a table has: its columns with their types and words, its key, its indexes. The database
keeps the shape of each projection, so that one that is gone from the code is known, too.
"""

from __future__ import annotations

import hashlib
import json

from sqlalchemy import Connection, MetaData, Table, delete, insert, select

from hub.store import tables
from hub.store.tables.base import WHERE
from hub.store.tables.projections import WORDS


def shape(table: Table) -> str:
    """The shape of a table, 64 digits in hex: alike on both kinds of database."""
    columns = [
        [one.name, type(one.type).__name__, one.nullable, one.primary_key, sorted(one.info[WORDS])] for one in table.c
    ]
    indexes = sorted(
        [str(one.name), [column.name for column in one.columns], str(one.info[WHERE])] for one in table.indexes
    )
    return hashlib.sha256(json.dumps([columns, indexes]).encode()).hexdigest()


def changed(connection: Connection) -> list[str]:
    """Names of the projections that are of another shape than this code's, or only in one of the two."""
    ours = {table.name: shape(table) for table in tables.ROWS.values()}
    saved = _saved(connection)
    return sorted(name for name in ours.keys() | saved.keys() if ours.get(name) != saved.get(name))


def make(connection: Connection) -> None:
    """Drop every projection that is there, and make all of this code, without rows. The caller folds, and commits."""
    ours = {table.name: table for table in tables.ROWS.values()}
    kept = tables.metadata.tables.keys() - ours.keys()
    for name in (_saved(connection).keys() | ours.keys()) - kept:
        Table(name, MetaData()).drop(connection, checkfirst=True)
    tables.metadata.create_all(connection, tables=list(ours.values()), checkfirst=False)
    connection.execute(delete(tables.projection))
    connection.execute(
        insert(tables.projection), [{"name": name, "shape": shape(table)} for name, table in ours.items()]
    )


def _saved(connection: Connection) -> dict[str, str]:
    return {row.name: row.shape for row in connection.execute(select(tables.projection))}
