"""Two engines on one database would each throw the other out of the broker: the second does not start."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from hub.site_directory.layout import Layout
from hub.store import alone, session
from hub.store.alone import AlreadyRunning
from tests.support import commands
from tests.support.hub import House, make_hub
from tests.support.ports import free_port


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> House:
    url = request.getfixturevalue("postgres").new_database() if request.param == "postgresql" else ""
    return make_hub(tmp_path, settings=f'database = "{url}"\n\n[console]\nport = {free_port()}\n')


def test_a_second_engine_from_a_copied_folder_says_one_sentence_and_ends(house: House, tmp_path: Path) -> None:
    copy = Layout(tmp_path / "copy")
    shutil.copytree(house.hub.layout.root, copy.root)
    copy.settings.write_text(f'database = "{house.hub.database_url}"\n')
    with alone.engine_of(house.hub.database()):
        done = commands.run("hub", copy.root, "hub", "engine", code=75)
    (line,) = done.stderr.splitlines()
    assert "another engine runs on the database" in line
    assert "postgres:" not in line, "no password is shown"


def test_when_the_first_has_ended_the_next_may_begin(house: House) -> None:
    with alone.engine_of(house.hub.database()), pytest.raises(AlreadyRunning), alone.engine_of(house.hub.database()):
        pass
    with alone.engine_of(house.hub.database()) as still_alone:
        still_alone()


@pytest.mark.postgres
@pytest.mark.parametrize("house", ["postgresql"], indirect=True)
def test_an_engine_whose_lock_is_gone_does_not_go_on(house: House) -> None:
    with pytest.raises(SQLAlchemyError), alone.engine_of(house.hub.database()) as still_alone:  # noqa: PT012
        with session.writing(house.database) as connection:
            connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"))
        still_alone()
