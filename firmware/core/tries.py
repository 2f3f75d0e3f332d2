"""A badge that is refused again and again: its reader does not listen to it for a while. Any other it hears as ever."""

from __future__ import annotations

from wire.messages import Credential, DenialReason, Place

LIMIT = 5
"""Refusals in a row (GB 50396-2007, 5.1: at the fifth at the latest)."""
DEAF_MS = (60_000, 300_000, 900_000)
"""For how long, the first time, the second, and from then on."""
FORGET_MS = 3_600_000
"""A badge that was not shown for so long begins anew."""
MOST = 256
"""Badges that are remembered; the one that was shown longest ago is dropped first."""
NOT_WRONG: frozenset[DenialReason] = frozenset({"set", "sealed", "clock", "no-list", "list-expired"})
"""Whoever has a right to enter at another hour, or waits for a colleague or for the hub, has not tried a wrong badge.
A badge at a sealed area is an alarm each time."""


class _Tried:
    def __init__(self) -> None:
        self.refused = 0
        self.times = 0
        self.until = 0
        self.at = 0


class Tries:
    """Refused badges at each reader of a node, in this boot."""

    def __init__(self) -> None:
        self._tried: dict[tuple[Place, Credential], _Tried] = {}

    def is_deaf(self, reader: Place, credential: Credential, at: int) -> bool:
        """Whether the reader does not listen to this badge now. `at` in ms since boot."""
        known = self._tried.get((reader, credential))
        return known is not None and at < known.until

    def refused(self, reader: Place, credential: Credential, reason: DenialReason, at: int) -> int | None:
        """A badge was refused. For how many seconds its reader is deaf for it from now on; None: it still listens."""
        if reason in NOT_WRONG:
            return None
        known = self._tried.pop((reader, credential), None)
        if known is None or at - known.at > FORGET_MS:
            known = _Tried()
        self._tried[reader, credential] = known
        if len(self._tried) > MOST:
            del self._tried[next(iter(self._tried))]
        known.refused, known.at = known.refused + 1, at
        if known.refused < LIMIT:
            return None
        milliseconds = DEAF_MS[min(known.times, len(DEAF_MS) - 1)]
        known.refused, known.times, known.until = 0, known.times + 1, at + milliseconds
        return milliseconds // 1000

    def granted(self, reader: Place, credential: Credential) -> None:
        """A badge was granted: it was no wrong one."""
        self._tried.pop((reader, credential), None)
