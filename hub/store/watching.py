"""What the database knows of what is watched."""

from __future__ import annotations

from sqlalchemy import Connection, select

from hub.core import watched
from hub.core.site.document import Site
from hub.store import queries
from hub.store.tables import alarm as _alarm
from hub.store.tables import meta as _meta

ACTIVE = ("active-unacknowledged", "active-acknowledged")
LOOPS = " loops"


def engine_time(connection: Connection) -> int | None:
    """When the engine was last at work, as the journal has it: wall time in ms. None: it never was."""
    return connection.execute(select(_meta.c.engine_time)).scalar() or None


def known(
    connection: Connection, site: Site, engine: watched.Engine, beats_heard: watched.BeatsHeard | None = None
) -> watched.Known:
    """What the answer to `watched` follows from. `beats_heard`: of whoever listens to the broker himself."""
    lasting = {
        (row.what, row.place): row.last_happened
        for row in connection.execute(
            select(_alarm.c.what, _alarm.c.place, _alarm.c.last_happened).where(
                _alarm.c.life.in_(ACTIVE), _alarm.c.what.in_(("broker-lost", "node-fault"))
            )
        )
    }
    return watched.Known(
        site,
        engine,
        queries.nodes(connection),
        lasting.get(("broker-lost", "hub")),
        {place.removesuffix(LOOPS): at for (_, place), at in lasting.items() if place.endswith(LOOPS)},
        beats_heard,
    )
