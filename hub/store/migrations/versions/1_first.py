"""The journal and all that is beside it. Projections are not made here: hub.store.shapes makes them.

Written out once and never changed, on its own words alone: what the code calls its tables later is no matter.
"""

from alembic import op

from hub.store.migrations import guards

revision = "1"
down_revision = None

WORDS = {
    "sqlite": {"index": "INTEGER", "bytes": "BLOB", "by_bytes": "TEXT", "nothing": "X''"},
    "postgresql": {"index": "BIGINT", "bytes": "BYTEA", "by_bytes": 'TEXT COLLATE "C"', "nothing": "''"},
}
"""What the two databases say otherwise."""

TABLES = """
CREATE TABLE head (
    id INTEGER NOT NULL PRIMARY KEY CONSTRAINT head_is_one_row CHECK (id = 1),
    size BIGINT NOT NULL,
    frontier {bytes} NOT NULL
);
INSERT INTO head (id, size, frontier) VALUES (1, 0, {nothing});
CREATE TABLE journal (
    idx {index} NOT NULL PRIMARY KEY,
    note {bytes} NOT NULL,
    text_hash TEXT NOT NULL,
    author TEXT NOT NULL,
    life BIGINT,
    seq BIGINT,
    boot TEXT,
    kind TEXT NOT NULL,
    place {by_bytes},
    person BIGINT,
    said_time BIGINT NOT NULL,
    hub_time BIGINT NOT NULL,
    alarm BIGINT,
    CONSTRAINT journal_number UNIQUE (author, life, seq)
);
CREATE INDEX journal_kind ON journal (kind, idx);
CREATE INDEX journal_place ON journal (place, kind, idx);
CREATE INDEX journal_person ON journal (person, idx);
CREATE INDEX journal_author ON journal (author, idx);
CREATE INDEX journal_said ON journal (kind, said_time);
CREATE INDEX journal_alarm ON journal (alarm, idx) WHERE alarm IS NOT NULL;
CREATE INDEX journal_alarm_time ON journal (hub_time) WHERE alarm IS NOT NULL;
CREATE TABLE tile (
    level INTEGER NOT NULL,
    number BIGINT NOT NULL,
    root {bytes} NOT NULL,
    hashes {bytes} NOT NULL,
    PRIMARY KEY (level, number)
);
CREATE INDEX tile_root ON tile (level, number, root);
CREATE TABLE checkpoint (
    id BIGINT NOT NULL PRIMARY KEY,
    size BIGINT NOT NULL,
    note {bytes} NOT NULL,
    origin TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX checkpoint_size ON checkpoint (size);
CREATE TABLE cosignature (
    checkpoint BIGINT NOT NULL,
    node TEXT NOT NULL,
    key_id TEXT NOT NULL,
    line TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (checkpoint, node, key_id)
);
CREATE TABLE site_document (
    version BIGINT NOT NULL PRIMARY KEY,
    sha256 TEXT NOT NULL,
    document TEXT NOT NULL
);
CREATE TABLE calendar_document (
    year INTEGER NOT NULL,
    version BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (year, version)
);
CREATE TABLE certificate (
    sealing BIGINT NOT NULL,
    half TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    note {bytes} NOT NULL,
    slip {bytes} NOT NULL,
    PRIMARY KEY (sealing, half)
);
CREATE TABLE person (
    number BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    phone TEXT NOT NULL DEFAULT '',
    email TEXT NOT NULL DEFAULT ''
);
CREATE TABLE account (
    login TEXT NOT NULL PRIMARY KEY,
    person BIGINT NOT NULL,
    roles TEXT NOT NULL,
    password TEXT NOT NULL
);
CREATE TABLE session (
    token TEXT NOT NULL PRIMARY KEY,
    login TEXT NOT NULL,
    csrf TEXT NOT NULL,
    language TEXT NOT NULL,
    since BIGINT NOT NULL,
    seen BIGINT NOT NULL
);
CREATE TABLE notice_lease (
    notice BIGINT NOT NULL PRIMARY KEY,
    worker TEXT NOT NULL,
    until BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    sending BOOLEAN NOT NULL
);
CREATE TABLE sms_part (
    reference INTEGER NOT NULL,
    recipient TEXT NOT NULL,
    notice BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,
    delivered BOOLEAN NOT NULL,
    PRIMARY KEY (reference, recipient)
);
CREATE INDEX sms_part_notice ON sms_part (notice);
CREATE TABLE projection (
    name TEXT NOT NULL PRIMARY KEY,
    shape TEXT NOT NULL
)"""

KEPT = {
    "tile": ("level", "number"),
    "checkpoint": ("id",),
    "cosignature": ("checkpoint", "node", "key_id"),
    "site_document": ("version",),
    "calendar_document": ("year", "version"),
}
"""Besides the journal, what stays as it was written, by its key."""


def upgrade() -> None:
    """Make the tables, an empty tree, and the guards."""
    connection = op.get_bind()
    dialect = connection.dialect.name
    made = TABLES.format(**WORDS[dialect]).split(";\n")
    guarded = [guards.statements(dialect, "journal"), *(guards.kept(dialect, name, key) for name, key in KEPT.items())]
    for statement in [*made, *(one for some in guarded for one in some)]:
        connection.exec_driver_sql(statement)
