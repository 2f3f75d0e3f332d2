"""What follows from the records of nodes: rows of the judge's table. What is bad news is believed of anybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hub.core import doubt
from hub.core import order_numbers as orders
from hub.core.alarms import closing, of_points
from hub.core.alarms import life as alarms
from hub.core.alarms.life import Cause
from hub.core.doors import awaited, everyday
from hub.core.doors import tries as access
from hub.core.nodes import order_content
from hub.core.sealing import after_restore as adoption
from hub.core.sealing import area as sealing
from hub.core.site import lookups as sites
from hub.core.site.document import Site
from hub.core.state import Alarm, Entry, Point, State
from hub.core.when import when
from wire import messages as m

Facts = Iterator[m.FactData]

NOTHING_FOLLOWS = (m.Granted, m.Presented, m.Attended, m.NotEntered, m.JournalRefused)
"""Kinds of which nothing follows when they are doubted (hub/core/doubt.py): good news, and an unfounded accusation."""


FAULTS_OVER_AT_BOOT = (
    "power-lost",
    "battery-low",
    "storage-low",
    "storage-read-only",
    "disk-refuses-while-sealed",
)
"""Faults that a node tells of anew after a boot."""


def _level(state: State, site: Site, entry: Entry, record: m.Record, data: m.LevelChanged) -> Facts:
    what = of_points.alarm_of_level(sites.kind_of(site, data.point), data.now, data.sealing is not None)
    at = when(state, entry, record, data.at)
    yield from _no_longer(state, site, entry, record, data.point, data.now, what)
    if what:
        cause = Cause(what, data.point, access.area_of(data.point), data.sealing, at)
        yield alarms.raise_for(state, cause, entry)
    yield from everyday.told(state, site, entry, record, data)


def _no_longer(
    state: State, site: Site, entry: Entry, record: m.Record, place: str, level: m.Level, what: str | None
) -> Facts:
    """Alarms of a point that its level ends. A record that comes late ends nothing that a beat has told of since."""
    point = state.find(Point, place)
    if point and point.told not in (None, "normal"):
        return
    for name in of_points.AT_A_POINT if not doubt.doubted(state, record) else ():
        if name != what and (level == "normal" or name == "loop-tamper"):
            yield from alarms.return_for(state, name, place, entry)


def _chatter(state: State, site: Site, entry: Entry, record: m.Record, data: m.Chatter) -> Facts:
    level = of_points.alarm_of_level(sites.kind_of(site, data.point), data.level, data.sealing is not None)
    yield from _no_longer(state, site, entry, record, data.point, data.level, level)
    what = "chatter" if data.sealing is None else "chatter-while-sealed"
    cause = Cause(what, data.point, access.area_of(data.point), data.sealing, when(state, entry, record, data.until))
    yield alarms.raise_for(state, cause, entry)
    yield from everyday.told(state, site, entry, record, data)


def _started(state: State, site: Site, entry: Entry, record: m.Record, data: m.Started) -> Facts:
    """A node boots: what it reported before is over until it reports again, and it is told what it may not know."""
    for alarm in list(state.all(Alarm)):
        if alarm.what in (*of_points.AT_A_POINT, "node-fault", *FAULTS_OVER_AT_BOOT) and record.node in _witnesses(
            state, site, alarm
        ):
            yield from alarms.return_for(state, alarm.what, alarm.place, entry)
    for name in sites.areas_of(site, record.node):
        yield from everyday.over(state, site, entry, name)
    yield from adoption.found(state, site, record.node, data.sealed)
    yield from sealing.holding(state, site, entry, record.node, data.sealed)
    for area in sealing.not_held(state, site, record.node, data.sealed):
        cause = Cause("seal-not-held", record.node, area.name, area.sealing, when(state, entry, record))
        yield alarms.raise_for(state, cause, entry)
    yield from order_content.after_start(state, site, record.node)


def _witnesses(state: State, site: Site, alarm: Alarm) -> tuple[str, ...]:
    """Nodes that can tell when the cause of an alarm is over: by the document, and by who has told of it."""
    place = alarm.place.split(" ")[0]
    if "/" not in place:
        return (place,)
    fixed = sites.point(site, place) or sites.reader(site, place)
    row = state.find(Point, place)
    return tuple({one.node for one in (fixed, row) if one is not None})


def nobody_can_tell(state: State, site: Site, entry: Entry) -> Facts:
    """An alarm that lasts until it is told to be over is over for us when nobody is left to tell; it stays latched."""
    for alarm in list(state.all(Alarm)):
        place = alarm.place.split(" ")[0]
        fixed = sites.point(site, place) or sites.reader(site, place)
        life = state.life(fixed.node if fixed else place)
        of_hub = place == "hub" or place in site.areas
        if (not of_hub and (life is None or life.revoked)) or (
            fixed and (row := state.find(Point, place)) and row.node != fixed.node
        ):
            yield from alarms.return_for(state, alarm.what, alarm.place, entry)


def _denied(state: State, site: Site, entry: Entry, record: m.Record, data: m.Denied) -> Facts:
    area = access.area_of(data.reader)
    if not doubt.doubted(state, record):
        yield from _at_the_door(state, site, entry, record, data)
    if data.sealing is not None:
        cause = Cause("badge-while-sealed", data.reader, area, data.sealing, when(state, entry, record))
        yield alarms.raise_for(state, cause, entry)
    elif access.tries_exhausted(state, data):
        yield alarms.raise_for(
            state, Cause("denied-five-times", data.reader, area, None, when(state, entry, record)), entry
        )


def _at_the_door(
    state: State, site: Site, entry: Entry, record: m.Record, data: m.Granted | m.Denied | m.Presented
) -> Facts:
    """A responder's badge shows that somebody is there, whatever it was meant for: once a sealing has ended, no node
    takes it for attending, and what happened under that sealing still wants somebody to have looked."""
    area, at = access.area_of(data.reader), when(state, entry, record)
    if data.person is None or not sites.responds(site, data.person, area) or data.credential in site.duress_badges:
        return
    for alarm in list(state.all(Alarm)):
        waits = closing.takes_two(alarm) and closing.expects_responder(alarm, area)
        if waits and closing.counts_as_attended(alarm, entry.time, at):
            yield m.AlarmAttended(alarm=alarm.number, person=data.person, cause=entry.index)


def _presented(state: State, site: Site, entry: Entry, record: m.Record, data: m.Presented) -> Facts:
    yield from _at_the_door(state, site, entry, record, data)
    yield from sealing.presented(state, site, entry, record, data)


def _attended(state: State, site: Site, entry: Entry, record: m.Record, data: m.Attended) -> Facts:
    """The alarms that the node was told of; when it answered by itself, all that are open for the area."""
    area, at = access.area_of(data.reader), when(state, entry, record)
    free = data.credential not in site.duress_badges
    for alarm in list(state.all(Alarm)):
        meant = alarm.area == area and (not data.alarms or alarm.number in data.alarms) and free
        if meant and closing.counts_as_attended(alarm, entry.time, at):
            yield m.AlarmAttended(alarm=alarm.number, person=data.person, cause=entry.index)
    if len(data.alarms) == m.NAMED_ALARMS:  # as many as an order names: there may be more
        yield from orders.issue(state, record.node, f"respond/{area}")


def _granted(state: State, site: Site, entry: Entry, record: m.Record, data: m.Granted) -> Facts:
    yield from _at_the_door(state, site, entry, record, data)
    yield from awaited.granted(state, site, entry, record, data)


def _held_open(state: State, site: Site, entry: Entry, record: m.Record, data: m.HeldOpen) -> Facts:
    cause = Cause("held-open", data.point, access.area_of(data.point), None, when(state, entry, record))
    yield alarms.raise_for(state, cause, entry)


def _not_entered(state: State, site: Site, entry: Entry, record: m.Record, data: m.NotEntered) -> Facts:
    """Somebody was let in and did not go: on record, and nobody is disturbed for it."""
    yield alarms.raise_for(state, Cause("not-entered", data.area, data.area, None, when(state, entry, record)), entry)


def _order_done(state: State, site: Site, entry: Entry, record: m.Record, data: m.OrderDone) -> Facts:
    yield from _none_remains(state, entry, record.node)
    yield from adoption.found(state, site, record.node, data.sealed)
    yield from sealing.holding(state, site, entry, record.node, data.sealed)
    for area in sealing.not_held(state, site, record.node, data.sealed):
        if not alarms.find(state, "seal-not-held", record.node):
            cause = Cause("seal-not-held", record.node, area.name, area.sealing, when(state, entry, record))
            yield alarms.raise_for(state, cause, entry)


def _none_remains(state: State, entry: Entry, node: str) -> Facts:
    """Once the node has said of every order what became of it, it does as it is told."""
    if not orders.remaining(state, node):
        yield from alarms.return_for(state, orders.NOT_DONE, node, entry)


ORDER_TROUBLE: tuple[m.OrderRefusal, ...] = ("unknown-area", "unknown-reader", "not-usable")


def _order_refused(state: State, site: Site, entry: Entry, record: m.Record, data: m.OrderRefused) -> Facts:
    yield from orders.refused(state, record.node, data)
    yield from _none_remains(state, entry, record.node)
    if data.reason in ORDER_TROUBLE:
        yield from _of_node("order-refused")(state, site, entry, record, data)


FAULTS: dict[m.FaultPart, str] = {
    "clock": "clock-untrusted",
    "mains": "power-lost",
    "battery": "battery-low",
    "outbox-half": "storage-low",
    "outbox-write": "storage-read-only",
}
"""Faults of a node that have a kind of their own."""


def _fault(state: State, site: Site, entry: Entry, record: m.Record, data: m.Fault) -> Facts:
    if data.part == "hub-silent":
        return  # the node tells of us, and we have told of ourselves
    what = FAULTS.get(data.part, "node-fault")
    place = f"{data.place or record.node} {data.part}"
    if data.failed:
        cause = Cause(what, place, None, sealing_of(state, site, record.node), when(state, entry, record))
        yield alarms.raise_for(state, cause, entry)
    elif not doubt.doubted(state, record):
        yield from alarms.return_for(state, what, place, entry)
        if data.part == "outbox-write":
            yield from alarms.return_for(state, "disk-refuses-while-sealed", record.node, entry)


def _clock_set(state: State, site: Site, entry: Entry, record: m.Record, data: m.ClockSet) -> Facts:
    place = f"{record.node} clock"
    if data.trust == "untrusted":
        cause = Cause("clock-untrusted", place, None, sealing_of(state, site, record.node), when(state, entry, record))
        yield alarms.raise_for(state, cause, entry)
    else:
        yield from alarms.return_for(state, "clock-untrusted", place, entry)


def sealing_of(state: State, site: Site, node: str) -> int | None:
    """The number of the first sealing that the node holds, or None."""
    held = sealing.sealed_areas(state, site, node)
    return held[0].sealing if held else None


def at_node(state: State, site: Site, what: str, node: str, happened: int) -> Cause:
    """Something that a node has suffered. An alarm about one that holds an area sealed wants somebody at its door."""
    held = sealing.sealed_areas(state, site, node)
    area = held[0].area if held and alarms.KINDS[what].klass != "trouble" else None
    return Cause(what, node, area, held[0].sealing if held else None, happened)


def _of_node(what: str) -> Callable[[State, Site, Entry, m.Record, Any], Facts]:
    def rule(state: State, site: Site, entry: Entry, record: m.Record, data: m.Data) -> Facts:
        yield alarms.raise_for(state, at_node(state, site, what, record.node, when(state, entry, record)), entry)

    return rule


def _rolled_back(state: State, site: Site, entry: Entry, record: m.Record, data: m.RolledBack) -> Facts:
    """Its disk is not the one we know: it is told everything again."""
    yield from _of_node("rolled-back")(state, site, entry, record, data)
    yield from orders.issue(state, record.node, *orders.STANDING)


REFUSED: dict[str, str] = {"fork": "journal-forked", "rollback": "journal-rolled-back"}


def _refused(state: State, site: Site, entry: Entry, record: m.Record, data: m.JournalRefused) -> Facts:
    """A witness accuses us. Whoever has changed the journal would keep this out of it; the node sounds by itself."""
    yield from _of_node(REFUSED[data.why])(state, site, entry, record, data)


RECORDS: dict[type[m.Data], Callable[[State, Site, Entry, m.Record, Any], Facts]] = {
    m.Started: _started,
    m.LevelChanged: _level,
    m.Chatter: _chatter,
    m.Granted: _granted,
    m.Denied: _denied,
    m.Presented: _presented,
    m.Attended: _attended,
    m.Forced: awaited.forced,
    m.HeldOpen: _held_open,
    m.NotEntered: _not_entered,
    m.OrderDone: _order_done,
    m.OrderRefused: _order_refused,
    m.Fault: _fault,
    m.ClockSet: _clock_set,
    m.Overflow: _of_node("overflow"),
    m.CannotFill: _of_node("cannot-fill"),
    m.RolledBack: _rolled_back,
    m.JournalRefused: _refused,
}
