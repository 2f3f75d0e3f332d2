"""When something happened that a node tells of."""

from __future__ import annotations

from hub.core.state import Entry
from wire import messages as m


def when(entry: Entry, record: m.Record, at: int | None = None) -> int:
    """Wall time of a record, or of what happened at uptime `at`: by the node's clock, unless it is untrusted."""
    wall = entry.time if record.clock == "untrusted" else record.wall
    return wall if at is None else min(max(0, wall - (record.mono - at)), m.LARGEST_COUNT)
