"""Whoever is erased at the hub is erased here as well: what is nobody's number any more is in no file of this service.

Names are in none of them at any time: of what is heard only answers are kept, and these are a word or a number.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from hub.core.calling.answers import whose
from hub.door.protocol import Answered
from hub.notify.own_file import OwnFile
from hub.notify.spool import Spool


class Forgetting:
    """Keeps the file and what waits in it to the telephones that the hub knows."""

    def __init__(self, own: OwnFile, spool: Spool) -> None:
        self._own = own
        self._spool = spool
        self._done: tuple[Mapping[int, str], bool] | None = None
        """For which telephones, and whether in the file."""

    def turn(self, phones: Mapping[int, str]) -> None:
        """Forget all other numbers, if these are not those of the last time. What cannot be done is done next time."""
        now = dict(phones), self._own.durable
        if now == self._done:
            return
        self._own.change(lambda database: _forget_parts(database, phones))
        for one in self._spool.all():
            if isinstance(one.request, Answered) and whose(phones, one.request.sender) is None:
                self._spool.told(one.number)  # the engine would not know whose that is
        self._done = now if self._own.overwrite() else None


def _forget_parts(database: sqlite3.Connection, phones: Mapping[int, str]) -> None:
    found = database.execute("SELECT DISTINCT recipient FROM part").fetchall()
    nobodys = [(number,) for (number,) in found if whose(phones, number) is None]
    database.executemany("DELETE FROM part WHERE recipient = ?", nobodys)
