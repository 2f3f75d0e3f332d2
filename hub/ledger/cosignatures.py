"""What nodes have countersigned, kept for good beside the checkpoint that it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Literal, NamedTuple

from sqlalchemy import Connection, bindparam, insert, select

from hub.ledger import checkpoint as ledger_checkpoint
from hub.ledger.checkpoint import Signed
from hub.store.prepared import Prepared
from hub.store.tables import checkpoint as checkpoints
from hub.store.tables import cosignature as table
from wire import checkpoint, notes


class Became(NamedTuple):
    """What became of a countersignature: kept, or known already; of no checkpoint of ours; of one of our sizes and our
    origin with another root, which is disputed. `root` is the root that we have signed then."""

    kind: Literal["kept", "known", "unknown", "disputed"]
    root: bytes = b""


_of_size = Prepared(
    lambda _: (
        select(checkpoints.c.id, checkpoints.c.note)
        .where(checkpoints.c.size == bindparam("of"), checkpoints.c.origin == bindparam("under"))
        .order_by(checkpoints.c.id)
    )
)
_there = Prepared(
    lambda _: select(table.c.at).where(
        table.c.checkpoint == bindparam("of"), table.c.node == bindparam("by"), table.c.key_id == bindparam("with_key")
    )
)
_insert = Prepared(lambda _: insert(table))
_lines = Prepared(
    lambda _: (
        select(table.c.checkpoint, table.c.line)
        .where(table.c.checkpoint >= bindparam("first"), table.c.checkpoint <= bindparam("last"))
        .order_by(table.c.checkpoint, table.c.node, table.c.key_id)
    )
)


class Countersigned(NamedTuple):
    """A node's good countersignature: the checkpoint in it, its text, the node's own line, and the note whole."""

    node: str
    found: checkpoint.Checkpoint
    text: bytes
    own: notes.Signature
    note: bytes

    @property
    def key(self) -> tuple[str, str]:
        """The witness: node, and the id of its key in hex."""
        return self.node, self.own.key_id.hex()


def keep(connection: Connection, one: Countersigned, at: int) -> Became:
    """Keep a countersignature of one of our checkpoints, once. `at`: wall time in ms. Nothing else is kept."""
    rows = _of_size.run(connection, [{"of": one.found.size, "under": one.found.origin}])
    ours = {notes.split(bytes(note)).text: number for number, note in rows}
    if one.text not in ours:
        others = [root for text in ours if (root := checkpoint.parse(text).root) != one.found.root]
        return Became("disputed", others[0]) if others else Became("unknown")
    number, (node, key_id) = ours[one.text], one.key
    if _there.run(connection, [{"of": number, "by": node, "with_key": key_id}]):
        return Became("known")
    line = notes.join(one.text, [one.own])[len(one.text) + 1 :].decode().rstrip("\n")
    _insert.run(connection, [{"checkpoint": number, "node": node, "key_id": key_id, "line": line, "at": at}])
    return Became("kept")


def is_ours(connection: Connection, note: bytes) -> bool:
    """Whether it is one of our checkpoints, whoever has signed it besides. Raises NoteError for what is none."""
    found, parts = checkpoint.open_signed(note)
    rows = _of_size.run(connection, [{"of": found.size, "under": found.origin}])
    return any(notes.split(bytes(ours)).text == parts.text for _, ours in rows)


def every(connection: Connection) -> Iterator[Signed]:
    """All checkpoints with what countersigns them, oldest first."""
    for chunk in ledger_checkpoint.chunks(connection):
        rows = _lines.run(connection, [{"first": chunk[0].number, "last": chunk[-1].number}])
        lines = {number: [line for _, line in of] for number, of in groupby(rows, lambda row: row[0])}
        for one in chunk:
            yield one._replace(note=_joined(one.note, lines.get(one.number, ())))


def _joined(note: bytes, lines: Iterable[str]) -> bytes:
    return note + b"".join(f"{line}\n".encode() for line in lines)


def keys_of(connection: Connection, number: int) -> frozenset[tuple[str, str]]:
    """Who has countersigned a checkpoint: nodes, and the ids of their keys."""
    found = connection.execute(select(table.c.node, table.c.key_id).where(table.c.checkpoint == number))
    return frozenset((row.node, row.key_id) for row in found)


def witnessed(connection: Connection, size: int, enrolled: frozenset[tuple[str, str]]) -> int | None:
    """Size of the newest checkpoint, of `size` entries or more, that a majority of these has countersigned."""
    query = select(checkpoints.c.id, checkpoints.c.size).where(checkpoints.c.size >= size)
    for row in connection.execute(query.order_by(checkpoints.c.id.desc())):
        if checkpoint.has_quorum(len(keys_of(connection, row.id) & enrolled), len(enrolled)):
            return int(row.size)
    return None
