"""A note beside an outbox whose disk refuses: names the boot that has records in memory alone."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


class LeftWord:
    """The note, in a small file of its own. The disk may refuse that too; no method raises."""

    def __init__(self, path: Path) -> None:
        """`path`: the file of the note."""
        self._path = path

    def leave(self, boot: str) -> None:
        """Note that this boot has records in its memory alone."""
        with suppress(OSError):
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(boot)
                file.flush()
                os.fsync(file.fileno())

    def read(self) -> str:
        """The boot named in the note; empty for none."""
        with suppress(OSError, UnicodeDecodeError):
            return self._path.read_text("ascii")[:32]
        return ""

    def clear(self) -> None:
        """Remove the note: the loss is reported, or everything has been written."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
