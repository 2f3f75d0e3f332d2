"""What several commands share."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, select

from hub.cli import names
from hub.site_directory.hub import Hub, open_hub
from hub.site_directory.layout import Layout
from hub.store import looking, queries, schema, tables
from wire import decoding, moments, running_sites
from wire.command_line.run import Failure
from wire.command_line.signature import Context

if TYPE_CHECKING:
    from hub.core.journal.requests import Actor
    from hub.core.site.document import Site
    from hub.core.state import State
    from hub.door.protocol import Done
    from wire.messages import FactData


def hub_of(context: Context) -> Hub:
    """The hub of the directory that was named. Raises SettingsError, SchemaError."""
    if not Layout(context.directory).broker_settings.exists():
        raise Failure(f"there is no site in {context.directory.resolve()}; {running_sites.hint(context.directory)}", 66)
    hub = open_hub(context.directory)
    database = hub.database()
    schema.check(database)
    database.dispose()
    return hub


def look(hub: Hub) -> tuple[State, Site]:
    """State and site document as they stand."""
    with hub.reading() as connection:
        return looking.look(connection)


def actor(hub: Hub, login: str) -> Actor:
    """Whoever has the login of an account, as whom nobody acts without the password. Raises Failure for nobody."""
    from hub.core.journal.requests import Actor  # with every rule about them: who only looks waits for none

    with hub.reading() as connection:
        account = queries.account(connection, login)
        if account is None:
            raise names.refused("account", login, connection.execute(select(tables.account.c.login)).scalars())
    return Actor("admin", account.person, frozenset(account.roles))


def act(hub: Hub, login: str, *wanted: FactData) -> Done:
    """Have it done in the name of whoever has the login, by the password. Raises NotPossible, and Failure, also for
    names that are not there."""
    from hub.cli import asking  # with what the engine is asked by: who only looks asks for nothing

    actor(hub, login)
    with hub.reading() as connection:
        site, people = looking.look(connection)[1], queries.people(connection)
    for one in wanted:
        names.check(site, people, one)
    return asking.act(hub, login, *wanted)


def held_database(ms: int) -> str:
    """What is so while another process holds the database, and has for so long."""
    return f"Another process has held the database for {ms // 1000} s: nothing is journalled meanwhile."


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
    return ZoneInfo(decoding.decode(document, _Zoned).timezone) if document is not None else UTC


def moment(text: str, zone: tzinfo) -> int:
    """Wall time in ms of a local time as somebody types it. Raises Failure."""
    try:
        found = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=zone)
    except ValueError:
        raise Failure(f'{text!r} is no time; write it like "2026-02-14 17:30"', 64) from None
    return int(found.timestamp() * 1000)


def iso(time: int) -> str:
    """A wall time in ms as ISO 8601 in UTC, to the millisecond."""
    return moments.iso(time)
