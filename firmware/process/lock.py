"""Lock of the outbox: two processes would give the same number to two records."""

from __future__ import annotations

import contextlib
import fcntl
from pathlib import Path
from typing import IO


class Lock:
    """The lock of a node's state folder, held until the process ends. A folder that cannot be used is locked later."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[str] | None = None

    def take(self) -> None:
        """Take the lock, unless it is held already. Raises BlockingIOError when another process has it, OSError for a
        folder that cannot be used."""
        if self._file is not None:
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.ExitStack() as stack:
            file = stack.enter_context((self._folder / "lock").open("w"))
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            stack.pop_all()
        self._file = file

    def close(self) -> None:
        """Release the lock."""
        if self._file is not None:
            self._file.close()
            self._file = None
