"""By which URL a process of the hub reaches the database."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.site_directory.hub import open_hub
from tests.support.hub import House, make_hub


@pytest.fixture
def house(tmp_path: Path) -> House:
    return make_hub(tmp_path)


def test_a_process_with_a_url_of_its_own_goes_by_that_and_all_others_by_the_settings(house: House) -> None:
    layout = house.hub.layout
    layout.settings.write_text('database = "postgresql+psycopg://all@/strongroom"\n')
    layout.database_urls.mkdir()
    layout.database_url("console").write_text("postgresql+psycopg://console@/strongroom\n")
    assert open_hub(layout.root, "console").database_url == "postgresql+psycopg://console@/strongroom"
    for other in ("engine", "notify", "admin"):
        assert open_hub(layout.root, other).database_url == "postgresql+psycopg://all@/strongroom"


def test_without_any_it_is_the_file_in_the_hubs_folder(house: House) -> None:
    layout = house.hub.layout
    layout.settings.unlink(missing_ok=True)
    assert open_hub(layout.root, "engine").database_url == f"sqlite:///{layout.database}"
