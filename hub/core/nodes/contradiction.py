"""A backlog, or a disk that refuses, must not hide a fresh break-in: a beat that says of a point what the journal does
not know is taken at its word at once, whatever numbers the node has got to.

A beat may also be older than the newest record, when the two have passed each other on the way: such a one tells
nothing. It is known by its number, since within a boot a healthy node's numbers only grow; and a node whose disk was
put aside meanwhile, which counts anew, by its uptime.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from hub.core.alarms.of_points import alarm_of_level
from hub.core.doors import stood
from hub.core.sealing import area as area_sealing
from hub.core.site import lookups, where
from hub.core.site.document import Site
from hub.core.state import Entry, Point, State
from wire import messages as m


def is_older(state: State, beat: m.Beat, here: m.Here, newest: tuple[str, int] | None) -> bool:
    """Whether the newest record that was taken knows more than the beat. `newest`: boot and uptime of that record, None
    when the engine has not seen it."""
    life = state.life(beat.node)
    if life is None or beat.life != life.life or beat.boot != life.boot or here.seq >= life.seq:
        return False
    return newest is None or newest[0] != beat.boot or here.uptime <= newest[1]


def found(state: State, site: Site, beat: m.Beat, here: m.Here) -> Iterator[m.BeatContradicts]:
    """What a fresh beat says of its node's points and neither a record nor a beat has told yet: each thing that is an
    alarm, and all of it while no record of it can come."""
    sealings = _sealings(state, site, beat.node, here)
    for place, level in here.levels.items():
        planned = lookups.point(site, place)
        if planned is None or planned.node != beat.node or not lookups.guards(site, place):
            continue
        point = state.find(Point, place)
        if level == (point.known if point else "normal"):
            continue
        number = sealings.get(where.area_of(place))
        told = point is not None and point.told is not None
        column = stood.of_beat(state, site, place, number, state.meta.newest_time)
        if told or here.unwritten or alarm_of_level(planned.kind, level, column):
            yield m.BeatContradicts(
                node=beat.node, point=place, level=level, sealing=number, boot=beat.boot, uptime=here.uptime
            )


def _sealings(state: State, site: Site, node: str, here: m.Here) -> dict[str, int]:
    """Areas that are sealed by the node's word, or by ours where neither side is at work on it."""
    held = {one.area: one.sealing for one in area_sealing.held(state, site, node)}
    ours = {area: number for area, number in held.items() if area_sealing.whole(state.area(area))}
    return ours | {one.area: one.sealing for one in here.sealed}


# ---------------------------------------------------------------- fold


def apply(state: State, entry: Entry, data: m.BeatContradicts, person: int | None) -> None:
    """The point is so by its node's word."""
    point = state.find(Point, data.point) or Point(data.point, data.node, "normal", entry.time)
    told = None if data.level == point.level else data.level
    state.put(replace(point, told=told, told_boot=data.boot, told_uptime=data.uptime))
