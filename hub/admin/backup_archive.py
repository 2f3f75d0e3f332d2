"""A backup as it is read: one member after the other, and nothing taken that `backup.make` does not write.

It comes from outside. Regular files of the names that a backup has, of bounded size; rows of the table's own columns
and kinds. Whatever else is there, or cannot be read, is NotPossible. No more than one row is held.
"""

from __future__ import annotations

import base64
import gzip
import os
import re
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import IO, Any, NamedTuple

import msgspec
from sqlalchemy import Boolean, Column, Integer, LargeBinary, Table

from hub.admin import age
from hub.admin.backup import BYTES, FILE, LONGEST_LINE, PART_BYTES, Progress, columns, table_order
from hub.core.refusal import NotPossible
from hub.ledger.intact import Changed
from hub.store import schema, tables
from hub.store.tables.base import Listed
from wire.plain import plain

BLOCK = 512
"""Bytes of a tar archive's block."""
LARGEST_FILE = 1_000_000
"""Bytes of a key, a paper or a list."""
NOT_WHOLE = "this is not a whole backup"
_PART = re.compile(r"tables/([a-z_]{1,32})/([0-9]{6,9})\.jsonl")
_INTEGERS = range(-(2**63), 2**63)


class Member(NamedTuple):
    """A file in the archive. Of a table's part, `table`; of the hub's own files, `path` from its directory."""

    name: str
    mode: int
    size: int
    table: Table | None
    path: str


@contextmanager
def opened(source: Path, what: str, progress: Progress, identity: Path | None = None) -> Iterator[Archive]:
    """The archive; whatever in it cannot be read is NotPossible. `identity`: the file for one that is encrypted."""
    if not source.is_file():
        raise NotPossible(NOT_WHOLE, f"{source} is no file")
    try:
        with (
            source.open("rb") as raw,
            _readable(source, raw, identity) as packed,
            gzip.GzipFile(fileobj=packed) as plain,
        ):
            yield Archive(plain, lambda: progress(what, raw.tell(), os.fstat(raw.fileno()).st_size))
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error, Changed) as error:
        raise NotPossible(NOT_WHOLE, str(error)) from None


def _readable(source: Path, raw: IO[bytes], identity: Path | None) -> AbstractContextManager[IO[bytes]]:
    if not age.is_encrypted(source):
        return nullcontext(raw)
    if identity is None:
        raise NotPossible("this backup is encrypted", "name the file of an identity that may read it: --identity FILE")
    return age.decrypted(raw, identity)


class Archive:
    """The members of a backup, one after the other. Nothing is taken that is not of a backup's form."""

    def __init__(self, plain: gzip.GzipFile, progress: Any) -> None:
        self.parts: dict[str, int] = {}
        """How many parts of each table there were so far."""
        self._plain: IO[bytes] = plain  # type: ignore[assignment]
        self._left = 0
        self._progress = progress
        self.seen: set[str] = set()

    def members(self) -> Iterator[Member]:
        """Each member in turn; the first is the revision, one of ours. What is not read of one is skipped."""
        while (header := self._plain.read(BLOCK)) and header != bytes(BLOCK):
            self._progress()
            member = self._member(header)
            self._left = member.size
            if not self.seen:
                self._check_revision(member)
            self.seen.add(member.name)
            yield member
            while self._left:
                self._read(min(self._left, 65_536))
            self._plain.read(-member.size % BLOCK)
        if not self.seen:
            raise NotPossible(NOT_WHOLE, "revision is missing")
        if not header:
            raise NotPossible(NOT_WHOLE, "its end is missing")
        while self._plain.read(65_536):
            pass  # the checksum stands at the end

    def content(self, member: Member) -> bytes:
        """All of a member."""
        return self._read(member.size)

    def rows(self, member: Member) -> Iterator[dict[str, Any]]:
        """The rows in a part of a table; none in what is no such part."""
        while self._left and member.table is not None:
            line = self._plain.readline(min(self._left, LONGEST_LINE))
            self._left -= len(line)
            if not line.endswith(b"\n"):
                raise NotPossible(NOT_WHOLE, f"{member.name}: a line has no end")
            yield _row(member.table, member.name, line)

    def _read(self, count: int) -> bytes:
        found = self._plain.read(count)
        if len(found) != count:
            raise EOFError("its end is missing")
        self._left -= count
        return found

    def _member(self, header: bytes) -> Member:
        try:
            info = tarfile.TarInfo.frombuf(header, "utf-8", "strict")
        except UnicodeDecodeError:
            raise NotPossible(NOT_WHOLE, "a name that is no text") from None
        part = _PART.fullmatch(info.name)
        table = tables.metadata.tables.get(part[1]) if part else None
        path = info.name.removeprefix("files/") if info.name.startswith("files/") else ""
        known = table in table_order() if part else info.name == "revision" or FILE.fullmatch(path)
        if not known or info.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or info.name in self.seen:
            raise NotPossible("this does not belong into a backup", plain(info.name))
        if not 0 <= info.size <= (PART_BYTES + LONGEST_LINE if part else LARGEST_FILE):
            raise NotPossible("this is larger than a backup has it", plain(info.name))
        if part:
            if int(part[2]) != self.parts.get(part[1], 0):
                raise NotPossible(NOT_WHOLE, f"a part before {info.name} is missing")
            self.parts[part[1]] = int(part[2]) + 1
        elif self.parts:
            raise NotPossible("this does not belong into a backup", f"{plain(info.name)}, behind the tables")
        return Member(info.name, info.mode, info.size, table, path)

    def _check_revision(self, member: Member) -> None:
        if member.name != "revision":
            raise NotPossible(NOT_WHOLE, "revision is missing")
        revision = self.content(member).decode("ascii", "replace")
        if revision not in schema.OLDER | {schema.NEWEST}:  # in a backup they are the same
            raise NotPossible("the backup is of another version", plain(revision[:20]))


def _row(table: Table, name: str, line: bytes) -> dict[str, Any]:
    try:
        values = msgspec.json.decode(line)
        wanted = columns(table)
        if not isinstance(values, dict) or values.keys() != {column.name for column in wanted}:
            raise ValueError("other columns than the table has")
        return {column.name: _value(column, values[column.name]) for column in wanted}
    except ValueError as error:  # msgspec's and base64's are such
        raise NotPossible(NOT_WHOLE, f"{name}: {error}") from None


def _value(column: Column[Any], value: Any) -> Any:
    """The value as the table has it. Raises ValueError."""
    kind = column.type
    if value is None and column.nullable:
        return None
    if isinstance(kind, LargeBinary) and isinstance(value, str):
        return base64.b64decode(value.removeprefix(BYTES), validate=True)
    if isinstance(kind, Boolean):
        fits = isinstance(value, bool)
    elif isinstance(kind, Integer):  # BigInteger is one
        fits = type(value) is int and value in _INTEGERS
    elif isinstance(kind, Listed):
        fits = isinstance(value, list)
    else:
        fits = isinstance(value, str)
    if not fits:
        raise ValueError(f"{column.name} is not of its kind")
    return value
