"""The journal's entries as a fold wants them: in order, each held against its columns and its place in the tree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from hub.core.journal.facts import FACTS
from hub.core.state import Entry
from hub.ledger import tree
from hub.ledger.append import Appending, columns, message_of
from hub.store.tables import journal
from wire import bounds, notes, tlog
from wire import messages as m

CHUNK = 1000


class JournalDamaged(ValueError):
    """The journal does not fit its own head, or an entry cannot be read."""


class Reading:
    """How far the journal was read, and the tree over all that was. It may go on in another transaction."""

    def __init__(self) -> None:
        self.size = 0
        self.frontier: tlog.Frontier = ()

    def entries(self, connection: Connection) -> Iterator[Entry]:
        """Every entry from here on, in order. Raises JournalDamaged."""
        while chunk := self._chunk(connection):
            for row in chunk:
                if row.idx != self.size:
                    raise JournalDamaged(f"entry {self.size} is missing")
                entry = _entry(row)
                self.frontier = tlog.append(self.size, self.frontier, tlog.leaf_hash(row.note))
                self.size += 1
                yield entry

    def go_to(self, connection: Connection, size: int) -> Entry:
        """Go on behind so many entries, by the tree as it is kept, without reading them but for the last, which this
        returns. Raises JournalDamaged."""
        read = tree.reader(connection, size)
        row = connection.execute(select(journal).where(journal.c.idx == size - 1)).one_or_none()
        if row is None or tlog.leaf_hash(row.note) != read(0, size - 1):
            raise JournalDamaged(f"entry {size - 1} is not what was appended")
        self.size, self.frontier = size, tlog.frontier(size, read)
        return _entry(row)

    def finish(self, connection: Connection) -> None:
        """That was all. Raises JournalDamaged."""
        head = Appending(connection)
        if self.size != head.size or self.frontier != head.frontier:
            raise JournalDamaged(f"the {self.size} entries do not hash to the head that is saved")

    def _chunk(self, connection: Connection) -> list[Row[Any]]:
        query = select(journal).where(journal.c.idx >= self.size).order_by(journal.c.idx).limit(CHUNK)
        return list(connection.execute(query).all())


def _entry(row: Row[Any]) -> Entry:
    try:
        text_hash = notes.text_hash(notes.split(row.note).text)
        message = message_of(row.note, row.author)
    except ValueError as error:
        raise JournalDamaged(f"entry {row.idx} cannot be read: {error}") from None
    repeated = {"text_hash": text_hash, **columns(message)}
    if isinstance(message, m.Fact) and abs(row.hub_time - message.time) > _under_way(message):
        repeated["hub_time"] = message.time
    wrong = [name for name, value in repeated.items() if row._mapping[name] != value]
    if wrong:
        raise JournalDamaged(f"entry {row.idx} does not say what its columns say: {', '.join(wrong)}")
    return Entry(row.idx, row.hub_time, text_hash, message, row.note)


def _under_way(fact: m.Fact) -> int:
    """How long it may have been, in ms, from signing a fact to journalling it: root's command has signed it before."""
    return bounds.LONGEST_BRINGING if FACTS[type(fact.data)].apart else 0
