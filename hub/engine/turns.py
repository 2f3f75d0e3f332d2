"""Whose turn it is: what nodes have sent waits here, each node's in order, and a batch takes from the nodes in turn."""

from __future__ import annotations

from collections import Counter, deque

from wire.link import Arrived


class Turns:
    """Messages that wait for their turn."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[Arrived]] = {}
        self._waiting: Counter[str] = Counter()

    def __bool__(self) -> bool:
        """Whether anything waits."""
        return bool(self._queues)

    def put(self, node: str, message: Arrived) -> None:
        """Behind all that waits of the node."""
        self._queues.setdefault(node, deque()).append(message)
        self._waiting[message.topic] += 1

    def take(self, most: int) -> list[Arrived]:
        """One of each node in turn, up to so many; whose turn it is then is first the next time."""
        taken: list[Arrived] = []
        while self._queues and len(taken) < most:
            node = next(iter(self._queues))
            queue = self._queues.pop(node)
            message = queue.popleft()
            self._waiting[message.topic] -= 1
            taken.append(message)
            if queue:
                self._queues[node] = queue
        return taken

    def waiting(self, topic: str) -> int:
        """How many messages of a topic wait."""
        return self._waiting[topic]
