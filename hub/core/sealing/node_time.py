"""The time of a sealing as one node has lived it: its boots, the times it was off, and the steps of its clock.

Whatever the clocks have done, the pieces and the steps add up exactly to the sealing's interval by the wall clock. Real
time is the node's uptime; wall time comes from the pairs of both that its records bear. A clock that was not set in a
boot dates nothing, so that a power cut without a clock counts as time off, and not as a step.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple

from wire import messages as m

_RANKS: dict[m.ClockTrust, int] = {"trusted": 2, "holdover": 1, "untrusted": 0}


class Anchor(NamedTuple):
    """What a record says of its time."""

    boot: str
    mono: int
    wall: int
    clock: m.ClockTrust


class Piece(NamedTuple):
    """Time that has really passed: `since` to `until` in uptime of a boot, None while the node was off."""

    boot: str | None
    since: int
    until: int
    wall: int
    """Wall time at `since`."""

    @property
    def length(self) -> int:
        """Milliseconds."""
        return self.until - self.since


class Step(NamedTuple):
    """The wall clock moved by so many milliseconds (less than 0: back), and no time passed."""

    wall: int
    by: int


class NodeTime(NamedTuple):
    """Pieces in order, and steps; both together are the interval."""

    pieces: tuple[Piece, ...]
    steps: tuple[Step, ...]


def lay_out(start: int, end: int, anchors: Sequence[Anchor]) -> NodeTime:
    """The interval from `start` to `end` (wall times in ms, start <= end) by a node's records, in their order."""
    best: dict[str, int] = {}
    for one in anchors:
        best[one.boot] = max(best.get(one.boot, 0), _RANKS[one.clock])
    dated = [one for one in anchors if _RANKS[one.clock] == best[one.boot]]
    before = len(list(takewhile(lambda one: one.wall <= start, dated)))
    way = _Way(start)
    for one in dated[max(0, before - 1) :]:
        way.reach(one)
    return way.end_at(end)


class _Way:
    def __init__(self, start: int) -> None:
        self._pieces: list[Piece] = []
        self._steps: list[Step] = []
        self._wall = start
        self._boot: str | None = None
        self._dated = False
        """Whether the boot's clock can say when anything was."""
        self._uptime = 0

    def reach(self, to: Anchor) -> None:
        """Go on to what a record says."""
        if to.boot != self._boot:
            self._start(to)
            if self._dated and not self._pieces and to.wall <= self._wall:
                return  # from before the sealing: it has told what the uptime was when that began
        passed = to.mono - self._uptime
        if passed >= 0:
            self._go(passed)
        elif self._pieces:
            return  # a node's uptime does not go back
        else:
            self._uptime = to.mono  # its clock was set just when the sealing began
        if self._dated:
            self._step(to.wall - self._wall)

    def _start(self, to: Anchor) -> None:
        """Another boot: when by the wall clock it began, as far as that is known."""
        first = not self._pieces
        self._boot, self._dated = to.boot, to.clock != "untrusted"
        since = to.wall - to.mono
        if not self._dated:
            self._uptime = to.mono if first else 0
        elif first and since <= self._wall:
            self._uptime = self._wall - since  # it ran when the sealing began
        else:
            self._uptime = 0
            if since >= self._wall:
                self._off(since - self._wall)
            else:
                self._step(since - self._wall)

    def _go(self, passed: int) -> None:
        if passed:
            self._pieces.append(Piece(self._boot, self._uptime, self._uptime + passed, self._wall))
            self._wall += passed
            self._uptime += passed

    def _off(self, passed: int) -> None:
        if passed:
            self._pieces.append(Piece(None, 0, passed, self._wall))
            self._wall += passed

    def _step(self, by: int) -> None:
        if by:
            self._steps.append(Step(self._wall, by))
            self._wall += by

    def end_at(self, end: int) -> NodeTime:
        left = end - self._wall
        if left > 0 and self._boot is None:
            self._off(left)
        elif left > 0:
            self._go(left)
        beyond = -min(0, left)
        while beyond and self._pieces:
            last = self._pieces.pop()
            keep = max(0, last.length - beyond)
            beyond -= last.length - keep
            if keep:
                self._pieces.append(last._replace(until=last.since + keep))
        if beyond:
            self._steps.append(Step(end, -beyond))
        return NodeTime(tuple(self._pieces), tuple(self._steps))
