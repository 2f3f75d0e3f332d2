"""What the tests of the notifying service share: a hub whose alarms are to be sent, and one desk and clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.phone.modem import SimulatedModem
from hub.notify.hub_access import Desk
from tests.support.hub import House, make_hub
from wire import messages as m


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A hub with short messages, mail and a log server, and nothing said yet."""
    house = make_hub(tmp_path)
    house.fact(m.NotifyStarted(version="test", channels=("console", "sms", "email", "syslog")), "notify")
    return house


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    """The hands of a worker called "one"."""
    desk = make_desk(house, "one")
    yield desk
    desk.close()


@pytest.fixture
def modem() -> Iterator[SimulatedModem]:
    """A modem in a network that reports what it delivers."""
    with SimulatedModem() as modem:
        yield modem


def make_desk(house: House, worker: str) -> Desk:
    return Desk(house.hub, worker, house.clock, lambda _size: None)
