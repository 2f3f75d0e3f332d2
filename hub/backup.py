"""Backup and restore: the whole hub in one file, whichever database it has.

A gzipped tar: the hub's own files (keys, authority, papers, settings, the broker's) and every table as lines of JSON.
It holds private keys, so it belongs into the safe.
"""

from __future__ import annotations

import base64
import io
import json
import os
import tarfile
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any

import msgspec
from sqlalchemy import Connection, Engine, LargeBinary, Table, insert, inspect, select, update

from hub import broker
from hub.core.refusal import NotPossible
from hub.core.requests import Actor
from hub.core.site_document import Site
from hub.layout import Layout
from hub.store import schema, session, tables

NOT_IN_A_BACKUP = frozenset({"session"})
"""Tables whose rows mean nothing on another day."""
CHUNK = 500
_BYTES = "base64:"


def make(database: Engine, layout: Layout, target: Path) -> int:
    """Write a backup to the new file `target`, readable by its owner alone. Returns the size of the journal in it.

    Raises FileExistsError, OSError.
    """
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz") as archive, session.reading(database) as connection:
                size = _fill(archive, connection, layout)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        target.unlink()  # half a backup looks like one
        raise
    return size


def _fill(archive: tarfile.TarFile, connection: Connection, layout: Layout) -> int:
    _add(archive, "revision", schema.NEWEST.encode())
    for folder in (layout.authority, layout.keys, layout.tls, layout.broker):
        for path in sorted(folder.rglob("*")):
            # What is put back is another journal with another root key; the checkpoint keys' folder is none of these.
            if path.is_file() and path.parent != layout.broker_pid.parent and path != layout.root_public:
                archive.add(path, f"files/{path.relative_to(layout.root)}")
    for path in (layout.settings, layout.broker_settings):
        if path.exists():
            archive.add(path, f"files/{path.relative_to(layout.root)}")
    for table in tables.metadata.sorted_tables:
        if table.name not in NOT_IN_A_BACKUP:
            _add(archive, f"tables/{table.name}.jsonl", b"".join(_dump(connection, table)))
    size: int = connection.execute(select(tables.head.c.size)).scalar_one()
    return size


def restore_files(source: Path, layout: Layout) -> None:
    """Put the hub's files back into a directory that has none. Raises NotPossible, OSError, tarfile.TarError."""
    there = (layout.keys, layout.checkpoint_keys, layout.database, layout.broker_conf)
    if any(path.exists() for path in there):
        raise NotPossible("there is a hub already", str(layout.root))
    with tarfile.open(source, "r:gz") as archive:
        _check_revision(archive)
        for folder in (
            layout.authority,
            layout.authority / "issued",
            layout.keys,
            layout.tls,
            layout.broker_pid.parent,
        ):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        layout.broker.chmod(0o700)
        for member in archive:
            name = PurePosixPath(member.name)
            if name.parts[:1] != ("files",) or ".." in name.parts or not member.isfile():
                continue
            content = archive.extractfile(member)
            if content is None:
                continue
            target = layout.root.joinpath(*name.parts[1:])
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content.read())
                os.fchmod(file.fileno(), member.mode & 0o644)
    broker.write(layout, broker.load(layout))  # its configuration names where it lies now


def people(source: Path) -> tuple[dict[str, Actor], Site]:
    """Who had an account when the backup was made, by login, and the site document then in force.

    Raises NotPossible, OSError, tarfile.TarError.
    """
    with tarfile.open(source, "r:gz") as archive:
        _check_revision(archive)
        accounts = [json.loads(line) for line in _read(archive, "tables/account.jsonl").splitlines()]
        documents = [json.loads(line) for line in _read(archive, "tables/site_document.jsonl").splitlines()]
    if not documents:
        raise NotPossible("nobody is in the backup who could restore it")
    newest = max(documents, key=lambda document: int(document["version"]))
    site = msgspec.json.decode(newest["document"], type=Site)
    return {one["login"]: Actor("admin", one["person"], frozenset(one["roles"])) for one in accounts}, site


def newest_checkpoint(source: Path) -> bytes | None:
    """The newest checkpoint that is in a backup, if one is. Raises NotPossible, OSError, tarfile.TarError."""
    table = tables.checkpoint
    with tarfile.open(source, "r:gz") as archive:
        _check_revision(archive)
        last = deque(_member(archive, f"tables/{table.name}.jsonl"), maxlen=1)
    return bytes(_loaded(table, last[0])["note"]) if last else None


def restore_tables(source: Path, database: Engine, progress: Callable[[str], None]) -> None:
    """Fill an empty database. Raises NotPossible when it is not empty or the backup is of another revision."""
    with database.connect() as connection:
        if inspect(connection).has_table("journal"):
            raise NotPossible("there is a journal already", database.url.render_as_string(hide_password=True))
    with tarfile.open(source, "r:gz") as archive:
        _check_revision(archive)
        schema.prepare(database)
        with session.writing(database) as connection:
            for table in tables.metadata.sorted_tables:
                if table.name in NOT_IN_A_BACKUP:
                    continue
                progress(table.name)
                rows = [_loaded(table, line) for line in _read(archive, f"tables/{table.name}.jsonl").splitlines()]
                if table is tables.head:
                    connection.execute(update(table).values(rows[0]))
                    continue
                for at in range(0, len(rows), CHUNK):
                    connection.execute(insert(table), rows[at : at + CHUNK])


def _check_revision(archive: tarfile.TarFile) -> None:
    revision = _read(archive, "revision").decode()
    if revision != schema.NEWEST:
        raise NotPossible("the backup is of another version", revision)


def _dump(connection: Connection, table: Table) -> Iterator[bytes]:
    for row in connection.execute(select(table).order_by(*table.primary_key)):
        values = {name: _plain(value) for name, value in row._mapping.items()}
        yield json.dumps(values, ensure_ascii=False).encode() + b"\n"


def _plain(value: Any) -> Any:
    return _BYTES + base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _loaded(table: Table, line: bytes) -> dict[str, Any]:
    binary = {column.name for column in table.c if isinstance(column.type, LargeBinary)}
    return {
        name: base64.b64decode(value.removeprefix(_BYTES)) if name in binary else value
        for name, value in json.loads(line).items()
    }


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    member.mode = 0o600
    archive.addfile(member, io.BytesIO(content))


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    return _member(archive, name).read()


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    try:
        content = archive.extractfile(name)
    except KeyError:
        content = None
    if content is None:
        raise NotPossible("this is not a whole backup", f"{name} is missing")
    return content
