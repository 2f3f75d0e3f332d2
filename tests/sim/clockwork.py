"""Simulated time: things happen at a moment, scripts go on after a while. The same seed gives the same world."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from random import Random

Script = Iterator[int]
"""What somebody does: yields the milliseconds until the next step."""

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000


class World:
    """One clock, in ms since 1970, that goes from event to event. No clock of the computer is read."""

    def __init__(self, start: int, seed: int) -> None:
        self.now = start
        self.random = Random(seed)
        self._queue: list[tuple[int, int, Callable[[], object]]] = []
        self._number = 0

    def at(self, when: int, do: Callable[[], object]) -> None:
        """Do this then; what is asked for one moment is done in the order in which it was asked."""
        self._number += 1
        heapq.heappush(self._queue, (max(when, self.now), self._number, do))

    def after(self, ms: int, do: Callable[[], object]) -> None:
        self.at(self.now + ms, do)

    def start(self, script: Script, when: int = 0) -> None:
        """A script begins, now or at a time."""

        def go_on() -> None:
            pause = next(script, None)
            if pause is not None:
                self.after(pause, go_on)

        self.at(when, go_on)

    def run(self, until: int) -> None:
        while self._queue and self._queue[0][0] <= until:
            self.now, _, do = heapq.heappop(self._queue)
            do()
        self.now = until

    def seconds(self, least: float, most: float) -> int:
        """So many seconds, more or less, in ms."""
        return int(self.random.uniform(least, most) * SECOND)
