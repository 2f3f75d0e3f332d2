"""The simulated cable: pulled, it hangs as a real one does; pushed in again, it goes on."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from firmware.devices.simulated.cable import Cable, is_here
from tests.firmware.house import PATIENCE_S, until
from tests.support.ports import free_port


class Echo:
    """A broker that says back what it hears."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.heard = b""
        self.line: socket.socket | None = None
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                self.line, _ = self._listening.accept()
            except OSError:
                return
            with contextlib.suppress(OSError):  # broken, or closed by the test
                while data := self.line.recv(4096):
                    self.heard += data
                    self.line.sendall(data)
            self.line.close()

    def close(self) -> None:
        self._listening.close()
        if self.line:
            self.line.close()


@pytest.fixture
def broker() -> Iterator[Echo]:
    made = Echo()
    yield made
    made.close()


@pytest.fixture
def cable(broker: Echo) -> Iterator[Cable]:
    made = Cable("localhost", broker.port, pulled=False)
    yield made
    made.close()


def connect(cable: Cable) -> socket.socket:
    return socket.create_connection(("127.0.0.1", cable.port), PATIENCE_S)


def test_while_it_is_in_everything_passes(cable: Cable) -> None:
    with connect(cable) as line:
        line.sendall(b"hello")
        assert line.recv(100) == b"hello"


def test_pulled_it_passes_nothing_and_closes_nothing_and_then_goes_on(cable: Cable, broker: Echo) -> None:
    with connect(cable) as line:
        line.sendall(b"before ")
        assert line.recv(100) == b"before "
        cable.pull()
        line.sendall(b"during ")
        line.settimeout(0.3)
        with pytest.raises(TimeoutError):
            line.recv(100)
        assert broker.heard == b"before "
        cable.push()
        line.settimeout(PATIENCE_S)
        assert line.recv(100) == b"during "


def test_a_new_connection_while_it_is_out_hangs_until_it_is_in(cable: Cable, broker: Echo) -> None:
    cable.pull()
    with connect(cable) as line:
        line.sendall(b"anybody?")
        line.settimeout(0.3)
        with pytest.raises(TimeoutError):
            line.recv(100)
        cable.push()
        line.settimeout(PATIENCE_S)
        assert line.recv(100) == b"anybody?"


def test_it_may_be_out_from_the_start(broker: Echo) -> None:
    cable = Cable("localhost", broker.port, pulled=True)
    with connect(cable) as line:
        line.sendall(b"x")
        line.settimeout(0.2)
        with pytest.raises(TimeoutError):
            line.recv(1)
    cable.close()


def test_the_end_of_one_side_is_the_end_of_the_other(cable: Cable, broker: Echo) -> None:
    with connect(cable) as line:
        line.sendall(b"x")
        assert line.recv(1) == b"x"
        assert broker.line is not None
        broker.line.shutdown(socket.SHUT_RDWR)
        assert line.recv(1) == b""


def test_a_broker_that_is_away_closes_the_connection(broker: Echo) -> None:
    cable = Cable("localhost", free_port(), pulled=False)
    with connect(cable) as line:
        assert line.recv(1) == b""
    cable.close()


def test_a_broker_on_another_machine_is_told_from_one_here() -> None:
    assert is_here("localhost")
    assert is_here("127.0.0.1")
    assert not is_here("192.0.2.1")
    until(lambda: not is_here("no such host.invalid"), "an unknown host is not here")
