"""What goes into the fold, and what all rows have in common."""

from __future__ import annotations

from msgspec import Struct

from wire.messages import Fact, Record


class Entry(Struct, frozen=True):
    """One entry of the journal as the fold sees it. `time` is the hub's wall time at which it was appended, `hash`
    the text hash of its note. Of what a node has signed, `note` is the whole of it."""

    index: int
    time: int
    hash: str
    message: Record | Fact
    note: bytes = b""


class Row(Struct, frozen=True):
    """Base of the rows."""
