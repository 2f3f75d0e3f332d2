"""Whether an open SQLite database is still the file of its name.

SQLite goes on with a file that was deleted, replaced or cut short under it. Whatever is committed there is gone with
the last process that has it open. Looking takes three calls of stat(2), a few microseconds.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

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
    files = tuple(one and (one.st_dev, one.st_ino) for one in found)
    return Known(path, files, found[0].st_size if found[0] else 0)


def gone(known: Known, now: Known) -> str:
    """Which file is no longer the one that was opened; empty for none."""
    for ending, then, here in zip(FILES, known.files, now.files, strict=True):
        if then and then != here:
            what = "replaced by another file" if here else "taken away"
            return f"{known.path}{ending} was {what} while it was in use"
    return ""


def cut_short(known: Known, now: Known) -> str:
    """What there is less of than there was; empty when nothing is missing."""
    return f"{known.path} was cut short while it was in use" if now.size < known.size else ""


def _stat(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)  # noqa: PTH116 - three times in each transaction
    except OSError:
        return None
