"""A backlog must not hide a fresh break-in: a beat that contradicts the journal about a sealed point alarms at once."""

from __future__ import annotations

from collections.abc import Iterator

from hub.core import alarms, sites
from hub.core.record_rules import AT_A_POINT
from hub.core.site_document import Site
from hub.core.state import Point, State
from wire import messages as m


def found(state: State, site: Site, node: str, here: m.Here) -> Iterator[m.BeatContradicts]:
    """What a node that is ahead of the journal says of points of what it holds sealed, and no alarm tells of yet."""
    sealings = {area.area: area.sealing for area in here.sealed}
    for place, level in here.levels.items():
        sealing = sealings.get(place.split("/")[0])
        point = state.find(Point, place)
        if sealing is None or level == "normal" or (point and point.level == level):
            continue
        planned = sites.point(site, place)
        if planned is None or planned.node != node or not sites.guards(site, place):
            continue
        known = [alarms.find(state, what, place) for what in AT_A_POINT]
        if not any(alarm and alarm.active for alarm in known):
            yield m.BeatContradicts(node=node, point=place, level=level, sealing=sealing)
