"""The projections, folded anew from the journal: compared with what is saved, or put in its place. Nothing is decided
again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import NamedTuple

from sqlalchemy import Connection, Engine, delete

from hub.core import state
from hub.core.journal import fold
from hub.core.state import Entry, State
from hub.ledger.append import Appending
from hub.ledger.reading import Reading
from hub.store import rows, session, shapes, tables
from wire import messages as m

CHUNK = 1000

log = logging.getLogger("strongroom.rebuild")

Progress = Callable[[int], None]
"""Hears how many entries are folded."""


class Difference(NamedTuple):
    """A row that is not what the journal says. `saved` or `folded` is None where there is none."""

    table: str
    key: tuple[object, ...]
    saved: state.Row | None
    folded: state.Row | None


def fold_journal(connection: Connection, progress: Progress) -> State:
    """The state that the whole journal folds to. `progress` hears of each thousand entries. Raises JournalDamaged."""
    folded = State()
    for size in _folding(connection, folded):
        progress(size)
    return folded


def make_anew(connection: Connection, progress: Progress) -> int:
    """Drop the projections and fold the whole journal into new ones, as it goes: what no later entry needs is not held.

    All of it is in the caller's transaction. Returns the number of entries. Raises JournalDamaged.
    """
    shapes.make(connection)
    folded, size = State(), 0
    for size in _folding(connection, folded):
        rows.save(connection, folded)
        folded.settle()
        progress(size)
    return size


def renew(database: Engine, progress: Progress) -> int | None:
    """Where projections are of another shape than this code's, make all anew. Returns the number of entries folded,
    None where there was nothing to do. Whoever calls it writes alone (hub.store.alone).

    It is one transaction: until it is committed the old shape stands, with which no service starts, so a crash costs
    nothing but the time. Raises JournalDamaged, SQLAlchemyError.
    """
    with session.reading(database) as connection:
        if not shapes.changed(connection):
            return None
    with session.writing(database) as connection:
        return make_anew(connection, progress)


def _folding(connection: Connection, state: State) -> Iterator[int]:
    """Fold the journal into `state`; says how many entries that were, each thousand and at the end."""
    size = 0
    for entry, failed in fold.journal(state, _entries(connection)):
        size = entry.index + 1
        if failed is not None:  # when it was appended it did not fail, or the next entry would say so
            kind = m.kind_of(entry.message.data)
            log.error("entry %d (%s) cannot be taken in by this version: %r", entry.index, kind, failed)
        if size % CHUNK == 0:
            yield size
    if size % CHUNK:
        yield size


def _entries(connection: Connection) -> Iterator[Entry]:
    """Every entry, in order. Raises JournalDamaged, at the latest at the end."""
    reading = Reading()
    yield from reading.entries(connection)
    reading.finish(connection)


def differences(connection: Connection, folded: State) -> list[Difference]:
    """Rows that are saved otherwise than they fold."""
    found: list[Difference] = []
    for kind, table in tables.ROWS.items():
        saved = rows.load_all(connection, kind)
        expected = folded.rows(kind)
        found.extend(
            Difference(table.name, key, saved.get(key), expected.get(key))
            for key in sorted(saved.keys() | expected.keys(), key=repr)
            if saved.get(key) != expected.get(key)
        )
    return found


def mend(connection: Connection, folded: State) -> None:
    """Save every row as it folds."""
    for table in tables.ROWS.values():
        connection.execute(delete(table))
    rows.save(connection, folded)


def size(database: Engine) -> int:
    """Number of entries in the journal."""
    with session.reading(database) as connection:
        return Appending(connection).size
