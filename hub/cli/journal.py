"""`strongroom journal`: the log, entry by entry."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo
from typing import Annotated, Any, NamedTuple, get_args

import msgspec
from sqlalchemy import Connection, Engine

from hub.cli import names, table
from hub.cli.common import hub_of, iso, local, look, print_json, zone_of
from hub.core import pseudonyms
from hub.core.site.document import Site
from hub.store import queries, session
from hub.store.queries import PAGE, JournalRow
from wire import messages as m
from wire.command_line.run import Failure, nearest
from wire.command_line.signature import Context, Option
from wire.plain import plain

CHUNK = 1000
FOLLOW_S = 0.5
TABLE = 200
"""More entries than these are plain lines, printed as they are read: the columns of a table need all of it at once."""
LONGEST = 200
UNREADABLE = "cannot be read by this version of Strongroom"
KINDS = frozenset(kind.__struct_config__.tag for kind in (*get_args(m.RecordData), *get_args(m.FactData)))


class Asked(NamedTuple):
    """Which entries somebody asked for."""

    kind: str | None
    place: str | None
    node: str | None

    def rows(self, connection: Connection, after: int, limit: int, newest_first: bool = False) -> list[JournalRow]:
        """Such entries behind `after`."""
        return queries.journal(connection, after, limit, **self._asdict(), newest_first=newest_first)


class Names(NamedTuple):
    """What is needed to show an entry to a person."""

    people: Mapping[int, str]
    zone: tzinfo


def journal(
    context: Context,
    json: Annotated[bool, Option("--json", help="One object a line, from the first entry on.")] = False,
    kind: Annotated[str | None, Option(help="Only entries of this kind.")] = None,
    place: Annotated[str | None, Option(help="Only entries about this point, reader, area or node.")] = None,
    node: Annotated[str | None, Option(help="Only records of this node.")] = None,
    after: Annotated[int, Option(help="Only entries after this index.")] = -1,
    last: Annotated[int | None, Option(help="Only the newest so many.", least=1, most=1_000_000)] = None,
    everything: Annotated[bool, Option("--all", help="From the first entry on.")] = False,
    follow: Annotated[bool, Option("--follow", help="Go on as it grows.")] = False,
) -> None:
    """Show the journal: for people the newest 50 entries, unless they ask for others."""
    hub = hub_of(context)
    database, asked = hub.database(), Asked(kind, place, node)
    _refuse_unknown(database, look(hub)[1] if place or node else None, asked)
    whole = everything or json or after >= 0
    newest = last if last is not None else None if whole else PAGE
    with session.reading(database) as connection:
        names = Names(queries.people(connection), zone_of(connection))
        start = after if newest is None else _start(connection, asked, after, newest)
    plain = newest is None or newest > TABLE
    after = _print(database, asked, start, names, json, plain)
    if newest is not None and last is None and start >= 0:
        print(f"the newest {newest} entries; --last N shows more, --all shows all", file=sys.stderr)
    while follow:
        sys.stdout.flush()  # another program may wait for it
        time.sleep(FOLLOW_S)
        after = _print(database, asked, after, names, json, plain=True)  # headings once are enough


def _refuse_unknown(database: Engine, site: Site | None, asked: Asked) -> None:
    """What nothing was ever called is a slip of the pen, not an empty answer. Raises Failure."""
    with session.reading(database) as connection:
        if asked.kind is not None and asked.kind not in KINDS and not _any(connection, kind=asked.kind):
            near = nearest(asked.kind, KINDS)
            raise Failure(f"there is no kind of entry {asked.kind!r}{near}; all are in docs/reference/wire.md", 65)
        if site is None:
            return
        places = {"hub", *site.areas, *site.points, *site.readers, *site.nodes}
        if asked.place is not None and asked.place not in places and not _any(connection, place=asked.place):
            near = nearest(asked.place, places)
            raise Failure(f"there is no place {asked.place!r}{near}; areas: {', '.join(site.areas)}", 65)
        there = asked.node is None or asked.node in site.nodes or asked.node in m.SERVICES
        if not there and not _any(connection, node=asked.node):
            raise names.refused("node", asked.node, site.nodes)


def _any(connection: Connection, **asked: str | None) -> bool:
    return bool(queries.journal(connection, limit=1, **asked))  # type: ignore[arg-type]


def _start(connection: Connection, asked: Asked, after: int, newest: int) -> int:
    """The index before the first of the newest so many; `after` if there are no more."""
    before: int | None = None
    while newest > 0:
        limit = min(newest, CHUNK)
        found = queries.journal(connection, after, limit, before=before, **asked._asdict(), newest_first=True)
        if len(found) < limit:
            return after
        before, newest = found[-1].index, newest - limit
    return before - 1 if before is not None else after


def _print(database: Engine, asked: Asked, after: int, names: Names, json: bool, plain: bool) -> int:
    """Print what comes after, in pieces. Returns the last index."""
    while True:
        with session.reading(database) as connection:
            rows = asked.rows(connection, after, CHUNK)
        if not rows:
            return after
        after = rows[-1].index
        if json:
            print_json(as_object(row) for row in rows)
        elif plain:
            print("\n".join(lines(rows, names)))
        else:
            _show(rows, names)


def as_object(row: JournalRow) -> dict[str, Any]:
    """An entry as other programs read it; keys are never renamed. Times are ISO 8601 in UTC."""
    by_hub, data = row.author in m.SERVICES, row.data
    return {
        "index": row.index,
        "node": None if by_hub else row.author,
        "by": row.author if by_hub else None,
        "life": row.life,
        "seq": row.seq,
        "boot": row.boot,
        "kind": row.kind,
        "place": row.place,
        "point": getattr(data, "point", None),
        "reader": getattr(data, "reader", None),
        "person": row.person,
        "node_time": iso(row.said_time),
        "hub_time": iso(row.hub_time),
        "late": row.late,
        "data": None if data is None else _fields(data),
    }


def _fields(data: m.Data) -> dict[str, Any]:
    return {key: value for key, value in msgspec.to_builtins(data).items() if key != "kind"}


def _columns(row: JournalRow, names: Names) -> tuple[str, ...]:
    """Number, time, who, kind, place and the rest of an entry, for people."""
    data = row.data
    if data is None:
        what = UNREADABLE
    else:
        hidden = ("point", "reader", "credential")
        what = ", ".join(f"{key} {value}" for key, value in _fields(data).items() if key not in hidden)
        if pseudonyms.writes(type(data)):
            what = pseudonyms.show(what, names.people)
    said = local(row.said_time, names.zone) + (" (late)" if row.late else "")
    return str(row.index), said, row.author, row.kind, row.place or "", plain(what[: 2 * LONGEST])[:LONGEST]


def lines(rows: Iterable[JournalRow], names: Names) -> Iterator[str]:
    """A plain line for each entry, whatever the width of the terminal."""
    for row in rows:
        index, said, *rest = _columns(row, names)
        yield "  ".join((index.rjust(7), said, *rest))


def _show(rows: list[JournalRow], names: Names) -> None:
    headings = ("entry", f"time ({names.zone})", "by", "kind", "place", "what")
    table.show(headings, (_columns(row, names) for row in rows), below=True)
