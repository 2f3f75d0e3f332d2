"""The roots of tiles side by side: a proof reads up to 255 of one level."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the index."""
    op.create_index("tile_root", "tile", ["level", "number", "root"])
