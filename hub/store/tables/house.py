"""Rows of the core: nodes, points, areas, their alarms and orders."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text, text

from hub.store.tables.base import Listed, metadata

meta = Table(
    "meta",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site_version", BigInteger, nullable=False),
    Column("next_alarm", BigInteger, nullable=False),
    Column("next_sealing", BigInteger, nullable=False),
    Column("newest_time", BigInteger, nullable=False),
    Column("engine_time", BigInteger, nullable=False),
    Column("restarts", Listed, nullable=False),
    Column("stopped", Boolean, nullable=False),
)

life = Table(
    "life",
    metadata,
    Column("node", Text, primary_key=True),
    Column("life", BigInteger, nullable=False),
    Column("record_key", Text, nullable=False),
    Column("serial", Text, nullable=False),
    Column("revoked", Boolean, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
    Column("index", BigInteger, nullable=False),
    Column("boot", Text, nullable=False),
    Column("next_order", BigInteger, nullable=False),
    Column("silent", Boolean, nullable=False),
    Column("equivocated_at", BigInteger, nullable=False),
    Column("access_at", BigInteger, nullable=False),
    Column("witness_key", Text, nullable=False),
    Column("enrolled_at", BigInteger, nullable=False),
    Column("refusing", Text, nullable=False),
    Column("unwritten", BigInteger, nullable=False),
    Column("plan", BigInteger, nullable=False),
    Column("access", BigInteger, nullable=False),
    Column("doubted", BigInteger, nullable=False),
    Column("doubt", Text),
    Column("unheard_since", BigInteger),
)

point = Table(
    "point",
    metadata,
    Column("place", Text, primary_key=True),
    Column("node", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("stood", BigInteger),
    Column("told", Text),
    Column("told_boot", Text, nullable=False),
    Column("told_uptime", BigInteger, nullable=False),
)

area = Table(
    "area",
    metadata,
    Column("name", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("sealing", BigInteger, nullable=False),
    Column("ordered_by", BigInteger),
    Column("first_person", BigInteger),
    Column("first_mono", BigInteger, nullable=False),
    Column("first_boot", Text, nullable=False),
    Column("people", Listed, nullable=False),
    Column("waiting", Listed, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("due_at", BigInteger),
    Column("inside", BigInteger, nullable=False),
    Column("denied", BigInteger, nullable=False),
)

awaited_badge = Table(
    "awaited_badge",
    metadata,
    Column("point", Text, primary_key=True),
    Column("happened", BigInteger, nullable=False),
    Column("cause", BigInteger, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("due_at", BigInteger),
)

badged = Table(
    "badged",
    metadata,
    Column("area", Text, primary_key=True),
    Column("times", Listed, nullable=False),
)

ALARM_OPEN = text("life != 'closed'")
"""Written out, as its index has it: a database takes an index of some rows only for the very words."""

alarm = Table(
    "alarm",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("what", Text, nullable=False),
    Column("klass", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("place", Text, nullable=False),
    Column("area", Text),
    Column("sealing", BigInteger),
    Column("life", Text, nullable=False),
    Column("happened", BigInteger, nullable=False),
    Column("last_happened", BigInteger, nullable=False),
    Column("raised_at", BigInteger, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("cause", BigInteger, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("acknowledged_by", BigInteger),
    Column("acknowledged_at", BigInteger),
    Column("attended_by", BigInteger),
    Column("attended_at", BigInteger),
    Column("closed_by", BigInteger),
    Column("closed_at", BigInteger),
    Column("finding_cause", Text),
    Column("finding", Text),
    Column("acknowledged_via", Text),
    Column("shown_at", BigInteger),
    Column("sounded_at", BigInteger),
    Column("found_by", BigInteger),
    Column("found_at", BigInteger),
    Column("foretold", Integer, nullable=False),
    Index("alarm_open", "number", sqlite_where=ALARM_OPEN, postgresql_where=ALARM_OPEN),
)

order_out = Table(
    "order_out",
    metadata,
    Column("node", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("life", BigInteger, nullable=False),
    Column("what", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("issued_at", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Index("order_out_state", "state"),
)
