"""Passwords: argon2id. To check one takes a tenth of a second and 32 MB, so that nobody does it beside alarms."""

from __future__ import annotations

from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

TIME_COST = 4
MEMORY_KIB = 32 * 1024
LANES = 1
"""Above OWASP's minimum for argon2id (19 MiB, 2 passes, 1 lane); about 0.1 s on a small hub."""

LONGEST = 200
"""Characters. Longer ones are refused unread."""


def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=TIME_COST, memory_cost=MEMORY_KIB, parallelism=LANES)


def hashed(password: str) -> str:
    """What is kept of a password, for the table `account`."""
    return _hasher().hash(password)


class Passwords:
    """Checks passwords. Unknown logins cost the same time as known ones."""

    def __init__(self) -> None:
        self._hasher = _hasher()

    @cached_property
    def _nobodys(self) -> str:
        return hashed("nobody has this password")

    def fits(self, password: str, kept: str | None) -> bool:
        """Whether the password is the one of which `kept` was kept; None for a login that does not exist."""
        known = kept if kept and kept.startswith("$argon2id$") else None  # an account may have no password yet
        try:
            fitted = self._hasher.verify(known or self._nobodys, password[: LONGEST + 1]) and len(password) <= LONGEST
        except (VerificationError, InvalidHashError):
            fitted = False
        return fitted and known is not None
