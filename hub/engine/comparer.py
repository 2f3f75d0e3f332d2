"""The engine's side of the process that compares the saved rows with the journal (hub/engine/comparison.py)."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from hub.ledger.comparing import Compared
from wire import decoding

AFTER_MS = 60_000
"""How long after its start, and after the process has ended for whatever reason, the engine starts it."""
COMMAND = (sys.executable, "-P", "-m", "hub.engine.comparison")


class Comparer:
    """Has the rows compared. Nothing of it ever waits. Times: ms of a monotonic clock."""

    def __init__(self, url: str, kept: Path, mono: int, command: Sequence[str] = COMMAND) -> None:
        """`url` of the database, for somebody who reads; `kept`: the file that keeps how far it has come."""
        self._given = f"{url}\n{kept}\n"
        self._command = command
        self._at = mono + AFTER_MS
        self._process: subprocess.Popen[bytes] | None = None
        self._came = b""

    @property
    def process(self) -> int | None:
        """Its number, while there is one."""
        return self._process.pid if self._process else None

    def found(self, mono: int) -> Compared | None:
        """The newest that was found since."""
        if self._process is None:
            if mono >= self._at:
                self._start()
            return None
        try:
            came = os.read(self._process.stdout.fileno(), 65_536)  # type: ignore[union-attr]
        except BlockingIOError:
            return None
        if not came:
            self.close()
            self._at = mono + AFTER_MS
            return None
        *lines, self._came = (self._came + came).split(b"\n")
        return decoding.decode(lines[-1], Compared) if lines else None

    def _start(self) -> None:
        # Over the pipe: in the list of processes a password would be there for all to read.
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._came = b""
        os.set_blocking(self._process.stdout.fileno(), False)  # type: ignore[union-attr]
        with contextlib.suppress(OSError):  # it has died: the next look says so
            os.write(self._process.stdin.fileno(), self._given.encode())  # type: ignore[union-attr]

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process:
            process.kill()
            process.communicate()
