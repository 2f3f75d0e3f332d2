"""Wrong sign-ins: who has to wait, and when the journal hears of it. No clock in here: times are given, in ms."""

from __future__ import annotations

from collections import OrderedDict

PERIOD_MS = 15 * 60_000
"""Wrong tries are forgotten after this long."""
WAIT_MS = 60_000
PER_SEAT = 5
"""Wrong tries of one login from one address before it has to wait."""
PER_LOGIN = 20
"""Wrong tries of one login from anywhere: more, so that nobody can lock the duty officer out from another machine."""
PER_ADDRESS = 30
LATELY_MS = 14 * 86_400_000
"""Where a login was right this lately, wrong tries from elsewhere make nobody wait: one machine of many addresses
would otherwise keep the duty officer out for ever. Wrong tries at that seat itself still count."""
REMEMBERED = 5_000
TELL_MS = 60_000
"""The journal hears of wrong sign-ins at most this often."""


class Tries:
    """Counts wrong tries by login and address. What is remembered is bounded."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[tuple[str, str], tuple[int, int]] = OrderedDict()
        self._right: OrderedDict[tuple[str, str], int] = OrderedDict()

    def wait(self, login: str, address: str, now: int) -> int:
        """Milliseconds until another try is looked at; 0 for at once."""
        limits = _limits(login, address)
        at = self._right.get((login, address))
        known = at is not None and 0 <= now - at < LATELY_MS
        return max(self._wait(key, limit, now) for key, limit in (limits[:1] if known else limits))

    def begin(self, login: str, address: str, now: int) -> None:
        """A try counts as wrong until it has proved right: many at the same time must not slip through."""
        for key, _limit in _limits(login, address):
            count, last = self._wrong.pop(key, (0, now))
            self._wrong[key] = (1 if now - last > PERIOD_MS else count + 1, now)
        while len(self._wrong) > REMEMBERED:
            self._wrong.popitem(last=False)

    def right(self, login: str, address: str, now: int) -> None:
        """A try was right: wrong tries from this seat are forgotten, and the seat is remembered for a while."""
        self._right.pop((login, address), None)
        self._right[login, address] = now
        while len(self._right) > REMEMBERED:
            self._right.popitem(last=False)
        self._wrong.pop((login, address), None)
        for key in ((login, ""), ("", address)):
            count, last = self._wrong.get(key, (1, 0))
            self._wrong[key] = (count - 1, last)

    def _wait(self, key: tuple[str, str], limit: int, now: int) -> int:
        count, last = self._wrong.get(key, (0, 0))
        if count < limit or not 0 <= now - last < WAIT_MS:
            return 0
        return WAIT_MS - (now - last)


def _limits(login: str, address: str) -> tuple[tuple[tuple[str, str], int], ...]:
    return ((login, address), PER_SEAT), ((login, ""), PER_LOGIN), (("", address), PER_ADDRESS)


class UntoldTries:
    """Counts wrong sign-ins that are not journalled yet."""

    def __init__(self) -> None:
        self._untold = 0
        self._told_at = -TELL_MS

    def add(self) -> None:
        """One more."""
        self._untold += 1

    def due(self, now: int, at_once: bool = False) -> int:
        """How many to journal now; 0 when it is too early or there is nothing to tell."""
        return self._untold if at_once or not 0 <= now - self._told_at < TELL_MS else 0

    def told(self, count: int, now: int) -> None:
        """So many are journalled."""
        self._untold -= count
        self._told_at = now
