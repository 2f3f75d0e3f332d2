"""A site that an earlier version made has no papers for what this one adds, and keys that sign nothing any more."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.site_directory.layout import Layout
from tests.support import commands
from tests.support.broker import Broker
from tests.support.hub import make_hub
from tests.support.party import Party
from wire import keys, topics


@pytest.fixture
def earlier(tmp_path: Path) -> Layout:
    """A site as it was before the engine had a second connection."""
    house = make_hub(tmp_path)
    house.database.dispose()
    layout = house.hub.layout
    for path in layout.papers(topics.SLOW)[1:]:
        path.unlink()
    rules = layout.broker / "acl"
    rules.write_text(rules.read_text().replace(topics.SLOW, "engine-none"))
    return layout


def test_the_engine_names_the_command_and_after_it_the_broker_lets_it_listen(earlier: Layout) -> None:
    refused = commands.run("hub", earlier.root, "hub", "engine", code=77)
    (line,) = refused.stderr.splitlines()
    assert "engine-slow.crt" in line
    assert "strongroom hub migrate" in line
    before = {path: path.read_bytes() for path in earlier.hub.rglob("*.key")}
    assert topics.SLOW in commands.run("hub", earlier.root, "hub", "migrate", code=0).stdout
    assert before.items() <= {path: path.read_bytes() for path in earlier.hub.rglob("*.key")}.items()
    assert "user engine-slow\n" in (earlier.broker / "acl").read_text()
    broker = Broker(earlier.root)
    broker.start()
    Party(topics.SLOW, broker.port, earlier.papers(topics.SLOW)).join().leave()
    broker.stop()
    assert commands.run("hub", earlier.root, "hub", "migrate", code=0).stdout == ""


def test_record_keys_of_services_that_sign_no_more_are_taken_away_by_the_same_command(earlier: Layout) -> None:
    for name in ("console", "notify"):
        keys.save(keys.make(f"strongroom/demo/{name}/record"), earlier.record_key(name))
        earlier.public_key(name).write_text("its public half\n")
    told = commands.run("hub", earlier.root, "hub", "migrate", code=0).stdout
    for name in ("console", "notify"):
        assert f"the record key of {name} signs nothing any more and is removed" in told
    assert {path.name for path in earlier.keys.iterdir()} == {
        *("engine.key", "engine.pub", "admin.key", "admin.pub"),
        *("badge.key", "checkpoint.pub"),
    }
