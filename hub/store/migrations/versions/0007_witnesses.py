"""What nodes have countersigned; the roots of tiles; and tiles, checkpoints and cosignatures are append-only, too."""

import json
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from hub.store.migrations import guards
from wire import notes, tiles

revision = "0007"
down_revision = "0006"

KEYS = {"tile": ("level", "number"), "checkpoint": ("id",), "cosignature": ("checkpoint", "node", "key_id")}


def upgrade() -> None:
    """Make the table, fill the new columns from what is there, and set the guards."""
    op.create_table(
        "cosignature",
        sa.Column("checkpoint", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("node", sa.Text, primary_key=True),
        sa.Column("key_id", sa.Text, primary_key=True),
        sa.Column("line", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("checkpoint_size", "checkpoint", ["size"])
    _roots()
    _witness_keys()
    for table, key in KEYS.items():
        for statement in guards.kept(op.get_bind().dialect.name, table, key):
            op.execute(statement)


def _roots() -> None:
    """A new table: a column behind the hashes would lie some pages away from the row."""
    made = op.create_table(
        "tile_new",
        sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("root", sa.LargeBinary, nullable=False),
        sa.Column("hashes", sa.LargeBinary, nullable=False),
    )
    for level, number, hashes in _tiles():
        row = {"level": level, "number": number, "root": tiles.subtree(hashes), "hashes": hashes}
        op.get_bind().execute(made.insert(), row)
    op.drop_table("tile")
    op.rename_table("tile_new", "tile")


def _tiles() -> Iterator[tuple[int, int, bytes]]:
    bound = sa.text(
        "SELECT level, number, hashes FROM tile WHERE level = :level AND number >= :first ORDER BY number LIMIT 100"
    )
    for level in range(tiles.MAX_LEVEL + 1):
        first = 0
        while found := op.get_bind().execute(bound, {"level": level, "first": first}).all():
            for row in found:
                yield level, row.number, bytes(row.hashes)
            first = found[-1].number + 1
        if not first:
            return


def _witness_keys() -> None:
    """Of each node, as its newest enrolment has it."""
    op.add_column("life", sa.Column("witness_key", sa.Text, nullable=False, server_default=""))
    enrolled = op.get_bind().execute(sa.text("SELECT note FROM journal WHERE kind = 'node-enrolled' ORDER BY idx"))
    for note in enrolled.scalars().all():
        data = json.loads(notes.split(bytes(note)).text)["data"]
        values = {"key": data["witness_key"], "node": data["node"]}
        op.get_bind().execute(sa.text("UPDATE life SET witness_key = :key WHERE node = :node"), values)
