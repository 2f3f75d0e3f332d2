"""A word beside an outbox that refuses: that a boot has records in its memory alone."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


class LeftWord:
    """The word, in a small file of its own. The disk may refuse that too; no method raises."""

    def __init__(self, path: Path) -> None:
        """`path`: where it is left."""
        self._path = path

    def leave(self, boot: str) -> None:
        """This boot has records in its memory alone."""
        with suppress(OSError):
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(boot)
                file.flush()
                os.fsync(file.fileno())

    def read(self) -> str:
        """The boot that has left word; empty for none."""
        with suppress(OSError, UnicodeDecodeError):
            return self._path.read_text("ascii")[:32]
        return ""

    def clear(self) -> None:
        """It is told, or everything has been written after all."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
