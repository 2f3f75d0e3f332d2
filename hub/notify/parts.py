"""Parts of short messages under way, by the modem's reference: whose delivery the network reports."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from hub.notify.channels.channel import Part, Reported
from hub.notify.own_file import OwnFile

PART_MS = 2 * 3_600_000
"""How long the modem's reference of a part means that part: the network gives up after an hour, and they come again."""


class Parts:
    """The parts. Times are wall times in ms."""

    def __init__(self, own: OwnFile) -> None:
        self._own = own

    def sent(self, notice: int, parts: Iterable[Part], now: int) -> None:
        """The network has taken them."""
        rows = [(part.reference, part.recipient, notice, now) for part in parts]

        def keep(database: sqlite3.Connection) -> None:
            database.execute("DELETE FROM part WHERE sent_at <= ?", (now - PART_MS,))
            database.executemany("INSERT OR REPLACE INTO part VALUES (?, ?, ?, ?, 0)", rows)

        self._own.change(keep)

    def reported(self, report: Reported, now: int) -> int | None:
        """The notice of which all is known now: it has failed, or every part is delivered. None as long as not."""
        plain = report.part.recipient.removeprefix("+")

        def note(database: sqlite3.Connection) -> int | None:
            ours = (report.part.reference, plain, f"+{plain}", now - PART_MS)
            query = "SELECT notice, recipient FROM part WHERE reference = ? AND recipient IN (?, ?) AND sent_at > ?"
            row = database.execute(query, ours).fetchone()
            if row is None:
                return None
            notice, recipient = row
            known = (int(report.delivered), report.part.reference, recipient)
            database.execute("UPDATE part SET delivered = ? WHERE reference = ? AND recipient = ?", known)
            rest = database.execute("SELECT 1 FROM part WHERE notice = ? AND NOT delivered", (notice,)).fetchone()
            return None if report.delivered and rest else int(notice)

        return self._own.change(note)
