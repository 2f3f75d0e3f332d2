"""Counts bad messages: the first of a kind is journalled at once, further ones as sums, so that nobody floods the
journal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from wire import messages as m

INTERVAL_MS = 60_000
MOST_KINDS = 256
"""Nodes times reasons that are counted apart; beyond it all are counted under one name."""
OTHERS = "others"


class _Count(NamedTuple):
    since_told: int
    told_at: int | None
    example: str


class BadMessages:
    """Counts by node (as the topic names it) and reason. Times are milliseconds of a monotonic clock."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, m.Refusal], _Count] = {}

    def add(self, node: str, reason: m.Refusal, example: str) -> None:
        """Count one message."""
        key = (node, reason)
        if key not in self._counts and len(self._counts) >= MOST_KINDS:
            key = (OTHERS, reason)
        known = self._counts.get(key, _Count(0, None, ""))
        self._counts[key] = known._replace(since_told=known.since_told + 1, example=example[:200])

    def due(self, mono: int) -> Iterator[m.FactData]:
        """Sums that are to be told now."""
        for (node, reason), count in list(self._counts.items()):
            if count.since_told and (count.told_at is None or mono - count.told_at >= INTERVAL_MS):
                yield m.Refused(node=node, reason=reason, count=count.since_told, example=count.example)
                self._counts[node, reason] = count._replace(since_told=0, told_at=mono)
