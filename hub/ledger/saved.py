"""Reads the journal from the database for an export, without leaving out or repairing anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from sqlalchemy import Connection, LargeBinary, cast, select

from hub.ledger import cosignatures, export
from hub.store.tables import journal as table

CHUNK = 1000
_note = cast(table.c.note, LargeBinary).label("note")
"""Bytes in any case: whoever changes a row of an SQLite database by hand easily leaves text there."""


def journal(
    connection: Connection, beside: Mapping[str, bytes], sign: Callable[[bytes], bytes], size: int | None = None
) -> export.Journal:
    """What is exported, read a little at a time while `connection` is open: all of it, or its first `size` entries.

    `beside` are papers, by path; `sign` makes a note under the key of `admin`.
    """

    def at(index: int) -> bytes:
        return bytes(connection.execute(select(_note).where(table.c.idx == index)).scalar_one())

    checkpoints = (one.note for one in cosignatures.every(connection) if size is None or one.size <= size)
    return export.Journal(islice(_entries(connection), size), at, checkpoints, beside, sign)


def _entries(connection: Connection) -> Iterator[bytes]:
    after = -1
    while True:
        query = select(table.c.idx, _note).where(table.c.idx > after).order_by(table.c.idx).limit(CHUNK)
        rows = connection.execute(query).all()
        for row in rows:
            yield bytes(row.note)
        if len(rows) < CHUNK:
            return
        after = rows[-1].idx
