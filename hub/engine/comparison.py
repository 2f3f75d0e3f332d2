"""The process that compares the saved rows with the journal, and keeps on disk how far it has come.

`python -m hub.engine.comparison` stands back behind all others and is told by its standard input which database. What
it keeps saves the next one hours, and proves nothing: whoever can write the engine's files could write the database. So
it is held against the journal, and once a day all is compared anew from the first entry on, whatever is kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import select as readable
import stat
import sys
import time
from pathlib import Path
from typing import IO

import msgspec
from sqlalchemy import Connection

from hub.ledger.comparing import Compared, Comparing, Mark, NotOfThisJournal
from hub.ledger.reading import JournalDamaged
from hub.site_directory import files
from hub.site_directory.hub import wall_ms
from hub.site_directory.version import own_version
from hub.store import faults, session, shapes, tables
from wire import decoding, logs

REST = 4
"""Between two steps it rests so many times as long as the step took."""
EVERY_S = 600.0
"""How soon it looks again once it has come to the end."""
ANEW_MS = 24 * 3_600_000
"""How soon it begins again with the first entry: a row that was compared may be changed afterwards."""
KEEP_S = 60.0
"""How often it keeps how far it has come, on the way to the end."""
LARGEST = 64_000_000
"""Bytes of what is kept. What a fold has to remember of the largest bureau is a tenth of it."""

log = logging.getLogger("strongroom.engine")


class _Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is in the file behind the hash of it. `by`: what has made it; another version folds other rows."""

    by: str
    mark: Mark


class KeptMark:
    """The file of a mark."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._by = _by()
        self._at = float("-inf")
        self._size = 0

    def comparing(self, connection: Connection, now: int) -> Comparing:
        """One that goes on from what is kept, or begins with the first entry and says why. `now`: wall time in ms.
        Raises JournalDamaged."""
        try:
            mark = self._read(now)
            return Comparing.at(connection, mark) if mark else Comparing(now)
        except JournalDamaged:
            raise
        except (OSError, ValueError, msgspec.MsgspecError) as error:
            log.warning("%s is not gone on from, all rows are compared anew: %s", self._path, error)
            return Comparing(now)

    def _read(self, now: int) -> Mark | None:
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW)
        except FileNotFoundError:
            return None
        with os.fdopen(descriptor, "rb") as file:
            is_ours = os.fstat(descriptor)
            if not stat.S_ISREG(is_ours.st_mode) or is_ours.st_uid != os.geteuid() or is_ours.st_mode & 0o077:
                raise NotOfThisJournal("it is not this user's alone")
            content = file.read(LARGEST + 1)
        digest, _, body = content.partition(b"\n")
        if len(content) > LARGEST or digest != _digest(body):
            raise NotOfThisJournal("it is not as it was written")
        kept = decoding.decode(body, _Kept)
        if kept.by != self._by or not 0 <= now - kept.mark.begun <= ANEW_MS:
            return None
        return kept.mark

    def keep(self, comparing: Comparing, at_the_end: bool, seconds: float) -> None:
        """Keep how far it has come: at the end, and on the way there from time to time."""
        if (comparing.size == self._size) if at_the_end else (seconds - self._at < KEEP_S):
            return
        body = msgspec.json.encode(_Kept(self._by, comparing.mark()))
        try:
            files.replace(self._path, _digest(body) + b"\n" + body)
        except OSError as error:
            log.warning("how far all rows are compared cannot be kept: %s", error)
        self._at, self._size = seconds, comparing.size

    def forget(self) -> None:
        """Nothing is gone on from."""
        with contextlib.suppress(OSError):
            self._path.unlink()


def _by() -> str:
    rows = " ".join(shapes.shape(table) for table in tables.ROWS.values())
    return f"{own_version()} {hashlib.sha256(rows.encode()).hexdigest()}"


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()


def work(given: IO[bytes], told: IO[bytes]) -> None:
    """Compare on and on, until `given` ends. It begins with the database's URL and the path of the file, a line each;
    each line told is a `Compared`."""
    with contextlib.suppress(OSError):  # a unit of an earlier version forbids it
        os.nice(19)
    database = session.open_database(given.readline().decode().strip(), writes=False)
    kept = KeptMark(Path(given.readline().decode().strip()))
    comparing: Comparing | None = None
    while True:
        at, found = time.monotonic(), None
        try:
            with session.reading(database) as connection:
                comparing = comparing or kept.comparing(connection, wall_ms())
                found = comparing.step(connection)
        except JournalDamaged as error:
            kept.forget()
            found, comparing = Compared(0, 1, (str(error),)), None
        except faults.UNUSABLE:
            comparing = None  # whoever works with it meets the same and says so
            at -= EVERY_S / REST
        else:
            kept.keep(comparing, found is not None, time.monotonic())
        if found:
            told.write(msgspec.json.encode(found) + b"\n")
            told.flush()
        pause = EVERY_S if found else REST * (time.monotonic() - at)
        if readable.select([given], [], [], pause)[0]:
            return
        if comparing and not 0 <= wall_ms() - comparing.begun <= ANEW_MS:
            comparing = Comparing(wall_ms())


if __name__ == "__main__":
    logs.to_stderr(logging.WARNING)
    work(sys.stdin.buffer, sys.stdout.buffer)
