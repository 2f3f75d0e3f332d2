"""When nobody could see a point: what no sheet may call "not opened".

A point is seen by its node, whether the hub is there or not: what a node records while it is away comes later. So it is
not seen while the node is down, put out, or not heard yet; where its records are lost; where its wire is cut; and while
its area is set, wherever no watch record covers it. In doubt it was not seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Literal, NamedTuple

from hub.core.sealing import intervals
from hub.core.sealing.intervals import Span, Spans
from hub.core.when import happened
from wire import messages as m

Why = Literal["never", "down", "silent", "put-out", "records-lost", "loops", "wire", "no-watch", "not-known"]

BEAT_MS = 30_000
"""The hub misses a node after so long: one that starts anew, and was not missed, was down no longer."""
FOLLOW_MS = 60_000
"""In so long every node of an area knows that it is set; clocks are no further apart."""
TOLD_MS = 3_900_000
"""A node tells what it has watched once an hour, and a little later at most."""
SHORTEST_MS = 1_000
FOR_EVER = m.LARGEST_COUNT


class Blind(NamedTuple):
    """From when to when a point was not seen, and why. Wall times in ms."""

    since: int
    until: int
    why: Why


class Told(NamedTuple):
    """An entry as it was read. `heard`: when the hub did; `before`: when the node's record before it was made, of a
    `started`, or of what tells that records are lost."""

    message: m.Record | m.Fact
    heard: int
    doubted: bool = False
    before: int | None = None


class Point(NamedTuple):
    """What is asked about. `supervised`: its input measures a loop."""

    place: str
    node: str
    area: str
    supervised: bool


class _Collector:
    def __init__(self, point: Point) -> None:
        self.point = point
        self.starts: list[tuple[int, int | None]] = []
        """When the node started, and when the record before that was made."""
        self.silent: list[Span] = []
        self.away: list[Span] = []
        self.put_out: list[int] = []
        self.lost: list[Span] = []
        self.loops: list[tuple[int, bool]] = []
        self.wire: list[tuple[int, bool]] = []
        self.turns: list[tuple[int, bool]] = []
        """When its area was set, and unset."""
        self.watched: list[tuple[str, int, int, int, Spans]] = []
        """Boot, uptime from and to, wall time less uptime, and the gaps."""
        self.told_at = 0
        """When its node has told last what it watches there; a node that has just started has read nothing yet."""
        self._silent_since: int | None = None
        self._broker_since: int | None = None

    def fact(self, fact: m.Fact) -> None:
        data = fact.data
        if isinstance(data, m.EngineStarted) and data.silent_since is not None:
            self.away.append((data.silent_since, fact.time))
        elif isinstance(data, m.BrokerLost):
            self._broker_since = min(data.since, fact.time)
        elif isinstance(data, m.BrokerBack) and self._broker_since is not None:
            self.away.append((self._broker_since, fact.time))
            self._broker_since = None
        elif getattr(data, "node", None) != self.point.node:
            return
        elif isinstance(data, m.NodeSilent) and self._silent_since is None:
            self._silent_since = fact.time if data.last_heard is None else min(data.last_heard, fact.time)
        elif isinstance(data, m.NodeBack) and self._silent_since is not None:
            self.silent.append((self._silent_since, fact.time))
            self._silent_since = None
        elif isinstance(data, m.NodeRevoked):
            self.put_out.append(fact.time)

    def record(self, told: Told, record: m.Record) -> None:
        data, at = record.data, happened(record, told.heard)
        if isinstance(data, m.AreaSet | m.AreaUnset):
            if data.area == self.point.area and not (told.doubted and isinstance(data, m.AreaUnset)):
                self.turns.append((at, isinstance(data, m.AreaSet)))
        elif record.node != self.point.node:
            return
        elif isinstance(data, m.Started):
            self.starts.append((at, told.before))
        elif isinstance(data, m.Overflow):
            self.lost.append((happened(record, told.heard, data.since), happened(record, told.heard, data.until)))
        elif isinstance(data, m.CannotFill | m.RolledBack):
            self.lost.append((at if told.before is None else told.before, at))
        elif isinstance(data, m.Fault) and data.part == "loops" and self.point.supervised:
            self.loops.append((at, data.failed))
        elif isinstance(data, m.LevelChanged) and data.point == self.point.place:
            cut = data.now not in ("normal", "active")
            if cut or not told.doubted:
                self.wire.append((happened(record, told.heard, data.at), cut))
        elif isinstance(data, m.Chatter) and data.point == self.point.place and not told.doubted:
            self.wire.append((happened(record, told.heard, data.until), data.level not in ("normal", "active")))
        elif isinstance(data, m.WatchWhileSet) and data.area == self.point.area and not told.doubted:
            self.told_at = max(self.told_at, at)
            if self.point.place in data.points:
                until = min(data.until, record.mono)
                self.watched.append((record.boot, data.since, until, at - record.mono, data.gaps))

    def still_silent(self) -> int | None:
        return self._silent_since


def blind(
    point: Point, entries: Iterable[Told], since: int, until: int, now: int, written: int = FOR_EVER
) -> tuple[Blind, ...]:
    """When the point was not seen, from one wall time to another, which is not after `now`. `entries`: what bears on it
    from before `since` on, in the order of the journal; `written`: up to when the hub's engine has written it."""
    found = _Collector(point)
    for told in entries:
        if isinstance(told.message, m.Fact):
            found.fact(told.message)
        else:
            found.record(told, told.message)
    known = [
        *_never(found, since),
        *_down(found),
        *_put_out(found),
        *(Blind(begins, ends, "records-lost") for begins, ends in found.lost),
        *(Blind(begins, ends, "loops") for begins, ends in spans_of(found.loops)),
        *(Blind(begins, ends, "wire") for begins, ends in spans_of(found.wire)),
        Blind(written, FOR_EVER, "not-known"),
    ]
    left = intervals.without(_unwatched(found, now), intervals.union((one.since, one.until) for one in known))
    return _apart([*known, *(Blind(begins, ends, "no-watch") for begins, ends in left)], since, until)


def spans_of(turns: Iterable[tuple[int, bool]]) -> Spans:
    """From each time at which something became so to that at which it ended; what did not ends never."""
    spans: list[Span] = []
    begun: int | None = None
    for at, so in sorted(turns, key=lambda one: one[0]):
        if so and begun is None:
            begun = at
        elif not so and begun is not None:
            spans.append((begun, at))
            begun = None
    if begun is not None:
        spans.append((begun, FOR_EVER))
    return tuple(spans)


def _never(found: _Collector, since: int) -> Iterable[Blind]:
    first = min((at for at, _ in found.starts), default=FOR_EVER)
    if first > since:
        yield Blind(0, first, "never")


def _down(found: _Collector) -> Iterable[Blind]:
    """A node that was silent and has not started anew has recorded all the same. Until it is heard nobody knows."""
    silent = [*found.silent]
    if (since := found.still_silent()) is not None:
        silent.append((since, FOR_EVER))
        yield Blind(since, FOR_EVER, "silent")
    for at, before in found.starts:
        missed = [begins for begins, ends in (*silent, *found.away) if begins <= at <= ends + FOLLOW_MS]
        begins = min([at - BEAT_MS, *missed])
        yield Blind(begins if before is None or before > at else max(begins, before), at, "down")


def _put_out(found: _Collector) -> Iterable[Blind]:
    for at in found.put_out:
        yield Blind(at, min((start for start, _ in found.starts if start > at), default=FOR_EVER), "put-out")


def _unwatched(found: _Collector, now: int) -> Spans:
    """While the area is set: where no watch record is. What is not told yet is no gap."""
    covered = _covered(found)
    if now - found.told_at <= TOLD_MS:
        covered = intervals.union([*covered, (found.told_at, FOR_EVER)])
    return tuple(
        (since, until)
        for begins, ends in spans_of(found.turns)
        for since, until in intervals.without(((begins, ends),), covered)
        if until - since > FOLLOW_MS or (since != begins and until != ends)
    )


def _covered(found: _Collector) -> Spans:
    """Watched wall time. Intervals of a boot that follow on each other leave no hole, however its clock was set between
    them."""
    spans: list[Span] = []
    gaps: list[Span] = []
    ended: dict[str, tuple[int, int]] = {}
    by_boot: dict[str, list[tuple[int, int, int, Spans]]] = defaultdict(list)
    for boot, *interval in found.watched:
        by_boot[boot].append(tuple(interval))  # type: ignore[arg-type]
    for boot, those in by_boot.items():
        for since, until, shift, holes in sorted(those):
            begins, (up_to, wall) = since + shift, ended.get(boot, (-1, 0))
            spans.append((min(begins, wall) if since <= up_to else begins, until + shift))
            gaps += [(one + shift, other + shift) for one, other in holes]
            ended[boot] = max(until, up_to), until + shift
    return intervals.without(intervals.union(spans), intervals.union(gaps))


def _apart(pieces: Iterable[Blind], since: int, until: int) -> tuple[Blind, ...]:
    """Each moment once, under the first cause that was there, and one piece for what goes on under the same."""
    kept: list[Blind] = []
    end = since
    for one in sorted(pieces):
        begins, ends = max(one.since, end), min(one.until, until)
        if ends - begins < SHORTEST_MS:
            continue
        if kept and kept[-1].until == begins and kept[-1].why == one.why:
            kept[-1] = kept[-1]._replace(until=ends)
        else:
            kept.append(Blind(begins, ends, one.why))
        end = ends
    return tuple(kept)
