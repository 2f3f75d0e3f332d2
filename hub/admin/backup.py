"""Backup: the whole hub in one file, whichever database it has.

A gzipped tar: the hub's own files (keys, authority, papers, settings, the broker's) and every table but the projections
as lines of JSON, in parts, so that neither side ever holds more than one of them. It holds private keys, so it belongs
into the safe, or is encrypted for whoever has the identities that are there (hub.admin.age).
"""

from __future__ import annotations

import base64
import io
import os
import re
import tarfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Column, Connection, Engine, Table, select

from hub.admin import age
from hub.core.refusal import NotPossible
from hub.ledger import tree
from hub.ledger.append import Appending
from hub.ledger.intact import Intact
from hub.site_directory.layout import Layout
from hub.store import schema, session, tables

NOT_IN_A_BACKUP = frozenset({"session", "projection", *(table.name for table in tables.ROWS.values())})
"""Tables whose rows mean nothing on another day; and the projections, which a restore folds from the journal."""
LEFT_OUT = frozenset({tables.head.c.writer})
"""Columns that mean nothing on another day."""
FIRST = ("head", "account", "site_document", "checkpoint")
"""Tables that a restore needs first. The journal comes last: it is the longest."""
CHUNK = 500
"""Rows that are under way at a time, but for documents, one of which may have some megabytes."""
LONGEST_LINE = 16_000_000
"""Bytes of a row."""
PART_BYTES = 4_000_000
"""A part ends with the row that makes it as large as this."""
BYTES = "base64:"
"""Prefix of a value that is bytes."""
FILE = re.compile(
    r"hub/ca/(ca\.key|ca\.crt|crl\.pem|issued/[a-z0-9.-]{1,120}\.crt)"
    r"|hub/keys/(?!checkpoint\.)[a-z-]{1,32}\.(key|pub)"
    r"|hub/tls/[a-z-]{1,32}\.(key|crt)"
    r"|hub/(hub|broker)\.toml"
    r"|hub/database/[a-z]{1,32}\.url"
    r"|broker/(acl|mosquitto\.conf|ca\.crt|crl\.pem|broker\.(key|crt))"
)
"""Files of a hub that are in a backup, and all that may be put back, as paths from its directory. What is put back is
another journal with another root key, so the keys of checkpoints are none of these."""

Progress = Callable[[str, int, int], None]
"""Called with the current step, how far it is, and the total (0: unknown)."""


def table_order() -> list[Table]:
    """Every table of a backup, in the order in which they stand there."""
    there = {name: table for name, table in tables.metadata.tables.items() if name not in NOT_IN_A_BACKUP}
    middle = sorted(there.keys() - {*FIRST, "journal"})
    return [there[name] for name in (*FIRST, *middle, "journal")]


def columns(table: Table) -> list[Column[Any]]:
    """What a backup has of a table."""
    return [column for column in table.c if column not in LEFT_OUT]


def silent(what: str, done: int, of: int) -> None:
    """Shows no progress."""


def make(
    database: Engine, layout: Layout, target: Path, progress: Progress = silent, recipients: Sequence[str] = ()
) -> int:
    """Write a backup to the new file `target`, readable by its owner alone. Returns the size of the journal in it.

    With `recipients` (of age) it is encrypted for any of them, and nobody else can read it.

    Raises FileExistsError, OSError, NotPossible, and intact.Changed where the journal is not what was appended to it.
    """
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with (
                age.encrypted(file, recipients) if recipients else nullcontext(file) as out,
                tarfile.open(fileobj=out, mode="w:gz", format=tarfile.USTAR_FORMAT, compresslevel=6) as archive,
                session.reading(database) as connection,
            ):
                size = _fill(archive, connection, layout, progress)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        target.unlink()  # half a backup looks like one
        raise
    return size


def _fill(archive: tarfile.TarFile, connection: Connection, layout: Layout, progress: Progress) -> int:
    _add(archive, "revision", schema.NEWEST.encode())
    for path in _files(layout):
        name = path.relative_to(layout.root).as_posix()
        if FILE.fullmatch(name) and path.is_file() and not path.is_symlink():
            _add(archive, f"files/{name}", path.read_bytes(), path.stat().st_mode & 0o777)
    head = Appending(connection)
    intact = Intact(head.size, head.frontier, lambda number: tree.full(connection, number))
    for table in table_order():
        size = head.size if table is tables.journal else 0
        for number, part in enumerate(_parts(_dump(connection, table, intact, progress, size))):
            _add(archive, f"tables/{table.name}/{number:06}.jsonl", part)
    intact.finish()
    return head.size


def _files(layout: Layout) -> Iterator[Path]:
    for folder in (layout.authority, layout.keys, layout.tls, layout.database_urls, layout.broker):
        yield from sorted(folder.rglob("*"))
    yield from (layout.settings, layout.broker_settings)


def _dump(connection: Connection, table: Table, intact: Intact, progress: Progress, size: int) -> Iterator[bytes]:
    query = select(*columns(table)).order_by(*table.primary_key)
    some = 1 if table is tables.site_document else CHUNK
    for at, row in enumerate(connection.execute(query, execution_options={"yield_per": some})):
        if table is tables.journal:
            intact.entry(row.idx, row.note)
        if at % CHUNK == 0:
            progress(table.name, at, size)
        line = msgspec.json.encode({name: _plain(value) for name, value in row._mapping.items()}) + b"\n"
        if len(line) > LONGEST_LINE:
            raise NotPossible("a row is too large for a backup", table.name)
        yield line


def _parts(lines: Iterator[bytes]) -> Iterator[bytes]:
    """The lines in parts; the last may be empty."""
    part = io.BytesIO()
    for line in lines:
        part.write(line)
        if part.tell() >= PART_BYTES:
            yield part.getvalue()
            part = io.BytesIO()
    yield part.getvalue()


def _plain(value: Any) -> Any:
    return BYTES + base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _add(archive: tarfile.TarFile, name: str, content: bytes, mode: int = 0o600) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    member.mode = mode
    archive.addfile(member, io.BytesIO(content))
    archive.members.clear()  # type: ignore[attr-defined]  # it would keep one for each part
