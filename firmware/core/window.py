"""How many records may be under way without a receipt, and when they are sent again."""

from __future__ import annotations

from wire.messages import WINDOW

BACKOFF_MS = (5_000, 10_000, 20_000, 40_000, 60_000)
"""After this long without progress everything without a receipt is sent again; each time the next value applies."""
AGAIN_MS = 1_000
"""The hub says “missing” for each record that it dropped; the same request is followed once in this time."""


class Window:
    """Which records to publish next. `freed` is always the last record that a receipt has freed."""

    def __init__(self) -> None:
        self._sent = 0
        self._tries = 0
        self._progress_at = 0
        self._freed = 0
        self._again: tuple[int, int] | None = None

    def next(self, freed: int, newest: int, now: int) -> range:
        """Numbers that may be published now. Call `sent` for each that was."""
        if freed > self._freed:
            self._tries, self._progress_at = 0, now
        self._freed = freed
        self._sent = max(self._sent, freed)
        if self._sent == freed:
            self._progress_at = max(self._progress_at, now)  # nothing is under way: nothing to wait for
        elif now - self._progress_at >= BACKOFF_MS[self._tries]:
            self._sent, self._progress_at = freed, now
            self._tries = min(self._tries + 1, len(BACKOFF_MS) - 1)
        return range(self._sent + 1, min(newest, freed + WINDOW) + 1)

    def sent(self, seq: int) -> None:
        """This record was handed to the broker."""
        self._sent = seq

    def send_from(self, seq: int, now: int) -> None:
        """The hub misses this record, and so all after it."""
        if self._again and self._again[0] == seq and now - self._again[1] < AGAIN_MS:
            return
        self._again = (seq, now)
        self._sent = min(self._sent, seq - 1)

    def restart(self, freed: int, now: int) -> None:
        """Connected anew, or a new life: whatever was under way is lost."""
        self._sent, self._freed, self._tries, self._progress_at, self._again = freed, freed, 0, now, None
