"""Rows of the core: calendars, windows, and sealings with what people have looked at and said before them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text

from hub.store.tables.base import Listed, metadata

calendar = Table(
    "calendar",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("imported_by", BigInteger),
    Column("imported_at", BigInteger, nullable=False),
    Column("approved", BigInteger, nullable=False),
    Column("approved_sha256", Text, nullable=False),
    Column("approved_by", BigInteger),
    Column("approved_at", BigInteger),
    Column("off", Listed, nullable=False),
    Column("worked", Listed, nullable=False),
    Column("approved_off", Listed, nullable=False),
    Column("approved_worked", Listed, nullable=False),
)

window = Table(
    "window",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("title", Text, nullable=False),
    Column("areas", Listed, nullable=False),
    Column("starts", BigInteger, nullable=False),
    Column("ends", BigInteger, nullable=False),
    Column("planned_by", BigInteger),
    Column("planned_at", BigInteger, nullable=False),
    Column("cancelled_by", BigInteger),
    Column("cancelled_at", BigInteger),
    Column("reason", Text, nullable=False),
)

sealing = Table(
    "sealing",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("area", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("began", BigInteger, nullable=False),
    Column("window", BigInteger),
    Column("adhoc", Boolean, nullable=False),
    Column("tried", Boolean, nullable=False),
    Column("checked_at", BigInteger),
    Column("ordered_by", BigInteger),
    Column("people", Listed, nullable=False),
    Column("exceptions", Listed, nullable=False),
    Column("sealed_at", BigInteger),
    Column("sealed_index", BigInteger),
    Column("openings", BigInteger, nullable=False),
    Column("alarms", BigInteger, nullable=False),
    Column("cause", Text, nullable=False),
    Column("approved_by", BigInteger),
    Column("approved_at", BigInteger),
    Column("emergency_by", BigInteger),
    Column("signed", Listed, nullable=False),
    Column("unsealed_by", Listed, nullable=False),
    Column("ended_at", BigInteger),
    Column("unsealed_at", BigInteger),
    Column("certificate", Text, nullable=False),
    Column("closing", Text, nullable=False),
    Column("unconfirmed", Listed, nullable=False),
    Index("sealing_area", "area", "number"),
)

walk_test = Table(
    "walk_test",
    metadata,
    Column("place", Text, primary_key=True),
    Column("node", Text, nullable=False),
    Column("opened_at", BigInteger),
    Column("closed_at", BigInteger),
)

check_tick = Table(
    "check_tick",
    metadata,
    Column("area", Text, primary_key=True),
    Column("item", Text, primary_key=True),
    Column("ticked_by", BigInteger),
    Column("ticked_at", BigInteger, nullable=False),
)

exemption = Table(
    "exemption",
    metadata,
    Column("place", Text, primary_key=True),
    Column("area", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("signed_by", BigInteger),
    Column("signed_at", BigInteger, nullable=False),
)

seal_on = Table(
    "seal_on",
    metadata,
    Column("place", Text, primary_key=True),
    Column("number", Text, nullable=False),
    Column("said_by", BigInteger, nullable=False),
    Column("said_at", BigInteger, nullable=False),
    Column("repeated_by", BigInteger),
    Column("repeated_at", BigInteger),
    Column("read", Text, nullable=False),
    Column("read_for", BigInteger),
    Column("read_by", BigInteger),
    Column("read_at", BigInteger),
    Column("ohms", BigInteger),
)
