"""A plan that is kept back for long is a trouble that calls nobody: whoever looks sees since when, and what to do.

Two people admit most changes within minutes, and of what did not reach a node in that time people were told. What is
left after an hour is left until somebody does something. Badges that were added and count after the unsealing are the
ordinary course, and no trouble.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from hub.core import kept_back
from hub.core.alarms import life as alarm_life
from hub.core.site.document import Site
from hub.core.state import Alarm, Entry, Frozen, State
from wire import messages as m

LONG_MS = 3_600_000
WHAT = "plan-kept-back"

Facts = Iterator[m.FactData]


class _Since(NamedTuple):
    now: int
    mono: int


class LongKeptBack:
    """Since when which node's plan is kept back; after a restart the hour begins anew. Times are ms."""

    def __init__(self) -> None:
        self._since: dict[str, _Since] = {}

    def due(self, state: State, now: int, mono: int) -> Facts:
        """What is to be said at the hub's wall time `now`, which is `mono` on the monotonic clock."""
        nodes = sorted({row.node for row in state.all(Frozen) if kept_back.is_kept_back(state, row.node)})
        self._since = {node: self._since.get(node, _Since(now, mono)) for node in nodes}
        told = {alarm.place for alarm in state.all(Alarm) if alarm.what == WHAT and alarm.active}
        for node, since in self._since.items():
            if node not in told and mono - since.mono >= LONG_MS:
                yield m.PlanKeptBack(node=node, kept=True, since=since.now)
        for node in sorted(told - self._since.keys()):
            yield m.PlanKeptBack(node=node, kept=False, since=None)


def told(state: State, site: Site, entry: Entry, data: m.PlanKeptBack) -> Facts:
    """Raise or end the trouble, as of when it began."""
    if not data.kept:
        yield from alarm_life.return_for(state, WHAT, data.node, entry)
        return
    held = [row.sealing for row in state.all(Frozen) if row.node == data.node and kept_back.behind(state, row)]
    cause = alarm_life.Cause(WHAT, data.node, None, min(held, default=None), data.since or entry.time)
    yield alarm_life.raise_for(state, cause, entry)
