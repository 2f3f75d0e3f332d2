"""The engine's door in its loop: what was asked is answered in the turn in which it came, the urgent first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from sqlalchemy import Engine as Database

from hub.core.nodes.engine_away import Absence, Absences
from hub.door import absences
from hub.door.bringing import root_key
from hub.door.desk import Desk, Times
from hub.door.protocol import Answer, Held, Refused
from hub.door.server import EVERYBODY, Door, Ticket
from hub.service import Outcome, Service
from hub.sign_in.checking import Checker
from hub.site_directory.layout import Layout
from hub.store import session
from wire.fences import Fences


class Asking:
    """Takes requests in and answers them. Nothing is opened before `open`."""

    def __init__(
        self,
        layout: Layout,
        service: Service,
        database: Database,
        times: Callable[[], Times],
        note: Callable[[Outcome], None],
        fences: Fences,
    ) -> None:
        """`note` hears of everything that was committed."""
        self._door = Door(layout.doors)
        self._checker = Checker()
        self._absences = Absences()
        self._database = database
        self._desk = Desk(service, database, self._checker, times, root_key(layout), note, self._absences)
        self._times = times
        self._fences = fences
        self._answers = False

    def open(self) -> None:
        """Take calls. Raises OSError."""
        with session.reading(self._database) as connection:
            self._absences.add(*absences.known(connection, self._times().wall))
        self._door.open()

    def end(self) -> None:
        """Journal what there is still to tell."""
        self._desk.tell(at_once=True)

    def close(self) -> None:
        """Take no more; whoever waits for an answer asks again, under the same number."""
        self._door.close()
        self._checker.close()

    @property
    def waits(self) -> bool:
        """Whether there are requests that have come and had no turn."""
        return self._door.lined_up

    def sockets(self) -> tuple[list[Any], list[Any]]:
        """What to select on, for reading and for writing."""
        readers, writers = self._door.waits()
        passwords: list[IO[bytes]] = self._checker.sockets
        return [*readers, *passwords], [*writers]

    def turn(self) -> bool:
        """Answer what is there; False where another process holds the database. Raises what ends the engine."""
        (now, mono), held = self._times(), False
        self._absences.turned(now, mono)
        for ticket in self._door.hear(mono):
            answer: Answer | None = Held() if held else self._answer(ticket)
            held = held or isinstance(answer, Held)
            if answer is not None:
                self._door.answer(ticket, answer, mono)
        with self._fences.around("passwords"), self._answering():
            for ticket, done in self._desk.later():
                held = held or isinstance(done, Held)
                self._door.answer(ticket, done, mono)
        if held:
            self._absences.add(Absence(now, now))
        return not held

    def _answer(self, ticket: Ticket) -> Answer | None:
        with self._fences.around("a request"), self._answering():
            return self._desk.ask(ticket.asker, ticket.asked, ticket)
        return Refused("not-judged", type(ticket.asked.ask).__name__)

    @contextmanager
    def _answering(self) -> Iterator[None]:
        self._answers = True
        try:
            yield
        finally:
            self._answers = False

    def while_held(self) -> bool:
        """Another process holds the database: whoever asks meanwhile is told so, and nothing of it is done. False where
        what waits is a request itself, which is not done either."""
        if self._answers:
            return False
        mono = self._times().mono
        for ticket in self._door.hear(mono, EVERYBODY):
            self._door.answer(ticket, Held(), mono)
        for ticket in self._desk.give_up():
            self._door.answer(ticket, Held(), mono)
        return True

    def tick(self) -> None:
        """Time has passed: wrong sign-ins are told, and what was erased is overwritten as soon as nobody reads."""
        self._desk.tell()
        self._desk.tidy()
