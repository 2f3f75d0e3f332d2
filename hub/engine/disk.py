"""A look at the disk that the hub's database is on."""

from __future__ import annotations

import os
from pathlib import Path

from hub.core.nodes.hub_disk import Disk

SMALLEST = 64_000_000
"""Bytes. Four times what the write-ahead log alone may take (hub.store.session.CHECKPOINT_PAGES): on less, a volume
fills again by itself however often somebody makes room. A site wants 8 GB."""


class TooSmall(ValueError):
    """The disk holds no journal."""


def check(folder: Path) -> None:
    """Whether a journal can be in a folder that is there, or will be made. Raises TooSmall."""
    folder = next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())
    total = look(folder).total
    if 0 < total < SMALLEST:
        have, need = total // 1_000_000, SMALLEST // 1_000_000
        raise TooSmall(f"the disk of {folder} has {have} MB, and the journal needs {need} MB at least; 8 GB are right")


def look(folder: Path, database: Path | None = None) -> Disk:
    """The file system of a folder, and the write-ahead log of an SQLite database. One that does not answer has no room,
    and takes nothing."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return Disk(0, 0, read_only=True)
    return Disk(
        total=found.f_blocks * found.f_frsize,
        free=found.f_bavail * found.f_frsize,
        read_only=bool(found.f_flag & os.ST_RDONLY),
        log=_size(f"{database}-wal") if database else 0,
    )


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116 - four times a second
    except OSError:
        return 0
