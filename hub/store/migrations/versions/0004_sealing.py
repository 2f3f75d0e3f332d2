"""The course of sealings, their checks, and certificates."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "sealing",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("began", sa.BigInteger, nullable=False),
        sa.Column("window", sa.BigInteger),
        sa.Column("adhoc", sa.Boolean, nullable=False),
        sa.Column("tried", sa.Boolean, nullable=False),
        sa.Column("checked_at", sa.BigInteger),
        sa.Column("ordered_by", sa.BigInteger),
        sa.Column("people", sa.Text, nullable=False),
        sa.Column("exceptions", sa.Text, nullable=False),
        sa.Column("sealed_at", sa.BigInteger),
        sa.Column("sealed_index", sa.BigInteger),
        sa.Column("openings", sa.BigInteger, nullable=False),
        sa.Column("alarms", sa.BigInteger, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("approved_by", sa.BigInteger),
        sa.Column("approved_at", sa.BigInteger),
        sa.Column("emergency_by", sa.BigInteger),
        sa.Column("signed", sa.Text, nullable=False),
        sa.Column("unsealed_by", sa.Text, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("unsealed_at", sa.BigInteger),
        sa.Column("certificate", sa.Text, nullable=False),
        sa.Column("closing", sa.Text, nullable=False),
    )
    op.create_index("sealing_area", "sealing", ["area", "number"])
    op.create_table(
        "walk_test",
        sa.Column("place", sa.Text, primary_key=True),
        sa.Column("node", sa.Text, nullable=False),
        sa.Column("opened_at", sa.BigInteger),
        sa.Column("closed_at", sa.BigInteger),
    )
    op.create_table(
        "check_tick",
        sa.Column("area", sa.Text, primary_key=True),
        sa.Column("item", sa.Text, primary_key=True),
        sa.Column("ticked_by", sa.BigInteger),
        sa.Column("ticked_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "exemption",
        sa.Column("place", sa.Text, primary_key=True),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("signed_by", sa.BigInteger),
        sa.Column("signed_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "seal_on",
        sa.Column("place", sa.Text, primary_key=True),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("said_by", sa.BigInteger, nullable=False),
        sa.Column("said_at", sa.BigInteger, nullable=False),
        sa.Column("repeated_by", sa.BigInteger),
        sa.Column("repeated_at", sa.BigInteger),
        sa.Column("read", sa.Text, nullable=False),
        sa.Column("read_for", sa.BigInteger),
        sa.Column("read_by", sa.BigInteger),
        sa.Column("read_at", sa.BigInteger),
    )
    op.create_table(
        "certificate",
        sa.Column("sealing", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("half", sa.Text, primary_key=True),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("note", sa.LargeBinary, nullable=False),
        sa.Column("slip", sa.LargeBinary, nullable=False),
    )
