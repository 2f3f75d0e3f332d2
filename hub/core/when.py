"""When something happened that a node tells of."""

from __future__ import annotations

from msgspec.structs import replace

from hub.core.state import Entry, State
from wire import messages as m

AHEAD_MS = 600_000
"""How far a node's clock may be from the hub's and still date what it tells: a crystal that is 20 ppm off is ten
minutes off after a year without the hub."""


def when(state: State, entry: Entry, record: m.Record, at: int | None = None) -> int:
    """Wall time of a record, or of what happened at uptime `at`: by the node's clock where that may be right.

    A clock that nobody trusts dates nothing, nor does one that is far ahead of the hub's, or says a time before the
    node was enrolled. Then it happened when the hub heard of it, less what the node's uptime says has passed since.
    """
    life = state.life(record.node)
    return _when(record, entry.time, max(0, life.enrolled_at - AHEAD_MS) if life else 0, at)


def happened(record: m.Record, heard: int, at: int | None = None) -> int:
    """The same for whoever reads the journal, and has no state: `heard` is when the hub did."""
    return _when(record, heard, 0, at)


def _when(record: m.Record, heard: int, earliest: int, at: int | None) -> int:
    latest = heard + AHEAD_MS
    wall = record.wall if record.clock != "untrusted" and earliest <= record.wall <= latest else heard
    if at is None:
        return wall
    then = wall - (record.mono - at)
    return then if earliest <= then <= latest else heard


def dated(record: m.Record, heard: int) -> m.Record:
    """The record as far as its clock may date anything, by the hub's wall time at which it was heard."""
    return record if record.wall <= heard + AHEAD_MS else replace(record, clock="untrusted")
