"""A database whose projections are of another shape: no service starts on it, and one command folds them anew."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from msgspec import defstruct
from msgspec.structs import fields
from sqlalchemy import Column, Connection, Engine, Integer, MetaData, Table, inspect, select, text, update

from hub.admin import rebuild
from hub.core import state
from hub.ledger.reading import JournalDamaged
from hub.store import alone, schema, session, shapes, tables
from hub.store.alone import AlreadyRunning
from hub.store.schema import SchemaError
from hub.store.tables import projections
from tests.support import commands
from tests.support.databases import StoreHouse, without_guards
from tests.support.hub import House, make_hub, seal
from tests.support.paper import WANG_FANG
from tests.system.demo import wait_until
from wire import messages as m


def a_history(house: House) -> None:
    archive = house.node("archive-1")
    number = seal(house, "archive", "archive-1")
    archive.opens("archive/iron-gate", number)
    house.fact(m.AlarmAcknowledged(alarm=1), "console", WANG_FANG, "duty")


def older_row(kind: type[state.Row], without: str) -> type[state.Row]:
    """The row as it was before it had that field."""
    before = [(field.name, field.type) for field in fields(kind) if field.name != without]
    older = defstruct(kind.__name__, before, bases=(state.Row,), frozen=True)
    assert issubclass(older, state.Row)
    return older


def make_older(database: Engine, patch: pytest.MonkeyPatch) -> None:
    """As an older version has left it: an alarm knows no `foretold`, and there is a projection that is no more."""
    row = older_row(state.Alarm, "foretold")
    patch.setitem(state.KEYS, row, ("number",))
    alarm = projections.table(row, MetaData())
    gone = Table("rounds", MetaData(), Column("number", Integer, primary_key=True))
    with session.writing(database) as connection:
        before = [dict(one._mapping) for one in connection.execute(select(*(tables.alarm.c[c.name] for c in alarm.c)))]
        tables.alarm.drop(connection)
        alarm.create(connection)
        connection.execute(alarm.insert(), before)
        gone.create(connection)
        connection.execute(update(tables.projection).where(tables.projection.c.name == "alarm").values(
            shape=shapes.shape(alarm)))  # fmt: skip
        connection.execute(tables.projection.insert().values(name="rounds", shape="its own"))
    patch.delitem(state.KEYS, row)


def saved(database: Engine) -> dict[str, list[Any]]:
    with session.reading(database) as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in tables.ROWS.values()
        }


def columns(database: Engine, table: str) -> set[str]:
    return {one["name"] for one in inspect(database).get_columns(table)}


def nothing(_size: int) -> None:
    """For whoever does not look."""


def test_projections_of_another_shape_are_refused_and_folded_anew_to_what_they_were(
    house: StoreHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_history(house)
    before = saved(house.database)
    make_older(house.database, monkeypatch)
    with pytest.raises(SchemaError, match=r"another shape: alarm, rounds; run: strongroom hub migrate"):
        schema.check(house.database)
    monkeypatch.setattr(rebuild, "CHUNK", 10)
    told: list[int] = []
    size = rebuild.renew(house.database, told.append)
    assert size == rebuild.size(house.database)
    assert told == [*range(10, size, 10), size], "progress is told"
    schema.check(house.database)
    assert saved(house.database) == before
    assert not inspect(house.database).has_table("rounds")


def test_a_hub_goes_on_with_what_was_folded_anew(house: StoreHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    a_history(house)
    make_older(house.database, monkeypatch)
    rebuild.renew(house.database, nothing)
    house.node("archive-1").opens("archive/security-door", 1)
    with session.reading(house.database) as connection:
        assert rebuild.differences(connection, rebuild.fold_journal(connection, nothing)) == []


def test_what_has_its_shape_is_left_alone(house: StoreHouse) -> None:
    """Also what was changed by hand: finding that is another command's."""
    a_history(house)
    house.change(lambda connection: connection.execute(update(tables.alarm).values(finding="all is well")))
    before = saved(house.database)
    assert rebuild.renew(house.database, nothing) is None
    assert saved(house.database) == before


def test_a_name_that_somebody_has_put_among_the_projections_costs_no_other_table(house: StoreHouse) -> None:
    a_history(house)
    size = rebuild.size(house.database)
    house.change(lambda connection: connection.execute(tables.projection.insert().values(name="journal", shape="x")))
    assert rebuild.renew(house.database, nothing) == size
    assert rebuild.size(house.database) == size
    schema.check(house.database)


def test_of_a_damaged_journal_nothing_is_made(house: StoreHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    a_history(house)
    make_older(house.database, monkeypatch)

    def damage(connection: Connection) -> None:
        without_guards(connection, "journal")
        connection.execute(text("DELETE FROM journal WHERE idx = 3"))

    house.change(damage)
    with pytest.raises(JournalDamaged, match="entry 3 is missing"):
        rebuild.renew(house.database, nothing)
    assert "foretold" not in columns(house.database, "alarm"), "what was there is there still"
    with pytest.raises(SchemaError):
        schema.check(house.database)


IN_THE_MIDDLE = """
import sys
from hub.admin import rebuild
from hub.store import session
from hub.ledger.reading import JournalDamaged
rebuild.CHUNK = 10
def stop(size):
    print(size, flush=True)
    sys.stdin.read()
rebuild.renew(session.take_over(session.open_database(sys.argv[1]), "the tests"), stop)
"""


def test_killed_in_the_middle_no_service_starts_on_half_of_it_and_the_next_time_it_is_done(
    house: StoreHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_history(house)
    before = saved(house.database)
    make_older(house.database, monkeypatch)
    alarms = select(text("number, life FROM alarm"))
    with house.database.connect() as connection:
        old = connection.execute(alarms).all()
    url = house.database.url.render_as_string(hide_password=False)
    running = subprocess.Popen(
        [sys.executable, "-c", IN_THE_MIDDLE, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert running.stdout
    assert running.stdout.readline() == "10\n"
    running.kill()
    running.communicate()
    wait_until(lambda: nobody_is_at(house.database), "the database to notice")
    with pytest.raises(SchemaError, match="strongroom hub migrate"):
        schema.check(house.database)
    with house.database.connect() as connection:
        assert connection.execute(alarms).all() == old
    assert "foretold" not in columns(house.database, "alarm")
    rebuild.renew(house.database, nothing)
    schema.check(house.database)
    assert saved(house.database) == before


def nobody_is_at(database: Engine) -> bool:
    try:
        with alone.locked(database), session.writing(database):
            return True
    except AlreadyRunning:
        return False


# ---------------------------------------------------------------- the command


def run(house: House, *words: str) -> subprocess.CompletedProcess[str]:
    return commands.run("hub", house.hub.layout.root, *words)


def test_hub_migrate_makes_a_hub_run_that_no_command_would_touch(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = make_hub(tmp_path)
    a_history(house)
    make_older(house.database, monkeypatch)
    for words in (("status",), ("hub", "engine"), ("hub", "console")):
        refused = run(house, *words)
        assert refused.returncode == 78, refused
        (line,) = refused.stderr.splitlines()
        assert line.endswith("run: strongroom hub migrate")
    done = run(house, "hub", "migrate")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{rebuild.size(house.database)} entries folded into new tables\n"
    assert "0 rows differ" in run(house, "hub", "rebuild").stdout
    again = run(house, "hub", "migrate")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


def test_hub_migrate_takes_a_hub_of_the_first_version_along(tmp_path: Path) -> None:
    house = make_hub(tmp_path)
    a_history(house)
    for step in (
        "DROP TABLE asked",
        "DROP TABLE session",
        "CREATE TABLE session (token TEXT PRIMARY KEY)",
        "CREATE TABLE notice_lease (notice BIGINT PRIMARY KEY)",
        "CREATE TABLE sms_part (reference INTEGER PRIMARY KEY)",
    ):
        house.change(lambda connection, step=step: connection.execute(text(step)))
    house.change(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '1'")))
    house.change(lambda connection: connection.execute(text("ALTER TABLE head DROP COLUMN writer")))
    for words in (("status",), ("hub", "engine"), ("hub", "console")):
        refused = run(house, *words)
        assert refused.returncode == 78, refused
        (line,) = refused.stderr.splitlines()
        assert line.endswith("is of revision 1, this version needs 4; run: strongroom hub migrate")
    done = run(house, "hub", "migrate")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "0 rows differ" in run(house, "hub", "rebuild").stdout
    with alone.maintaining(house.hub.database(writes=True)) as ours:
        house.hub.on(ours).service().note(m.EngineStopped())


def test_nothing_is_folded_anew_below_an_engine_that_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = make_hub(tmp_path)
    a_history(house)
    with alone.engine_of(house.hub.database(writes=True)) as ours:
        make_older(ours.database, monkeypatch)
        refused = run(house, "hub", "migrate")
    assert refused.returncode == 75
    assert "another engine runs on the database" in refused.stderr
    assert "foretold" not in columns(house.database, "alarm")


def test_a_database_of_before_the_first_release_ends_every_command_with_one_line(tmp_path: Path) -> None:
    house = make_hub(tmp_path)
    house.change(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '0009'")))
    for words in (("status",), ("hub", "engine"), ("hub", "migrate"), ("export", str(tmp_path / "out"))):
        refused = run(house, *words)
        assert refused.returncode == 78, refused
        (line,) = refused.stderr.splitlines()
        assert "with the version that wrote it run: strongroom export" in line
