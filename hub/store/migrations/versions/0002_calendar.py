"""Holiday calendars, their documents, and planned windows."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "calendar",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("imported_by", sa.BigInteger),
        sa.Column("imported_at", sa.BigInteger, nullable=False),
        sa.Column("approved", sa.BigInteger, nullable=False),
        sa.Column("approved_sha256", sa.Text, nullable=False),
        sa.Column("approved_by", sa.BigInteger),
        sa.Column("approved_at", sa.BigInteger),
    )
    op.create_table(
        "window",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("areas", sa.Text, nullable=False),
        sa.Column("starts", sa.BigInteger, nullable=False),
        sa.Column("ends", sa.BigInteger, nullable=False),
        sa.Column("planned_by", sa.BigInteger),
        sa.Column("planned_at", sa.BigInteger, nullable=False),
        sa.Column("cancelled_by", sa.BigInteger),
        sa.Column("cancelled_at", sa.BigInteger),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "calendar_document",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
