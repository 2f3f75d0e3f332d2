"""The engine's door without the rest of an engine: real sockets, a real desk, and the process that checks passwords."""

from __future__ import annotations

import atexit
import contextlib
import select
import threading
import time
from collections.abc import Iterator
from functools import cache
from typing import Any

from hub.core.nodes.engine_away import Absence, Absences
from hub.door.desk import Desk, Times
from hub.door.server import Door
from hub.sign_in.checking import Checker
from tests.support.hub import House

PATIENCE_S = 90


@cache
def checker() -> Checker:
    """One for all: it takes a while to start."""
    one = Checker()
    atexit.register(one.close)
    return one


class OpenDoor:
    """Answers whoever asks the engine of a house, in a thread of its own, until it is closed."""

    def __init__(self, house: House) -> None:
        self._door = Door(house.hub.layout.doors)
        self._clock = house.clock
        self.absences = Absences()
        """There was no engine from the newest entry on until now."""
        newest = house.engine.look()[0].meta.newest_time
        self.absences.add(Absence(newest, house.clock()))
        self._desk = Desk(
            house.service(),
            house.database,
            checker(),
            lambda: Times(house.clock(), time.monotonic_ns() // 1_000_000),
            lambda: house.hub.key("admin").public,
            absences=self.absences,
        )
        self._ends = threading.Event()
        self.broken: list[BaseException] = []
        self._door.open()
        self._thread = threading.Thread(target=self._run, name="door", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """The engine is away: nobody listens."""
        self._ends.set()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        self._desk.tell(at_once=True)
        self._door.close()

    def _run(self) -> None:
        try:
            while not self._ends.is_set():
                self._turn()
        except BaseException as error:
            self.broken.append(error)
            raise

    def _turn(self) -> None:
        readers, writers = self._door.waits()
        reading: list[Any] = [*readers, *checker().sockets]
        select.select(reading, writers, [], 0.0 if self._door.lined_up else 0.05)
        mono = time.monotonic_ns() // 1_000_000
        self.absences.turned(self._clock(), mono)
        for ticket in self._door.hear(mono):
            answer = self._desk.ask(ticket.asker, ticket.asked, ticket)
            if answer is not None:
                self._door.answer(ticket, answer, mono)
        for ticket, answer in self._desk.later():
            self._door.answer(ticket, answer, mono)
        self._desk.tell()
        self._desk.tidy()


@contextlib.contextmanager
def open_door(house: House) -> Iterator[OpenDoor]:
    """The engine of this house can be asked."""
    door = OpenDoor(house)
    try:
        yield door
    finally:
        if not door._ends.is_set():
            door.close()
    assert not door.broken
