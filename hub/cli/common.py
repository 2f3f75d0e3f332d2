"""What several commands share."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, select

from hub.cli import names
from hub.site_directory.hub import Hub, open_hub
from hub.site_directory.layout import Layout
from hub.store import queries, schema, tables
from wire import moments, running_sites
from wire.command_line.run import Failure
from wire.command_line.signature import Context

if TYPE_CHECKING:
    from hub.core.journal.requests import Actor
    from hub.service import Outcome
    from wire.messages import FactData


def hub_of(context: Context) -> Hub:
    """The hub of the directory that was named. Raises SettingsError, SchemaError."""
    if not Layout(context.directory).broker_settings.exists():
        raise Failure(f"there is no site in {context.directory.resolve()}; {running_sites.hint(context.directory)}", 66)
    hub = open_hub(context.directory)
    database = hub.database(writes=False)
    schema.check(database)
    database.dispose()
    return hub


def actor(hub: Hub, login: str | None) -> Actor:
    """Whoever acts on the command line, by the login of an account. Raises Failure for nobody."""
    from hub.core.journal.requests import Actor  # with every rule about them: who only looks waits for none

    if login is None:
        return Actor("admin")
    with hub.reading() as connection:
        account = queries.account(connection, login)
        if account is None:
            raise names.refused("account", login, connection.execute(select(tables.account.c.login)).scalars())
    return Actor("admin", account.person, frozenset(account.roles))


def act(hub: Hub, login: str, *wanted: FactData) -> Outcome:
    """Do it in the name of whoever has the login. Raises NotPossible, and Failure for names that are not there."""
    who, service = actor(hub, login), hub.service("admin")
    site = service.look()[1]
    with hub.reading() as connection:
        people = queries.people(connection)
    for one in wanted:
        names.check(site, people, one)
    return service.act(who, *wanted)


_UNSEEN = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def print_json(rows: Iterable[dict[str, Any]]) -> None:
    """One JSON object a line."""
    for row in rows:
        line = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
        # What a terminal might act on is written as JSON writes control characters: it reads the same.
        print(_UNSEEN.sub(lambda found: json.dumps(found[0])[1:-1], line))


def local(time: int, zone: tzinfo) -> str:
    """A wall time in ms by the site's clock, wherever the machine stands, to the second."""
    return moments.at(time).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


class _Zoned(msgspec.Struct):
    timezone: str


def zone_of(connection: Connection) -> tzinfo:
    """Time zone of the site whose document is in force; UTC before there is one."""
    version = select(tables.meta.c.site_version).scalar_subquery()
    query = select(tables.site_document.c.document).where(tables.site_document.c.version == version)
    document = connection.execute(query).scalar()
    return ZoneInfo(msgspec.json.decode(document, type=_Zoned).timezone) if document is not None else UTC


def iso(time: int) -> str:
    """A wall time in ms as ISO 8601 in UTC, to the millisecond."""
    return moments.iso(time)
