"""Certificates, which lie beside the journal, to the byte."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Column, ColumnElement, Connection, Text, func, or_, select, type_coerce

from hub.core.state import Sealing
from hub.store import queries
from hub.store.queries import PAGE, Term
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


def sealed_between(connection: Connection, since: int, until: int) -> list[Sealing]:
    """Sealings under which an area was for some of the time between two moments (hub's wall time in ms), in order."""
    columns = sealing.c
    ended = or_(columns.ended_at.is_(None), columns.ended_at > since)
    query = select(sealing).where(columns.sealed_at < until, ended).order_by(columns.number)
    return [Sealing(**row._mapping) for row in connection.execute(query)]


def past(
    connection: Connection, search: Iterable[Term] = (), limit: int = PAGE, before: int | None = None
) -> list[Sealing]:
    """Sealings that came to be, newest first, with a number below `before`. Every term must fit the number, the area,
    one of the people, the cause, or the state (among the term's kinds)."""
    columns = sealing.c
    query = select(sealing).where(columns.sealed_at.is_not(None)).order_by(columns.number.desc()).limit(limit)
    for term in search:
        either = [
            columns.area.icontains(term.text, autoescape=True),
            *queries.written_like(connection, columns.cause, term),
            columns.area.in_(sorted(term.places)),
            columns.state.in_(sorted(term.kinds)),
        ]
        either += [_has(columns.people, number) for number in queries.people_like(connection, term)]
        if term.number is not None:
            either.append(columns.number == term.number)
        query = query.where(or_(*either))
    if before is not None:
        query = query.where(columns.number < before)
    return [Sealing(**row._mapping) for row in connection.execute(query)]


def _has(column: Column[Any], number: int) -> ColumnElement[bool]:
    """Whether a list in one column, such as [1001,1003], has the number."""
    text = func.replace(func.replace(type_coerce(column, Text), "[", ","), "]", ",")
    return text.contains(f",{number},", autoescape=True)


def sealings(connection: Connection, area: str | None = None, limit: int = 50) -> list[Sealing]:
    """Sealings, newest first."""
    query = select(sealing).order_by(sealing.c.number.desc()).limit(limit)
    if area is not None:
        query = query.where(sealing.c.area == area)
    return [Sealing(**row._mapping) for row in connection.execute(query)]
