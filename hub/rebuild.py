"""The projections, folded anew from the journal and compared with what is saved. Nothing is decided again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from sqlalchemy import Connection, Engine, delete, select

from hub.core import fold
from hub.core.state import Entry, Row, State
from hub.ledger.append import Appending, message_of
from hub.store import rows, session, tables
from hub.store.tables import journal
from wire import notes, tlog

CHUNK = 1000


class Difference(NamedTuple):
    """A row that is not what the journal says. `saved` or `folded` is None where there is none."""

    table: str
    key: tuple[object, ...]
    saved: Row | None
    folded: Row | None


class JournalDamaged(ValueError):
    """The journal does not fit its own head, or an entry cannot be read."""


def fold_journal(connection: Connection, progress: Callable[[int], None]) -> State:
    """The state that the whole journal folds to. `progress` hears of each thousand entries. Raises JournalDamaged."""
    state = State()
    appending = Appending(connection)
    size = 0
    frontier: tlog.Frontier = ()
    for index, note, author, hub_time in _entries(connection):
        if index != size:
            raise JournalDamaged(f"entry {size} is missing")
        frontier = tlog.append(size, frontier, tlog.leaf_hash(note))
        size += 1
        try:
            entry = Entry(index, hub_time, notes.text_hash(notes.split(note).text), message_of(note, author))
        except ValueError as error:
            raise JournalDamaged(f"entry {index} cannot be read: {error}") from None
        fold.apply(state, entry)
        if size % CHUNK == 0:
            progress(size)
    if size != appending.size or frontier != appending.frontier:
        raise JournalDamaged(f"the {size} entries do not hash to the head that is saved")
    return state


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


def _entries(connection: Connection) -> Iterator[tuple[int, bytes, str, int]]:
    after = -1
    columns = (journal.c.idx, journal.c.note, journal.c.author, journal.c.hub_time)
    while True:
        query = select(*columns).where(journal.c.idx > after).order_by(journal.c.idx).limit(CHUNK)
        chunk = connection.execute(query).all()
        if not chunk:
            return
        for row in chunk:
            yield row.idx, row.note, row.author, row.hub_time
        after = chunk[-1].idx
