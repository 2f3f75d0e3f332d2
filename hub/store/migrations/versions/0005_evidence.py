"""Tiles of the journal's tree, and signed checkpoints."""

import sqlalchemy as sa
from alembic import op

from wire import tiles, tlog

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables, and the tiles of a journal that is there already."""
    made = op.create_table(
        "tile",
        sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hashes", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "checkpoint",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("note", sa.LargeBinary, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    tree = tiles.Growing()
    bound = sa.text("SELECT note FROM journal WHERE idx >= :first AND idx < :first + 1000 ORDER BY idx")
    while found := op.get_bind().execute(bound, {"first": tree.size}).scalars().all():
        for note in found:
            for tile, hashes in tree.append(tlog.leaf_hash(bytes(note))):
                op.get_bind().execute(made.insert(), {"level": tile.level, "number": tile.number, "hashes": hashes})
