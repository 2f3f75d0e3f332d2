"""What a service writes to its log: one line for each event. systemd adds the time."""

from __future__ import annotations

import logging
import sys
from types import TracebackType

from wire.plain import plain

_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class _Lines(logging.Formatter):
    """Nothing in a message begins a line of its own or moves the cursor of whoever reads it: it may quote anybody."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return plain(super().formatMessage(record))

    def formatException(self, ei: _Raised) -> str:
        return plain(super().formatException(ei), keep="\n")


def to_stderr(level: int) -> None:
    """Events of this level and above."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines("%(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=level)
