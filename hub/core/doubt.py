"""Whether a node may say what it says: of points and readers that hang on it, and of badges of those who hold them.

A signature says who, not that it is true or possible. What a node says of another's door, or of a badge that is
nobody's, is journalled behind a statement that it is doubted, and raises an alarm about the node. Good news in it
changes nothing; bad news counts all the same. Of a place that no document knows there is no news of either kind: that
alarm about the node says it, and is one, however many places somebody invents.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from hub.core.site import lookups
from hub.core.site.document import Point, Reader, Site
from hub.core.state import Life, State
from wire import messages as m
from wire.points import KINDS


class GoesBy(NamedTuple):
    """Site documents by which a node may speak: the one in force, and the one that it has confirmed to go by."""

    plans: tuple[Site, ...]
    """As to its terminals."""
    lists: tuple[Site, ...]
    """As to badges."""


def goes_by(life: Life, in_force: Site, version: int, former: Callable[[int], Site]) -> GoesBy:
    """What the node of this life may go by. `version` is that of the document in force; `former` gives older ones."""
    plans = (in_force,) if life.plan in (0, version) else (in_force, former(life.plan))
    lists = (in_force,) if life.access in (0, version) else (in_force, former(life.access))
    return GoesBy(plans, lists)


def of(state: State, record: m.Record) -> m.Doubt | None:
    """Why the record, which was just taken in, is doubted; None if it does not stand behind a statement that it is."""
    life = state.life(record.node)
    return life.doubt if life is not None and life.doubted == record.seq else None


def doubted(state: State, record: m.Record) -> bool:
    """Whether the record, which was just taken in, stands behind a statement that it is doubted."""
    return of(state, record) is not None


def why(by: GoesBy, record: m.Record) -> m.Doubt | None:
    """Why a record is not believed; None for one that the node may say."""
    data = record.data
    at = PLACES.get(type(data))
    if at is not None and not any(at(site, record.node, data) for site in by.plans):
        return "place" if any(_knows(site, data) for site in by.plans) else "unknown"
    person, credential = getattr(data, "person", None), getattr(data, "credential", None)
    if not person:
        return None
    holders = [holder for site in by.lists if (holder := lookups.cardholder(site, person))]
    if not holders:
        return "person"
    if credential and not any(credential in holder.badges for holder in holders):
        return "badge"
    return None


def _knows(site: Site, data: Any) -> bool:
    """Whether the document has anything of what the record is about."""
    places = [getattr(data, one, None) for one in ("point", "reader", "place")]
    places += [*getattr(data, "points", ()), *getattr(data, "ohms", ())]
    return getattr(data, "area", None) in site.areas or any(one in site.points or one in site.readers for one in places)


def _point(site: Site, node: str, data: Any) -> bool:
    return _hangs(lookups.point(site, data.point), node)


def _reader(site: Site, node: str, data: Any) -> bool:
    return _hangs(lookups.reader(site, data.reader), node)


def _passage(site: Site, node: str, data: m.Entered | m.NotEntered | m.Left | m.Emptied) -> bool:
    """It judges passage into the area: one of its doors, or of its readers, hangs on it."""
    area = lookups.area(site, data.area)
    doors = [lookups.point(site, f"{data.area}/{door}") for door in area.doors] if area else []
    return any(_hangs(door, node) for door in doors) or any(
        one.area == data.area and _hangs(one, node) for one in site.reader
    )


def _area(site: Site, node: str, data: m.Frozen | m.Permitted | m.Released) -> bool:
    """Something of the area hangs on it."""
    return data.area in lookups.areas_of(site, node)


def _readers_node(site: Site, node: str, data: Any) -> bool:
    """It is the node of the reader at which the area is set and unset."""
    return data.area in site.areas and lookups.ceremony_node(site, data.area) == node


def _watch(site: Site, node: str, data: m.Watch | m.WatchWhileSet) -> bool:
    return all(_of_area(site, node, data.area, place) for place in data.points)


def _seals(site: Site, node: str, data: m.SealBaseline) -> bool:
    return all(
        _of_area(site, node, data.area, place) and KINDS[lookups.kind_of(site, place)].seal for place in data.ohms
    )


def _part(site: Site, node: str, data: m.Fault) -> bool:
    if data.place is None:
        return True
    return _hangs(lookups.reader(site, data.place), node) or _hangs(lookups.point(site, data.place), node)


def _of_area(site: Site, node: str, area: str, place: str) -> bool:
    fixed = lookups.point(site, place)
    return _hangs(fixed, node) and fixed is not None and fixed.area == area


def _hangs(fixed: Point | Reader | None, node: str) -> bool:
    return fixed is not None and fixed.node == node


PLACES: Mapping[type[m.Data], Callable[[Site, str, Any], bool]] = {
    m.LevelChanged: _point,
    m.Chatter: _point,
    m.Forced: _point,
    m.HeldOpen: _point,
    m.Granted: _reader,
    m.Denied: _reader,
    m.Presented: _reader,
    m.Attended: _reader,
    m.Entered: _passage,
    m.NotEntered: _passage,
    m.Left: _passage,
    m.Emptied: _passage,
    m.Watch: _watch,
    m.SealBaseline: _seals,
    m.Frozen: _area,
    m.Permitted: _area,
    m.Released: _area,
    m.Fault: _part,
    m.Setting: _reader,
    m.AreaSet: _readers_node,
    m.AreaUnset: _readers_node,
    m.FirstOfTwo: _reader,
    m.SetRefused: _readers_node,
    m.SetCancelled: _readers_node,
    m.SetExtended: _readers_node,
    m.NotSet: _readers_node,
    m.SomebodyInside: _readers_node,
    m.SomebodyOut: _readers_node,
    m.WatchWhileSet: _watch,
    m.ReaderDeaf: _reader,
}
"""Kinds of record that are about a place, and whether it is the node's own by a document."""
