"""The projections, folded anew from the journal and compared with what is saved. Nothing is decided again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, delete, select

from hub.core import state
from hub.core.journal import fold
from hub.core.state import Entry, State
from hub.ledger.append import Appending, columns, message_of
from hub.store import rows, session, tables
from hub.store.tables import journal
from wire import messages as m
from wire import notes, tlog

CHUNK = 1000


class Difference(NamedTuple):
    """A row that is not what the journal says. `saved` or `folded` is None where there is none."""

    table: str
    key: tuple[object, ...]
    saved: state.Row | None
    folded: state.Row | None


class JournalDamaged(ValueError):
    """The journal does not fit its own head, or an entry cannot be read."""


def fold_journal(connection: Connection, progress: Callable[[int], None]) -> State:
    """The state that the whole journal folds to. `progress` hears of each thousand entries. Raises JournalDamaged."""
    folded = State()
    appending = Appending(connection)
    size = 0
    frontier: tlog.Frontier = ()
    for row in _entries(connection):
        if row.idx != size:
            raise JournalDamaged(f"entry {size} is missing")
        frontier = tlog.append(size, frontier, tlog.leaf_hash(row.note))
        size += 1
        fold.apply(folded, _entry(row))
        if size % CHUNK == 0:
            progress(size)
    if size != appending.size or frontier != appending.frontier:
        raise JournalDamaged(f"the {size} entries do not hash to the head that is saved")
    return folded


def _entry(row: Row[Any]) -> Entry:
    try:
        text_hash = notes.text_hash(notes.split(row.note).text)
        message = message_of(row.note, row.author)
    except ValueError as error:
        raise JournalDamaged(f"entry {row.idx} cannot be read: {error}") from None
    repeated = {"text_hash": text_hash, **columns(message)}
    if isinstance(message, m.Fact):
        repeated["hub_time"] = message.time
    wrong = [name for name, value in repeated.items() if row._mapping[name] != value]
    if wrong:
        raise JournalDamaged(f"entry {row.idx} does not say what its columns say: {', '.join(wrong)}")
    return Entry(row.idx, row.hub_time, text_hash, message)


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


def _entries(connection: Connection) -> Iterator[Row[Any]]:
    after = -1
    while True:
        query = select(journal).where(journal.c.idx > after).order_by(journal.c.idx).limit(CHUNK)
        chunk = connection.execute(query).all()
        if not chunk:
            return
        yield from chunk
        after = chunk[-1].idx
