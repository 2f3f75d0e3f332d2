"""Full tiles of the journal's tree, written in the transaction whose entry fills them, and read again for proofs."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, insert, select

from hub.store.prepared import Prepared
from hub.store.tables import journal
from hub.store.tables import tile as table
from wire import tiles, tlog

_insert = Prepared(lambda _: insert(table))
_notes = Prepared(
    lambda _: (
        select(journal.c.note)
        .where(journal.c.idx >= bindparam("first"), journal.c.idx < bindparam("end"))
        .order_by(journal.c.idx)
    )
)
_below = Prepared(
    lambda _: (
        select(table.c.root)
        .where(
            table.c.level == bindparam("of"), table.c.number >= bindparam("first"), table.c.number < bindparam("end")
        )
        .order_by(table.c.number)
    )
)
_one = Prepared(
    lambda _: select(table.c.hashes).where(table.c.level == bindparam("of"), table.c.number == bindparam("at"))
)


def grow(connection: Connection, size: int, frontier: tlog.Frontier, leaves: Sequence[bytes]) -> tlog.Frontier:
    """Frontier of the tree once these leaf hashes stand behind its `size` entries. Writes the tiles that they fill.

    Nothing is kept between transactions: of the leaves before, the few that a tile still needs are hashed again.
    """
    for at, leaf in enumerate(leaves, size):
        if not (at + 1) % tiles.WIDTH:
            _fill(connection, at + 1, (*frontier, leaf), size, leaves)
        frontier = tlog.append(at, frontier, leaf)
    return frontier


def _fill(connection: Connection, size: int, pieces: tuple[bytes, ...], old: int, leaves: Sequence[bytes]) -> None:
    """Write the tiles that are full at `size`, lowest first. `pieces`: the frontier before the last leaf, and that one.

    A full tile hangs from the last eight pieces for each level, and the leaf: its root is eight hashes away, not 255.
    """
    for tile in tiles.completed(size - 1, size):
        first, end = tile.number << tiles.HEIGHT, tile.number + 1 << tiles.HEIGHT
        if tile.level:
            hashes = _roots(connection, tile.level - 1, first, end)
        else:
            late = leaves[max(first, old) - old : end - old]
            hashes = [*_leaves(connection, first, end - len(late)), *late]
        root = tlog.root(pieces[-1 - tiles.HEIGHT * (tile.level + 1) :])
        row = {"level": tile.level, "number": tile.number, "root": root, "hashes": b"".join(hashes)}
        _insert.run(connection, [row])


def _roots(connection: Connection, level: int, first: int, end: int) -> list[bytes]:
    """Roots over the full tiles from `first` up to `end` of a level."""
    return [root for (root,) in _below.run(connection, [{"of": level, "first": first, "end": end}])]


def _leaves(connection: Connection, first: int, end: int) -> list[bytes]:
    """Leaf hashes of the entries from `first` up to `end`, hashed again."""
    if first == end:
        return []
    return [tlog.leaf_hash(note) for (note,) in _notes.run(connection, [{"first": first, "end": end}])]


def full(connection: Connection, number: int) -> bytes | None:
    """The hashes of the 256 entries from `number` * 256 on, as they were when they were appended; None if not yet."""
    return next((bytes(hashes) for (hashes,) in _one.run(connection, [{"of": 0, "at": number}])), None)


def reader(connection: Connection, size: int) -> tlog.Read:
    """Hashes of complete subtrees, for proofs in the tree of the first `size` entries: a few reads for each proof."""
    held: dict[tiles.Tile, bytes] = {}

    def load(tile: tiles.Tile) -> bytes:
        if tile not in held:
            held[tile] = _load(connection, tile)
        return held[tile]

    return tiles.reader(size, load)


def _load(connection: Connection, tile: tiles.Tile) -> bytes:
    """A tile as wide as it was in some tree before now. What no full tile holds yet is made from what lies below it."""
    for (full,) in _one.run(connection, [{"of": tile.level, "at": tile.number}]):
        return bytes(full[: tile.width * tlog.HASH_SIZE])
    first = tile.number << tiles.HEIGHT
    end = first + tile.width
    return b"".join(_roots(connection, tile.level - 1, first, end) if tile.level else _leaves(connection, first, end))
