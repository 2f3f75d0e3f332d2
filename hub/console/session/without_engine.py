"""While the engine is away: people sign in to read, and what the engine is to know of it is kept until it is back."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import msgspec

from hub.core.refusal import NotPossible
from hub.door.protocol import Refused, SignedIn, TryLater
from hub.sign_in import tokens
from hub.sign_in.passwords import Passwords
from hub.sign_in.tries import Tries, UntoldTries
from hub.site_directory import files
from hub.store.queries import Account
from wire import decoding
from wire import messages as m

AT_ONCE = 2
"""Hashes at a time: signing in must not take the memory and the processor that alarms need."""
MOST = 200
"""Facts that wait; beyond them the oldest are dropped, and the log says so."""

log = logging.getLogger("strongroom.console")


class Untold(NamedTuple):
    """A fact that the engine has not been told. It is told under this number, once."""

    number: str
    fact: m.FactData


class WithoutEngine:
    """What the console does by itself. `clock` gives milliseconds since 1970."""

    def __init__(self, path: Path, clock: Callable[[], int]) -> None:
        self._path = path
        self._clock = clock
        self._tries = Tries()
        self._wrong = UntoldTries()
        self._places = asyncio.Semaphore(AT_ONCE)
        self._untold: list[Untold] = []
        try:
            self._untold = decoding.decode(path.read_bytes(), list[Untold])
        except FileNotFoundError:
            pass
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            log.warning("%s cannot be read; who signed in meanwhile is not journalled: %s", path, error)

    @cached_property
    def _passwords(self) -> Passwords:
        return Passwords()

    async def sign_in(
        self, login: str, password: str, account: Account | None, address: str
    ) -> SignedIn | Refused | TryLater:
        """A session that reads, and nothing else."""
        now = self._clock()
        if wait := self._tries.wait(login, address, now):
            return TryLater(wait)
        self._tries.begin(login, address, now)
        kept = account.password if account and account.roles else None
        async with self._places:
            fits = await asyncio.to_thread(lambda: self._passwords.fits(password, kept))
        if not fits or account is None:
            self._wrong.add()
            return Refused("wrong-password")
        self._tries.right(login, address, now)
        self.tell(m.SignedIn(person=account.person, at=now))
        return SignedIn(tokens.new(), account.person, tuple(account.roles))

    def tell(self, fact: m.FactData) -> None:
        """The engine is to be told as soon as it can be."""
        self._untold.append(Untold(secrets.token_hex(16), fact))
        if len(self._untold) > MOST:
            log.warning("the engine is away for long: the first of %d facts is not journalled", len(self._untold))
            del self._untold[0]
        self._save()

    def untold(self) -> list[Untold]:
        """What it is to be told, in order."""
        if count := self._wrong.due(self._clock(), at_once=True):
            self.tell(m.SignInFailed(count=count))
            self._wrong.told(count, self._clock())
        return list(self._untold)

    def told(self, number: str) -> None:
        """It has heard of that."""
        self._untold = [one for one in self._untold if one.number != number]
        self._save()

    def refused(self, one: Untold, refusal: NotPossible) -> None:
        """It will not hear of that."""
        log.warning("the engine does not take %s: %s", m.kind_of(one.fact), refusal)
        self.told(one.number)

    def _save(self) -> None:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            files.replace(self._path, msgspec.json.encode(self._untold))
        except OSError as error:
            log.warning("%s cannot be written: %s", self._path, error.strerror)
