"""One thread for each channel, so that one that hangs holds up nobody. What it sends, it sends outside of any
transaction, under a lease; what became of it the engine is told."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from hub.notify.channels.channel import Channel, Contact, Handed, Letter, Unsent
from hub.notify.hub_access import HubAccess
from hub.notify.leases import Claim
from hub.store import faults
from wire import messages as m
from wire.fences import Fences

TICK_S = 0.5
PAUSES_S = (10, 30)
"""Before the second and the third attempt."""
ATTEMPTS = len(PAUSES_S) + 1
"""After so many it has failed, also when nobody knows how they ended: its ladder goes on without it."""
DATABASE_S = 1.0
STUMBLED_S = 5.0
"""Pauses after a fault of the program before the worker goes on."""
TEST_S = 24 * 3600.0
TEST_AGAIN_S = 600.0
"""After a test that failed, and so soon after it again."""

log = logging.getLogger("strongroom.notify")


class _Helping(NamedTuple):
    letter: Letter
    tried: int
    at: float


class Worker(threading.Thread):
    """Works off the notices of one channel until `end`."""

    def __init__(self, channel: Channel, make_access: Callable[[str], HubAccess], clock: Callable[[], int]) -> None:
        """`make_access` is called in the thread; `clock` gives milliseconds since 1970."""
        super().__init__(name=channel.name, daemon=True)  # one that hangs must not keep the process from ending
        self.channel = channel
        self.direct: queue.SimpleQueue[Letter] = queue.SimpleQueue()
        """Letters of which the hub knows nothing, since its database cannot be read: sent as they come."""
        self.help_wanted = False
        """Whether help is called without the database: the hub's own sounder sounds as long as that is so."""
        self._unhelped: list[_Helping] = []
        self._make_access = make_access
        self._clock = clock
        self._fences = Fences(log)
        self._news = threading.Event()
        self._ending = threading.Event()
        self._test_at = time.monotonic()
        self._works: bool | None = None

    def wake(self) -> None:
        """Wake the worker: there may be something to send."""
        self._news.set()

    def end(self) -> None:
        """End once the current work is done."""
        self._ending.set()
        self._news.set()

    def run(self) -> None:
        """The thread."""
        access = self._make_access(self.channel.name)
        try:
            while not self._ending.is_set():
                self._turn_safely(access)
                self._news.wait(TICK_S)
                self._news.clear()
        finally:
            with self._fences.around(f"{self.channel.name}, when it is closed"):
                self.channel.close()
            access.close()

    def _turn_safely(self, access: HubAccess) -> None:
        try:
            self._turn(access)
        except faults.UNUSABLE as error:
            log.debug("%s: %s", self.channel.name, error)  # the stand-in tells it, once a minute
            self._news.wait(DATABASE_S)
        except Exception as error:  # noqa: BLE001 - the outermost loop: whatever a channel stumbles over, it goes on
            name = self.channel.name
            self._fences.tell(name, error)
            with self._fences.around(f"{name}, when it is closed"):
                self.channel.close()
            with self._fences.around(f"{name}, when it is told"), contextlib.suppress(*faults.UNUSABLE):
                self._found(access, works=False, detail=f"a fault of this program: {type(error).__name__}")
            self._news.wait(STUMBLED_S)

    def _turn(self, access: HubAccess) -> None:
        self._help()
        while not self._ending.is_set() and self.send_next(access):
            self._help()
        self._listen(access)
        self._test(access)

    def send_next(self, access: HubAccess) -> bool:
        """Send the oldest notice that waits. False when there is none."""
        claim = access.claim(self.channel.name, self.channel.lease_s)
        if claim is None:
            return False
        if claim.attempt > ATTEMPTS:
            access.failed(claim, f"given up: {ATTEMPTS} attempts ended nobody knows how")
            return True
        letter = access.letter(claim)
        if letter is None:
            access.failed(claim, "answered before it was sent")
            return True
        try:
            handed = self._send(letter)
        except Unsent as error:
            self._unsent(access, claim, error)
        else:
            access.handed(claim, letter, handed)
        return True

    def _send(self, letter: Letter) -> Handed:
        """Send it. Raises Unsent; whatever else goes wrong costs this letter, and no other."""
        try:
            return self.channel.send(letter)
        except Unsent as error:
            raise Unsent(_without(str(error), letter.contact), error.final) from None
        except Exception as error:
            log.exception("%s: nobody foresaw this", self.channel.name)
            raise Unsent(f"a fault of this program: {type(error).__name__}") from error

    def _unsent(self, access: HubAccess, claim: Claim, error: Unsent) -> None:
        if error.final or claim.attempt >= ATTEMPTS:
            access.failed(claim, str(error))
        else:
            access.again(claim, self._clock() + PAUSES_S[claim.attempt - 1] * 1000)

    def _help(self) -> None:
        """Send what does not wait for the database."""
        if not self.help_wanted:
            self._unhelped.clear()
        while not self.direct.empty():
            self._unhelped.append(_Helping(self.direct.get(), 0, 0.0))
        for one in [one for one in self._unhelped if one.at <= time.monotonic()]:
            self._unhelped.remove(one)
            try:
                self._send(one.letter)
            except Unsent as error:
                log.error("%s: a call for help was not sent: %s", self.channel.name, error)
                if not error.final and one.tried < len(PAUSES_S):
                    at = time.monotonic() + PAUSES_S[one.tried]
                    self._unhelped.append(_Helping(one.letter, one.tried + 1, at))

    def _listen(self, access: HubAccess) -> None:
        try:
            self.channel.turn(access, self.help_wanted)
        except Unsent as error:
            self._found(access, works=False, detail=str(error))

    def _test(self, access: HubAccess) -> None:
        if time.monotonic() < self._test_at:
            return
        try:
            detail = self.channel.test()
        except Unsent as error:
            self._test_at = time.monotonic() + TEST_AGAIN_S
            self._found(access, works=False, detail=str(error))
        else:
            self._test_at = time.monotonic() + TEST_S
            self._works = None  # each success is told, a failure only when it is new
            self._found(access, works=True, detail=detail)

    def _found(self, access: HubAccess, works: bool, detail: str) -> None:
        if works != self._works:
            self._works = works
            access.say(m.ChannelTested(channel=self.channel.name, worked=works, detail=detail[:500]))


def _without(why: str, contact: Contact) -> str:
    """What a server or modem says of a failure, without the address: the journal outlives the right to keep that."""
    for address in (contact.phone, contact.phone.removeprefix("+"), contact.email):
        if address:
            why = why.replace(address, "…")
    return why
