"""Whether an open SQLite database is still the file of its name.

SQLite goes on with a file that was deleted, replaced or cut short under it. Whatever is committed there, and receipted
to nodes, is gone with the last process that has it open. So each transaction looks first; that takes three calls of
stat(2), a few microseconds.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from hub.store.faults import RESTORE, DatabaseLost

FILES = ("", "-wal", "-shm")
"""The database, and what SQLite keeps beside one that is open: the newest commits, and the locks processes share."""


class Known(NamedTuple):
    """The files that a connection has open."""

    path: Path
    files: tuple[tuple[int, int] | None, ...]
    """Device and inode of each of `FILES`; None for one that is not there."""
    size: int
    """Of the database, in bytes. It only grows: nothing ever vacuums it."""


def look(path: Path) -> Known:
    """The files as they are now."""
    found = [_stat(f"{path}{ending}") for ending in FILES]
    return Known(
        path,
        tuple(one and (one.st_dev, one.st_ino) for one in found),
        found[0].st_size if found[0] else 0,
    )


def check(known: Known) -> Known:
    """See that they are still the same; what is known from now on. Raises DatabaseLost."""
    now = look(known.path)
    for ending, then, here in zip(FILES, known.files, now.files, strict=True):
        if then and then != here:
            what = "replaced by another file" if here else "taken away"
            raise DatabaseLost(f"the database file {known.path}{ending} was {what} while it was in use; {RESTORE}")
    if now.size < known.size:
        raise DatabaseLost(f"the database {known.path} was cut short while it was in use; {RESTORE}")
    return now


def _stat(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)  # noqa: PTH116 - three times in each transaction
    except OSError:
        return None
