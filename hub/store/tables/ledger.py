"""The journal and what is kept with it: append-only."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from hub.store.tables.base import WHERE, metadata

head = Table(
    "head",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="head_is_one_row"), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    Column("writer", Text, nullable=False, server_default=""),
)
"""Size of the journal and the frontier of its tree (32 bytes a root, largest subtree first): one row. `writer`: who may
write here, the last that has taken the database over (hub/store/session.py)."""

_ABOUT_ALARM = {WHERE: "alarm IS NOT NULL"}

journal = Table(
    "journal",
    metadata,
    Column("idx", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("note", LargeBinary, nullable=False),
    Column("text_hash", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("life", BigInteger),
    Column("seq", BigInteger),
    Column("boot", Text),
    Column("kind", Text, nullable=False),
    Column("place", Text().with_variant(Text(collation="C"), "postgresql")),
    Column("person", BigInteger),
    Column("said_time", BigInteger, nullable=False),
    Column("hub_time", BigInteger, nullable=False),
    Column("alarm", BigInteger),
    UniqueConstraint("author", "life", "seq", name="journal_number"),
    Index("journal_kind", "kind", "idx"),
    Index("journal_place", "place", "kind", "idx"),
    Index("journal_person", "person", "idx"),
    Index("journal_author", "author", "idx"),
    Index("journal_said", "kind", "said_time"),
    Index("journal_alarm", "alarm", "idx", info=_ABOUT_ALARM),
    Index("journal_alarm_time", "hub_time", info=_ABOUT_ALARM),
)
"""The log. `note` is the entry; all other columns repeat what is in it, for searching, but for `hub_time`.
`author` is the node, or the service of the hub; `said_time` is the time in the note; `alarm` is the number of the alarm
that a fact is about. Places are ordered by their bytes: what is in an area stands together (store/entries.py)."""

tile = Table(
    "tile",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("hashes", LargeBinary, nullable=False),
    Index("tile_root", "level", "number", "root"),
)
"""The full tiles of the journal's tree (wire/tiles.py): 256 hashes each, and the root over them, written with the entry
that fills them. The index holds the roots side by side: in the table each lies pages away from the next."""

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    Column("note", LargeBinary, nullable=False),
    Column("origin", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("checkpoint_size", "size"),
)
"""Checkpoints that the engine has signed, by growing size; `note` is as it was signed."""

cosignature = Table(
    "cosignature",
    metadata,
    Column("checkpoint", BigInteger, primary_key=True, autoincrement=False),
    Column("node", Text, primary_key=True),
    Column("key_id", Text, primary_key=True),
    Column("line", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""What nodes have countersigned: `line` is the witness's line of the note, `key_id` that of its key, in hex."""
