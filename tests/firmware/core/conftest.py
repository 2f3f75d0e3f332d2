from __future__ import annotations

import pytest

from tests.firmware.core.ledger import Ledger, root_of
from tests.firmware.core.stand import Stand


@pytest.fixture
def ledger() -> Ledger:
    return Ledger().open()


@pytest.fixture
def stand(ledger: Ledger) -> Stand:
    """A witness that holds and has countersigned a journal of a few entries."""
    made = Stand()
    ledger.grow(4)
    made.connects(ledger)
    assert made.heads == [(5, root_of(ledger.newest))]
    return made
