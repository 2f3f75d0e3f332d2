"""Calls, notices, channels, the roster; telephone and e-mail beside a person's name."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables, and add two columns."""
    op.create_table(
        "duty",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("next_notice", sa.BigInteger, nullable=False),
        sa.Column("alarms_version", sa.BigInteger, nullable=False),
        sa.Column("alarms_document", sa.Text, nullable=False),
    )
    op.create_table(
        "call",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("ladder", sa.Text, nullable=False),
        sa.Column("life", sa.Text, nullable=False),
        sa.Column("alarms", sa.Text, nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("round", sa.BigInteger, nullable=False),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("drill", sa.Boolean, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("untold", sa.Text, nullable=False),
        sa.Column("untold_since", sa.BigInteger, nullable=False),
        sa.Column("sounded", sa.Boolean, nullable=False),
    )
    over = sa.text("life != 'over'")
    op.create_index("call_open", "call", ["number"], sqlite_where=over, postgresql_where=over)
    op.create_table(
        "notice",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("call", sa.BigInteger, nullable=False),
        sa.Column("alarms", sa.Text, nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("round", sa.BigInteger, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("person", sa.BigInteger),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("queued_at", sa.BigInteger, nullable=False),
        sa.Column("drill", sa.Boolean, nullable=False),
        sa.Column("handed_at", sa.BigInteger),
        sa.Column("delivered_at", sa.BigInteger),
        sa.Column("failed_at", sa.BigInteger),
        sa.Column("attempt", sa.BigInteger, nullable=False),
        sa.Column("repeat", sa.Boolean, nullable=False),
        sa.Column("awaits", sa.Boolean, nullable=False),
        sa.Column("overdue", sa.Boolean, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_index("notice_call", "notice", ["call"])
    op.create_index("notice_queued", "notice", ["queued_at", "number"])
    op.create_index("notice_state", "notice", ["state", "channel"])
    op.create_table(
        "notice_lease",
        sa.Column("notice", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("worker", sa.Text, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("attempt", sa.BigInteger, nullable=False),
        sa.Column("sending", sa.Boolean, nullable=False),
    )
    op.create_table(
        "sms_part",
        sa.Column("reference", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("recipient", sa.Text, primary_key=True),
        sa.Column("notice", sa.BigInteger, nullable=False),
        sa.Column("sent_at", sa.BigInteger, nullable=False),
        sa.Column("delivered", sa.Boolean, nullable=False),
    )
    op.create_index("sms_part_notice", "sms_part", ["notice"])
    op.create_table(
        "channel",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("used", sa.Boolean, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("worked_at", sa.BigInteger),
        sa.Column("failed_at", sa.BigInteger),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_table(
        "shift",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("person", sa.BigInteger, nullable=False),
        sa.Column("stand_in", sa.BigInteger),
        sa.Column("starts", sa.BigInteger, nullable=False),
        sa.Column("ends", sa.BigInteger, nullable=False),
        sa.Column("added_by", sa.BigInteger),
        sa.Column("removed_by", sa.BigInteger),
        sa.Column("removed", sa.Boolean, nullable=False),
    )
    op.create_table(
        "handover",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("given_by", sa.BigInteger),
        sa.Column("given_at", sa.BigInteger, nullable=False),
        sa.Column("alarms", sa.Text, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("silent", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("taken_by", sa.BigInteger),
        sa.Column("taken_at", sa.BigInteger),
    )
    op.add_column("person", sa.Column("phone", sa.Text, nullable=False, server_default=""))
    op.add_column("person", sa.Column("email", sa.Text, nullable=False, server_default=""))
    op.add_column("alarm", sa.Column("acknowledged_via", sa.Text))
    op.add_column("alarm", sa.Column("shown_at", sa.BigInteger))
    op.add_column("alarm", sa.Column("sounded_at", sa.BigInteger))
