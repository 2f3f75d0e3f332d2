"""Whoever is erased at the hub is erased in the notifying service's own file as well: its very bytes are read."""

from __future__ import annotations

import sqlite3

import pytest

from hub.door.protocol import Answered
from hub.notify.channels.channel import Answered as Heard
from hub.notify.channels.channel import Part
from hub.notify.hub_access import HubAccess, Own, open_own
from hub.notify.parts import Parts
from hub.notify.standin import StandIn
from hub.store import erasing
from tests.hub.notify.conftest import make_access
from tests.support.hub import House

HERS, HIS = "+8613800000003", "+8613800000008"


class Service:
    """The notifying service of a house whose engine is away, so that nothing of its file is told."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.own: Own = open_own(house.hub, house.clock)
        self.access: HubAccess = make_access(house, self.own, "main")
        self.stand_in = StandIn(house.hub, self.own, lambda: self.access, house.clock, ("sms",))

    def turn(self) -> None:
        self.stand_in.turn(self.access)

    def keeps(self) -> None:
        """Parts to both of them are under way, and answers of both wait for the engine."""
        Parts(self.own.file).sent(7, [Part(1, HERS), Part(2, HIS)], self.house.clock())
        for number in (HERS, HIS):
            self.access.hear(Heard(number, "7", sent_at=self.house.clock()))

    def ends(self) -> None:
        self.access.close()
        self.own.file.close()

    @property
    def senders(self) -> list[str]:
        return [one.request.sender for one in self.own.spool.all() if isinstance(one.request, Answered)]


def on_disk(house: House, what: str) -> bool:
    files = [one for one in house.hub.layout.notify_file.parent.rglob("*") if one.is_file()]
    assert any(one.stat().st_size for one in files)
    return any(what.encode() in one.read_bytes() for one in files)


def erases(house: House, person: int = 1003) -> None:
    house.change(lambda connection: erasing.erase(connection, person))


@pytest.fixture
def service(house: House) -> Service:
    service = Service(house)
    service.turn()
    service.keeps()
    service.turn()
    assert on_disk(house, HERS)
    return service


def test_the_number_of_whoever_is_erased_is_gone_from_the_disk_at_the_next_turn(service: Service, house: House) -> None:
    erases(house)
    service.turn()
    assert not on_disk(house, HERS)
    assert service.senders == [HIS]
    assert on_disk(house, HIS)


def test_also_while_the_engine_is_silent(service: Service, house: House) -> None:
    service.stand_in.silent = 11_000
    service.turn()
    erases(house)
    service.turn()
    assert not on_disk(house, HERS)


def test_who_was_erased_while_the_service_was_stopped_is_forgotten_when_it_starts(
    service: Service, house: House
) -> None:
    service.ends()
    erases(house)
    assert on_disk(house, HERS)
    Service(house).turn()
    assert not on_disk(house, HERS)


def test_a_file_that_was_damaged_and_set_aside_keeps_no_number_either(service: Service, house: House) -> None:
    service.ends()
    path = house.hub.layout.notify_file
    path.write_bytes(b"no database " + HERS.encode())
    erases(house)
    born = Service(house)
    assert on_disk(house, HERS)
    born.turn()
    assert not on_disk(house, HERS)


def test_while_somebody_reads_the_file_it_is_tried_again(service: Service, house: House) -> None:
    reader = sqlite3.connect(house.hub.layout.notify_file)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM part").fetchall()
    erases(house)
    service.turn()
    reader.close()
    service.turn()
    assert not on_disk(house, HERS)


def test_of_a_text_that_is_no_answer_nothing_is_kept(service: Service, house: House) -> None:
    service.access.hear(Heard(HIS, "王芳 is on her way", sent_at=house.clock()))
    assert not on_disk(house, "王芳")
    assert len(service.senders) == 3, "the engine counts it as one that is none"
