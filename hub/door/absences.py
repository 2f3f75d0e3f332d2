"""The engine's absences as its journal has them, for who was started anew after them."""

from __future__ import annotations

from sqlalchemy import Connection

from hub.core.nodes.engine_away import Absence
from hub.store import queries
from wire import messages as m

KINDS = tuple(str(kind.__struct_config__.tag) for kind in (m.EngineStarted, m.DatabaseHeld))
NEWEST = 32


def known(connection: Connection, now: int) -> list[Absence]:
    """The newest of them, in order; the last boot's lasts until `now` (wall ms), when others are listened to again."""
    rows = queries.journal(connection, kind=KINDS, limit=NEWEST, newest_first=True)
    boots = [row.index for row in rows if row.kind == KINDS[0]]
    found: list[Absence] = []
    for row in reversed(rows):
        match row.data:
            case m.EngineStarted(silent_since=int(since)):
                found.append(Absence(since, now if row.index == max(boots) else row.hub_time))
            case m.DatabaseHeld(since=since, held_for=held_for):
                found.append(Absence(since, since + held_for))
    return found
