"""Passwords: argon2id, away from the event loop and from every transaction, few at a time."""

from __future__ import annotations

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

TIME_COST = 4
MEMORY_KIB = 32 * 1024
LANES = 1
"""Above OWASP's minimum for argon2id (19 MiB, 2 passes, 1 lane); about 0.1 s on a small hub."""

AT_ONCE = 2
"""Hashes at a time: signing in must not take the memory and the processor that alarms need."""

LONGEST = 200
"""Characters. Longer ones are refused unread."""


def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=TIME_COST, memory_cost=MEMORY_KIB, parallelism=LANES)


def hashed(password: str) -> str:
    """What is kept of a password, for the table `account`."""
    return _hasher().hash(password)


@cache
def _nobodys() -> str:
    return hashed("nobody has this password")


class Passwords:
    """Checks passwords. Unknown logins cost the same time as known ones."""

    def __init__(self) -> None:
        self._hasher = _hasher()
        self._places = asyncio.Semaphore(AT_ONCE)
        self._nobodys = _nobodys()

    async def fits(self, password: str, kept: str | None) -> bool:
        """Whether the password is the one of which `kept` was kept; None for a login that does not exist."""
        known = kept if kept and kept.startswith("$argon2id$") else None  # an account may have no password yet
        async with self._places:
            fitted = await asyncio.to_thread(self._verify, password[: LONGEST + 1], known or self._nobodys)
        return fitted and known is not None

    def _verify(self, password: str, kept: str) -> bool:
        try:
            return self._hasher.verify(kept, password) and len(password) <= LONGEST
        except (VerificationError, InvalidHashError):
            return False
