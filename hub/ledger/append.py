"""Appending to the journal: bytes to leaf to frontier, within the transaction that holds the head."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from hub.ledger import tree
from hub.store.prepared import Prepared
from hub.store.tables import head, journal
from wire import messages as m
from wire import notes, tlog

_read_head = Prepared(lambda _: select(head.c.size, head.c.frontier))
_write_head = Prepared(lambda _: update(head).values(size=bindparam("new_size"), frontier=bindparam("roots")))
_insert = Prepared(lambda _: insert(journal))


class Appending:
    """What one transaction appends. Reads the head when it is made, writes rows and head in `finish`."""

    def __init__(self, connection: Connection) -> None:
        ((size, frontier),) = _read_head.run(connection)
        self.size: int = size
        self.frontier = split_frontier(frontier)  # as it is saved: `finish` brings it up to `size`
        self._rows: list[dict[str, Any]] = []
        self._numbers: dict[tuple[str, int, int], tuple[int, str]] = {}
        self._connection = connection

    def append(self, note: bytes, text_hash: str, message: m.Record | m.Fact, hub_time: int) -> int:
        """Append one entry, whose bytes are final. Returns its index."""
        index = self.size
        self.size = index + 1
        self._rows.append(
            {"idx": index, "note": note, "text_hash": text_hash, "hub_time": hub_time, **columns(message)}
        )
        if isinstance(message, m.Record):
            self._numbers[message.node, message.life, message.seq] = (index, text_hash)
        return index

    def take_back(self, size: int) -> None:
        """Drop the entries beyond that size from this transaction."""
        del self._rows[len(self._rows) - (self.size - size) :]
        self._numbers = {number: found for number, found in self._numbers.items() if found[0] < size}
        self.size = size

    def find(self, node: str, life: int, seq: int) -> tuple[int, str] | None:
        """Index and text hash of a node's record, be it only just appended."""
        pending = self._numbers.get((node, life, seq))
        if pending:
            return pending
        row = self._connection.execute(
            select(journal.c.idx, journal.c.text_hash).where(
                journal.c.author == node, journal.c.life == life, journal.c.seq == seq
            )
        ).one_or_none()
        return (row.idx, row.text_hash) if row else None

    def finish(self) -> None:
        """Write the rows, the tiles that they fill, and the head."""
        if self._rows:
            self.frontier = self._grown()
            _insert.run(self._connection, self._rows)
            _write_head.run(self._connection, [{"new_size": self.size, "roots": b"".join(self.frontier)}])

    def _grown(self) -> tlog.Frontier:
        leaves = [tlog.leaf_hash(row["note"]) for row in self._rows]
        return tree.grow(self._connection, self.size - len(leaves), self.frontier, leaves)


def split_frontier(joined: bytes) -> tlog.Frontier:
    """The frontier as the head row holds it, taken apart."""
    return tuple(joined[at : at + tlog.HASH_SIZE] for at in range(0, len(joined), tlog.HASH_SIZE))


def columns(message: m.Record | m.Fact) -> dict[str, Any]:
    """What of an entry is repeated in columns, for searching."""
    data = message.data
    columns: dict[str, Any] = {
        "kind": m.kind_of(data),
        "place": place_of(data),
        "alarm": getattr(data, "alarm", None),
        "person": getattr(data, "person", None),
    }
    if isinstance(message, m.Record):
        columns["author"] = message.node
        columns["life"] = message.life
        columns["seq"] = message.seq
        columns["boot"] = message.boot
        columns["said_time"] = message.wall
    else:
        columns["author"] = message.by
        columns["life"] = columns["seq"] = columns["boot"] = None
        columns["person"] = message.person or columns["person"]
        columns["said_time"] = message.time
    return columns


def place_of(data: m.Data) -> str | None:
    """What an entry is about: a point, reader, area or node."""
    for field in _places(type(data)):
        value = getattr(data, field)
        if isinstance(value, str):
            return value
    return None


@cache
def _places(kind: type[m.Data]) -> tuple[str, ...]:
    """Fields of a kind that say what it is about, the nearest first."""
    return tuple(one for one in ("point", "reader", "place", "area", "node") if one in kind.__struct_fields__)


def message_of(note: bytes, author: str) -> m.Record | m.Fact:
    """The message in an entry that is journalled. Its signature was checked before it was appended."""
    text = notes.split(note).text
    return m.decode(text, m.Fact) if author in m.SERVICES else m.decode(text, m.Record)
