"""Alarms that follow from a point's level. Bad news is believed whichever node reports it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hub.core import doubt
from hub.core.alarms import life as alarm_life
from hub.core.alarms import of_points
from hub.core.alarms.kinds import Column
from hub.core.alarms.life import Cause
from hub.core.doors import everyday, guarded, stood
from hub.core.sealing import course
from hub.core.site import lookups, where
from hub.core.site.document import Site
from hub.core.state import Alarm, Entry, Point, State
from hub.core.when import when
from wire import messages as m

Facts = Iterator[m.FactData]


def level(state: State, site: Site, entry: Entry, record: m.Record, data: m.LevelChanged) -> Facts:
    """The alarm that a new level is, the alarms that it ends, and the guard of ordinary nights."""
    at = when(state, entry, record, data.at)
    column = stood.of_point(state, site, record, data, at)
    what = of_points.alarm_of_level(lookups.kind_of(site, data.point), data.now, column)
    yield from no_longer(state, site, entry, record, data.point, data.now, what)
    if data.now == "normal":
        yield from guarded.normal(state, site, entry, data.point)
    if what and what not in of_points.EVERYDAY and not _is_walked(state, what, where.area_of(data.point), at):
        yield alarm_life.raise_for(state, _cause(what, data, column, at), entry)
    yield from everyday.told(state, site, entry, record, data, at, column)


def _is_walked(state: State, what: str, area: str, at: int) -> bool:
    """Whether somebody opens it who walks through the area to seal it. Nobody need be told of that."""
    return what == of_points.IN_OVERTIME and course.is_checked(state, area, at)


def no_longer(
    state: State, site: Site, entry: Entry, record: m.Record, place: str, level: m.Level, what: str | None
) -> Facts:
    """Alarms of a point that its level ends. A record that comes late ends nothing that a beat has told of since."""
    standing = {alarm.what for alarm in state.all(Alarm) if alarm.place == place}
    if not standing or doubt.doubted(state, record):
        return
    point = state.find(Point, place)
    if point and point.told not in (None, "normal"):
        return
    for name in of_points.AT_A_POINT:
        if name in standing and name != what and (level == "normal" or name == "loop-tamper"):
            yield from alarm_life.return_for(state, name, place, entry)


def chatter(state: State, site: Site, entry: Entry, record: m.Record, data: m.Chatter) -> Facts:
    """An input that chatters is an alarm of its own, beside what its last level is."""
    at = when(state, entry, record, data.until)
    column = stood.of_point(state, site, record, data, at)
    level = of_points.alarm_of_level(lookups.kind_of(site, data.point), data.level, column)
    yield from no_longer(state, site, entry, record, data.point, data.level, level)
    yield alarm_life.raise_for(state, _cause(CHATTER.get(column, "chatter"), data, column, at), entry)
    yield from everyday.told(state, site, entry, record, data, at, column)


CHATTER: Mapping[Column, str] = {
    "set": "chatter-while-set",
    "set-out": "chatter-while-set",
    "sealed": "chatter-while-sealed",
}


def _cause(what: str, data: m.LevelChanged | m.Chatter, column: Column, at: int) -> Cause:
    how = "unset" if column == "sealed" else column
    return Cause(what, data.point, where.area_of(data.point), data.sealing, at, stood=how)


def witnesses(state: State, site: Site, alarm: Alarm) -> tuple[str, ...]:
    """Nodes that can tell when the cause of an alarm is over: by the document, and by who has told of it."""
    place = where.parse(alarm.place).whole
    if where.parse(place).fixed is None:
        return (place,)
    fixed = lookups.point(site, place) or lookups.reader(site, place)
    row = state.find(Point, place)
    return tuple({one.node for one in (fixed, row) if one is not None})


def nobody_can_tell(state: State, site: Site, entry: Entry) -> Facts:
    """An alarm that lasts until it is told to be over is over for us when nobody is left to tell; it stays latched."""
    for alarm in list(state.all(Alarm)):
        place = where.parse(alarm.place).whole
        fixed = lookups.point(site, place) or lookups.reader(site, place)
        life = state.life(fixed.node if fixed else place)
        of_hub = place == "hub" or place in site.areas
        if (not of_hub and (life is None or life.revoked)) or (
            fixed and (row := state.find(Point, place)) and row.node != fixed.node
        ):
            yield from alarm_life.return_for(state, alarm.what, alarm.place, entry)


def held_open(state: State, site: Site, entry: Entry, record: m.Record, data: m.HeldOpen) -> Facts:
    """A door has stood open too long."""
    area, at = where.area_of(data.point), when(state, entry, record)
    cause = Cause("held-open", data.point, area, None, at, stood=stood.at(state, site, area, at))
    yield alarm_life.raise_for(state, cause, entry)
