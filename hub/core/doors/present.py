"""Who may have opened something: the set of those who were there by the nodes' records, and never a guess.

Into an area with doors people go one by one: those are there who were granted, have entered, and were not seen to
leave. A bank of cabinets has no doors: there it is whoever was granted at its reader in the hour before. What is set
is empty. A count that is higher than there are names is told beside them; one that is lower says that some of them
have left and nobody knows who.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import Literal, NamedTuple

from hub.core.doors.everyday import BADGE_MS, CLOCKS_MS
from hub.core.when import happened
from wire import messages as m

By = Literal["inside", "badge"]


class Move(NamedTuple):
    """Somebody shows a badge, goes in or out; or nobody is there any more. `inside`: how many are from now on."""

    at: int
    node: str
    what: Literal["badge", "in", "out", "empty"]
    person: int | None = None
    inside: int = 0


class Present(NamedTuple):
    """Those who may have been there, in the order of their coming, and how many were by the node's count."""

    people: tuple[int, ...]
    inside: int
    by: By

    @property
    def more(self) -> int:
        """How many were there whose names nobody knows."""
        return max(0, self.inside - len(self.people))


def move(record: m.Record, heard: int) -> Move | None:
    """What a record says of who is there; None for nothing. `heard`: when the hub did, wall time in ms."""
    data, at = record.data, happened(record, heard)
    if isinstance(data, m.Granted | m.Presented):
        return Move(at, record.node, "badge", data.person) if data.person is not None else None
    if isinstance(data, m.Entered):
        return Move(at, record.node, "in", data.person, data.inside)
    if isinstance(data, m.Left):
        return Move(at, record.node, "out", data.person, data.inside)
    if isinstance(data, m.Emptied | m.AreaSet):
        return Move(at, record.node, "empty")
    return None


class Presence:
    """Who was in one area, from the moves of some time before on."""

    def __init__(self, moves: Iterable[Move], by: By) -> None:
        counted = [one for one in moves if by == "badge" or one.what != "badge"]
        self._moves = sorted(counted, key=lambda one: one.at)
        self._nodes = {one.node for one in self._moves}
        self._times = [one.at for one in self._moves]
        self._by: By = by
        self._steps: list[tuple[tuple[int, ...], int]] = []
        """Who is inside from each move on, and how many."""
        if by == "inside":
            self._fold()

    def _fold(self) -> None:
        people: dict[int, None] = {}
        for one in self._moves:
            if one.what == "in" and one.person is not None:
                people[one.person] = None
            elif one.what == "out" and one.person is not None:
                people.pop(one.person, None)
            if not one.inside:
                people.clear()
            self._steps.append((tuple(people), one.inside))

    def at(self, time: int, node: str) -> Present:
        """Who may have opened what that node saw opened at a wall time in ms."""
        slack = CLOCKS_MS if self._nodes - {node} else 0
        return self._inside(time, slack) if self._by == "inside" else self._badges(time, slack)

    def _inside(self, time: int, slack: int) -> Present:
        first = max(0, bisect_right(self._times, time - slack) - 1)
        around = self._steps[first : bisect_right(self._times, time + slack)]
        people = dict.fromkeys(person for there, _ in around for person in there)
        return Present(tuple(people), max((inside for _, inside in around), default=0), "inside")

    def _badges(self, time: int, slack: int) -> Present:
        shown: dict[int, None] = {}
        first, last = bisect_left(self._times, time - BADGE_MS), bisect_right(self._times, time + slack)
        for one in self._moves[first:last]:
            if one.what == "empty" and one.at <= time - slack:
                shown.clear()
            elif one.what == "badge" and one.person is not None:
                shown[one.person] = None
        return Present(tuple(shown), len(shown), "badge")
