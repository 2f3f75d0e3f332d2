"""Whether nodes do as they are told: an order that stays open at a node that is heard is a trouble, told once."""

from __future__ import annotations

from collections.abc import Iterator

from hub.core import order_numbers
from hub.core.alarms import life as alarm_life
from hub.core.nodes.liveness import Liveness
from hub.core.state import OrderOut, State
from wire import messages as m

OPEN_MS = 60_000
"""A node carries an order out in far less than a second, and says so at once."""


class OrderWatch:
    """Since when each open order has been at a node that is heard. Times are milliseconds of a monotonic clock."""

    def __init__(self) -> None:
        self._since: dict[tuple[str, int], int] = {}
        self._sizes: dict[tuple[str, int], int | None] = {}

    def not_sent(self, order: OrderOut, size: int | None) -> None:
        """The order was not sent: no node opens one of so many bytes, or what it says could not be put together."""
        self._sizes[order.node, order.number] = size

    def stalled(self, by: int, mono: int) -> None:
        """The engine itself was stalled for this long: it does not count."""
        self._since = {key: min(mono, at + by) for key, at in self._since.items()}

    def overdue(self, state: State, liveness: Liveness, mono: int) -> Iterator[m.FactData]:
        """Of each node the first order that is open for too long, or that cannot be sent, unless it has been told."""
        there = {(one.node, one.number): one for one in state.all(OrderOut) if one.state == "open"}
        since = {
            key: self._since.get(key, mono)
            for key in there
            if liveness.hears(key[0], mono) and not _cannot_say(state, key[0])
        }
        self._since, self._sizes = since, {key: size for key, size in self._sizes.items() if key in there}
        late = {key for key, began in since.items() if mono - began >= OPEN_MS} | self._sizes.keys()
        told: set[str] = set()
        for node, number in sorted(late):
            known = alarm_life.find(state, order_numbers.NOT_DONE, node)
            if node in told or (known is not None and known.active):
                continue
            told.add(node)
            what = there[node, number].what
            yield m.OrderNotDone(node=node, order=number, what=what, size=self._sizes.get((node, number)))


def _cannot_say(state: State, node: str) -> bool:
    """Its disk refuses, which is told for itself: it does what it is told, and no record of that can come."""
    life = state.life(node)
    return life is not None and life.refusing != ""
