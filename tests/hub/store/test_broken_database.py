"""A database that is damaged, cut short, empty or gone: every command says one sentence that leads to the backup."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from hub.site_directory.hub import open_hub
from hub.store import schema, session
from hub.store.faults import DatabaseLost, explain
from tests.support import commands, fence
from tests.support.databases import without_guards
from tests.support.hub import House, make_hub
from tests.support.ports import free_port
from tests.support.postgres import Postgres

Damage = Callable[[Path], object]


def cut_short(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def flip(path: Path) -> None:
    """Eight bits of the first page, as a bad card does."""
    content = bytearray(path.read_bytes())
    for at in (1, 20, 30, 101, 105, 108, 110, 111):
        content[at] ^= 0xFF
    path.write_bytes(content)


def a_letter(path: Path) -> None:
    path.unlink()
    path.write_text("this is a letter\n" * 500)


DAMAGES: dict[str, Damage] = {
    "gone": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "cut short": cut_short,
    "zeroed": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "flipped": flip,
    "another program's": a_letter,
}
COMMANDS = (("status",), ("journal",), ("hub", "engine"), ("hub", "console"), ("hub", "migrate"))


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = make_hub(tmp_path)
    house.database.dispose()
    return house


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_command_leads_to_the_backup_in_one_sentence(house: House, damage: str) -> None:
    DAMAGES[damage](house.hub.layout.database)
    before = house.hub.layout.database.read_bytes() if damage != "gone" else b""
    for words in COMMANDS:
        done = commands.run("hub", house.hub.layout.root, *words)
        assert done.returncode in (65, 66), (words, done)
        (line,) = done.stderr.splitlines()
        assert line.startswith("strongroom: "), line
        assert "strongroom hub restore" in line
        assert "migrate" not in line
    # Nothing was made in its place, and nothing of what is left was touched.
    assert (house.hub.layout.database.read_bytes() if damage != "gone" else b"") == before
    assert house.hub.layout.database.exists() == (damage != "gone")


def test_a_journal_without_entries_is_no_journal_where_there_was_one(house: House) -> None:
    house.hub.layout.database.unlink()
    schema.prepare(house.hub.database(writes=True))
    done = commands.run("hub", house.hub.layout.root, "status")
    assert done.returncode == 65
    assert "is empty" in done.stderr


def test_a_head_that_says_more_than_the_journal_has_is_damage(house: House) -> None:
    with session.writing(house.database) as connection:
        connection.execute(text("UPDATE head SET size = size + 5"))
    with pytest.raises(DatabaseLost, match="ends before its entry"):
        schema.check(house.database)


def test_a_row_that_cannot_be_one_is_damage(house: House) -> None:
    with session.writing(house.database) as connection:
        without_guards(connection, "site_document")
        connection.execute(text("UPDATE site_document SET document = '{'"))
    with pytest.raises(DatabaseLost, match="site document"):
        house.service().look()


def test_a_database_that_is_locked_is_told_from_one_that_is_damaged(house: House) -> None:
    other = create_engine(house.database.url)
    with other.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        hasty = fence.ours(session.open_database(str(house.database.url), patience_ms=50))
        with pytest.raises(Exception, match="locked") as caught, session.writing(hasty):
            pass
    fault = explain(caught.value)  # type: ignore[arg-type]
    assert fault is not None
    assert fault.code == 75
    assert "locked by another process" in fault.sentence
    assert "restore" not in fault.sentence


# ---------------------------------------------------------------- PostgreSQL


def on_postgres(tmp_path: Path, url: str) -> House:
    return make_hub(tmp_path, settings=f'database = "{url}"\n\n[console]\nport = {free_port()}\n')


@pytest.mark.postgres
def test_on_postgresql_a_missing_table_leads_to_the_backup(postgres: Postgres, tmp_path: Path) -> None:
    house = on_postgres(tmp_path, postgres.new_database())
    with house.database.begin() as connection:
        connection.execute(text("DROP TABLE alarm CASCADE"))
    done = commands.run("hub", house.hub.layout.root, "status")
    assert done.returncode == 65, done
    (line,) = done.stderr.splitlines()
    assert "strongroom hub restore" in line


@pytest.mark.postgres
def test_on_postgresql_an_empty_database_leads_to_the_backup(postgres: Postgres, tmp_path: Path) -> None:
    house = on_postgres(tmp_path, postgres.new_database())
    house.hub.layout.settings.write_text(f'database = "{postgres.new_database()}"\n')
    for words in (("status",), ("hub", "migrate")):
        done = commands.run("hub", house.hub.layout.root, *words)
        assert done.returncode == 65
        assert "is empty" in done.stderr
        assert "strongroom hub restore" in done.stderr


@pytest.mark.postgres
def test_a_server_that_does_not_answer_is_no_damage(postgres: Postgres, tmp_path: Path) -> None:
    house = on_postgres(tmp_path, postgres.new_database())
    url = f"postgresql+psycopg://strongroom@127.0.0.1:{free_port()}/nowhere"
    house.hub.layout.settings.write_text(f'database = "{url}"\n')
    assert open_hub(house.hub.layout.root).database_url == url
    for words in (("status",), ("hub", "engine")):
        done = commands.run("hub", house.hub.layout.root, *words)
        assert done.returncode == 75, done
        (line,) = done.stderr.splitlines()
        assert "does not answer" in line


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("accident", "user", "code", "says"),
    [
        ("ALTER DATABASE {name} SET default_transaction_read_only = on", "", 74, "can only be read"),
        ("CREATE ROLE without_rights LOGIN", "without_rights", 77, "refuses this hub"),
    ],
)
def test_a_server_that_lets_nothing_be_done_is_told_in_one_sentence(
    postgres: Postgres, tmp_path: Path, accident: str, user: str, code: int, says: str
) -> None:
    url = make_url(postgres.new_database())
    house = on_postgres(tmp_path, url.render_as_string(hide_password=False))
    with house.database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(accident.format(name=url.database)))
    if user:
        told = url.set(username=user).render_as_string(hide_password=False)
        house.hub.layout.settings.write_text(f'database = "{told}"\n')
    house.database.dispose()
    done = commands.run("hub", house.hub.layout.root, "hub", "engine")
    assert done.returncode == code, done
    (line,) = done.stderr.splitlines()
    assert says in line
