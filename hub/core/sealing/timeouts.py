"""Time limits of badge ceremonies and of the arming that follows."""

from __future__ import annotations

from collections.abc import Iterator

from hub.core.sealing import area as sealing
from hub.core.state import Area, State
from wire import messages as m


class CeremonyTimeouts:
    """When a time is over: `due_at` is a column, and from when it is first seen the monotonic clock runs it down, so
    that a step of the wall clock neither hastens it nor holds it up. Times are milliseconds."""

    def __init__(self) -> None:
        self._ends: dict[tuple[str, int, int], int] = {}

    def due(self, state: State, now: int, mono: int) -> Iterator[m.FactData]:
        """What has run out at the hub's wall time `now`, which is `mono` on the monotonic clock."""
        running = {(area.name, area.since, area.due_at): area for area in state.all(Area) if area.due_at is not None}
        self._ends = {key: self._ends.get(key, mono + _left(key[1], key[2], now)) for key in running}
        for key, area in running.items():
            if self._ends[key] <= mono:
                yield sealing.timed_out(area)


def _left(since: int, due_at: int, now: int) -> int:
    return min(max(0, due_at - now), due_at - since)
