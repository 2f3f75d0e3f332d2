"""When a time is over: the deadline is a column, and from when it is first seen the monotonic clock runs it down, so
that a step of the wall clock neither hastens it nor holds it up."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Generic, NamedTuple, TypeVar

K = TypeVar("K", bound=Hashable)


class Span(NamedTuple):
    """From when to when, by the hub's wall clock in ms."""

    since: int
    due_at: int


class Countdown(Generic[K]):
    """What is running. Times are milliseconds."""

    def __init__(self) -> None:
        self._ends: dict[tuple[K, Span], int] = {}

    def over(self, running: Mapping[K, Span], now: int, mono: int) -> list[K]:
        """Keys of all that has run out at the wall time `now`, which is `mono` on the monotonic clock."""
        before, self._ends = self._ends, {}
        for one in running.items():
            known = before.get(one)
            self._ends[one] = mono + _left(one[1], now) if known is None else known
        return [key for (key, _span), end in self._ends.items() if end <= mono]


def _left(span: Span, now: int) -> int:
    return min(max(0, span.due_at - now), max(0, span.due_at - span.since))
