"""What the tests of the notifying service share: a hub whose alarms are to be sent, an engine that is told at once what
this service has seen, and one access and clock."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from demo.phone.modem import SimulatedModem
from hub.notify.hub_access import HubAccess, Own, open_own
from hub.notify.teller import Teller
from tests.support.door import OpenDoor, open_door
from tests.support.hub import House, make_hub
from wire import messages as m


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A hub with short messages, mail and a log server, and nothing said yet."""
    house = make_hub(tmp_path)
    house.fact(m.NotifyStarted(version="test", channels=("console", "sms", "email", "syslog")), "notify")
    return house


@pytest.fixture
def door(house: House) -> Iterator[OpenDoor]:
    """The engine of the house can be asked."""
    with open_door(house) as door:
        yield door


@pytest.fixture
def own(house: House, door: OpenDoor) -> Own:
    """What is the service's own; the engine is told at once."""
    own = open_own(house.hub, house.clock)
    teller = Teller(house.hub.layout.door("notify"), own)
    own.spool.wake = partial(tell, teller)
    return own


@pytest.fixture
def access(house: House, own: Own) -> Iterator[HubAccess]:
    """The hands of a worker called "one"."""
    access = make_access(house, own, "one")
    yield access
    access.close()


@pytest.fixture
def modem() -> Iterator[SimulatedModem]:
    """A modem in a network that reports what it delivers."""
    with SimulatedModem() as modem:
        yield modem


def tell(teller: Teller) -> None:
    teller.tell()


def make_access(house: House, own: Own, worker: str) -> HubAccess:
    return HubAccess(house.hub, own, worker, house.clock)
