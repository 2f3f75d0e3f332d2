"""The one queue between devices and link on the one side and the loop on the other."""

from __future__ import annotations

import queue
from collections import deque
from typing import Any

from firmware.core.effects import Input

INBOX = 8_192
"""Inputs that may wait. Beyond it edges are dropped: the levels are read again at least once a second."""
BATCH = 512
"""Inputs of one turn at most."""


class Inbox:
    """The one queue. Devices never wait for room in it."""

    def __init__(self) -> None:
        self.queue: queue.Queue[Any] = queue.Queue(INBOX)
        self.dropped = 0

    def put(self, item: Input) -> None:
        """Hand in an input of a device."""
        try:
            self.queue.put_nowait(item)
        except queue.Full:
            self.dropped += 1

    def take(self, timeout_ms: int, into: deque[Any]) -> None:
        """Wait for something, then take all that is there, up to BATCH."""
        try:
            into.append(self.queue.get(timeout=max(timeout_ms, 0) / 1000))
            while len(into) < BATCH:
                into.append(self.queue.get_nowait())
        except queue.Empty:
            return
