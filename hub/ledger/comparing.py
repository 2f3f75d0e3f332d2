"""The saved rows against what the journal folds to, a little at a time, beside an engine that works with them.

What a fold has finished with no later entry changes: such a row is compared, counted and forgotten. All others are
compared when the fold has come to the journal's end. Where it stands can be marked, and another process goes on there.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from hub.core.journal import fold
from hub.core.state import FINISHED, KEYS, Entry, Row, State, finished
from hub.ledger.append import Appending
from hub.ledger.reading import CHUNK, Reading
from hub.store import rows, tables
from wire import decoding, tlog

DAY_MS = 24 * 3_600_000
STEP_S = 5.0
"""Seconds after which a step ends, wherever it is: a transaction that reads for long makes a database's log grow."""
NAMED = 10
"""Differences that are named; of all others it is said how many they are."""


class Compared(msgspec.Struct, frozen=True):
    """What was found up to the journal's size: how many rows differ, and which, as far as they are named."""

    size: int
    count: int
    named: tuple[str, ...]


class Mark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a comparison stands that began at a time (wall ms): after `size` entries, over which the tree has that
    root. `folded`: whether the last of them is folded too. With what the fold needs to go on, by the name of each
    table, and what was found."""

    begun: int
    size: int
    folded: bool
    root: str
    rows: dict[str, msgspec.Raw]
    finished: dict[str, int]
    count: int
    named: tuple[str, ...]


class NotOfThisJournal(ValueError):
    """A mark that cannot be gone on from. The text says why."""


class Comparing:
    """Goes through a journal from its first entry on. Each `step` is in a transaction of its own."""

    def __init__(self, begun: int = 0, seconds: Callable[[], float] = time.monotonic) -> None:
        """`begun`: when, in wall ms."""
        self.begun = begun
        self._seconds = seconds
        self._state = State()
        self._reading = Reading()
        self._ahead: Entry | None = None
        self._finished: Counter[type[Row]] = Counter()
        self._count = 0
        self._named: list[str] = []

    @classmethod
    def at(cls, connection: Connection, mark: Mark) -> Comparing:
        """One that goes on from a mark, once that is held against the journal. Raises NotOfThisJournal, JournalDamaged,
        ValueError."""
        if not 0 < mark.size <= Appending(connection).size:
            raise NotOfThisJournal(f"the journal has no {mark.size} entries")
        going = cls(mark.begun)
        last = going._reading.go_to(connection, mark.size)
        if tlog.root(going._reading.frontier).hex() != mark.root:
            raise NotOfThisJournal(f"the first {mark.size} entries of the journal are others")
        going._ahead = None if mark.folded else last
        for kind, table in tables.ROWS.items():
            for row in decoding.decode(mark.rows.get(table.name, b"[]"), list[kind]):  # type: ignore[valid-type]
                going._state.load(row)
            going._finished[kind] = mark.finished.get(table.name, 0)
        going._count, going._named = mark.count, list(mark.named)
        return going

    @property
    def size(self) -> int:
        """How many entries it has read."""
        return self._reading.size

    def mark(self) -> Mark:
        """Where it stands between two steps."""
        kept = {table.name: list(self._state.all(kind)) for kind, table in tables.ROWS.items()}
        return Mark(
            begun=self.begun,
            size=self._reading.size,
            folded=self._ahead is None,
            root=tlog.root(self._reading.frontier).hex(),
            rows={name: msgspec.Raw(msgspec.json.encode(rows)) for name, rows in kept.items() if rows},
            finished={tables.ROWS[kind].name: count for kind, count in self._finished.items() if count},
            count=self._count,
            named=tuple(self._named),
        )

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
