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


def fill(connection: Connection, old: int, leaves: Sequence[bytes]) -> None:
    """Write the tiles that are complete now that these leaf hashes stand behind `old` entries.

    Nothing is kept between transactions: of the leaves before, the few that a tile still needs are hashed again.
    """
    for tile in tiles.completed(old, old + len(leaves)):
        first, end = tile.number << tiles.HEIGHT, tile.number + 1 << tiles.HEIGHT
        if tile.level:
            rows = _below.run(connection, [{"of": tile.level - 1, "first": first, "end": end}])
            hashes = [row.root for row in rows]
        else:
            hashes = []
            if first < old:
                rows = _notes.run(connection, [{"first": first, "end": old}])
                hashes = [tlog.leaf_hash(row.note) for row in rows]
            hashes += leaves[max(first, old) - old : end - old]
        content = b"".join(hashes)
        row = {"level": tile.level, "number": tile.number, "root": tiles.subtree(content), "hashes": content}
        _insert.run(connection, [row])


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
    full = _one.run(connection, [{"of": tile.level, "at": tile.number}]).scalar()
    if full is not None:
        return bytes(full[: tile.width * tlog.HASH_SIZE])
    first = tile.number << tiles.HEIGHT
    end = first + tile.width
    if tile.level:
        below = _below.run(connection, [{"of": tile.level - 1, "first": first, "end": end}])
        return b"".join(row.root for row in below)
    return b"".join(tlog.leaf_hash(row.note) for row in _notes.run(connection, [{"first": first, "end": end}]))
