"""Calendar documents, which lie beside the journal: kept to the byte, and read only if they are what it says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, insert, select

from hub.core.calendar import document as calendar_document
from hub.core.refusal import NotPossible
from hub.core.state import Calendar
from hub.store.tables import calendar_document as documents


class CalendarDamaged(RuntimeError):
    """The stored calendar of this year is not the one that the journal names."""

    def __init__(self, year: int, why: str) -> None:
        super().__init__(f"the stored calendar of {year}, {why}")
        self.year = year


class InForce(NamedTuple):
    """The approved calendars. One that was damaged counts for nothing, and costs no other."""

    calendars: list[calendar_document.Calendar]
    damaged: list[CalendarDamaged]


def keep(connection: Connection, year: int, version: int, document: str) -> str:
    """Store a document under a version that has none yet. Returns its SHA-256 in hex. Raises NotPossible."""
    there = select(documents.c.version).where(documents.c.year == year, documents.c.version == version)
    if connection.execute(there).first():
        raise NotPossible("calendar-changed", str(year))
    sha256 = hashlib.sha256(document.encode()).hexdigest()
    row = {"year": year, "version": version, "sha256": sha256, "document": document}
    connection.execute(insert(documents), row)
    return sha256


def newest(connection: Connection, row: Calendar) -> calendar_document.Calendar:
    """What was imported last for a year, approved or not. Raises CalendarDamaged."""
    return _read(connection, row.year, row.version, row.sha256)


def in_force(connection: Connection, rows: Iterable[Calendar]) -> InForce:
    """The approved documents of those years that have one."""
    found = InForce([], [])
    for row in rows:
        if row.approved:
            try:
                found.calendars.append(_read(connection, row.year, row.approved, row.approved_sha256))
            except CalendarDamaged as damage:
                found.damaged.append(damage)
    return found


def _read(connection: Connection, year: int, version: int, sha256: str) -> calendar_document.Calendar:
    query = select(documents.c.document).where(documents.c.year == year, documents.c.version == version)
    text = connection.execute(query).scalar()
    if text is None or hashlib.sha256(text.encode()).hexdigest() != sha256:
        raise CalendarDamaged(year, f"version {version}, is not the one in the journal")
    calendar = calendar_document.read(text).calendar
    if calendar is None:
        raise CalendarDamaged(year, f"version {version}, cannot be read by this version")
    return calendar
