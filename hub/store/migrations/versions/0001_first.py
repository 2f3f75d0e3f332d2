"""First tables; the journal is append-only from its first entry."""

import sqlalchemy as sa
from alembic import op

from hub.store.migrations import guards

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table, an empty tree, and the guards."""
    op.create_table(
        "head",
        sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1", name="head_is_one_row"), primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("frontier", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "journal",
        sa.Column("idx", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
        sa.Column("note", sa.LargeBinary, nullable=False),
        sa.Column("text_hash", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("life", sa.BigInteger),
        sa.Column("seq", sa.BigInteger),
        sa.Column("boot", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("place", sa.Text().with_variant(sa.Text(collation="C"), "postgresql")),
        sa.Column("person", sa.BigInteger),
        sa.Column("said_time", sa.BigInteger, nullable=False),
        sa.Column("hub_time", sa.BigInteger, nullable=False),
        sa.Column("alarm", sa.BigInteger),
        sa.UniqueConstraint("author", "life", "seq", name="journal_number"),
    )
    op.create_index("journal_kind", "journal", ["kind", "idx"])
    op.create_index("journal_place", "journal", ["place", "kind", "idx"])
    op.create_index("journal_person", "journal", ["person", "idx"])
    op.create_index("journal_author", "journal", ["author", "idx"])
    op.create_index("journal_said", "journal", ["kind", "said_time"])
    for name, columns in (("journal_alarm", ["alarm", "idx"]), ("journal_alarm_time", ["hub_time"])):
        about = sa.text("alarm IS NOT NULL")
        op.create_index(name, "journal", columns, sqlite_where=about, postgresql_where=about)
    op.create_table(
        "meta",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("site_version", sa.BigInteger, nullable=False),
        sa.Column("next_alarm", sa.BigInteger, nullable=False),
        sa.Column("next_sealing", sa.BigInteger, nullable=False),
        sa.Column("newest_time", sa.BigInteger, nullable=False),
        sa.Column("engine_time", sa.BigInteger, nullable=False),
        sa.Column("restarts", sa.Text, nullable=False),
        sa.Column("stopped", sa.Boolean, nullable=False),
    )
    op.create_table(
        "life",
        sa.Column("node", sa.Text, primary_key=True),
        sa.Column("life", sa.BigInteger, nullable=False),
        sa.Column("record_key", sa.Text, nullable=False),
        sa.Column("serial", sa.Text, nullable=False),
        sa.Column("revoked", sa.Boolean, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("index", sa.BigInteger, nullable=False),
        sa.Column("boot", sa.Text, nullable=False),
        sa.Column("next_order", sa.BigInteger, nullable=False),
        sa.Column("silent", sa.Boolean, nullable=False),
        sa.Column("equivocated_at", sa.BigInteger, nullable=False),
        sa.Column("access_at", sa.BigInteger, nullable=False),
        sa.Column("enrolled_at", sa.BigInteger, nullable=False),
        sa.Column("refusing", sa.Text, nullable=False),
        sa.Column("unwritten", sa.BigInteger, nullable=False),
        sa.Column("plan", sa.BigInteger, nullable=False),
        sa.Column("access", sa.BigInteger, nullable=False),
        sa.Column("doubted", sa.BigInteger, nullable=False),
        sa.Column("doubt", sa.Text),
        sa.Column("unheard_since", sa.BigInteger),
    )
    op.create_table(
        "point",
        sa.Column("place", sa.Text, primary_key=True),
        sa.Column("node", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("stood", sa.BigInteger),
        sa.Column("told", sa.Text),
        sa.Column("told_boot", sa.Text, nullable=False),
        sa.Column("told_uptime", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "area",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("sealing", sa.BigInteger, nullable=False),
        sa.Column("ordered_by", sa.BigInteger),
        sa.Column("first_person", sa.BigInteger),
        sa.Column("first_mono", sa.BigInteger, nullable=False),
        sa.Column("first_boot", sa.Text, nullable=False),
        sa.Column("people", sa.Text, nullable=False),
        sa.Column("waiting", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("inside", sa.BigInteger, nullable=False),
        sa.Column("denied", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "awaited_badge",
        sa.Column("point", sa.Text, primary_key=True),
        sa.Column("happened", sa.BigInteger, nullable=False),
        sa.Column("cause", sa.BigInteger, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger),
    )
    op.create_table(
        "badged",
        sa.Column("area", sa.Text, primary_key=True),
        sa.Column("times", sa.Text, nullable=False),
    )
    op.create_table(
        "alarm",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("klass", sa.Text, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("area", sa.Text),
        sa.Column("sealing", sa.BigInteger),
        sa.Column("life", sa.Text, nullable=False),
        sa.Column("happened", sa.BigInteger, nullable=False),
        sa.Column("last_happened", sa.BigInteger, nullable=False),
        sa.Column("raised_at", sa.BigInteger, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("cause", sa.BigInteger, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("acknowledged_by", sa.BigInteger),
        sa.Column("acknowledged_at", sa.BigInteger),
        sa.Column("attended_by", sa.BigInteger),
        sa.Column("attended_at", sa.BigInteger),
        sa.Column("closed_by", sa.BigInteger),
        sa.Column("closed_at", sa.BigInteger),
        sa.Column("finding_cause", sa.Text),
        sa.Column("finding", sa.Text),
    )
    still = sa.text("life != 'closed'")
    op.create_index("alarm_open", "alarm", ["number"], sqlite_where=still, postgresql_where=still)
    op.create_table(
        "order_out",
        sa.Column("node", sa.Text, primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("life", sa.BigInteger, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("issued_at", sa.BigInteger, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.create_index("order_out_state", "order_out", ["state"])
    op.create_table(
        "site_document",
        sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_table(
        "person",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
    )
    op.create_table(
        "account",
        sa.Column("login", sa.Text, primary_key=True),
        sa.Column("person", sa.BigInteger, nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("password", sa.Text, nullable=False),
    )
    op.create_table(
        "session",
        sa.Column("token", sa.Text, primary_key=True),
        sa.Column("login", sa.Text, nullable=False),
        sa.Column("csrf", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False),
    )
    op.execute(sa.text("INSERT INTO head (id, size, frontier) VALUES (1, 0, :empty)").bindparams(empty=b""))
    for statement in guards.statements(op.get_bind().dialect.name, "journal"):
        op.execute(statement)
