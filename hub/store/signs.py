"""What the journal knows of each node's uptime: its newest record, and when that was taken in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import Connection, select

from hub.core.state import Life
from hub.store.tables import journal
from wire import messages as m
from wire import notes


class Seen(NamedTuple):
    """A node's newest record: its boot and uptime, and the hub's wall time of its entry. Times in ms."""

    node: str
    boot: str
    uptime: int
    time: int


def newest(connection: Connection, lives: Iterable[Life]) -> Iterator[Seen]:
    """For each life that has a record."""
    for life in lives:
        if life.index < 0:
            continue
        query = select(journal.c.note, journal.c.hub_time).where(journal.c.idx == life.index)
        row = connection.execute(query).one_or_none()
        try:
            record = m.decode(notes.split(row.note).text, m.Record) if row else None
        except ValueError:
            continue  # whoever reads the journal will say so; the clock is not to be the first
        if row and record and record.node == life.node:
            yield Seen(life.node, record.boot, record.mono, row.hub_time)
