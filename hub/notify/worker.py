"""One thread for each channel, so that one that hangs holds up nobody. What it sends, it sends outside of any
transaction, under a lease; what became of it is a fact."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from hub.notify.channel import Channel, Letter, Unsent
from hub.notify.desk import Desk
from hub.notify.leases import Claim
from hub.notify.sms import Sms
from hub.notify.sounder import Sounder, rings
from wire import messages as m

TICK_S = 0.5
HEAR_S = 3.0
"""How often a modem is asked what has come in."""
PAUSES_S = (10, 30)
"""Before the second and the third attempt. After the third it has failed: its ladder goes on without it."""
TEST_S = 24 * 3600.0
TEST_AGAIN_S = 600.0
"""After a test that failed, and so soon after it again."""

log = logging.getLogger("strongroom.notify")


class Worker(threading.Thread):
    """Works off the notices of one channel until `end`."""

    def __init__(self, channel: Channel, make_desk: Callable[[str], Desk], clock: Callable[[], int]) -> None:
        """`make_desk` is called in the thread; `clock` gives milliseconds since 1970."""
        super().__init__(name=channel.name, daemon=True)  # one that hangs must not keep the process from ending
        self.channel = channel
        self.direct: queue.SimpleQueue[Letter] = queue.SimpleQueue()
        """Letters that cannot be journalled, since the database cannot be written: sent as they come."""
        self._make_desk = make_desk
        self._clock = clock
        self._news = threading.Event()
        self._ending = threading.Event()
        self._test_at = time.monotonic()
        self._heard_at = 0.0
        self._works: bool | None = None

    def wake(self) -> None:
        """There may be something to do."""
        self._news.set()

    def end(self) -> None:
        """End after what is under way."""
        self._ending.set()
        self._news.set()

    def run(self) -> None:
        """The thread."""
        desk = self._make_desk(self.channel.name)
        try:
            while not self._ending.is_set():
                self._turn(desk)
                self._news.wait(TICK_S)
                self._news.clear()
        finally:
            self.channel.close()
            desk.close()

    def _turn(self, desk: Desk) -> None:
        while not self.direct.empty():
            self._send_unjournalled(self.direct.get())
        try:
            while not self._ending.is_set() and self.send_next(desk):
                pass
            self._listen(desk)
            self._test(desk)
        except SQLAlchemyError as error:
            log.error("%s: the database: %s", self.channel.name, type(error).__name__)
            self._ending.wait(1.0)

    def send_next(self, desk: Desk) -> bool:
        """Send the oldest notice that waits. False when there is none."""
        claim = desk.leases.claim(self.channel.name, self._clock(), self.channel.lease_s * 1000)
        if claim is None:
            return False
        letter = desk.letter(claim)
        if letter is None:
            desk.failed(claim, "answered before it was sent")
            return True
        try:
            handed = self.channel.send(letter)
        except Unsent as error:
            self._unsent(desk, claim, error)
        else:
            desk.handed(claim, letter, handed)
        return True

    def _unsent(self, desk: Desk, claim: Claim, error: Unsent) -> None:
        if error.final or claim.attempt > len(PAUSES_S):
            desk.failed(claim, str(error))
        else:
            desk.leases.again(claim, self._clock() + PAUSES_S[claim.attempt - 1] * 1000)

    def _send_unjournalled(self, letter: Letter) -> None:
        try:
            self.channel.send(letter)
        except Unsent as error:
            log.error("%s: a call for help was not sent: %s", self.channel.name, error)

    def _listen(self, desk: Desk) -> None:
        try:
            if isinstance(self.channel, Sounder):
                self.channel.set(rings(desk.look()[0]))
            elif isinstance(self.channel, Sms) and time.monotonic() - self._heard_at >= HEAR_S:
                self._heard_at = time.monotonic()
                self.channel.hear(desk.hear)
                desk.tell_refused("sms")
        except Unsent as error:
            self._found(desk, works=False, detail=str(error))

    def _test(self, desk: Desk) -> None:
        if time.monotonic() < self._test_at:
            return
        try:
            detail = self.channel.test()
        except Unsent as error:
            self._test_at = time.monotonic() + TEST_AGAIN_S
            self._found(desk, works=False, detail=str(error))
        else:
            self._test_at = time.monotonic() + TEST_S
            self._works = None  # each success is told, a failure only when it is new
            self._found(desk, works=True, detail=detail)

    def _found(self, desk: Desk, works: bool, detail: str) -> None:
        if works != self._works:
            self._works = works
            desk.act(m.ChannelTested(channel=self.channel.name, worked=works, detail=detail[:500]))
