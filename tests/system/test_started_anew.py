"""The real processes of notices and console say in the journal that they run, and that they were told to stop: whoever
is killed, or fails at its start, has not said so."""

from __future__ import annotations

import contextlib
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.core.nodes.restarts import IN_A_ROW
from hub.core.state import Alarm
from hub.store import queries
from tests.support.door import open_door
from tests.support.hub import House, make_hub
from tests.system.demo import PATIENCE_S, command, environment, wait_until
from wire import messages as m


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A hub whose engine can be asked: they tell it."""
    house = make_hub(tmp_path)
    with open_door(house):
        yield house


@contextlib.contextmanager
def serving(house: House, service: str) -> Iterator[subprocess.Popen[bytes]]:
    root = house.hub.layout.root
    with root.joinpath(f"{service}.log").open("ab") as log:
        words = command("hub", root, "hub", service)
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment())
    try:
        yield process
    finally:
        process.kill()
        process.wait(PATIENCE_S)


def said(house: House, service: str) -> list[str]:
    kinds = [f"{service}-started", f"{service}-stopped"]
    return [row.kind for row in house.read(lambda connection: queries.journal(connection, kind=kinds))]


@pytest.mark.parametrize("service", ["notify", "console"])
def test_who_is_killed_has_not_said_that_it_stops_and_who_is_told_to_has(house: House, service: str) -> None:
    began, ended = f"{service}-started", f"{service}-stopped"
    with serving(house, service):
        wait_until(lambda: said(house, service) == [began], "the first start")
    with serving(house, service) as process:
        wait_until(lambda: said(house, service) == [began] * 2, "the second")
        if service == "console":
            wait_until(lambda: answers(house.hub.settings.console.port), "its pages")
        process.terminate()
        process.wait(PATIENCE_S)
    wait_until(lambda: said(house, service) == [began, began, ended], "that it was told to stop")


def test_a_console_that_cannot_be_reached_under_its_own_port_calls_people(house: House) -> None:
    for _ in range(IN_A_ROW):
        house.fact(m.ConsoleStarted(version="test"), "console")
    with (
        socket.create_server(("0.0.0.0", house.hub.settings.console.port)),
        serving(house, "console") as process,
    ):
        assert process.wait(PATIENCE_S) != 0
    (alarm,) = house.engine.look()[0].all(Alarm)
    assert (alarm.what, alarm.place) == ("service-restarts", "hub console")


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
