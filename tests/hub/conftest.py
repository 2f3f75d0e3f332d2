"""What the tests of the hub share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.broker import Broker, make_site


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """The running broker of a new site."""
    make_site(tmp_path / "site")
    running = Broker(tmp_path / "site")
    running.start()
    yield running
    running.stop()
