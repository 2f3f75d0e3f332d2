from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.firmware.house import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A site's directory with one simulated node, not enrolled yet."""
    made = House(tmp_path / "site")
    yield made
    made.end()
