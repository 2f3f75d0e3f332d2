"""The fence: the head names who may write."""

from alembic import op

revision = "2"
down_revision = "1"


def upgrade() -> None:
    """Add the column. Nobody has taken the database over yet."""
    op.execute("ALTER TABLE head ADD COLUMN writer TEXT NOT NULL DEFAULT ''")
