"""`strongroom access`: who came, who was let in, who went, and what was opened meanwhile."""

from __future__ import annotations

from typing import Annotated, Any

from sqlalchemy import Connection

from hub.cli import table
from hub.cli.common import hub_of, print_json
from hub.cli.journal import UNREADABLE, as_object
from hub.reports.words import Words
from hub.store import looking, queries, who_opened
from hub.store.entries import LEVELS
from hub.store.queries import Term
from hub.store.who_opened import Logged
from wire import messages as m
from wire.command_line.run import Failure, nearest
from wire.command_line.signature import Argument, Context, Option

TURNED = {"active": "opened", "normal": "closed", "open-circuit": "wire cut", "short": "wire shorted"}
KINDS = (*queries.ACCESS_KINDS, *LEVELS)


def access(
    context: Context,
    search: Annotated[str, Argument(help="Words: part of a name, number, place or kind.")] = "",
    json: Annotated[bool, Option("--json", help="One object a line.")] = False,
    last: Annotated[int, Option(help="At most so many, the newest.")] = 50,
) -> None:
    """Show the access log, newest first."""
    with hub_of(context).reading() as connection:
        terms = [Term(word, frozenset(kind for kind in KINDS if word in kind)) for word in search.split()]
        site = looking.look(connection)[1]
        lines = who_opened.access_log(connection, site, terms, limit=last).lines
        words = Words("en", site, queries.people(connection))
        if not lines:
            _refuse_unknown(connection, search.split())
    if json:
        print_json(_as_object(line) for line in lines)
        return
    table.show((f"time ({site.timezone})", "place", "what", "who", "entry"), (_columns(one, words) for one in lines))


def _refuse_unknown(connection: Connection, words: list[str]) -> None:
    """A word that is a part of nothing that there is, is a slip of the pen. Raises Failure."""
    site, people = looking.look(connection)[1], queries.people(connection)
    there = [*site.areas, *site.points, *site.readers, *people.values(), *map(str, people), *KINDS]
    for word in words:
        if not any(word in one for one in there):
            near = nearest(word, there)
            raise Failure(f"no name, number, place or kind of entry has {word!r} in it{near}", 65)


def _as_object(line: Logged) -> dict[str, Any]:
    """An entry as `journal` shows it; of an opening also the numbers of those who were there, and their count."""
    there = line.present
    return as_object(line.row) | (
        {} if there is None else {"present": {"people": there.people, "inside": there.inside, "by": there.by}}
    )


def _columns(line: Logged, words: Words) -> tuple[str, ...]:
    row, data = line.row, line.row.data
    what = TURNED.get(data.now, data.now) if isinstance(data, m.LevelChanged) else f"{row.kind} {_why(data)}".strip()
    seen = not (isinstance(data, m.LevelChanged) and data.found)
    person = f"{row.name or ''} {row.person or ''}".strip() or ", ".join(map(str, getattr(data, "people", ())))
    who = words.who(line.present) if line.present and seen else person
    return words.second(row.said_time), row.place or "", what, who, str(row.index)


def _why(data: m.Data | None) -> str:
    """Why somebody was refused, or what was open."""
    if data is None:
        return f"({UNREADABLE})"
    places = getattr(data, "points", ()) or getattr(data, "left_open", ())
    return getattr(data, "reason", "") or ", ".join(places)
