"""The sealed-time ledger: what became of every millisecond of a sealing, for each of its points.

Each moment is one of five, the first that fits:

    bypassed    the point was sealed on a signed exception
    blind       no watch record covers it: never assumed watched, whatever the reason
    in alarm    covered, and the point was not normal
    trouble     covered, while the node had a fault, or the hub did not hear it
    watched     covered, normal, and nothing was wrong

They add up exactly to the sealing's interval, less the steps of the node's clock, which stand as lines of their own.
The time the hub itself was away is a column beside them: a node watches without it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from hub.core.sealing import intervals, node_time
from hub.core.sealing.intervals import Span, Spans
from hub.core.sealing.node_time import Anchor, NodeTime, Step
from wire import messages as m

NO_TROUBLE: tuple[m.FaultPart, ...] = ("camera", "hub-silent", "papers", "reader", "wireless")
"""Faults that take nothing from the watch over a point; `hub-silent` is told by the hub's own column."""


DRIFT_MS = 1_000
"""Smaller steps are a clock that runs a little fast or slow: one line for all of a node's (a node tells of larger)."""


class Sums(NamedTuple):
    """Milliseconds of one point."""

    watched: int
    alarm: int
    trouble: int
    blind: int
    bypassed: int


class Line(NamedTuple):
    """One point: its sums, and the steps of its node's clock. Sums and steps together are the interval."""

    point: str
    node: str
    sums: Sums
    steps: int


class Ledger(NamedTuple):
    """The whole sealing. Times are hub's wall times in ms."""

    start: int
    end: int
    lines: tuple[Line, ...]
    steps: tuple[tuple[str, Step], ...]
    """Of each node's clock."""
    hub_away: int

    @property
    def worst(self) -> int:
        """Milliseconds for which the point that was worst off was blind."""
        return max((line.sums.blind for line in self.lines), default=0)


class _OfNode:
    """What the records of one node say, in their order."""

    def __init__(self) -> None:
        self.anchors: list[Anchor] = []
        self.covered: dict[tuple[str, str], list[Span]] = defaultdict(list)
        """By point and boot, in uptime."""
        self.gaps: dict[tuple[str, str], list[Span]] = defaultdict(list)
        self.alarm: dict[tuple[str, str], list[Span]] = defaultdict(list)
        self.faults: dict[str, list[Span]] = defaultdict(list)
        """By boot, in uptime."""
        self.silent: list[Span] = []
        """By the hub's wall clock."""
        self._not_normal: dict[str, int] = {}
        self._failed: dict[str, int] = {}
        self._boot = ""
        self._newest = 0
        self._silent_since: int | None = None

    def record(self, record: m.Record, area: str, sealing: int) -> None:
        if record.boot != self._boot:
            self._end_boot()
            self._boot = record.boot
        self._newest = max(self._newest, record.mono)
        self.anchors.append(Anchor(record.boot, record.mono, record.wall, record.clock))
        data = record.data
        if isinstance(data, m.Watch) and (data.area, data.sealing) == (area, sealing):
            # What a node has not lived yet it cannot have watched.
            since, until = data.since, min(data.until, record.mono)
            for point in data.points:
                self.covered[point, record.boot].append((since, until))
                self.gaps[point, record.boot].extend(data.gaps)
        elif isinstance(data, m.LevelChanged):
            self._level(data.point, data.now, min(data.at, record.mono))
        elif isinstance(data, m.Chatter):
            self._level(data.point, data.level, min(data.until, record.mono))
        elif isinstance(data, m.Fault) and data.part not in NO_TROUBLE:
            self._fault(f"{data.place or ''} {data.part}", data.failed, record.mono)

    def _level(self, point: str, level: m.Level, at: int) -> None:
        since = self._not_normal.pop(point, None)
        if since is not None:
            self.alarm[point, self._boot].append((since, at))
        if level != "normal":
            self._not_normal[point] = at

    def _fault(self, part: str, failed: bool, at: int) -> None:
        since = self._failed.pop(part, None)
        if since is not None:
            self.faults[self._boot].append((since, at))
        if failed:
            self._failed[part] = at

    def _end_boot(self) -> None:
        """Levels and faults are told anew in each boot; what was so at the last is so up to its end."""
        for point, since in self._not_normal.items():
            self.alarm[point, self._boot].append((since, m.LARGEST_COUNT))
        for since in self._failed.values():
            self.faults[self._boot].append((since, m.LARGEST_COUNT))
        self._not_normal, self._failed, self._newest = {}, {}, 0

    def silence(self, since: int) -> None:
        if self._silent_since is None:
            self._silent_since = since

    def heard(self, at: int) -> None:
        if self._silent_since is not None:
            self.silent.append((self._silent_since, at))
            self._silent_since = None

    def finish(self, end: int) -> None:
        self._end_boot()
        self.heard(end)


class Collector:
    """Takes in the journal from the sealing on, entry by entry, and gives the ledger. Nothing else is asked."""

    def __init__(self, area: str, sealing: int, points: Mapping[str, str], exceptions: Sequence[str]) -> None:
        """`points`: the node of each point of the area that guards it."""
        self._area = area
        self._sealing = sealing
        self._points = dict(points)
        self._exceptions = frozenset(exceptions)
        self._nodes = {node: _OfNode() for node in points.values()}
        self._away: list[Span] = []
        self._broker_since: int | None = None

    def record(self, record: m.Record) -> None:
        """A record of a node."""
        node = self._nodes.get(record.node)
        if node is not None:
            node.record(record, self._area, self._sealing)

    def fact(self, fact: m.Fact) -> None:
        """A fact of the hub."""
        data = fact.data
        if isinstance(data, m.NodeSilent) and data.node in self._nodes:
            heard = data.last_heard
            self._nodes[data.node].silence(fact.time if heard is None else min(heard, fact.time))
        elif isinstance(data, m.NodeBack) and data.node in self._nodes:
            self._nodes[data.node].heard(fact.time)
        elif isinstance(data, m.EngineStarted):
            if data.silent_since is not None:
                self._away.append((data.silent_since, fact.time))
            self._broker_back(fact.time)
        elif isinstance(data, m.BrokerLost) and self._broker_since is None:
            self._broker_since = min(data.since, fact.time)
        elif isinstance(data, m.BrokerBack):
            self._broker_back(fact.time)

    def _broker_back(self, at: int) -> None:
        if self._broker_since is not None:
            self._away.append((self._broker_since, at))
            self._broker_since = None

    def ledger(self, start: int, end: int) -> Ledger:
        """What it comes to, from `start` to `end`: hub's wall times in ms. To be asked once, at the end."""
        end = max(start, end)
        self._broker_back(end)
        times: dict[str, NodeTime] = {}
        for name, node in self._nodes.items():
            node.finish(end)
            times[name] = node_time.lay_out(start, end, node.anchors)
        lines = tuple(self._line(point, name, times[name]) for point, name in sorted(self._points.items()))
        steps = tuple((name, step) for name in sorted(times) for step in _told(times[name], end))
        away = intervals.within(intervals.union(self._away), ((start, end),) if end > start else ())
        return Ledger(start, end, lines, steps, intervals.length(away))

    def _line(self, point: str, name: str, time: NodeTime) -> Line:
        node = self._nodes[name]
        silent = intervals.union(node.silent)
        sums = [0, 0, 0, 0, 0]
        for piece in time.pieces:
            whole: Spans = ((piece.since, piece.until),)
            if point in self._exceptions:
                sums[4] += piece.length
                continue
            if piece.boot is None:
                sums[3] += piece.length
                continue
            key = (point, piece.boot)
            covered = intervals.without(intervals.union(node.covered[key]), intervals.union(node.gaps[key]))
            seen = intervals.within(whole, covered)
            alarm = intervals.within(seen, intervals.union(node.alarm[key]))
            calm = intervals.without(seen, alarm)
            shift = piece.since - piece.wall
            unheard = [(since + shift, until + shift) for since, until in silent]
            trouble = intervals.within(calm, intervals.union([*node.faults[piece.boot], *unheard]))
            found = [intervals.length(one) for one in (seen, alarm, trouble)]
            sums[0] += found[0] - found[1] - found[2]
            sums[1] += found[1]
            sums[2] += found[2]
            sums[3] += piece.length - found[0]
        return Line(point, name, Sums(*sums), sum(step.by for step in time.steps))


def _told(time: NodeTime, end: int) -> list[Step]:
    """Steps as they are shown: each that is one, and the sum of a node's drift."""
    large = [step for step in time.steps if abs(step.by) >= DRIFT_MS]
    drift = sum(step.by for step in time.steps) - sum(step.by for step in large)
    return [*large, Step(end, drift)] if drift else large
