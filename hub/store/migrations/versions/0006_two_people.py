"""Findings of two people; alarms that a beat has told of first; days off; nodes that never confirmed."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("alarm", sa.Column("found_by", sa.BigInteger))
    op.add_column("alarm", sa.Column("found_at", sa.BigInteger))
    op.add_column("alarm", sa.Column("foretold", sa.Integer, nullable=False, server_default="0"))
    for name in ("off", "worked", "approved_off", "approved_worked"):
        op.add_column("calendar", sa.Column(name, sa.Text, nullable=False, server_default="[]"))
    op.add_column("sealing", sa.Column("unconfirmed", sa.Text, nullable=False, server_default="[]"))
