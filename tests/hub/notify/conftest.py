"""What the tests of the notifying service share: a hub whose alarms are to be sent, and one access and clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.phone.modem import SimulatedModem
from hub.notify.hub_access import HubAccess
from tests.support.hub import House, make_hub
from wire import messages as m


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A hub with short messages, mail and a log server, and nothing said yet."""
    house = make_hub(tmp_path)
    house.fact(m.NotifyStarted(version="test", channels=("console", "sms", "email", "syslog")), "notify")
    return house


@pytest.fixture
def access(house: House) -> Iterator[HubAccess]:
    """The hands of a worker called "one"."""
    access = make_access(house, "one")
    yield access
    access.close()


@pytest.fixture
def modem() -> Iterator[SimulatedModem]:
    """A modem in a network that reports what it delivers."""
    with SimulatedModem() as modem:
        yield modem


def make_access(house: House, worker: str) -> HubAccess:
    return HubAccess(house.hub, worker, house.clock, lambda _size: None)
