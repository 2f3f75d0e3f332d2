"""Databases for tests, of both kinds, with the demonstration site in force; and a hub on one, without its papers."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Literal

from sqlalchemy import Connection, Engine, text

from hub.core.site.document import Site
from hub.store import schema, session
from tests.support import fence
from tests.support.hub import Clock, House, apply_site
from tests.support.paper import NOON, at_any_hour
from tests.support.postgres import Postgres
from wire import keys
from wire import messages as m
from wire.book import rules

Kind = Literal["sqlite", "postgresql"]
KINDS: tuple[Kind, ...] = ("sqlite", "postgresql")
BADGE_KEY = b"the badge key of the tests' site"


@cache
def service_key(service: str) -> keys.SigningKey:
    return keys.make(keys.key_name("demo", service, "record"))


@cache
def checkpoint_key() -> keys.SigningKey:
    return keys.make("strongroom/demo/journal")


class StoreHouse(House):
    """A hub at its database, and nothing else. The site document is applied by `apply_site`."""

    def __init__(self, database: Engine) -> None:
        super().__init__(SimpleNamespace(site="demo", key=service_key, database=lambda writes: database), Clock(NOON))  # type: ignore[arg-type]

    def open_journal(self) -> None:
        services: dict[str, str] = {name: str(service_key(name).public) for name in rules.SIGN}
        root = checkpoint_key()
        opened = m.JournalOpened(
            origin=root.name, checkpoint_key=str(root.public), services=services, rules=rules.NEWEST
        )
        self.fact(opened, "admin")

    def apply_site(self, site: Site) -> None:
        apply_site(self, site, BADGE_KEY)

    def asks(self, person: int, data: m.FactData, role: str = "duty") -> None:
        self.fact(data, "console", person, role)


def without_guards(connection: Connection, table: str) -> None:
    """Somebody who owns the database takes a table's guards away."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        return
    names = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
    for name in connection.execute(names, {"table": table}).scalars().all():
        connection.execute(text(f"DROP TRIGGER {name}"))


class Databases:
    """Makes a template of each kind once, and copies it."""

    def __init__(self, folder: Path, postgres: Callable[[], Postgres]) -> None:
        self._folder = folder
        self._postgres = postgres
        self._templates: dict[Kind, str] = {}
        self._made = 0

    def empty(self, kind: Kind) -> str:
        """URL of an empty database."""
        if kind == "postgresql":
            return self._postgres().new_database()
        self._made += 1
        return f"sqlite:///{self._folder}/empty-{self._made}.db"

    def new(self, kind: Kind) -> Engine:
        """A database with the demonstration site in force, and nothing more in its journal."""
        if kind not in self._templates:
            self._templates[kind] = self._template(kind)
        template = self._templates[kind]
        if kind == "postgresql":
            return fence.ours(session.open_database(self._postgres().new_database(template)))
        self._made += 1
        copy = self._folder / f"copy-{self._made}.db"
        shutil.copyfile(template, copy)
        return fence.ours(session.open_database(f"sqlite:///{copy}"))

    def drop(self, database: Engine) -> None:
        """Nobody needs this one any longer."""
        database.dispose()
        if database.dialect.name == "postgresql":
            self._postgres().drop_database(str(database.url))

    def _template(self, kind: Kind) -> str:
        url = self.empty(kind)
        database = session.open_database(url)
        schema.prepare(database)
        house = StoreHouse(database)
        house.open_journal()
        house.apply_site(at_any_hour())
        if kind == "sqlite":
            with database.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.exec_driver_sql("BEGIN")
        database.dispose()
        return url.rsplit("/", 1)[1] if kind == "postgresql" else url.removeprefix("sqlite:///")
