"""Something that may take long, beside a loop that must not wait for it: the loop's own select sees the end of it."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Callable


class Attempt:
    """Work in a thread of its own. `over` can be read from once it has come to an end, however that was."""

    def __init__(self, work: Callable[[], None]) -> None:
        self.over, self._ours = socket.socketpair()
        self._work = work
        self._thread = threading.Thread(target=self._run, name="attempt", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        with self._ours:
            self._work()

    def ended(self) -> bool:
        """Whether it is over; then nothing of it is left."""
        if not select.select([self.over], [], [], 0)[0]:
            return False
        self._thread.join()
        self.over.close()
        return True
