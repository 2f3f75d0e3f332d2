"""Certificates, which lie beside the journal, to the byte."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, select

from hub.core.state import Sealing
from hub.store.rows import insert_or_update
from hub.store.tables import certificate, sealing
from wire import messages as m


class Kept(NamedTuple):
    """A certificate as it was signed. `slip` is the short note of its QR code."""

    sealing: int
    half: m.Half
    sha256: str
    note: bytes
    slip: bytes


def keep(connection: Connection, number: int, half: m.Half, sha256: str, note: bytes, slip: bytes) -> None:
    """Store one."""
    row = {"sealing": number, "half": half, "sha256": sha256, "note": note, "slip": slip}
    connection.execute(insert_or_update(connection, certificate), row)


def find(connection: Connection, number: int, half: m.Half | None = None) -> Kept | None:
    """The certificate of a sealing; without a half, the last one that was made."""
    query = select(certificate).where(certificate.c.sealing == number)
    rows = {row.half: Kept(**row._mapping) for row in connection.execute(query)}
    return rows.get(half) if half else rows.get("closed") or rows.get("sealed")


def sealings(connection: Connection, area: str | None = None, limit: int = 50) -> list[Sealing]:
    """Sealings, newest first."""
    query = select(sealing).order_by(sealing.c.number.desc()).limit(limit)
    if area is not None:
        query = query.where(sealing.c.area == area)
    return [Sealing(**row._mapping) for row in connection.execute(query)]
