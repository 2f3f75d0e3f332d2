"""What an entry changes of points. Good news of a point counts only from the node that has told the bad."""

from __future__ import annotations

from msgspec.structs import replace

from hub.core.state import Entry, Point, State
from hub.core.when import when
from wire import messages as m


def level(state: State, entry: Entry, record: m.Record, data: m.LevelChanged) -> None:
    """The point's level, and since when. What stood like that before the node started has stood since then."""
    known = state.find(Point, data.point)
    stood = known.stood if known and known.node == record.node and data.found and data.now != "normal" else None
    since = when(state, entry, record, data.at) if stood is None else stood
    set_level(state, record, Point(data.point, record.node, data.now, since))


def chatter(state: State, entry: Entry, record: m.Record, data: m.Chatter) -> None:
    """The level that the point had last; since when is that of its first change."""
    known = state.find(Point, data.point)
    same = known is not None and known.node == record.node and known.level == data.level
    since = known.since if known and same else when(state, entry, record, data.until)
    set_level(state, record, Point(data.point, record.node, data.level, since))


def set_level(state: State, record: m.Record, point: Point) -> None:
    """Good news of a point counts only from the node that has told the bad."""
    known = state.find(Point, point.place)
    if known is None:
        state.put(point)
    elif known.node == point.node or point.level != "normal":
        told = replace(point, told=known.told, told_boot=known.told_boot, told_uptime=known.told_uptime)
        state.put(outlived(told, record.boot, record.mono))


def outlived(point: Point, boot: str, mono: int) -> Point:
    """The point after a record of this boot and uptime: what a beat has said stands as long as the beat is newer."""
    newer = boot == point.told_boot and mono > point.told_uptime
    return replace(point, told=None) if newer else point
