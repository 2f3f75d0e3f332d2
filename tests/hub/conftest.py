"""What the tests of the hub share."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.support.broker import Broker, copy_site
from tests.support.databases import Databases, Kind, StoreHouse
from tests.support.postgres import Postgres


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """The running broker of a new site."""
    copy_site(tmp_path / "site")
    running = Broker(tmp_path / "site")
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of our own."""
    server = Postgres()
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture(scope="session")
def databases(request: Any, tmp_path_factory: Any) -> Databases:
    """Databases of both kinds; PostgreSQL is started when the first one of its kind is asked for."""
    return Databases(tmp_path_factory.mktemp("databases"), lambda: request.getfixturevalue("postgres"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def kind(request: Any) -> Kind:
    """Both kinds of database in turn."""
    found: Kind = request.param
    return found


@pytest.fixture
def database(kind: Kind, databases: Databases) -> Iterator[Engine]:
    """A database with the demonstration site in force."""
    engine = databases.new(kind)
    yield engine
    databases.drop(engine)


@pytest.fixture
def house(database: Engine) -> Iterator[StoreHouse]:
    """A hub on that database."""
    house = StoreHouse(database)
    yield house
    house.check_services()
