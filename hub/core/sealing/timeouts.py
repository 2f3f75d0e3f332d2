"""Time limits of badge ceremonies and of the arming that follows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hub.core.countdown import Countdown, Span
from hub.core.rules import each
from hub.core.sealing import area as area_sealing
from hub.core.state import Area, State
from wire import messages as m


class CeremonyTimeouts:
    """Areas whose ceremony or arming runs. Times are milliseconds."""

    def __init__(self) -> None:
        self._running: Countdown[str] = Countdown()

    def due(self, state: State, now: int, mono: int) -> Iterator[m.FactData]:
        """What has run out at the hub's wall time `now`, which is `mono` on the monotonic clock."""
        running = {one.name: Span(one.since, one.due_at) for one in state.all(Area) if one.due_at is not None}
        over = self._running.over(running, now, mono)
        yield from each(*(partial(_timed_out, state, name) for name in over))


def _timed_out(state: State, name: str) -> Iterator[m.FactData]:
    yield area_sealing.timed_out(state.area(name))
