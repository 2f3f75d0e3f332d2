"""An outbox file that cannot be opened for writing, or is damaged: read piece by piece, each piece for itself."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from firmware.outbox import saved
from firmware.outbox.records import Signed

MARKS = ("life", "freed", "covered", "extra.lost", "extra.half")


class Wreck:
    """What can be read of a file. Nothing is ever written to it."""

    def __init__(self, path: Path) -> None:
        """Raises sqlite3.Error for one that cannot be opened at all."""
        address = path.absolute().as_uri()
        self._db = sqlite3.connect(f"{address}?mode=ro", uri=True, timeout=0)
        try:
            self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError:
            # One that was closed in order has nothing beside it, and needs nothing that this disk would not take.
            self._db.close()
            if path.with_name(f"{path.name}-wal").exists():
                raise
            self._db = sqlite3.connect(f"{address}?immutable=1", uri=True, timeout=0)

    def state(self) -> dict[str, bytes]:
        """What lies beside the records."""
        found = {}
        for name in (*MARKS, *map(saved.row, saved.TYPES)):
            row = self._one("SELECT value FROM state WHERE name = ?", name)
            if row and isinstance(row[0], bytes):
                found[name] = row[0]
        return found

    def newest(self) -> tuple[int, str]:
        """Number and hash of the newest record; 0 when it cannot be read."""
        row = self._one("SELECT seq, hash FROM record ORDER BY seq DESC LIMIT 1")
        return (row[0], str(row[1] or "")) if row and isinstance(row[0], int) else (0, "")

    def record(self, seq: int) -> Signed | None:
        """The record with this number, as it is stored; None when it cannot be read."""
        row = self._one("SELECT seq, hash, note FROM record WHERE seq = ?", seq)
        if row is None or not isinstance(row[2], bytes):
            return None
        return Signed(seq, str(row[1]), row[2])

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _one(self, query: str, *values: object) -> tuple[Any, ...] | None:
        try:
            self._db.text_factory = lambda raw: raw.decode("utf-8", "replace")
            row: tuple[Any, ...] | None = self._db.execute(query, values).fetchone()
        except sqlite3.Error:
            return None
        return row
