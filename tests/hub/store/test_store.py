"""The database itself: append-only whoever is connected, one schema on both kinds, and transactions that wait."""

from __future__ import annotations

import threading
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from msgspec.structs import replace
from sqlalchemy import Engine, create_engine, inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import NullPool

from hub.core import state
from hub.core.refusal import NotPossible
from hub.service import Service
from hub.store import looking, rows, schema, session, shapes, tables
from hub.store.faults import DatabaseLost, NotTakenOver, Overtaken
from hub.store.prepared import Prepared
from tests.support import fence
from tests.support.databases import Databases, Kind, StoreHouse, service_key
from tests.support.paper import at_any_hour
from wire import messages as m


def outsider(database: Engine) -> Engine:
    """Somebody else's connection: no pragma of ours, no transaction of ours."""
    return create_engine(database.url, poolclass=NullPool)


def journal(database: Engine) -> list[Any]:
    with session.reading(database) as connection:
        return list(connection.execute(select(tables.journal).order_by(tables.journal.c.idx)).all())


COLUMNS = "idx, note, text_hash, author, life, seq, boot, kind, place, person, said_time, hub_time"
ATTACKS = {
    "update": "UPDATE journal SET hub_time = 0",
    "update of a copy": "UPDATE journal SET kind = kind WHERE idx = 0",
    "delete": "DELETE FROM journal",
    "delete of one": "DELETE FROM journal WHERE idx = (SELECT MAX(idx) FROM journal)",
    "insert over": f"INSERT INTO journal ({COLUMNS}) SELECT {COLUMNS} FROM journal WHERE idx = 0",
    "upsert": f"INSERT INTO journal ({COLUMNS}) SELECT {COLUMNS} FROM journal WHERE idx = 0 "
    "ON CONFLICT (idx) DO UPDATE SET hub_time = 0",
}
SQLITE_ATTACKS = {
    "replace": f"REPLACE INTO journal ({COLUMNS}) SELECT {COLUMNS} FROM journal WHERE idx = 0",
    "insert or replace": f"INSERT OR REPLACE INTO journal ({COLUMNS}) SELECT {COLUMNS} FROM journal WHERE idx = 0",
    "replace by the number of a node": f"REPLACE INTO journal ({COLUMNS}) SELECT (SELECT MAX(idx) + 1 FROM journal), "
    "note, 'x', author, life, seq, boot, kind, place, person, said_time, hub_time FROM journal WHERE seq IS NOT NULL",
    "update or replace": "UPDATE OR REPLACE journal SET idx = 0 WHERE idx = 1",
    "update or ignore": "UPDATE OR IGNORE journal SET hub_time = 0",
    "upsert that does it where it can": f"INSERT INTO journal ({COLUMNS}) SELECT {COLUMNS} FROM journal WHERE idx = 0 "
    "ON CONFLICT DO UPDATE SET hub_time = 0",
}
POSTGRESQL_ATTACKS = {
    "truncate": "TRUNCATE journal",
    "truncate with others": "TRUNCATE head, journal CASCADE",
    "upsert by name": f"INSERT INTO journal ({COLUMNS}) SELECT 99, note, text_hash, author, life, seq, boot, "
    "kind, place, person, said_time, hub_time FROM journal WHERE seq IS NOT NULL "
    "ON CONFLICT ON CONSTRAINT journal_number DO UPDATE SET hub_time = 0",
    "merge": "MERGE INTO journal USING (SELECT 0 AS at) AS one ON idx = at WHEN MATCHED THEN DELETE",
    "delete by a query": "WITH gone AS (DELETE FROM journal RETURNING idx) SELECT * FROM gone",
}


@pytest.mark.parametrize("who", ["we ourselves", "somebody else"])
def test_the_journal_refuses_everything_but_the_next_entry(house: StoreHouse, kind: Kind, who: str) -> None:
    house.node("archive-1").opens("archive/iron-gate")
    before = journal(house.database)
    database = house.database if who == "we ourselves" else outsider(house.database)
    attacks = ATTACKS | (SQLITE_ATTACKS if kind == "sqlite" else POSTGRESQL_ATTACKS)
    for name, attack in attacks.items():
        with pytest.raises(DBAPIError), database.begin() as connection:  # noqa: PT012 - which of the two raises is alike
            connection.execute(text(attack))
            pytest.fail(f"{name} was not refused")
    assert journal(house.database) == before


@pytest.mark.parametrize("table", ["tile", "checkpoint", "cosignature", "site_document", "calendar_document"])
@pytest.mark.parametrize("who", ["we ourselves", "somebody else"])
def test_what_proves_the_journal_and_what_it_was_judged_by_is_kept_as_it_is(
    house: StoreHouse, kind: Kind, table: str, who: str
) -> None:
    with session.writing(house.database) as connection:
        connection.execute(tables.tile.insert().values(level=0, number=0, root=b"r", hashes=b"h"))
        connection.execute(tables.checkpoint.insert().values(id=0, size=1, note=b"n", origin="o", at=1))
        connection.execute(tables.cosignature.insert().values(checkpoint=0, node="n", key_id="k", line="l", at=1))
        connection.execute(tables.calendar_document.insert().values(year=2026, version=1, sha256="s", document="d"))

    def there() -> list[Any]:
        with session.reading(house.database) as connection:
            return list(connection.execute(select(tables.metadata.tables[table])).all())

    before = there()
    columns = ", ".join(column.name for column in tables.metadata.tables[table].c)
    last = columns.rsplit(", ", 1)[1]
    attacks = [
        f"UPDATE {table} SET {last} = {last}",
        f"DELETE FROM {table}",
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}",
        f"REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}" if kind == "sqlite" else f"TRUNCATE {table}",
    ]
    database = house.database if who == "we ourselves" else outsider(house.database)
    for attack in attacks:
        with pytest.raises(DBAPIError), database.begin() as connection:  # noqa: PT012 - which of the two raises is alike
            connection.execute(text(attack))
            pytest.fail(f"{attack} was not refused")
    assert len(before) == 1
    assert there() == before


def test_an_outsider_cannot_leave_a_gap_in_sqlite(databases: Databases) -> None:
    """PostgreSQL lets him; there a rebuild finds it."""
    others = COLUMNS.removeprefix("idx, ")
    gap = f"INSERT INTO journal ({COLUMNS}) SELECT 99, {others} FROM journal WHERE idx = 0"
    database = databases.new("sqlite")
    with pytest.raises(DBAPIError), outsider(database).begin() as connection:
        connection.execute(text(gap))
    database.dispose()


def test_there_is_one_head_and_no_second(house: StoreHouse) -> None:
    with pytest.raises(DBAPIError), house.database.begin() as connection:
        connection.execute(tables.head.insert().values(id=2, size=0, frontier=b""))


# ---------------------------------------------------------------- the schema


def test_the_migrations_make_the_tables_that_the_code_has(database: Engine) -> None:
    with database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


def test_the_newest_revision_is_the_one_that_the_code_names() -> None:
    scripts = ScriptDirectory(str(Path(schema.__file__).parent / "migrations"))
    assert scripts.get_heads() == [schema.NEWEST]


def test_a_database_of_the_newest_revision_is_accepted_and_can_be_prepared_again(database: Engine) -> None:
    schema.check(database)
    before = journal(database)
    schema.prepare(database)
    assert journal(database) == before


def test_an_empty_database_or_one_of_another_version_is_refused_with_what_to_do(
    kind: Kind, databases: Databases, database: Engine
) -> None:
    empty = session.open_database(databases.empty(kind))
    with pytest.raises(DatabaseLost, match="strongroom hub restore"):
        schema.check(empty)
    empty.dispose()
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for refused in (schema.check, schema.prepare):
        with pytest.raises(schema.SchemaError, match="revision 9999, which only another version knows"):
            refused(database)


def of_revision_1(newest: Engine, url: str) -> Engine:
    """A database as the first version has made it, with all that is in another."""
    older = session.open_database(url)
    if file := schema.file(older):
        file.touch(0o640)
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    with older.connect() as connection, session.reading(newest) as there:
        config.attributes["connection"] = connection
        command.upgrade(config, "1")
        shapes.make(connection)
        for table in tables.metadata.sorted_tables:
            if table in (tables.session, tables.asked):  # nobody had signed in
                continue
            columns = [column for column in table.c if column is not tables.head.c.writer]
            rows = [dict(row._mapping) for row in there.execute(select(*columns).order_by(*table.primary_key))]
            if table is tables.head:
                connection.execute(table.update().values(rows[0]))
            elif rows and table is not tables.projection:
                connection.execute(table.insert(), rows)
        connection.commit()
    return older


def test_a_database_of_revision_1_waits_for_hub_migrate_which_keeps_every_row(
    kind: Kind, databases: Databases, house: StoreHouse
) -> None:
    house.node("archive-1").opens("archive/iron-gate")
    older = of_revision_1(house.database, databases.empty(kind))
    with pytest.raises(schema.SchemaError, match=r"revision 1, this version needs 4; run: strongroom hub migrate"):
        schema.check(older)
    assert not schema.is_current(older)
    schema.prepare(older)
    assert schema.is_current(older)
    schema.check(older)
    for table in tables.metadata.sorted_tables:
        columns = [column for column in table.c if column is not tables.head.c.writer]
        rows = select(*columns).order_by(*table.primary_key)
        with session.reading(house.database) as before, session.reading(older) as after:
            assert after.execute(rows).all() == before.execute(rows).all(), table.name
    with older.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []
    StoreHouse(session.take_over(older, "the engine")).fact(m.EngineStopped())
    older.dispose()


@pytest.mark.parametrize("revision", ["0001", "0009"])
def test_a_database_of_before_the_first_release_is_refused_with_how_to_keep_its_journal(
    kind: Kind, databases: Databases, revision: str
) -> None:
    older = session.open_database(databases.empty(kind))
    if file := schema.file(older):
        file.touch()
    with older.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text(f"INSERT INTO alembic_version VALUES ('{revision}')"))
    for refused in (schema.check, schema.prepare):
        with pytest.raises(
            schema.SchemaError, match=rf"{revision}\).*run: strongroom export; verify the export.*anew$"
        ):
            refused(older)
    assert inspect(older).get_table_names() == ["alembic_version"], "nothing of it was touched"
    databases.drop(older)


PLAIN = {int: "BIGINT", bool: "BOOLEAN", str: "TEXT"}


def what_the_row_says(kind: type[state.Row]) -> list[tuple[str, str, bool]]:
    """Name, type and whether it may be empty, of each field; a tuple is kept as text, a word as well."""
    said = []
    for name, annotation in get_type_hints(kind).items():
        some = [one for one in get_args(annotation) if one is not NoneType]
        optional = isinstance(annotation, UnionType) or get_origin(annotation) is Union
        said.append((name, PLAIN.get(some[0] if optional else annotation, "TEXT"), optional))
    return said


@pytest.mark.parametrize("row", state.KEYS, ids=lambda one: str(one.__name__))
def test_a_projection_has_just_the_columns_and_the_key_of_its_row(database: Engine, row: type[state.Row]) -> None:
    found, table = inspect(database), tables.ROWS[row]
    columns = [(one["name"], str(one["type"]), one["nullable"]) for one in found.get_columns(table.name)]
    assert columns == what_the_row_says(row)
    assert tuple(found.get_pk_constraint(table.name)["constrained_columns"]) == state.KEYS[row]


def test_what_grows_for_ever_is_found_by_an_index(database: Engine) -> None:
    found = inspect(database)
    made = {one["name"] for table in tables.ROWS.values() for one in found.get_indexes(table.name)}
    assert made == {
        "alarm_open",
        "call_open",
        "notice_call",
        "notice_queued",
        "notice_state",
        "order_out_state",
        "sealing_area",
    }


def test_an_index_of_what_is_open_holds_nothing_else(database: Engine) -> None:
    found, kind = inspect(database), database.dialect.name
    partial = {one["name"]: one["dialect_options"].get(f"{kind}_where") for one in found.get_indexes("alarm")}
    assert "closed" in str(partial["alarm_open"])
    journal = {one["name"]: one["dialect_options"].get(f"{kind}_where") for one in found.get_indexes("journal")}
    assert "alarm IS NOT NULL" in str(journal["journal_alarm"])


def test_every_row_comes_back_as_it_was_saved(house: StoreHouse) -> None:
    house.node("archive-1").opens("archive/iron-gate", 1)
    held, _ = house.engine.look()
    with session.reading(house.database) as connection:
        loaded = rows.load(connection)
    for kind in tables.ROWS:
        assert loaded.rows(kind) == held.rows(kind)


# ---------------------------------------------------------------- transactions


def test_sqlite_is_set_as_the_design_wants_it(databases: Databases) -> None:
    database = databases.new("sqlite")
    with database.connect() as connection:
        said = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in
                ("journal_mode", "synchronous", "recursive_triggers", "foreign_keys")}  # fmt: skip
    assert said == {"journal_mode": "wal", "synchronous": 2, "recursive_triggers": 1, "foreign_keys": 1}
    database.dispose()


def test_who_has_not_taken_the_database_over_writes_nothing(house: StoreHouse) -> None:
    stranger = session.open_database(house.database.url.render_as_string(hide_password=False))
    with pytest.raises(NotTakenOver, match="has not taken the database"), session.writing(stranger):
        pytest.fail("nothing is done before the fence")
    with pytest.raises(NotTakenOver):
        Service(stranger, service_key("engine"), "demo", house.clock).note(m.EngineStopped())
    session.take_over(stranger, "another")
    with pytest.raises(NotTakenOver), session.writing(stranger):
        pytest.fail("the name is the other engine's that was given")
    stranger.dispose()


def test_what_is_made_before_anybody_has_it_is_made_no_longer_once_somebody_has(
    kind: Kind, databases: Databases
) -> None:
    new = session.open_database(databases.empty(kind))
    schema.prepare(new)
    filling = session.before_anybody(new)
    with session.writing(filling) as connection:
        connection.execute(tables.person.insert().values(number=9, name="somebody"))
    session.take_over(new, "the engine")
    with pytest.raises(Overtaken), session.writing(filling):
        pytest.fail("it is somebody's by now")
    new.dispose()


def test_a_second_writer_waits_for_the_first(database: Engine) -> None:
    order: list[str] = []
    inside = threading.Event()

    def second() -> None:
        inside.wait(90)
        with session.writing(database):
            order.append("second")

    thread = threading.Thread(target=second)
    with session.writing(database):
        thread.start()
        inside.set()
        thread.join(0.1)
        order.append("first")
    thread.join(60)
    assert order == ["first", "second"]


def test_who_waits_is_asked_again_and_again_and_gets_through(house: StoreHouse) -> None:
    database = fence.ours(session.open_database(house.database.url.render_as_string(hide_password=False), 50))
    other = session.writing(house.database)
    other.__enter__()
    asked, through = list[int](), list[int]()

    def goes_on(waited: int) -> bool:
        asked.append(waited)
        if len(asked) == 3:
            other.__exit__(None, None, None)
        return True

    with session.writing(session.patient(database, session.Waits(goes_on, through.append))) as connection:
        connection.execute(text("UPDATE person SET email = 'written'"))
    assert len(asked) == 3
    assert [*asked, *through] == sorted([*asked, *through])
    assert len(through) == 1
    database.dispose()


def test_a_reader_sees_one_view_while_others_write(house: StoreHouse) -> None:
    size = select(tables.head.c.size)
    with session.reading(house.database) as connection:
        before = connection.execute(size).scalar()
        house.node("archive-1")
        assert connection.execute(size).scalar() == before
        assert len(connection.execute(select(tables.journal.c.idx)).all()) == before


def test_a_transaction_that_fails_leaves_nothing(database: Engine) -> None:
    with pytest.raises(ZeroDivisionError), session.writing(database) as connection:  # noqa: PT012 - that is the test
        connection.execute(tables.person.insert().values(number=9, name="nobody"))
        raise ZeroDivisionError
    with session.reading(database) as connection:
        assert connection.execute(select(tables.person).where(tables.person.c.number == 9)).first() is None


def test_inspecting_shows_no_table_that_nobody_knows(database: Engine) -> None:
    assert set(inspect(database).get_table_names()) == {*tables.metadata.tables, "alembic_version"}


def test_a_statement_that_goes_to_the_driver_itself_fails_as_every_other_does(house: StoreHouse) -> None:
    """Whoever waits for a locked or full database, or a broken rule, waits for one kind of error."""
    again = Prepared(lambda _: tables.head.insert())
    with (
        pytest.raises(IntegrityError) as caught,
        session.writing(house.database) as connection,
    ):
        again.run(connection, [{"id": 1, "size": 4711, "frontier": b"", "writer": ""}])
    assert "4711" not in str(caught.value)


# ---------------------------------------------------------------- site documents


def test_a_site_document_is_kept_by_its_version_and_read_back_when_others_are_in_force(house: StoreHouse) -> None:
    first = house.read(lambda connection: looking.document(connection, 1))
    house.apply_site(replace(at_any_hour(), title="another"))
    assert house.read(lambda connection: looking.look(connection)[1].title) == "another"
    assert house.read(lambda connection: looking.document(connection, 1)) == first


def test_no_second_document_comes_under_a_version_that_is_taken(house: StoreHouse) -> None:
    before = house.read(lambda connection: looking.document(connection, 1))
    with pytest.raises(NotPossible, match="site-changed"):
        house.change(lambda connection: looking.keep_document(connection, 1, "0" * 64, "{}"))
    assert house.read(lambda connection: looking.document(connection, 1)) == before
