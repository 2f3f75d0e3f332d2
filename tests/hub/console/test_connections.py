"""Whoever holds connections and says nothing takes the console from nobody else."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterator

import pytest

from hub.console.base import connections
from hub.console.base.connections import Connections
from tests.hub.console.conftest import PATIENCE_S, Running
from tests.support.hub import House

FIRST = b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\n"


class Caller:
    """Somebody on the network, at an address of their own."""

    def __init__(self, house: House) -> None:
        self._to = ("127.0.0.1", house.hub.settings.console.port)
        self._context = ssl.create_default_context(cafile=str(house.hub.layout.https.authority))

    def connects(self, address: str) -> socket.socket:
        return socket.create_connection(self._to, PATIENCE_S, source_address=(address, 0))

    def secures(self, bare: socket.socket) -> ssl.SSLSocket:
        return self._context.wrap_socket(bare, server_hostname="localhost")

    def asks(self, secured: ssl.SSLSocket, text: bytes = FIRST + b"Connection: close\r\n\r\n") -> bytes:
        """All that is answered until the connection ends."""
        secured.sendall(text)
        return b"".join(iter(lambda: secured.recv(65536), b""))


def over(bare: socket.socket) -> bool:
    """Wait for the end of a connection."""
    with contextlib.suppress(ConnectionError):
        return bare.recv(1) == b""
    return True


@pytest.fixture
def caller(running: Running, house: House) -> Caller:
    return Caller(house)


@pytest.fixture
def many(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[socket.socket]]:
    """As many connections of one address as there may be, on which nothing is said; however long a test takes, none of
    them is ended for that."""
    monkeypatch.setattr(connections, "HANDSHAKE_S", 10 * PATIENCE_S)
    held = [caller.connects("127.0.0.3") for _ in range(connections.MOST_OF_ONE)]
    yield held
    for one in held:
        one.close()


def test_who_holds_many_connections_gets_no_more_and_everybody_else_does(
    caller: Caller, many: list[socket.socket]
) -> None:
    assert over(caller.connects("127.0.0.3"))
    assert b"200 OK" in caller.asks(caller.secures(caller.connects("127.0.0.2")))


def test_who_lets_one_go_may_have_another(caller: Caller, many: list[socket.socket]) -> None:
    assert over(caller.connects("127.0.0.3"))
    answer = caller.asks(caller.secures(many.pop()))
    assert b"200 OK" in answer
    assert b"200 OK" in caller.asks(caller.secures(caller.connects("127.0.0.3")))


def test_handshakes_that_fail_make_no_room_for_more(caller: Caller, many: list[socket.socket]) -> None:
    """Each gives back the one place that it took."""
    failed = many[:10]
    for one in failed:
        one.sendall(b"no TLS at all, and longer than the head of a record\r\n")
    assert all(over(one) for one in failed)
    more = [caller.connects("127.0.0.3") for _ in range(2 * len(failed))]
    secured = []
    for one in more:
        with contextlib.suppress(OSError):
            secured.append(caller.secures(one))
    assert len(secured) <= len(failed)


def test_a_connection_on_which_nothing_is_said_ends(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HANDSHAKE_S", 0.2)
    assert over(caller.connects("127.0.0.3"))


@pytest.mark.parametrize("said", [b"", FIRST], ids=["nothing", "half a request"])
def test_a_request_that_does_not_come_ends_its_connection(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(connections, "HEADERS_S", 0.2)
    secured = caller.secures(caller.connects("127.0.0.3"))
    with contextlib.suppress(ConnectionError):
        assert caller.asks(secured, said) == b""


def test_a_second_request_that_does_not_come_whole_ends_its_connection(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    secured = caller.secures(caller.connects("127.0.0.3"))
    secured.sendall(FIRST + b"\r\n")
    assert b"200 OK" in secured.recv(65536)
    monkeypatch.setattr(connections, "HEADERS_S", 0.2)
    with contextlib.suppress(ConnectionError):
        assert b"200 OK" not in caller.asks(secured, FIRST)


def test_what_comes_with_the_end_of_the_handshake_is_not_lost(caller: Caller) -> None:
    """A client of TLS 1.3 may send its request in one piece with the end of its handshake."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    bare = caller.connects("127.0.0.3")
    client = caller._context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    while True:
        try:
            client.do_handshake()
            break
        except ssl.SSLWantReadError:
            bare.sendall(outgoing.read())
            received = bare.recv(65536)
            assert received
            incoming.write(received)
    client.write(FIRST + b"Connection: close\r\n\r\n")
    bare.sendall(outgoing.read())
    answer = b""
    while b"200 OK" not in answer:
        received = bare.recv(65536)
        assert received
        incoming.write(received)
        with contextlib.suppress(ssl.SSLWantReadError):
            while more := client.read(65536):
                answer += more


def test_a_stream_and_idle_connections_count_for_the_few_that_they_are(caller: Caller) -> None:
    for _ in range(3 * connections.MOST_OF_ONE):
        assert b"200 OK" in caller.asks(caller.secures(caller.connects("127.0.0.3")))


def test_a_flood_is_told_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    held = Connections(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), lambda: now[0])
    for _ in range(connections.MOST_OF_ONE + 1000):
        held.enter("192.0.2.7")
    assert len(caplog.records) == 1
    now[0] = 60.0
    held.enter("192.0.2.7")
    assert [record.getMessage().rpartition(": ")[2] for record in caplog.records] == [
        "1 of 192.0.2.7",
        "1000 of 192.0.2.7",
    ]


def test_all_addresses_together_are_bounded_too() -> None:
    held = Connections(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), lambda: 0.0)
    entered = [held.enter(f"192.0.2.{number // 10}") for number in range(connections.MOST + 50)]
    assert sum(entered) == connections.MOST
    held.leave("192.0.2.1")
    assert held.enter("192.0.2.200")
