"""Hands what the engine has not been told over to it, in order: a thread, since the engine may be long in coming."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

from hub.door import protocol
from hub.door.caller import Caller, NoAnswer
from hub.door.protocol import Answered, Refused
from hub.notify.hub_access import Own
from hub.notify.spool import Untold
from wire import messages as m
from wire.fences import Fences

TICK_S = 0.5
PATIENCE_S = 2.0
"""How long the engine may take; then it is asked again, under the same number."""
AT_THE_END_S = 1.0
PAUSE_S = 20.0
"""Before more is told to an engine that has heard enough of us for the minute."""

log = logging.getLogger("strongroom.notify")


class Teller(threading.Thread):
    """Tells the engine until `end`."""

    def __init__(self, door: Path, own: Own) -> None:
        """`door`: the socket at which this service asks."""
        super().__init__(name="teller", daemon=True)
        self._caller = Caller(door)
        self._own = own
        self._fences = Fences(log)
        self._news = threading.Event()
        self._pause_until = 0.0
        self._ending = threading.Event()
        own.spool.wake = self._news.set

    def end(self) -> None:
        """End, after one more try to tell all."""
        self._ending.set()
        self._news.set()

    def run(self) -> None:
        """The thread."""
        while not self._ending.is_set():
            with self._fences.around("what the engine is told"):
                self.tell()
            self._news.wait(TICK_S)
            self._news.clear()
        with self._fences.around("what the engine is told"):
            self.tell(AT_THE_END_S)
        self._caller.close()

    def tell(self, patience_s: float = PATIENCE_S) -> bool:
        """Tell all that there is; False when the engine is away, or not for so long."""
        until = time.monotonic() + patience_s
        if time.monotonic() < self._pause_until:
            return False
        while untold := self._own.spool.first():
            try:
                answer = self._caller.ask(untold.request, untold.number, patience_s)
            except NoAnswer:
                return False
            except protocol.Foreign as error:
                log.error("the engine answers in another way than this version knows: %s", error)
                return False
            if isinstance(answer, protocol.TryLater):
                return False
            if answer == Refused("too-many"):  # in order: it waits, and all that comes after it
                self._pause_until = time.monotonic() + PAUSE_S
                return False
            if not isinstance(answer, protocol.Done):
                self._refused(untold, answer)
            self._own.spool.told(untold.number)
            if self._ending.is_set() and time.monotonic() > until:
                return False
        return True

    def _refused(self, untold: Untold, answer: protocol.AnyAnswer) -> None:
        """What the engine will not take is not asked for again."""
        if isinstance(untold.request, Answered):
            reason = answer.reason if isinstance(answer, Refused) else "not-understood"
            self._own.refused.add(reason if reason in m.ANSWER_REFUSALS else "not-understood")
            return
        if isinstance(answer, Refused) and answer.reason in ("notice-settled", "already-told"):
            return  # said already
        kinds = ", ".join(m.kind_of(fact) for fact in untold.request.said)
        log.warning("the engine does not take %s: %s", kinds, answer)
