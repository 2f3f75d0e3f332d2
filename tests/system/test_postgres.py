"""A whole demonstration on PostgreSQL."""

from collections.abc import Callable
from pathlib import Path

import pytest

from demo.site import make_site
from hub.site_directory.layout import Layout
from tests.support.postgres import Postgres
from tests.system.demo import LI, WANG, ZHANG, Demo, call, whole


@pytest.mark.postgres
def test_a_site_on_postgresql_by_its_url_keeps_the_same_promises(
    postgres: Postgres, tmp_path: Path, own: Callable[[Demo], Demo]
) -> None:
    directory = tmp_path / "site"
    directory.mkdir(mode=0o700)
    make_site.make(Layout(directory), postgres.new_database())
    demo = own(Demo(directory)).start()
    assert not Layout(directory).database.exists()
    demo.opens_up("archive", ZHANG, LI)
    demo.seals("archive", ZHANG, WANG)
    demo.opens("archive/corridor-door")
    assert demo.alarm("opened-while-sealed", "archive/corridor-door").priority == 1
    demo.kill("engine")
    demo.closes("archive/corridor-door")
    demo.entry("alarm-returned")
    assert sum(whole(demo, node) for node in demo.names.nodes) > 12
    assert "0 rows differ" in call("hub", directory, "hub", "rebuild")
    assert demo.stop() == 0

    # The same directory goes on on the same database.
    assert demo.start().state().area("archive").state == "sealed"
