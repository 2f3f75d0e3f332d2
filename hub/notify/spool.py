"""What the engine has not been told: requests, in order, each under a number that makes a repeat harmless."""

from __future__ import annotations

import logging
import secrets
import sqlite3
from collections.abc import Callable
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from hub.door.protocol import Answered, Say
from hub.notify.own_file import OwnFile
from wire import decoding
from wire import messages as m

MOST = 20_000
"""Requests that wait; beyond them the oldest give way, and the log says so."""
LATE_MS = 10_000
"""What is told later than this after it happened is told with its time."""

log = logging.getLogger("strongroom.notify")
Request = Say | Answered


class Untold(NamedTuple):
    """A request that the engine has not answered. `at`: when it was made (wall ms)."""

    number: str
    at: int
    request: Request


class Spool:
    """The requests, for all threads. What `put` has returned of is on the disk, unless the file is of no use."""

    def __init__(self, own: OwnFile, clock: Callable[[], int]) -> None:
        """`clock` gives milliseconds since 1970."""
        self._own = own
        self._clock = clock
        self.wake: Callable[[], None] = lambda: None
        """Called when something was put in."""
        self._answered: dict[str, None] = {}
        """Numbers that the engine has had of late, where no file keeps what it has not."""

    @property
    def durable(self) -> bool:
        """Whether what was put in outlives this process."""
        return self._own.durable

    def say(self, *facts: m.FactData) -> None:
        """The engine is to be told, each fact under a number of its own: of one that it refuses the others stand."""
        for fact in facts:
            self.put(Say(said=(fact,)))

    def put(self, request: Request, number: str | None = None) -> None:
        """The engine is to be asked. `number`: of a request that may be put in twice."""
        if number in self._answered:
            return
        row = (number or secrets.token_hex(16), self._clock(), msgspec.json.encode(request).decode())

        def add(database: sqlite3.Connection) -> int:
            database.execute("INSERT OR IGNORE INTO untold (number, at, request) VALUES (?, ?, ?)", row)
            too_old = "DELETE FROM untold WHERE place <= (SELECT max(place) FROM untold) - ?"
            return database.execute(too_old, (MOST,)).rowcount

        if dropped := self._own.change(add):
            log.error("the engine has been away for so long that it is not told of everything: %d dropped", dropped)
        self.wake()

    def first(self) -> Untold | None:
        """What is to be told next, with its time if that was long ago."""
        while row := self._own.change(lambda database: database.execute(f"{_SELECT} LIMIT 1").fetchone()):
            if untold := _read(row):
                return self._timed(untold)
            log.error("what the engine was to be told cannot be read, and is dropped")
            self.told(row[0])
        return None

    def all(self) -> list[Untold]:
        """All of it, in order."""
        rows = self._own.change(lambda database: database.execute(_SELECT).fetchall())
        return [untold for row in rows if (untold := _read(row))]

    def told(self, number: str) -> None:
        """The engine has answered."""
        self._own.change(lambda database: database.execute("DELETE FROM untold WHERE number = ?", (number,)))
        if not self.durable:
            self._answered[number] = None
            for old in list(self._answered)[:-MOST]:
                del self._answered[old]

    def waits(self, number: str) -> bool:
        """Whether that is still untold."""
        query = "SELECT 1 FROM untold WHERE number = ?"
        return self._own.change(lambda database: database.execute(query, (number,)).fetchone()) is not None

    def _timed(self, untold: Untold) -> Untold:
        request = untold.request
        if isinstance(request, Answered) or self._clock() - untold.at <= LATE_MS:
            return untold
        return untold._replace(request=Say(said=tuple(_at(fact, untold.at) for fact in request.said)))


_SELECT = "SELECT number, at, request FROM untold ORDER BY place"


def _read(row: tuple[str, int, str]) -> Untold | None:
    try:
        return Untold(row[0], row[1], decoding.decode(row[2], Request))
    except (msgspec.MsgspecError, UnicodeDecodeError):  # of another version
        return None


def _at(fact: m.FactData, at: int) -> m.FactData:
    """The fact with its time, where its kind can say it."""
    return replace(fact, at=at) if getattr(fact, "at", 0) is None else fact
