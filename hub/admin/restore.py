"""Restore: a backup is read to its end, and each part of it checked, before anything of it is written anywhere.

A backup comes from outside: only what `backup.make` writes is taken, regular files of the names it has, of bounded
size. Neither pass holds more than some rows at a time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, Table, insert, inspect, update
from sqlalchemy.exc import SQLAlchemyError

from hub.admin import broker, rebuild
from hub.admin.backup import CHUNK, Progress, silent, table_order
from hub.admin.backup_archive import NOT_WHOLE, opened
from hub.core.journal.requests import Actor
from hub.core.refusal import NotPossible
from hub.core.site.document import Site
from hub.ledger.append import split_frontier
from hub.ledger.intact import Intact
from hub.ledger.reading import JournalDamaged
from hub.site_directory import broker as broker_settings
from hub.site_directory.broker import BrokerSettings
from hub.site_directory.layout import Layout
from hub.store import schema, session, tables
from wire import decoding, settings

BATCH_BYTES = 1_000_000
"""Rows are put back in batches of about as much."""
SETTINGS = "files/hub/broker.toml"


class Account(NamedTuple):
    """Who has an account, and what is kept of the password."""

    actor: Actor
    password: str


class Contents(NamedTuple):
    """What a backup holds: accounts by login, the site document in force, the newest checkpoint, the journal's size."""

    accounts: dict[str, Account]
    site: Site
    newest: bytes | None
    size: int


def examine(source: Path, progress: Progress = silent, identity: Path | None = None) -> Contents:
    """Read a backup to its end; `identity` is the file for one that is encrypted, here as below.

    Raises NotPossible for one that cannot be put back whole, OSError."""
    accounts: dict[str, Account] = {}
    newest: bytes | None = None
    document: tuple[int, str] | None = None
    intact: Intact | None = None
    size = 0
    with opened(source, "checked", progress, identity) as archive:
        for member in archive.members():
            if member.name == SETTINGS:
                _check_settings(archive.content(member))
            for row in archive.rows(member):
                if member.table is tables.head:
                    size = row["size"]
                    intact = Intact(size, split_frontier(row["frontier"]))
                elif member.table is tables.account:
                    roles = frozenset(role for role in row["roles"] if isinstance(role, str))
                    accounts[row["login"]] = Account(Actor("admin", row["person"], roles), row["password"])
                elif member.table is tables.site_document:
                    document = max(document or (-1, ""), (row["version"], row["document"]))
                elif member.table is tables.checkpoint:
                    newest = row["note"]
                elif member.table is tables.journal:
                    if intact is None:
                        raise NotPossible(NOT_WHOLE, "the journal's head is missing")
                    intact.entry(row["idx"], row["note"])
        missing = [table.name for table in table_order() if table.name not in archive.parts]
        if SETTINGS not in archive.seen:
            missing.append(SETTINGS)
        if missing or intact is None:
            raise NotPossible(NOT_WHOLE, f"{', '.join(missing)} missing")
        intact.finish()
    return Contents(accounts, _site(document), newest, size)


def put_files(source: Path, layout: Layout, identity: Path | None = None) -> None:
    """Put the hub's files back into a directory that has none. Raises NotPossible, OSError."""
    there = (layout.keys, layout.checkpoint_keys, layout.database, layout.broker_conf)
    if any(path.exists() for path in there):
        raise NotPossible("there is a hub already", str(layout.root))
    with opened(source, "files", silent, identity) as archive:
        for member in archive.members():
            if member.table is not None:
                break  # files come first
            if not member.path:
                continue
            target = layout.root / member.path
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(archive.content(member))
                os.fchmod(file.fileno(), member.mode & 0o644)
    for folder in (layout.authority, layout.authority / "issued", layout.keys, layout.tls, layout.broker_pid.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    layout.broker.chmod(0o700)
    broker.write(layout, broker_settings.load(layout))  # its configuration names where it lies now


def put_tables(source: Path, database: Engine, progress: Progress = silent, identity: Path | None = None) -> None:
    """Fill an empty database, and fold its projections from the journal, all in one transaction.

    Raises NotPossible when it is not empty, does not take the rows, or they do not fold, OSError.
    """
    if not schema.is_empty(database):
        with database.connect() as connection:
            there = inspect(connection).has_table("journal")
        if there:
            raise NotPossible("there is a journal already", database.url.render_as_string(hide_password=True))
    with opened(source, "put back", progress, identity) as archive:
        members = archive.members()
        first = next(members, None)  # its version, before anything is made
        schema.prepare(database)
        with session.writing(session.before_anybody(database)) as connection:
            for member in members if first else ():
                if member.table is not None:
                    _put(connection, member.table, member.name, archive.rows(member))
            try:
                rebuild.make_anew(connection, lambda done: progress("folded", done, 0))
            except JournalDamaged as error:
                raise NotPossible(NOT_WHOLE, str(error)) from None


def _put(connection: Connection, table: Table, name: str, rows: Iterator[dict[str, Any]]) -> None:
    batch: list[dict[str, Any]] = []
    weight = 0
    try:
        for row in rows:
            if table is tables.head:
                connection.execute(update(table).values(row))
                continue
            batch.append(row)
            weight += sum(len(value) for value in row.values() if isinstance(value, str | bytes))
            if len(batch) >= CHUNK or weight >= BATCH_BYTES:
                connection.execute(insert(table), batch)
                batch, weight = [], 0
        if batch:
            connection.execute(insert(table), batch)
    except SQLAlchemyError as error:
        raise NotPossible("the database does not take what is in the backup", f"{name}: {error}") from None


def _check_settings(content: bytes) -> None:
    try:
        broker.check(settings.parse(content.decode(), BrokerSettings))
    except ValueError as error:  # SettingsError and PapersError are such, and what is no text
        raise NotPossible(NOT_WHOLE, f"{SETTINGS}: {error}") from None


def _site(document: tuple[int, str] | None) -> Site:
    if document is None:
        raise NotPossible("nobody is in the backup who could restore it")
    try:
        return decoding.decode(document[1], Site)
    except msgspec.MsgspecError as error:
        raise NotPossible(NOT_WHOLE, f"site_document: {error}") from None
