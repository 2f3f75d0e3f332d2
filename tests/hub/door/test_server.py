"""The engine's door and those who call at it: the console, in order or not, on a real socket."""

from __future__ import annotations

import contextlib
import secrets
import socket
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.door import protocol
from hub.door.protocol import Asked, Done
from hub.door.server import AT_ONCE, CONNECTIONS, STALLED_MS, Door, Ticket
from wire import local_socket
from wire import messages as m

ACKNOWLEDGE = protocol.Act(token="t" * 43, wanted=(m.AlarmAcknowledged(alarm=1),))
SHIFT = protocol.Act(token="t" * 43, wanted=(m.ShiftRemoved(shift=1),))


class Caller:
    """Somebody at the console's socket who sends what he likes."""

    def __init__(self, path: Path) -> None:
        self.line = local_socket.call(path, 10)

    def sends(self, what: bytes) -> None:
        self.line.sendall(what)

    def asks(self, ask: protocol.AnyRequest = SHIFT) -> str:
        number = secrets.token_hex(8)
        self.sends(protocol.pack(Asked(v=protocol.VERSION, id=number, ask=ask)))
        return number

    def hears(self) -> protocol.AnyAnswer | None:
        """The next answer; None when the connection has ended."""
        came = b""
        while (whole := protocol.length(came, protocol.LARGEST_ANSWER)) is None or len(came) < whole:
            try:
                chunk = self.line.recv(65_536)
            except ConnectionResetError:  # what we had sent was not read
                return None
            if not chunk:
                return None
            came += chunk
        return protocol.read_answer(came[protocol.HEADER : whole])


class House:
    """A door whose time goes on when it is told to."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "console" / "engine.sock"
        self.door = Door({"console": self.path})
        self.door.open()
        self.now = 0

    def caller(self) -> Caller:
        one = Caller(self.path)
        self.hear()
        return one

    def hear(self) -> list[Ticket]:
        return self.door.hear(self.now)

    def answer(self, ticket: Ticket, size: int = 7) -> None:
        self.door.answer(ticket, Done(size), self.now)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.door.close()


def test_a_request_is_heard_and_its_answer_comes_back(house: House) -> None:
    console = house.caller()
    number = console.asks()
    (ticket,) = house.hear()
    assert (ticket.asker, ticket.asked.id, ticket.asked.ask) == ("console", number, SHIFT)
    house.answer(ticket, size=12)
    assert console.hears() == Done(12)


def test_a_request_may_come_byte_by_byte(house: House) -> None:
    console = house.caller()
    whole = protocol.pack(Asked(v=protocol.VERSION, id="1", ask=SHIFT))
    for at in range(len(whole)):
        assert house.hear() == []
        console.sends(whole[at : at + 1])
    assert len(house.hear()) == 1


def test_who_waits_for_an_answer_is_asked_nothing_more_until_it_has_come(house: House) -> None:
    console = house.caller()
    console.asks()
    console.asks()
    (first,) = house.hear()
    assert house.hear() == []
    house.answer(first)
    assert len(house.hear()) == 1


def test_an_acknowledgement_goes_before_all_that_came_earlier(house: House) -> None:
    callers = [house.caller() for _ in range(AT_ONCE + 4)]
    for caller in callers[:-1]:
        caller.asks(SHIFT)
    callers[-1].asks(ACKNOWLEDGE)
    first = house.hear()
    assert first[0].asked.ask == ACKNOWLEDGE
    assert len(first) == AT_ONCE
    assert house.door.lined_up
    assert len(house.hear()) == 4
    assert not house.door.lined_up


def test_what_was_lined_up_is_still_there_when_its_turn_comes_though_whoever_asked_is_gone(house: House) -> None:
    console = house.caller()
    console.asks()
    (ticket,) = house.hear()
    console.line.close()
    house.hear()
    house.answer(ticket)
    other = house.caller()
    other.asks()
    (ticket,) = house.hear()
    house.answer(ticket)
    assert other.hears() == Done(7)


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00\x00\x00\x00",
        b"\xff\xff\xff\xff",
        b"GET / HTTP/1.1\r\n\r\n",
        (2).to_bytes(4, "big") + b"{}",
        (4).to_bytes(4, "big") + b"\xff\xfe\xfd\xfc",
        (200_000).to_bytes(4, "big") + b"[" * 200_000,
        protocol.pack(Asked(v=2, id="1", ask=SHIFT)),
        protocol.pack(Asked(v=1, id="../1", ask=SHIFT)),
    ],
)
def test_what_cannot_be_understood_is_said_to_be_so_and_ends_the_connection(house: House, sent: bytes) -> None:
    console, other = house.caller(), house.caller()
    console.line.setblocking(False)
    while sent or not house.door.refused:
        if sent:
            sent = sent[console.line.send(sent) :]
        assert house.hear() == []
    console.line.settimeout(10)
    assert isinstance(console.hears(), protocol.NotUnderstood)
    house.hear()
    assert console.hears() is None
    assert house.door.refused == 1
    other.asks()
    assert len(house.hear()) == 1


def test_who_begins_a_request_and_does_not_go_on_is_ended(house: House) -> None:
    console = house.caller()
    console.sends(b"\x00\x00")
    house.hear()
    house.now += STALLED_MS + 1
    house.hear()
    assert console.hears() is None


def test_who_is_idle_may_be_so_for_as_long_as_he_likes(house: House) -> None:
    console = house.caller()
    house.now += 86_400_000
    house.hear()
    console.asks()
    assert len(house.hear()) == 1


def test_who_takes_no_answer_costs_the_others_nothing_and_is_ended(house: House) -> None:
    console, other = house.caller(), house.caller()
    console.line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    console.asks()
    (ticket,) = house.hear()
    large = tuple(m.AlarmShown(alarm=number) for number in range(20_000))
    house.door.answer(ticket, Done(1, large), house.now)
    assert house.door.waits()[1], "it waits to be written"
    other.asks()
    (ticket,) = house.hear()
    house.answer(ticket)
    assert other.hears() == Done(7)
    house.now += STALLED_MS + 1
    house.hear()
    assert not house.door.waits()[1]


def test_more_callers_than_there_is_room_for_push_out_idle_ones_only(house: House) -> None:
    busy = house.caller()
    busy.asks()
    (ticket,) = house.hear()
    callers = [house.caller() for _ in range(CONNECTIONS + 20)]
    house.answer(ticket)
    assert busy.hears() == Done(7)
    callers[-1].asks()
    assert len(house.hear()) == 1


def test_who_asks_and_hangs_up_over_and_over_fills_no_memory(house: House) -> None:
    """What was not taken in waits in the kernel, and no loop turns for it."""
    heard: list[Ticket] = []
    for _ in range(CONNECTIONS + 20):
        caller = Caller(house.path)
        caller.asks()
        caller.line.close()
        heard += house.hear()
    for _ in range(CONNECTIONS):
        heard += house.hear()
    assert len(heard) == CONNECTIONS
    assert house.door.waits() == ([], [])
    for ticket in heard:
        house.answer(ticket)
    assert house.hear(), "the rest has its turn"


def test_the_socket_of_an_engine_that_was_killed_is_in_nobodys_way(house: House) -> None:
    again = Door({"console": house.path})
    again.open()
    caller = Caller(house.path)
    caller.asks()
    assert len(again.hear(0)) == 1
    again.close()


def test_nobody_but_owner_and_group_may_call(house: House) -> None:
    assert house.path.stat().st_mode & 0o777 == 0o660


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(chunks=st.lists(st.binary(max_size=200), max_size=6))
def test_whatever_is_sent_the_door_goes_on(house: House, chunks: list[bytes]) -> None:
    console = house.caller()
    for chunk in chunks:
        try:
            console.sends(chunk)
        except OSError:
            break
        for ticket in house.hear():
            house.answer(ticket)
    console.line.close()
    other = house.caller()
    other.asks()
    (ticket,) = house.hear()
    house.answer(ticket)
    assert other.hears() == Done(7)
    other.line.close()


@given(body=st.binary(max_size=300) | st.text(string.printable).map(str.encode))
def test_reading_a_request_or_an_answer_answers_or_refuses(body: bytes) -> None:
    for read in (protocol.read_request, protocol.read_answer):
        with contextlib.suppress(protocol.Foreign, protocol.NotValid):
            read(body)
