"""Erasing who is behind a number of the journal: by two people, on record, and every proof stays valid."""

from __future__ import annotations

from contextlib import closing

from sqlalchemy import Connection, Engine, delete, select

from hub.core.journal.requests import Actor
from hub.core.refusal import NotPossible
from hub.service import Outcome, Service
from hub.site_directory import contacts
from hub.site_directory.hub import Hub, wall_ms
from hub.store import tables
from wire import messages as m


def erase(service: Service, database: Engine, actor: Actor, person: int, second: int, reason: str) -> Outcome:
    """Erase all that lies beside the journal about this person. Raises NotPossible, and then nothing is changed."""

    def beside(connection: Connection) -> None:
        table = tables.person
        if connection.execute(delete(table).where(table.c.number == person)).rowcount == 0:
            raise NotPossible("person-unknown", str(person))
        logins = select(tables.account.c.login).where(tables.account.c.person == person)
        connection.execute(delete(tables.session).where(tables.session.c.login.in_(logins)))
        connection.execute(delete(tables.account).where(tables.account.c.person == person))

    outcome = service.act(actor, m.PersonErased(erased=person, reason=reason, second=second), beside=beside)
    _from_disk(database)
    return outcome


def from_contacts(hub: Hub) -> None:
    """Take whoever was erased out of the list that lies outside the database, at once. Raises OSError."""
    path = hub.layout.contacts
    if path.exists():
        service = hub.service("admin")
        contacts.keep(path, hub.database(), *service.look(), hub.settings.console.language, wall_ms())


def _from_disk(database: Engine) -> None:
    """The write-ahead log, too, has held the row; a PostgreSQL keeps dead rows until they are vacuumed."""
    if database.dialect.name == "sqlite":
        with closing(database.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    else:
        with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"VACUUM {tables.person.name}, {tables.account.name}, {tables.session.name}")
