"""Stands in for the link while the node's TLS papers are unusable: sends and receives nothing, and tells the loop
why."""

from __future__ import annotations

import queue
from typing import Any

from wire.link import Arrived, Disconnected


class Unlinked:
    """What the loop needs of a wire.link.Link."""

    dropped = 0
    connected = False

    def __init__(self, why: str, inbox: queue.Queue[Any]) -> None:
        """`why`: what is wrong, for the log, `node status` and the record of the hub's silence."""
        self._why = why
        self._inbox = inbox

    def start(self) -> None:
        """Say that there is no link."""
        self._inbox.put(Disconnected(self._why))

    def stop(self) -> None:
        """There is nothing to close."""

    def publish(self, topic: str, payload: bytes, qos: int) -> bool:
        """Refuse the message; the caller keeps it."""
        return False

    def acknowledge(self, message: Arrived) -> None:
        """Nothing has come."""
