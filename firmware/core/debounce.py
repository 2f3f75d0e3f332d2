"""Our own debounce for one input: from levels with their times to changes that count.

Edges are hints and levels are truth, so there is no difference here between an edge and a level that was read
again: each says that the input had this level at that time. What decides is that time, not when it is processed.
gpiozero's `bounce_time` drops edges (docs: field.md section 4) and is not used.
"""

from __future__ import annotations

from typing import NamedTuple

from wire.messages import Level

GLITCH_MS = 10
"""Anything but normal counts once it has lasted this long; the promise is only that 50 ms are never lost."""
SETTLE_MS = 30
"""Normal counts once it has lasted this long: reed contacts bounce for a few milliseconds, heavy doors for more."""


class Change(NamedTuple):
    """A change that counts. `at` is when the new level began, in milliseconds since boot."""

    was: Level
    now: Level
    at: int


class Debounce:
    """One input. `level` is the last level that counted; it alternates with every change that is told."""

    def __init__(self, level: Level = "normal") -> None:
        self.level: Level = level
        self._raw: Level = level
        self._since = 0
        self._newest: tuple[Level, int] = (level, 0)

    @property
    def settled(self) -> bool:
        """Whether nothing else has been read since that level."""
        return self._raw == self.level

    def sample(self, level: Level, at: int) -> list[Change]:
        """The input had this `level` at `at`, told by an edge or read again."""
        if at < self._newest[1]:
            # Late: something newer is known already. Both edges of a short opening may still be in the queue when a
            # fresh reading overtakes them, so a late one is judged by its own time; the newest is put back below.
            return self._apply(level, at)
        changes = self._apply(*self._newest) + self._apply(level, at)
        self._newest = (level, at)
        return changes

    def advance(self, now: int) -> list[Change]:
        """Time has passed, and everything that had been seen by `now` was handed in."""
        return self._apply(*self._newest) + self._settle(now)

    def _apply(self, level: Level, at: int) -> list[Change]:
        changes = self._settle(at)
        if level != self._raw:
            self._raw, self._since = level, at
        return changes

    def _settle(self, at: int) -> list[Change]:
        needed = SETTLE_MS if self._raw == "normal" else GLITCH_MS
        if self._raw == self.level or at - self._since < needed:
            return []
        change = Change(self.level, self._raw, self._since)
        self.level = self._raw
        return [change]
