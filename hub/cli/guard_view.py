"""How an area stands, for people at a terminal, and what that follows from."""

from __future__ import annotations

from hub.core import watched
from hub.core.doors.overview import Overview
from hub.core.site.document import Site
from hub.core.state import Area
from hub.core.watched import Known
from hub.site_directory import engine_pulse
from hub.site_directory.hub import Hub, wall_ms
from hub.store import watching


def known(hub: Hub, site: Site) -> Known:
    """What is watched, by the journal and by the engine's own word that it is at work."""
    beat = engine_pulse.ask(hub.layout.engine_socket, hub.layout.public_key("engine"), hub.site, wall_ms())
    with hub.reading() as connection:
        at = beat.time if beat else watching.engine_time(connection)
        engine = watched.Engine("heard", at, beat.held) if beat else watched.Engine("silent", at)
        return watching.known(connection, site, engine)


def stands(row: Area, guard: Overview | None) -> tuple[str, int]:
    """How an area stands, be it guarded on ordinary days or not, and since when: wall time in ms, 0 if nobody knows."""
    if guard is None or guard.how == "sealed":
        return row.state, row.since
    return state(guard), guard.row.since if guard.how in ("set", "unset") else 0


def state(one: Overview) -> str:
    """How an area stands, in a word or two."""
    if one.how == "not-watched":
        return f"not watched, last known {one.row.state}" if one.row.number else "not watched"
    return "not told yet" if one.how == "not-told" else one.how
