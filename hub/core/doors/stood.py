"""How an area stood at some moment: what the table of alarms goes by.

The node of the area's reader decides that. What hangs on it is stamped by it; what another node tells is judged by the
state that the reader's node had at that time, however late it is told.
"""

from __future__ import annotations

from hub.core import standing
from hub.core.alarms.kinds import COLUMNS, Column
from hub.core.calendar import area_hours
from hub.core.site import lookups, where
from hub.core.site.document import Site
from hub.core.state import Guarded, State
from hub.core.state.house import Area
from wire import messages as m


def at(state: State, site: Site, area: str, wall: int) -> m.Stood:
    """How an area that is not sealed stood at a wall time in ms."""
    known = standing.told(state, site, area)
    if known is None:
        return "unset"
    return _stood(state, site, known, was_set(known, wall), wall)


def of_point(state: State, site: Site, record: m.Record, data: m.LevelChanged | m.Chatter, wall: int) -> Column:
    """How the area of a record's point stood when that happened, at a wall time in ms."""
    if data.sealing is not None:
        return "sealed"
    area = where.area_of(data.point)
    decides = record.node == lookups.ceremony_node(site, area)
    stamped = decides and data.guard is not None
    # What its node has stamped was set, also where the document has given that up since.
    known = state.find(Guarded, area) if stamped else standing.told(state, site, area)
    if known is None:
        return "unset"
    is_set = stamped if decides else was_set(known, wall) and data.point not in known.left_open
    return _stood(state, site, known, is_set, wall)


def of_beat(state: State, site: Site, place: str, sealing: int | None, wall: int) -> Column:
    """How the area of a point stands, of which a beat tells."""
    return "sealed" if sealing is not None else at(state, site, where.area_of(place), wall)


def worst(state: State, site: Site, node: str, wall: int) -> m.Stood:
    """How the area of a node stood that was guarded most."""
    stood = [at(state, site, area, wall) for area in lookups.areas_of(site, node)]
    return max(stood, key=COLUMNS.index, default="unset")


def was_set(known: Guarded, wall: int) -> bool:
    """Whether the area was set at a wall time in ms. What is set does not begin to be so with a doubt."""
    spans = zip(known.set_from, (*known.set_to, None), strict=False)
    return any(begins <= wall and (ends is None or wall < ends) for begins, ends in spans)


def _stood(state: State, site: Site, known: Guarded, is_set: bool, wall: int) -> m.Stood:
    within = area_hours.hour(state, site, known.area, wall) == "in"
    if is_set:
        return "set" if within else "set-out"
    if within:
        return "unset"
    return "overtime" if known.until is not None and wall < known.until else "out"


def is_guarded(area: Area, known: Guarded | None) -> bool:
    """Whether the area is set, as far as is known now."""
    return known is not None and known.state == "set" and area.state == "unsealed"
