"""A real engine is killed over and over while it is asked: what was asked for is done once, whenever that was."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hub.door import protocol
from hub.door.caller import Caller
from hub.store import queries
from tests.support.hub import House, make_hub
from wire import messages as m

PATIENCE_S = 90
KILLS = 8


class Engines:
    """One engine after another on the same site."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        directory = str(self._house.hub.layout.root)
        process = subprocess.Popen([sys.executable, "-P", "-m", "hub", "--dir", directory, "hub", "engine"])
        with closing(Caller(self._house.hub.layout.door("admin"))) as admin:
            admin.ask(protocol.SignOut(token="t" * 43), patience_s=PATIENCE_S)
        return process

    def kill(self) -> None:
        """As a power cut would, and start the next."""
        self._process.kill()
        self._process.wait(PATIENCE_S)
        self._process = self._start()

    def close(self) -> None:
        self._process.terminate()
        assert self._process.wait(PATIENCE_S) == 0


@pytest.fixture
def house(tmp_path: Path) -> House:
    return make_hub(tmp_path)


@pytest.fixture
def engines(house: House) -> Iterator[Engines]:
    with closing(Engines(house)) as engines:
        yield engines


class Asker(threading.Thread):
    """Says one thing after the other, each a number higher, and asks until it is answered."""

    def __init__(self, house: House, asker_number: int) -> None:
        super().__init__()
        self._path = house.hub.layout.door("console")
        self._first = asker_number * 1_000_000
        self.ends = threading.Event()
        self.done: list[int] = []

    def run(self) -> None:
        with closing(Caller(self._path)) as caller:
            while not self.ends.is_set():
                count = self._first + len(self.done) + 1
                caller.do(protocol.Say(said=(m.SignInFailed(count=count),)), patience_s=PATIENCE_S)
                self.done.append(count)


def test_an_engine_that_is_killed_has_done_each_thing_once_when_it_is_back(house: House, engines: Engines) -> None:
    askers = [Asker(house, number) for number in range(3)]
    for asker in askers:
        asker.start()
    chance = random.Random(13)
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.02, 0.3))  # the very moment is what is tried
        engines.kill()
    for asker in askers:
        asker.ends.set()
    for asker in askers:
        asker.join(PATIENCE_S)
        assert not asker.is_alive()
    said = house.read(lambda connection: queries.journal(connection, kind="sign-in-failed", limit=100_000))
    counts = [row.data.count for row in said]
    assert sorted(counts) == sorted(count for asker in askers for count in asker.done)
    for asker in askers:
        assert [count for count in counts if count in set(asker.done)] == asker.done
    assert min(len(asker.done) for asker in askers) > KILLS
