"""Rows of the core: who is called, by what, and who is on duty."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text, text

from hub.store.tables.base import Listed, metadata

duty = Table(
    "duty",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("next_notice", BigInteger, nullable=False),
    Column("alarms_version", BigInteger, nullable=False),
    Column("alarms_document", Text, nullable=False),
)

CALL_OPEN = text("life != 'over'")
"""Written out, as its index has it."""

call = Table(
    "call",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("ladder", Text, nullable=False),
    Column("life", Text, nullable=False),
    Column("alarms", Listed, nullable=False),
    Column("step", Integer, nullable=False),
    Column("round", BigInteger, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("due_at", BigInteger),
    Column("drill", Boolean, nullable=False),
    Column("told", Listed, nullable=False),
    Column("untold", Listed, nullable=False),
    Column("untold_since", BigInteger, nullable=False),
    Column("sounded", Boolean, nullable=False),
    Index("call_open", "number", sqlite_where=CALL_OPEN, postgresql_where=CALL_OPEN),
)

notice = Table(
    "notice",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("call", BigInteger, nullable=False),
    Column("alarms", Listed, nullable=False),
    Column("step", Integer, nullable=False),
    Column("round", BigInteger, nullable=False),
    Column("channel", Text, nullable=False),
    Column("person", BigInteger),
    Column("state", Text, nullable=False),
    Column("queued_at", BigInteger, nullable=False),
    Column("drill", Boolean, nullable=False),
    Column("handed_at", BigInteger),
    Column("delivered_at", BigInteger),
    Column("failed_at", BigInteger),
    Column("attempt", BigInteger, nullable=False),
    Column("repeat", Boolean, nullable=False),
    Column("awaits", Boolean, nullable=False),
    Column("overdue", Boolean, nullable=False),
    Column("detail", Text, nullable=False),
    Index("notice_call", "call"),
    Index("notice_queued", "queued_at", "number"),
    Index("notice_state", "state", "channel"),
)

channel = Table(
    "channel",
    metadata,
    Column("name", Text, primary_key=True),
    Column("used", Boolean, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("worked_at", BigInteger),
    Column("failed_at", BigInteger),
    Column("detail", Text, nullable=False),
)

shift = Table(
    "shift",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("person", BigInteger, nullable=False),
    Column("stand_in", BigInteger),
    Column("starts", BigInteger, nullable=False),
    Column("ends", BigInteger, nullable=False),
    Column("added_by", BigInteger),
    Column("removed_by", BigInteger),
    Column("removed", Boolean, nullable=False),
)

handover = Table(
    "handover",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("given_by", BigInteger),
    Column("given_at", BigInteger, nullable=False),
    Column("alarms", Listed, nullable=False),
    Column("sealed", Listed, nullable=False),
    Column("silent", Listed, nullable=False),
    Column("note", Text, nullable=False),
    Column("taken_by", BigInteger),
    Column("taken_at", BigInteger),
)
