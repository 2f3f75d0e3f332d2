"""A look at the disk that the hub's database is on."""

from __future__ import annotations

import os
from pathlib import Path

from hub.core.storage import Disk


def look(folder: Path) -> Disk:
    """The file system of a folder. One that does not answer has no room, and takes nothing."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return Disk(0, 0, read_only=True)
    return Disk(
        total=found.f_blocks * found.f_frsize,
        free=found.f_bavail * found.f_frsize,
        read_only=bool(found.f_flag & os.ST_RDONLY),
    )
