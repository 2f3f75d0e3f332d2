"""`strongroom journal`: the log, entry by entry."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from hub.cli.common import hub_of, iso, local, print_json
from hub.core import pseudonyms
from hub.store import queries, session
from hub.store.queries import JournalRow
from wire import messages as m

CHUNK = 1000
FOLLOW_S = 0.5


def journal(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="One object a line.")] = False,
    kind: Annotated[str | None, typer.Option(help="Only entries of this kind.")] = None,
    place: Annotated[str | None, typer.Option(help="Only entries about this point, reader, area or node.")] = None,
    node: Annotated[str | None, typer.Option(help="Only records of this node.")] = None,
    after: Annotated[int, typer.Option(help="Only entries after this index.")] = -1,
    last: Annotated[int | None, typer.Option(help="Only the newest so many.")] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Go on as it grows.")] = False,
) -> None:
    """Show the journal."""
    database = hub_of(context).database()
    if last is not None:
        with session.reading(database) as connection:
            found = queries.journal(connection, after, last, kind=kind, place=place, node=node, newest_first=True)
            people = queries.people(connection)
        _show(found[::-1], people, json)
        after = found[0].index if found else after
    while last is None or follow:
        with session.reading(database) as connection:
            rows = queries.journal(connection, after, CHUNK, kind=kind, place=place, node=node)
            people = queries.people(connection)
        _show(rows, people, json)
        if rows:
            after = rows[-1].index
        elif follow:
            time.sleep(FOLLOW_S)
        else:
            break


def as_object(row: JournalRow) -> dict[str, Any]:
    """An entry as other programs read it; keys are never renamed. Times are ISO 8601 in UTC."""
    message = row.message
    return {
        "index": row.index,
        "node": row.author if isinstance(message, m.Record) else None,
        "by": None if isinstance(message, m.Record) else row.author,
        "life": row.life,
        "seq": row.seq,
        "boot": row.boot,
        "kind": row.kind,
        "place": row.place,
        "point": getattr(message.data, "point", None),
        "reader": getattr(message.data, "reader", None),
        "person": row.person,
        "node_time": iso(row.said_time),
        "hub_time": iso(row.hub_time),
        "late": row.late,
        "data": {key: value for key, value in msgspec.to_builtins(message.data).items() if key != "kind"},
    }


def _show(rows: list[JournalRow], people: Mapping[int, str], json: bool) -> None:
    if json:
        print_json(as_object(row) for row in rows)
        return
    table = Table(box=None, show_header=True, pad_edge=False)
    for heading in ("entry", "time", "by", "kind", "place", "what"):
        table.add_column(heading, overflow="fold", no_wrap=heading in ("entry", "time"))
    for row in rows:
        entry = as_object(row)
        what = ", ".join(
            f"{key} {value}" for key, value in entry["data"].items() if key not in ("point", "reader", "credential")
        )
        if pseudonyms.writes(type(row.message.data)):
            what = pseudonyms.show(what, people)
        late = " (late)" if entry["late"] else ""
        table.add_row(
            str(row.index), local(row.said_time) + late, row.author, row.kind, row.place or "", Text(what[:200])
        )
    if rows:
        Console(soft_wrap=False).print(table)
