"""What the loop of a seal measured when its area was sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column. Of what was sealed before, nobody knows it."""
    op.add_column("seal_on", sa.Column("ohms", sa.BigInteger))
