"""What the hub makes of the everyday guard: how each area stands, who is told of it, and what other nodes are told.

The node of the area's reader decides; here it is written down. Nothing here unsets an area.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec.structs import replace

from hub.core import order_numbers
from hub.core.alarms import life as alarm_life
from hub.core.alarms.life import Cause
from hub.core.doors import stood
from hub.core.site import guarding, lookups, where
from hub.core.site.document import Site
from hub.core.state import Alarm, Entry, Guarded, Point, State
from hub.core.when import when
from wire import messages as m
from wire.points import KINDS

GuardEvent = Literal["set", "unset"]

GUARD: dict[tuple[m.GuardState, GuardEvent], m.GuardState] = {
    ("unset", "set"): "set",
    ("set", "set"): "set",  # under another number: the node had lost what it knew
    ("set", "unset"): "unset",
    ("unset", "unset"): "unset",  # it has begun to be guarded, or was sealed since
}
"""What the node of the area's reader says, it is: there is no other way to either."""

REMEMBERED = 32
"""Times that an area was set: as late as a node's records of a month."""
LASTS = ("not-set", "set-refused", "left-open", "somebody-inside")
TOLD_ALONE: tuple[m.UnsetBy, ...] = ("told",)

Facts = Iterator[m.FactData]


# ---------------------------------------------------------------- follows


def area_set(state: State, site: Site, entry: Entry, record: m.Record, data: m.AreaSet) -> Facts:
    """It is set after all. What stands open is left open, also where another node sees it."""
    for what in ("not-set", "set-refused"):
        yield from alarm_life.return_for(state, what, data.area, entry)
    known = state.find(Guarded, data.area)
    for place in known.left_open if known else ():
        if KINDS[lookups.kind_of(site, place)].seal:
            continue  # none is on, on an ordinary day
        cause = Cause("left-open", place, data.area, None, when(state, entry, record), stood="set")
        yield alarm_life.raise_for(state, cause, entry)
    yield from _tell(state, site, record.node, data.area)


def area_unset(state: State, site: Site, entry: Entry, record: m.Record, data: m.AreaUnset) -> Facts:
    """Somebody is there: what was left open is theirs to see to. Who has opened alone is told of, where that is so."""
    for place in [one.place for one in site.point if one.area == data.area]:
        yield from alarm_life.return_for(state, "left-open", place, entry)
    at = when(state, entry, record)
    if data.by in TOLD_ALONE:
        yield alarm_life.raise_for(state, Cause("unset-out-of-hours", data.area, data.area, None, at), entry)
    yield from alarm_life.return_for(state, "somebody-inside", data.area, entry)
    yield from _tell(state, site, record.node, data.area)


def attended(state: State, site: Site, entry: Entry, record: m.Record, data: m.Attended) -> Facts:
    """Somebody has come: whoever was in is known, or gone."""
    yield from alarm_life.return_for(state, "somebody-inside", where.area_of(data.reader), entry)


def site_applied(state: State, site: Site, entry: Entry, data: m.SiteApplied) -> Facts:
    """What lasts until an area is set or unset is over where nobody does that any more."""
    for alarm in list(state.all(Alarm)):
        described = site.areas.get(alarm.area or "")
        if alarm.what in LASTS and (described is None or not guarding.is_set(site, described)):
            yield from alarm_life.return_for(state, alarm.what, alarm.place, entry)


def started(state: State, site: Site, entry: Entry, record: m.Record, data: m.Started) -> Facts:
    """The other nodes of its areas are told how these stand."""
    for one in data.guards:
        if lookups.ceremony_node(site, one.area) == record.node:
            yield from _tell(state, site, record.node, one.area)


def not_set(state: State, site: Site, entry: Entry, record: m.Record, data: m.NotSet) -> Facts:
    """The hour has come, and something is open or somebody is there."""
    yield alarm_life.raise_for(state, Cause("not-set", data.area, data.area, None, when(state, entry, record)), entry)


def refused(state: State, site: Site, entry: Entry, record: m.Record, data: m.SetRefused) -> Facts:
    """Somebody has gone home and left it unset."""
    cause = Cause("set-refused", data.area, data.area, None, when(state, entry, record))
    yield alarm_life.raise_for(state, cause, entry)


def extended(state: State, site: Site, entry: Entry, record: m.Record, data: m.SetExtended) -> Facts:
    """Somebody stays, so it is not to be set yet."""
    for what in ("not-set", "set-refused"):
        yield from alarm_life.return_for(state, what, data.area, entry)


def somebody_inside(state: State, site: Site, entry: Entry, record: m.Record, data: m.SomebodyInside) -> Facts:
    """Somebody was shut in, or has hidden."""
    at = when(state, entry, record)
    cause = Cause("somebody-inside", data.area, data.area, None, at, stood=stood.at(state, site, data.area, at))
    yield alarm_life.raise_for(state, cause, entry)


def somebody_out(state: State, site: Site, entry: Entry, record: m.Record, data: m.SomebodyOut) -> Facts:
    """They have shown who they are."""
    yield from alarm_life.return_for(state, "somebody-inside", data.area, entry)


def normal(state: State, site: Site, entry: Entry, place: str) -> Facts:
    """A point is normal: it is not left open any more."""
    yield from alarm_life.return_for(state, "left-open", place, entry)


def _tell(state: State, site: Site, node: str, area: str) -> Facts:
    for other in lookups.nodes_of(site, area):
        if other != node:
            yield from order_numbers.issue(state, other, f"guard/{area}")


# ---------------------------------------------------------------- fold


def apply_set(state: State, entry: Entry, record: m.Record, data: m.AreaSet) -> None:
    """The area is set. Whoever was taken to be inside is not any more."""
    known = state.find(Guarded, data.area) or Guarded(data.area)
    at = when(state, entry, record)
    open_elsewhere = [
        point.place
        for point in state.all(Point)
        if where.area_of(point.place) == data.area and point.node != record.node and point.known != "normal"
    ]
    people = (data.person,) if data.person is not None else ()
    left_open = tuple(dict.fromkeys((*data.left_open, *open_elsewhere)))
    told = replace(known, number=data.number, node=record.node, since=at, by=data.by, people=people)
    state.put(_turned(replace(told, until=None, left_open=left_open), "set", at))


def apply_unset(state: State, entry: Entry, record: m.Record, data: m.AreaUnset) -> None:
    """The area is unset."""
    known = state.find(Guarded, data.area) or Guarded(data.area)
    at = when(state, entry, record)
    told = replace(known, number=data.number, node=record.node, since=at, by=data.by, people=data.people)
    state.put(_turned(replace(told, until=data.until, left_open=()), "unset", at))


def apply_extended(state: State, entry: Entry, record: m.Record, data: m.SetExtended) -> None:
    """Somebody stays."""
    known = state.find(Guarded, data.area)
    if known is not None:
        state.put(replace(known, until=data.until))


def apply_started(state: State, entry: Entry, record: m.Record, data: m.Started) -> None:
    """What the node of the reader holds of its areas is so, whatever a backup has forgotten. One that follows may have
    been away, and says nothing of it."""
    for one in data.guards:
        known = state.find(Guarded, one.area)
        if known is not None and known.node == record.node and (known.state, known.number) != (one.state, one.number):
            at = when(state, entry, record)
            state.put(_turned(replace(known, number=one.number, since=at), one.state, at))


def apply_normal(state: State, entry: Entry, record: m.Record, data: m.LevelChanged) -> None:
    """A point that is normal is not left open any more."""
    area = where.area_of(data.point)
    known = state.find(Guarded, area)
    if known is not None and data.now == "normal" and data.point in known.left_open:
        state.put(replace(known, left_open=tuple(one for one in known.left_open if one != data.point)))


def _turned(row: Guarded, event: GuardEvent, at: int) -> Guarded:
    """The row after that, with its spans up to date: it is set, or unset, from this wall time on."""
    begun, ended = row.set_from, row.set_to
    if row.state == "set" and len(begun) > len(ended):
        ended = (*ended, max(at, begun[-1]))
    if event == "set":
        begun = (*begun, at)
    dropped = max(0, len(begun) - REMEMBERED)
    return replace(row, state=GUARD[row.state, event], set_from=begun[dropped:], set_to=ended[dropped:])
