"""What follows from what a node, or the hub itself, tells of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hub.core import doubt, order_numbers
from hub.core.alarms import life as alarm_life
from hub.core.alarms import of_points
from hub.core.alarms.kinds import KINDS
from hub.core.alarms.life import Cause
from hub.core.calling import escalation, notices
from hub.core.doors import everyday, guarded, points, stood
from hub.core.nodes import node_disk, order_content, restarts, witnesses
from hub.core.sealing import after_restore, change, refusals
from hub.core.sealing import area as area_sealing
from hub.core.site import lookups, where
from hub.core.site.document import Site
from hub.core.state import Alarm, Entry, Life, State
from hub.core.when import when
from wire import messages as m

Facts = Iterator[m.FactData]


FAULTS_OVER_AT_BOOT = (
    "power-lost",
    "battery-low",
    "storage-low",
    "storage-read-only",
    "disk-refuses-while-sealed",
)
"""Faults that a node tells of anew after a boot."""


def started(state: State, site: Site, entry: Entry, record: m.Record, data: m.Started) -> Facts:
    """A node boots: what it reported before is over until it reports again, and it is told what it may not know."""
    for alarm in list(state.all(Alarm)):
        if alarm.what in (
            *of_points.AT_A_POINT,
            "node-fault",
            *FAULTS_OVER_AT_BOOT,
        ) and record.node in points.witnesses(state, site, alarm):
            yield from alarm_life.return_for(state, alarm.what, alarm.place, entry)
    for name in lookups.areas_of(site, record.node):
        yield from everyday.over(state, site, entry, name)
    yield from after_restore.found(state, site, record.node, data.sealed)
    yield from area_sealing.holding(state, site, entry, record.node, data.sealed)
    for area in area_sealing.not_held(state, site, record.node, data.sealed):
        cause = Cause("seal-not-held", record.node, area.name, area.sealing, when(state, entry, record))
        yield alarm_life.raise_for(state, cause, entry)
    yield from order_content.after_start(state, site, record.node)
    yield from guarded.started(state, site, entry, record, data)


def order_done(state: State, site: Site, entry: Entry, record: m.Record, data: m.OrderDone) -> Facts:
    """Nothing may be left to do, and what the node holds sealed is compared."""
    yield from none_remains(state, entry, record.node)
    yield from change.taken(state, site, entry, record.node)
    yield from after_restore.found(state, site, record.node, data.sealed)
    yield from area_sealing.holding(state, site, entry, record.node, data.sealed)
    for area in area_sealing.not_held(state, site, record.node, data.sealed):
        if not alarm_life.find(state, "seal-not-held", record.node):
            cause = Cause("seal-not-held", record.node, area.name, area.sealing, when(state, entry, record))
            yield alarm_life.raise_for(state, cause, entry)


def none_remains(state: State, entry: Entry, node: str) -> Facts:
    """Once the node has said of every order what became of it, it does as it is told."""
    if not order_numbers.remaining(state, node):
        yield from alarm_life.return_for(state, order_numbers.NOT_DONE, node, entry)


ORDER_TROUBLE: tuple[m.OrderRefusal, ...] = ("unknown-area", "unknown-reader", "not-usable")


def order_refused(state: State, site: Site, entry: Entry, record: m.Record, data: m.OrderRefused) -> Facts:
    """Tell the node anew where that helps; where it does not, it is an alarm."""
    yield from order_numbers.refused(state, record.node, data)
    yield from none_remains(state, entry, record.node)
    if data.reason in refusals.REASONS:
        yield from refusals.refused(state, site, entry, record, data)
    if data.reason in ORDER_TROUBLE:
        yield from of_node("order-refused")(state, site, entry, record, data)


FAULTS: dict[m.FaultPart, str] = {
    "clock": "clock-untrusted",
    "mains": "power-lost",
    "battery": "battery-low",
    "outbox-half": "storage-low",
    "outbox-write": "storage-read-only",
}
"""Faults of a node that have a kind of their own."""


def fault(state: State, site: Site, entry: Entry, record: m.Record, data: m.Fault) -> Facts:
    """A fault is an alarm until the part works again."""
    if data.part == "hub-silent":
        return  # the node tells of us, and we have told of ourselves
    what = FAULTS.get(data.part, "node-fault")
    place = f"{data.place or record.node} {data.part}"
    if data.failed:
        at = when(state, entry, record)
        how = stood.worst(state, site, record.node, at)
        cause = Cause(what, place, None, sealing_of(state, site, record.node), at, stood=how)
        yield alarm_life.raise_for(state, cause, entry)
    elif not doubt.doubted(state, record):
        yield from alarm_life.return_for(state, what, place, entry)
        if data.part == "outbox-write":
            yield from alarm_life.return_for(state, "disk-refuses-while-sealed", record.node, entry)


def clock_set(state: State, site: Site, entry: Entry, record: m.Record, data: m.ClockSet) -> Facts:
    """A clock that is not trusted is an alarm until it is."""
    place = f"{record.node} clock"
    if data.trust == "untrusted":
        cause = Cause("clock-untrusted", place, None, sealing_of(state, site, record.node), when(state, entry, record))
        yield alarm_life.raise_for(state, cause, entry)
    else:
        yield from alarm_life.return_for(state, "clock-untrusted", place, entry)


def sealing_of(state: State, site: Site, node: str) -> int | None:
    """The number of the first sealing that the node holds, or None."""
    held = area_sealing.sealed_areas(state, site, node)
    return held[0].sealing if held else None


def at_node(state: State, site: Site, what: str, node: str, happened: int) -> Cause:
    """Something that a node has suffered. An alarm about one that holds an area sealed wants somebody at its door."""
    held = area_sealing.sealed_areas(state, site, node)
    area = held[0].area if held and KINDS[what].klass != "trouble" else None
    return Cause(what, node, area, held[0].sealing if held else None, happened)


def of_node(what: str) -> Callable[[State, Site, Entry, m.Record, Any], Facts]:
    """The rule that raises this alarm about the node of a record."""

    def rule(state: State, site: Site, entry: Entry, record: m.Record, data: m.Data) -> Facts:
        yield alarm_life.raise_for(state, at_node(state, site, what, record.node, when(state, entry, record)), entry)

    return rule


def rolled_back(state: State, site: Site, entry: Entry, record: m.Record, data: m.RolledBack) -> Facts:
    """Its disk is not the one we know: it is told everything again."""
    yield from of_node("rolled-back")(state, site, entry, record, data)
    yield from order_content.in_force(state, site, record.node)


REFUSED: dict[str, str] = {"fork": "journal-forked", "rollback": "journal-rolled-back"}


def journal_refused(state: State, site: Site, entry: Entry, record: m.Record, data: m.JournalRefused) -> Facts:
    """A witness accuses us. Whoever has changed the journal would keep this out of it; the node sounds by itself."""
    yield from of_node(REFUSED[data.why])(state, site, entry, record, data)


def site_applied(state: State, site: Site, entry: Entry, data: m.SiteApplied) -> Facts:
    """Every node is told what holds now."""
    for life in list(state.all(Life)):
        yield from order_content.in_force(state, site, life.node)
    yield from points.nobody_can_tell(state, site, entry)


def node_revoked(state: State, site: Site, entry: Entry, data: m.NodeRevoked) -> Facts:
    """Nobody waits for it any longer, so somebody must know that what it watched is sealed and is not watched."""
    yield from alarm_life.return_for(state, order_numbers.NOT_DONE, data.node, entry)
    areas = [state.area(name) for name in lookups.areas_of(site, data.node)]
    for area in [area for area in areas if area_sealing.guarded(area)][:1]:
        cause = Cause("node-revoked-while-sealed", data.node, area.name, area.sealing, entry.time)
        yield alarm_life.raise_for(state, cause, entry)
    yield from points.nobody_can_tell(state, site, entry)


def engine_started(state: State, site: Site, entry: Entry, data: m.EngineStarted) -> Facts:
    """One fault of the hub, not one of each node. Whether the broker is there is found out anew."""
    yield from alarm_life.return_for(state, "engine-silent", "hub", entry)
    yield from alarm_life.return_for(state, "broker-lost", "hub", entry)
    if data.silent_since is not None:
        yield alarm_life.raise_for(state, Cause("hub-interrupted", "hub", None, None, data.silent_since), entry)
    yield from restarts.often(state, entry)


def broker_lost(state: State, site: Site, entry: Entry, data: m.BrokerLost) -> Facts:
    """One fault of the hub, and none of its nodes."""
    yield alarm_life.raise_for(state, Cause("broker-lost", "hub", None, notices.site_sealing(state), data.since), entry)


def broker_back(state: State, site: Site, entry: Entry, data: m.BrokerBack) -> Facts:
    """The broker is there again."""
    yield from alarm_life.return_for(state, "broker-lost", "hub", entry)


def node_silent(state: State, site: Site, entry: Entry, data: m.NodeSilent) -> Facts:
    """A silent node: an alarm, urgent while it guards a sealed area."""
    heard = data.last_heard or entry.time
    if data.sealed:
        area, sealing_number = data.sealed[0].area, data.sealed[0].sealing
        cause = Cause("node-silent-while-sealed", data.node, area, sealing_number, heard)
    else:
        how = stood.worst(state, site, data.node, heard)
        cause = Cause("node-silent", data.node, None, None, heard, stood=how)
    yield alarm_life.raise_for(state, cause, entry)


def node_back(state: State, site: Site, entry: Entry, data: m.NodeBack) -> Facts:
    """The node is heard again, and calls that waited for that go on."""
    for what in ("node-silent", "node-silent-while-sealed"):
        yield from alarm_life.return_for(state, what, data.node, entry)
    yield from escalation.heard_again(state, site)


def told_at_node(what: str) -> Callable[[State, Site, Entry, Any], Facts]:
    """The rule that raises this alarm about the node that a fact names, or about the hub."""

    def rule(state: State, site: Site, entry: Entry, data: m.Data) -> Facts:
        yield alarm_life.raise_for(state, at_node(state, site, what, getattr(data, "node", "hub"), entry.time), entry)

    return rule


def unwitnessed(state: State, site: Site, entry: Entry, data: m.Unwitnessed) -> Facts:
    """No majority of the witnesses countersigns."""
    cause = Cause("unwitnessed", witnesses.PLACE, None, notices.site_sealing(state), entry.time)
    yield alarm_life.raise_for(state, cause, entry)


def witnessed_again(state: State, site: Site, entry: Entry, data: m.WitnessedAgain) -> Facts:
    """A majority countersigns again."""
    yield from alarm_life.return_for(state, "unwitnessed", witnesses.PLACE, entry)


def progress_again(state: State, site: Site, entry: Entry, data: m.ProgressAgain) -> Facts:
    """The node gets on again."""
    yield from alarm_life.return_for(state, "no-progress", data.node, entry)


def flood_over(state: State, site: Site, entry: Entry, data: m.FloodOver) -> Facts:
    """The node keeps to the protocol again; why it did not is still to be found out."""
    yield from alarm_life.return_for(state, "flooding", data.node, entry)


def disk_refuses(state: State, site: Site, entry: Entry, data: m.DiskRefuses) -> Facts:
    """Told once for as long as it lasts; once more, and louder, when an area is sealed meanwhile."""
    cause = node_disk.cause(state, site, data.node, entry.time)
    known = alarm_life.find(state, cause.what, cause.place)
    if not (known and known.active):
        yield alarm_life.raise_for(state, cause, entry)


def beat_contradicts(state: State, site: Site, entry: Entry, data: m.BeatContradicts) -> Facts:
    """What a beat tells of a point before its record has come."""
    if data.level == "normal":
        for over in of_points.AT_A_POINT:
            yield from alarm_life.return_for(state, over, data.point, entry)
    column = stood.of_beat(state, site, data.point, data.sealing, entry.time)
    what = of_points.alarm_of_level(lookups.kind_of(site, data.point), data.level, column)
    known = alarm_life.find(state, what, data.point) if what else None
    if what and what not in of_points.EVERYDAY and not (known and known.active):
        how = "unset" if column == "sealed" else column
        area = where.area_of(data.point)
        cause = Cause(what, data.point, area, data.sealing, entry.time, foretold=True, stood=how)
        yield alarm_life.raise_for(state, cause, entry)
    if what is None or what in of_points.EVERYDAY:
        yield from everyday.beaten(state, site, entry, data)


def adopted(state: State, site: Site, entry: Entry, data: m.SealingAdopted) -> Facts:
    """A number that no backup explains: the area is guarded under it, and somebody looks at the node."""
    if not after_restore.is_plausible(state, data.sealing):
        yield alarm_life.raise_for(state, at_node(state, site, "bad-messages", data.node, entry.time), entry)
