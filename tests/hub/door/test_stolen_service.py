"""Whoever owns the process of the console, or of the notifying service, asks the engine for whatever he likes."""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.core.state import Alarm, Notice
from hub.door import protocol
from hub.door.caller import Caller
from hub.door.protocol import Asked, Refused, Say, SignedIn, SignIn, TryLater
from hub.door.server import CONNECTIONS, Door
from hub.site_directory.layout import Asker
from hub.store import queries
from tests.support.door import open_door
from tests.support.hub import PASSWORD, House, make_hub
from wire import local_socket
from wire import messages as m


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = make_hub(tmp_path, nodes=("archive-1",))
    house.fact(m.NodeSilent(node="archive-1", last_heard=None, sealed=()))
    with open_door(house):
        yield house


def says(house: House, asker: Asker, *said: m.FactData) -> protocol.AnyAnswer:
    return Caller(house.hub.layout.door(asker)).ask(Say(said=said))


def shows_a_password(house: House, asker: Asker, password: str, login: str = "wangfang") -> protocol.AnyAnswer:
    return Caller(house.hub.layout.door(asker)).ask(SignIn(login=login, password=password))


# ---------------------------------------------------------------- what was never judged


@pytest.mark.parametrize("part", ["fold", "follows"])
def test_no_service_says_of_an_entry_before_its_own_that_it_changes_nothing(house: House, part: m.FailedPart) -> None:
    """No later fold of the journal would take that entry in, whatever it is: an alarm, or a sealing."""
    said = m.NotJudged(place="hub", what="alarm-raised", why="a fault", part=part)
    for asker in ("console", "notify"):
        assert says(house, asker, said) == Refused("not-allowed", "not-judged")


def test_no_service_raises_the_alarm_of_a_fault_at_another_place_than_the_hub(house: House) -> None:
    said = m.NotJudged(place="archive-1", what="opened", why="a fault", part="rule")
    assert says(house, "console", said) == Refused("not-allowed", "not-judged")


def test_a_fault_of_its_own_carries_nothing_past_what_the_kind_is_checked_for(house: House) -> None:
    fault = m.NotJudged(place="hub", what="letters", why="a fault", part="rule")
    called = m.CalledMeanwhile(
        call=99, alarms=(), step=7, round=7, channel="sms", person=None, at=house.clock(), notice=1
    )
    assert says(house, "notify", fault, called) == Refused("not-allowed", "not-judged")
    assert says(house, "notify", fault, m.NoticeHanded(notice=99, attempt=1, repeat=False, awaits=False)) == Refused(
        "not-allowed", "not-judged"
    )
    state = house.engine.look()[0]
    assert [alarm.what for alarm in state.all(Alarm)] == ["node-silent"]
    assert not state.find(Notice, 99)


# ---------------------------------------------------------------- passwords


def test_wrong_tries_at_a_stolen_console_keep_nobody_from_the_command_line(house: House) -> None:
    for _ in range(6):
        answer = shows_a_password(house, "console", "wrong")
    assert isinstance(answer, TryLater)
    assert isinstance(shows_a_password(house, "admin", PASSWORD), SignedIn)


def test_a_console_that_shows_passwords_on_and_on_takes_none_of_roots_places(house: House) -> None:
    lines = [local_socket.call(house.hub.layout.door("console"), 30) for _ in range(CONNECTIONS)]
    ends = threading.Event()

    def floods(line: socket.socket, login: str) -> None:
        while not ends.is_set():
            ask = SignIn(login=login, password="wrong", address=secrets.token_hex(8))
            line.sendall(protocol.pack(Asked(v=protocol.VERSION, id=secrets.token_hex(8), ask=ask)))
            line.recv(65_536)

    threads = [
        threading.Thread(target=floods, args=(line, f"nobody-{number}"), daemon=True)
        for number, line in enumerate(lines)
    ]
    for thread in threads:
        thread.start()
    try:
        for _ in range(5):
            assert isinstance(shows_a_password(house, "admin", PASSWORD), SignedIn)
    finally:
        ends.set()
        for thread in threads:
            thread.join(60)


# ---------------------------------------------------------------- turns


def test_what_one_service_calls_urgent_keeps_no_other_waiting(tmp_path: Path) -> None:
    door = Door({"console": tmp_path / "console.sock", "admin": tmp_path / "admin.sock"})
    door.open()
    acknowledge = protocol.Act(token="t" * 43, wanted=(m.AlarmAcknowledged(alarm=1),))
    lines = [local_socket.call(tmp_path / "console.sock", 10) for _ in range(CONNECTIONS - 1)]
    root = local_socket.call(tmp_path / "admin.sock", 10)
    for number, line in enumerate(lines):
        line.sendall(protocol.pack(Asked(v=protocol.VERSION, id=f"urgent-{number}", ask=acknowledge)))
    root.sendall(protocol.pack(Asked(v=protocol.VERSION, id="root", ask=protocol.SignOut(token="t" * 43))))
    try:
        heard = [one.asked.id for one in door.hear(0)]
        assert "root" in heard
        assert heard[-1] == "root", "the urgent ones go first"
    finally:
        door.close()
        for line in (*lines, root):
            line.close()


def test_the_size_of_the_journal_is_what_it_was_after_all_of_that_was_refused(house: House) -> None:
    size = house.read(queries.size)
    says(house, "console", m.NotJudged(place="hub", what="x", why="x", part="fold"))
    says(house, "notify", m.AlarmShown(alarm=1))
    assert house.read(queries.size) == size
