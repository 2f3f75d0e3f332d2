"""A real engine is killed over and over while all who may ask it: what was asked for is done once, whenever that was.
The steps of a request by name are in test_killed_at_each_step.py."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from hub.door import protocol
from hub.door.caller import Caller
from hub.site_directory.layout import Asker
from hub.store import queries
from tests.support import dying
from tests.support.hub import House, make_hub
from wire import messages as m

PATIENCE_S = 90
SAYS: Mapping[Asker, Callable[[int], m.FactData]] = {
    "console": lambda count: m.SignInFailed(count=count),
    "notify": lambda count: m.AnswersRefused(channel="sms", reason="not-understood", count=count),
    "admin": lambda count: m.SignInFailed(count=count),
}
KILLS = 4


class Engines:
    """One engine after another on the same site."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._process = self._start()

    def _start(self) -> dying.Process:
        process = dying.start(self._house.hub.layout.root, ("hub", "engine"))
        with closing(Caller(self._house.hub.layout.door("admin"))) as admin:
            admin.ask(protocol.SignOut(token="t" * 43), patience_s=PATIENCE_S)
        return process

    def kill(self) -> None:
        """As a power cut would, and start the next."""
        self._process.kill()
        self._process.join(PATIENCE_S)
        self._process = self._start()

    def close(self) -> None:
        dying.stop(self._process)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return make_hub(tmp_path)


@pytest.fixture
def engines(house: House) -> Iterator[Engines]:
    with closing(Engines(house)) as engines:
        yield engines


class Somebody(threading.Thread):
    """Says one thing after the other, each a number higher, and asks until it is answered."""

    def __init__(self, house: House, asker: Asker, number: int) -> None:
        super().__init__()
        self._path = house.hub.layout.door(asker)
        self._say = SAYS[asker]
        self._first = number * 1_000_000
        self.ends = threading.Event()
        self.done: list[int] = []

    def run(self) -> None:
        with closing(Caller(self._path)) as caller:
            while not self.ends.is_set():
                count = self._first + len(self.done) + 1
                caller.do(protocol.Say(said=(self._say(count),)), patience_s=PATIENCE_S)
                self.done.append(count)


def counts(house: House) -> list[int]:
    """The numbers of all that was said, as they stand in the journal."""
    rows = house.read(lambda connection: queries.journal(connection, limit=100_000))
    return [row.data.count for row in rows if isinstance(row.data, m.SignInFailed | m.AnswersRefused)]


def test_an_engine_that_is_killed_has_done_each_thing_once_when_it_is_back(house: House, engines: Engines) -> None:
    askers = [Somebody(house, asker, number) for number, asker in enumerate(SAYS)]
    for one in askers:
        one.start()
    chance = random.Random(13)
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.02, 0.3))  # the very moment is what is tried
        engines.kill()
    for one in askers:
        one.ends.set()
    for one in askers:
        one.join(PATIENCE_S)
        assert not one.is_alive()
    said = counts(house)
    assert sorted(said) == sorted(count for one in askers for count in one.done)
    for one in askers:
        assert [count for count in said if count in set(one.done)] == one.done
    assert min(len(one.done) for one in askers) > KILLS


ASKS = """
import sys
from pathlib import Path
from hub.door import protocol
from hub.door.caller import Caller
from wire import messages as m

caller, count = Caller(Path(sys.argv[1])), int(sys.argv[2])
print("begins", flush=True)
while True:
    count += 1
    caller.do(protocol.Say(said=(m.SignInFailed(count=count),)), patience_s=90)
    print(count, flush=True)
"""


def test_who_is_killed_while_asking_has_had_done_all_that_was_answered_and_nothing_twice(
    house: House, engines: Engines
) -> None:
    chance = random.Random(7)
    answered: list[int] = []
    for number in range(KILLS):
        command = [sys.executable, "-P", "-c", ASKS, str(house.hub.layout.door("console")), str(number * 1_000_000)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            assert process.stdout.readline() == "begins\n"
            time.sleep(chance.uniform(0.05, 0.3))  # the very moment is what is tried
            process.kill()
            answered += [int(line) for line in process.stdout if line.endswith("\n")]
    said = counts(house)
    assert len(said) == len(set(said))
    assert set(answered) <= set(said)
    assert len(set(said) - set(answered)) <= KILLS, "one was under way each time"
