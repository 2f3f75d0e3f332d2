"""A hub that is installed below a folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.admin import first_papers, install
from hub.site_directory.broker import BrokerSettings
from hub.site_directory.hub import open_hub
from hub.site_directory.layout import Layout
from hub.store import schema
from tests.support.installed import set_rights
from tests.support.ports import free_port


@pytest.fixture
def root() -> Iterator[Path]:
    """A folder as the root of a file system; other users may enter it, unlike pytest's."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        install.install(Path(name), lambda _: None)
        yield Path(name)


@pytest.fixture
def installed(root: Path) -> Layout:
    """A new site in its place below the root, with the owners and modes of a real one."""
    wanted = BrokerSettings("bureau", ("192.168.10.2",), "127.0.0.1", free_port())
    layout = first_papers.init(root / "var/lib/strongroom", wanted, datetime.now(UTC))
    schema.prepare(open_hub(layout.root).database(writes=True))
    set_rights(root)
    return layout
