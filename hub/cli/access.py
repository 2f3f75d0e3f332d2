"""`strongroom access`: who came, who was let in, who went."""

from __future__ import annotations

from datetime import tzinfo
from typing import Annotated

from sqlalchemy import Connection

from hub.cli import table
from hub.cli.common import hub_of, local, print_json, zone_of
from hub.cli.journal import UNREADABLE, as_object
from hub.store import looking, queries
from hub.store.queries import JournalRow, Term
from wire import messages as m
from wire.command_line.run import Failure, nearest
from wire.command_line.signature import Argument, Context, Option


def access(
    context: Context,
    search: Annotated[str, Argument(help="Words: part of a name, number, place or kind.")] = "",
    json: Annotated[bool, Option("--json", help="One object a line.")] = False,
    last: Annotated[int, Option(help="At most so many, the newest.")] = 50,
) -> None:
    """Show the access log, newest first."""
    with hub_of(context).reading() as connection:
        kinds = queries.ACCESS_KINDS
        words = [Term(word, frozenset(kind for kind in kinds if word in kind)) for word in search.split()]
        rows = queries.access_log(connection, words, limit=last)
        zone = zone_of(connection)
        if not rows:
            _refuse_unknown(connection, search.split())
    if json:
        print_json(as_object(row) for row in rows)
        return
    table.show((f"time ({zone})", "place", "what", "person", "entry"), (_columns(row, zone) for row in rows))


def _refuse_unknown(connection: Connection, words: list[str]) -> None:
    """A word that is a part of nothing that there is, is a slip of the pen. Raises Failure."""
    site, people = looking.look(connection)[1], queries.people(connection)
    there = [*site.areas, *site.points, *site.readers, *people.values(), *map(str, people), *queries.ACCESS_KINDS]
    for word in words:
        if not any(word in one for one in there):
            near = nearest(word, there)
            raise Failure(f"no name, number, place or kind of entry has {word!r} in it{near}", 65)


def _columns(row: JournalRow, zone: tzinfo) -> tuple[str, ...]:
    data = row.data
    person = f"{row.name or ''} {row.person or ''}".strip() or ", ".join(map(str, getattr(data, "people", ())))
    return local(row.said_time, zone), row.place or "", f"{row.kind} {_why(data)}".strip(), person, str(row.index)


def _why(data: m.Data | None) -> str:
    """Why somebody was refused, or what was open."""
    if data is None:
        return f"({UNREADABLE})"
    places = getattr(data, "points", ()) or getattr(data, "left_open", ())
    return getattr(data, "reason", "") or ", ".join(places)
