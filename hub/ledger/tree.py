"""Full tiles of the journal's tree, written in the transaction whose entry fills them."""

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
        select(table.c.hashes)
        .where(
            table.c.level == bindparam("of"), table.c.number >= bindparam("first"), table.c.number < bindparam("end")
        )
        .order_by(table.c.number)
    )
)


def fill(connection: Connection, old: int, leaves: Sequence[bytes]) -> None:
    """Write the tiles that are complete now that these leaf hashes stand behind `old` entries.

    Nothing is kept between transactions: of the leaves before, the few that a tile still needs are hashed again.
    """
    for tile in tiles.completed(old, old + len(leaves)):
        first, end = tile.number << tiles.HEIGHT, tile.number + 1 << tiles.HEIGHT
        if tile.level:
            rows = _below.run(connection, [{"of": tile.level - 1, "first": first, "end": end}])
            hashes = [tiles.subtree(row.hashes) for row in rows]
        else:
            hashes = []
            if first < old:
                rows = _notes.run(connection, [{"first": first, "end": old}])
                hashes = [tlog.leaf_hash(row.note) for row in rows]
            hashes += leaves[max(first, old) - old : end - old]
        _insert.run(connection, [{"level": tile.level, "number": tile.number, "hashes": b"".join(hashes)}])
