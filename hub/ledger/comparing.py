"""The saved rows against what the journal folds to, a little at a time, beside an engine that works with them.

What a fold has finished with no later entry changes: such a row is compared, counted and forgotten. All others are
compared when the fold has come to the journal's end. `python -m hub.ledger.comparing` does it as a process of its own,
which stands back behind all others.
"""

from __future__ import annotations

import contextlib
import os
import select as readable
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import IO, Any

import msgspec
from sqlalchemy import Connection, func, select

from hub.core.journal import fold
from hub.core.state import FINISHED, KEYS, Entry, Row, State, finished
from hub.ledger.reading import CHUNK, JournalDamaged, Reading
from hub.store import faults, rows, session, tables

DAY_MS = 24 * 3_600_000
STEP_S = 5.0
"""Seconds after which a step ends, wherever it is: a transaction that reads for long makes a database's log grow."""
NAMED = 10
"""Differences that are named; of all others it is said how many they are."""
REST = 4
"""Between two steps it rests so many times as long as the step took."""
EVERY_S = 600.0
"""How soon it looks again once it has come to the end."""
ANEW_S = 24 * 3600.0
"""How soon it begins again with the first entry: a row that was compared may be changed afterwards."""


class Compared(msgspec.Struct, frozen=True):
    """What was found up to the journal's size: how many rows differ, and which, as far as they are named."""

    size: int
    count: int
    named: tuple[str, ...]


class Comparing:
    """Goes through a journal from its first entry on. Each `step` is in a transaction of its own."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._state = State()
        self._reading = Reading()
        self._ahead: Entry | None = None
        self._finished: Counter[type[Row]] = Counter()
        self._count = 0
        self._named: list[str] = []

    def step(self, connection: Connection) -> Compared | None:
        """Take in a day's entries at most. What was found so far, once that was the last of them; else None.

        Raises JournalDamaged, DatabaseLost.
        """
        until = self._seconds() + STEP_S
        first: int | None = None
        for number, (entry, _failed) in enumerate(fold.journal(self._state, self._entries(connection)), start=1):
            first = entry.time if first is None else first
            if entry is self._ahead:
                self._ahead = None  # it was the last
            if number % CHUNK == 0:
                self._settle(connection)
            if entry.time - first >= DAY_MS or self._seconds() >= until:
                self._settle(connection)
                return None
        self._settle(connection)
        self._reading.finish(connection)
        return self._at_the_end(connection)

    def _entries(self, connection: Connection) -> Iterator[Entry]:
        if self._ahead:  # a fold looks one entry ahead
            yield self._ahead
        for entry in self._reading.entries(connection):
            self._ahead = entry
            yield entry

    def _settle(self, connection: Connection) -> None:
        for (kind, key), row in self._state.changed.items():
            if finished(row):
                self._finished[kind] += 1
                if _saved(connection, kind, key) != row:
                    self._differs(f"{tables.ROWS[kind].name} {_said(key)}")
        self._state.settle()

    def _at_the_end(self, connection: Connection) -> Compared:
        saved, count, named = rows.load(connection), self._count, list(self._named)
        for kind, table in tables.ROWS.items():
            ours, theirs = self._state.rows(kind), saved.rows(kind)
            for key in sorted(ours.keys() | theirs.keys(), key=repr):
                if ours.get(key) != theirs.get(key):
                    self._differs(f"{table.name} {_said(key)}")
            if kind in FINISHED:
                there = connection.execute(select(func.count()).select_from(table)).scalar_one() - len(theirs)
                if there > self._finished[kind]:
                    self._differs(f"{table.name}: {there - self._finished[kind]} that the journal knows nothing of")
        found = Compared(self._reading.size, self._count, tuple(self._named[:NAMED]))
        self._count, self._named = count, named  # these will be compared again
        return found

    def _differs(self, what: str) -> None:
        self._count += 1
        if len(self._named) < NAMED:
            self._named.append(what)


def _said(key: tuple[Any, ...]) -> str:
    return ", ".join(map(str, key))


def _saved(connection: Connection, kind: type[Row], key: tuple[Any, ...]) -> Row | None:
    table = tables.ROWS[kind]
    query = select(table).where(*(table.c[name] == value for name, value in zip(KEYS[kind], key, strict=True)))
    row = connection.execute(query).one_or_none()
    return None if row is None else kind(**row._mapping)


# ---------------------------------------------------------------- the process


def work(given: IO[bytes], told: IO[bytes]) -> None:
    """Compare on and on, until `given` ends. Its first line is the database's URL; each line told is a `Compared`."""
    with contextlib.suppress(OSError):  # a unit of an earlier version forbids it
        os.nice(19)
    database = session.open_database(given.readline().decode().strip(), writes=False)
    comparing, begun = Comparing(), time.monotonic()
    while True:
        at = time.monotonic()
        try:
            with session.reading(database) as connection:
                found = comparing.step(connection)
        except JournalDamaged as error:
            found, begun = Compared(0, 1, (str(error),)), 0.0
        except faults.UNUSABLE:
            found, begun = None, 0.0  # whoever works with it meets the same and says so
            at -= EVERY_S / REST
        if found:
            told.write(msgspec.json.encode(found) + b"\n")
            told.flush()
        pause = EVERY_S if found else REST * (time.monotonic() - at)
        if readable.select([given], [], [], pause)[0]:
            return
        if time.monotonic() - begun > ANEW_S or begun == 0.0:
            comparing, begun = Comparing(), time.monotonic()


if __name__ == "__main__":
    work(sys.stdin.buffer, sys.stdout.buffer)
