"""What lies beside the journal: documents, names, accounts, and what a service must not forget."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from hub.store.tables.base import Listed, metadata

calendar_document = Table(
    "calendar_document",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("sha256", Text, nullable=False),
    Column("document", Text, nullable=False),
)
"""Calendar documents as they were imported, to the byte: `sha256` is what the journal has."""

certificate = Table(
    "certificate",
    metadata,
    Column("sealing", BigInteger, primary_key=True, autoincrement=False),
    Column("half", Text, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("note", LargeBinary, nullable=False),
    Column("slip", LargeBinary, nullable=False),
)
"""Signed certificates, beside the journal, which has the hash of each one's text (`sha256`)."""

site_document = Table(
    "site_document",
    metadata,
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("sha256", Text, nullable=False),
    Column("document", Text, nullable=False),
)
"""Site documents as JSON, without names and with credentials instead of badge numbers."""

person = Table(
    "person",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("phone", Text, nullable=False, server_default=""),
    Column("email", Text, nullable=False, server_default=""),
)
"""Who is behind a number of the journal, and how they are called. The only place of it, so that it can be erased."""

account = Table(
    "account",
    metadata,
    Column("login", Text, primary_key=True),
    Column("person", BigInteger, nullable=False),
    Column("roles", Listed, nullable=False),
    Column("password", Text, nullable=False),
)
"""Who may sign in to the console. `password` is an argon2id hash."""

session = Table(
    "session",
    metadata,
    Column("token", Text, primary_key=True),
    Column("asker", Text, nullable=False),
    Column("login", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
)
"""Who has signed in to the engine, and through which service. `token` is the SHA-256 of what that service relays."""

asked = Table(
    "asked",
    metadata,
    Column("asker", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Index("asked_at", "at"),
)
"""Requests that were committed, by the number that the asking service gave them: none is done twice."""

projection = Table(
    "projection",
    metadata,
    Column("name", Text, primary_key=True),
    Column("shape", Text, nullable=False),
)
"""The shape that each projection was made in (hub/store/shapes.py)."""
