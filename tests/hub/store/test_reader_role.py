"""The role that the page on PostgreSQL makes for whoever only reads: tried on a real server, with the page's own
words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, make_url, select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.pool import NullPool

from hub.admin import rebuild
from hub.service import Service
from hub.store import alone, schema, session, tables
from tests.support.databases import StoreHouse, service_key
from tests.support.hub import Clock
from tests.support.paper import NOON, at_any_hour
from tests.support.postgres import Postgres
from wire import messages as m

PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "use-postgresql.md"
SCRIPT = re.search(r"```sql\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)

pytestmark = pytest.mark.postgres


@pytest.fixture
def hub(postgres: Postgres) -> Iterator[StoreHouse]:
    """A hub whose database belongs to `strongroom`, on a server of which the page's words were said."""
    administrator = postgres.url("postgres").replace("+psycopg", "")
    with psycopg.connect(administrator, autocommit=True) as connection:
        connection.execute("CREATE ROLE strongroom LOGIN")
        connection.execute("CREATE DATABASE strongroom OWNER strongroom")
    database = session.open_database(as_user(postgres, "strongroom"))
    with alone.locked(database) as take_over:
        schema.prepare(database)
        house = StoreHouse(take_over())
        house.open_journal()
        house.apply_site(at_any_hour())
    assert SCRIPT
    with psycopg.connect(postgres.url("strongroom").replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(SCRIPT[1].encode())
    yield house
    house.database.dispose()
    postgres.drop_database(postgres.url("strongroom"))
    with psycopg.connect(administrator, autocommit=True) as connection:
        connection.execute('DROP ROLE "strongroom-console", "strongroom-notify", strongroom_reader, strongroom')


def as_user(postgres: Postgres, user: str) -> str:
    return make_url(postgres.url("strongroom")).set(username=user).render_as_string(hide_password=False)


def refused(database: Engine, statement: str) -> None:
    with database.begin() as connection, pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        connection.execute(text(statement))


def test_who_has_the_readers_role_reads_everything_and_writes_nothing(hub: StoreHouse, postgres: Postgres) -> None:
    for user in ("strongroom-console", "strongroom-notify"):
        reader = session.open_database(as_user(postgres, user), writes=False)
        with session.reading(reader) as connection:
            for table in tables.metadata.sorted_tables:
                connection.execute(select(table).limit(1)).all()
        reader.dispose()
        # Whoever takes over such a process does not ask by our connection, but by one of his own.
        taken_over = create_engine(as_user(postgres, user), poolclass=NullPool)
        for table in tables.metadata.sorted_tables:
            name = f'"{table.name}"'
            refused(taken_over, f"DELETE FROM {name}")
            refused(taken_over, f"TRUNCATE {name}")
            refused(taken_over, f"UPDATE {name} SET {table.c[0].name} = {table.c[0].name}")
            refused(taken_over, f"SELECT * FROM {name} FOR UPDATE")
            refused(taken_over, f"LOCK TABLE {name} IN ROW EXCLUSIVE MODE")
            refused(taken_over, f"DROP TABLE {name}")
        refused(taken_over, "INSERT INTO person (number, name) VALUES (9, 'nobody')")
        refused(taken_over, "CREATE TABLE mine (number INTEGER)")
        refused(taken_over, "CREATE TEMPORARY TABLE mine (number INTEGER)")
        for function in ("pg_advisory_lock", "pg_try_advisory_lock", "pg_try_advisory_xact_lock"):
            refused(taken_over, f"SELECT {function}({alone.WRITES.number})")


def test_the_engines_user_writes_alone_and_tables_that_are_made_anew_can_be_read(
    hub: StoreHouse, postgres: Postgres
) -> None:
    with alone.engine_of(session.open_database(as_user(postgres, "strongroom"))) as ours:
        ours.still()
        Service(ours.database, service_key("engine"), "demo", Clock(NOON)).note(m.EngineStopped())
        with session.writing(ours.database) as connection:
            rebuild.make_anew(connection, lambda _size: None)
    reader = session.open_database(as_user(postgres, "strongroom-console"), writes=False)
    with session.reading(reader) as connection:
        assert connection.execute(select(tables.meta)).all()
    with pytest.raises(DBAPIError):
        session.take_over(reader, "the console")
    reader.dispose()
