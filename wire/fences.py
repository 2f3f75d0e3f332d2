"""Parts of a loop, each behind a fence of its own: one that fails is told once, and the rest goes on.

Only the outermost loops have such fences: of services and threads that must not end, over items that know nothing of
each other. Whatever else goes wrong ends the process, and whoever started it starts it again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from types import TracebackType

AGAIN_S = 3600.0
"""What fails at every turn is told again after so long."""
MOST = 256
"""Failures that are told apart; they come from code, and are few."""

Told = Callable[[str, Exception], None]


class Fences:
    """Fences of one loop, which belong to its thread."""

    def __init__(
        self,
        log: logging.Logger,
        passes: Callable[[Exception], bool] = lambda _error: False,
        told: Told = lambda _what, _error: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """What `passes` says so of goes through. `told` hears of a failure as often as the log: once an hour."""
        self._log = log
        self._passes = passes
        self._told = told
        self._clock = clock
        self._told_at: dict[tuple[str, str], float] = {}

    def around(self, what: str) -> Fence:
        """A fence: nothing that fails within it gets any further."""
        return Fence(self, what)

    def holds(self, what: str, error: BaseException | None) -> bool:
        """Whether this failure ends here; then it is told."""
        if not isinstance(error, Exception) or self._passes(error):
            return False
        self.tell(what, error)
        return True

    def tell(self, what: str, error: Exception) -> None:
        """Tell of a failure that was met elsewhere, unless it was told within the hour."""
        failure, now = (what, type(error).__name__), self._clock()
        at = self._told_at.get(failure)
        if at is not None and now - at < AGAIN_S:
            return
        if len(self._told_at) >= MOST:
            self._told_at.clear()
        self._told_at[failure] = now
        self._log.error("%s: nobody foresaw this", what, exc_info=error)
        self._told(what, error)


class Fence:
    """One of them. There is one for each message: a generator would take three times as long."""

    __slots__ = ("_fences", "_what")

    def __init__(self, fences: Fences, what: str) -> None:
        self._fences = fences
        self._what = what

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        return self._fences.holds(self._what, error)
