"""Who sends a notice: one worker at a time, for a limited time.

A worker that dies in the middle leaves `sending` set, so whoever comes next knows that it may have been sent. What
became of a notice is told to the engine; until that has journalled it, the lease stays and is `settled`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from hub.core.state import Notice
from hub.notify.own_file import OwnFile
from wire import messages as m


class Claim(NamedTuple):
    """A notice that is ours to send. `repeat`: the attempt before ended nobody knows how."""

    notice: Notice
    attempt: int
    repeat: bool


class Leases:
    """The notices that are being sent. Times are wall times in ms."""

    def __init__(self, own: OwnFile, worker: str) -> None:
        self._own = own
        self._worker = worker

    def claim(self, channel: m.Channel, queued: Sequence[Notice], now: int, lease_ms: int) -> Claim | None:
        """The oldest of the channel's queued notices that nobody is sending, or None."""

        def take(database: sqlite3.Connection) -> Claim | None:
            query = "SELECT notice, until, attempt, sending, settled FROM lease WHERE channel = ?"
            known = {row[0]: row[1:] for row in database.execute(query, (channel,))}
            waiting = {notice.number for notice in queued}
            over = [(number,) for number in known if number not in waiting]
            database.executemany("DELETE FROM lease WHERE notice = ?", over)
            for notice in queued:
                until, attempt, sending, settled = known.get(notice.number, (0, 0, 0, 0))
                if settled or until > now:
                    continue
                row = (notice.number, channel, self._worker, now + lease_ms, attempt + 1)
                database.execute("INSERT OR REPLACE INTO lease VALUES (?, ?, ?, ?, ?, 1, 0)", row)
                return Claim(notice, attempt + 1, bool(sending))
            return None

        return self._own.change(take) if queued else None

    def again(self, claim: Claim, at: int) -> None:
        """It was certainly not sent: anybody may try it again from then on."""
        self._update(claim, "UPDATE lease SET until = ?, sending = ?", at, int(claim.repeat))

    def done(self, claim: Claim) -> None:
        """What became of it is told: it is not sent again."""
        self._update(claim, "UPDATE lease SET settled = 1")

    def take_over(self) -> None:
        """We alone run, so whoever held a lease is dead. What was being sent will be sent again, as a repeat."""
        self._own.change(lambda database: database.execute("UPDATE lease SET until = 0"))

    def forget_ours(self) -> None:
        """Notices that no journal has (their numbers are less than 0): another silence counts them anew."""
        self._own.change(lambda database: database.execute("DELETE FROM lease WHERE notice < 0"))

    def _update(self, claim: Claim, what: str, *values: int) -> None:
        ours = (claim.notice.number, self._worker, claim.attempt)
        statement = f"{what} WHERE notice = ? AND worker = ? AND attempt = ?"
        self._own.change(lambda database: database.execute(statement, (*values, *ours)))
