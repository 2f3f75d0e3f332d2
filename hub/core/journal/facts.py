"""What follows from the facts of the hub itself: rows of the judge's table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hub.core import order_numbers as orders
from hub.core.alarms import life as alarms
from hub.core.alarms import of_points
from hub.core.alarms.life import Cause
from hub.core.calendar import facts as calendar_facts
from hub.core.calling import escalation
from hub.core.calling import notices as called
from hub.core.doors import awaited, everyday
from hub.core.doors import tries as access
from hub.core.journal import records as record_rules
from hub.core.journal import unjudged
from hub.core.nodes import hub_clock, restarts, witnesses
from hub.core.nodes import hub_disk as storage
from hub.core.nodes import node_disk as disks
from hub.core.sealing import after as unsealing
from hub.core.sealing import after_restore as adoption
from hub.core.sealing import area as sealing
from hub.core.sealing import before as checking
from hub.core.sealing import course
from hub.core.sealing import missed as lapse
from hub.core.site import lookups as sites
from hub.core.site.document import Site
from hub.core.state import Alarm, Entry, Life, State
from wire import messages as m

Facts = Iterator[m.FactData]


def _site_applied(state: State, site: Site, entry: Entry, data: m.SiteApplied) -> Facts:
    for life in list(state.all(Life)):
        yield from orders.issue(state, life.node, *orders.STANDING)
    yield from record_rules.nobody_can_tell(state, site, entry)


def _node_revoked(state: State, site: Site, entry: Entry, data: m.NodeRevoked) -> Facts:
    """Nobody waits for it any longer, so somebody must know that what it watched is sealed and is not watched."""
    yield from alarms.return_for(state, orders.NOT_DONE, data.node, entry)
    areas = [state.area(name) for name in sites.areas_of(site, data.node)]
    for area in [area for area in areas if sealing.guarded(area)][:1]:
        cause = Cause("node-revoked-while-sealed", data.node, area.name, area.sealing, entry.time)
        yield alarms.raise_for(state, cause, entry)
    yield from record_rules.nobody_can_tell(state, site, entry)


def _engine_started(state: State, site: Site, entry: Entry, data: m.EngineStarted) -> Facts:
    """One fault of the hub, not one of each node. Whether the broker is there is found out anew."""
    yield from alarms.return_for(state, "engine-silent", "hub", entry)
    yield from alarms.return_for(state, "broker-lost", "hub", entry)
    if data.silent_since is not None:
        yield alarms.raise_for(state, Cause("hub-interrupted", "hub", None, None, data.silent_since), entry)
    yield from restarts.often(state, entry)


def _broker_lost(state: State, site: Site, entry: Entry, data: m.BrokerLost) -> Facts:
    yield alarms.raise_for(state, Cause("broker-lost", "hub", None, called.site_sealing(state), data.since), entry)


def _broker_back(state: State, site: Site, entry: Entry, data: m.BrokerBack) -> Facts:
    yield from alarms.return_for(state, "broker-lost", "hub", entry)


def _node_silent(state: State, site: Site, entry: Entry, data: m.NodeSilent) -> Facts:
    heard = data.last_heard or entry.time
    if data.sealed:
        area, sealing_number = data.sealed[0].area, data.sealed[0].sealing
        cause = Cause("node-silent-while-sealed", data.node, area, sealing_number, heard)
    else:
        cause = Cause("node-silent", data.node, None, None, heard)
    yield alarms.raise_for(state, cause, entry)


def _node_back(state: State, site: Site, entry: Entry, data: m.NodeBack) -> Facts:
    for what in ("node-silent", "node-silent-while-sealed"):
        yield from alarms.return_for(state, what, data.node, entry)
    yield from escalation.heard_again(state, site)


def _at_node(what: str) -> Callable[[State, Site, Entry, Any], Facts]:
    def rule(state: State, site: Site, entry: Entry, data: m.Data) -> Facts:
        yield alarms.raise_for(
            state, record_rules.at_node(state, site, what, getattr(data, "node", "hub"), entry.time), entry
        )

    return rule


def _unwitnessed(state: State, site: Site, entry: Entry, data: m.Unwitnessed) -> Facts:
    cause = Cause("unwitnessed", witnesses.PLACE, None, called.site_sealing(state), entry.time)
    yield alarms.raise_for(state, cause, entry)


def _witnessed_again(state: State, site: Site, entry: Entry, data: m.WitnessedAgain) -> Facts:
    yield from alarms.return_for(state, "unwitnessed", witnesses.PLACE, entry)


def _progress_again(state: State, site: Site, entry: Entry, data: m.ProgressAgain) -> Facts:
    yield from alarms.return_for(state, "no-progress", data.node, entry)


def _disk_refuses(state: State, site: Site, entry: Entry, data: m.DiskRefuses) -> Facts:
    """Told once for as long as it lasts; once more, and louder, when an area is sealed meanwhile."""
    cause = disks.cause(state, site, data.node, entry.time)
    known = alarms.find(state, cause.what, cause.place)
    if not (known and known.active):
        yield alarms.raise_for(state, cause, entry)


def _beat_contradicts(state: State, site: Site, entry: Entry, data: m.BeatContradicts) -> Facts:
    if data.level == "normal":
        for over in of_points.AT_A_POINT:
            yield from alarms.return_for(state, over, data.point, entry)
    what = of_points.alarm_of_level(sites.kind_of(site, data.point), data.level, data.sealing is not None)
    known = alarms.find(state, what, data.point) if what else None
    if what and not (known and known.active):
        cause = Cause(what, data.point, access.area_of(data.point), data.sealing, entry.time, foretold=True)
        yield alarms.raise_for(state, cause, entry)
    if what is None:
        yield from everyday.beaten(state, site, entry, data)


def _adopted(state: State, site: Site, entry: Entry, data: m.SealingAdopted) -> Facts:
    """A number that no backup explains: the area is guarded under it, and somebody looks at the node."""
    if not adoption.is_plausible(state, data.sealing):
        yield alarms.raise_for(state, record_rules.at_node(state, site, "bad-messages", data.node, entry.time), entry)


def _alarm_taken(state: State, site: Site, entry: Entry, data: m.AlarmAcknowledged | m.AlarmClosed) -> Facts:
    """The nodes of a sealed area are told whose alarms a badge may now answer for."""
    yield from escalation.settled(state, data.alarm)
    alarm = state.find(Alarm, data.alarm)
    if alarm is not None and alarm.area is not None and sealing.guarded(state.area(alarm.area)):
        yield from _tell(state, site, alarm.area, f"respond/{alarm.area}")


def _tell(state: State, site: Site, area: str, *whats: str) -> Facts:
    for node in sites.nodes_of(site, area):
        yield from orders.issue(state, node, *whats)


def _ceremony_ordered(state: State, site: Site, entry: Entry, data: m.SealingOrdered) -> Facts:
    yield from orders.issue(state, sites.ceremony_node(site, data.area), f"ceremony/{data.area}")


def _ceremony_over(state: State, site: Site, entry: Entry, data: m.SealingArming | m.SealingCancelled) -> Facts:
    """The reader serves for entry again, and every node is told what is sealed now."""
    yield from orders.issue(state, sites.ceremony_node(site, data.area), f"ceremony/{data.area}")
    yield from _tell(state, site, data.area, "sealed")


def _confirmed(state: State, site: Site, entry: Entry, data: m.SealingConfirmed) -> Facts:
    yield from sealing.confirmed(state, site, data)


FACTS: dict[type[m.Data], Callable[[State, Site, Entry, Any], Facts]] = {
    m.SiteApplied: _site_applied,
    m.NodeRevoked: _node_revoked,
    m.EngineStarted: _engine_started,
    m.BrokerLost: _broker_lost,
    m.BrokerBack: _broker_back,
    m.NodeSilent: _node_silent,
    m.NodeBack: _node_back,
    m.Refused: _at_node("bad-messages"),
    m.Equivocation: _at_node("equivocation"),
    m.NoProgress: _at_node("no-progress"),
    m.OrderNotDone: _at_node(orders.NOT_DONE),
    m.ProgressAgain: _progress_again,
    m.DiskRefuses: _disk_refuses,
    m.RecordsLost: _at_node("cannot-fill"),
    m.BeatContradicts: _beat_contradicts,
    m.HubClock: lambda state, _site, entry, data: hub_clock.told(state, entry, data),
    m.NotJudged: unjudged.told,
    m.HubStorage: lambda state, _site, entry, data: storage.told(state, entry, data),
    m.Unwitnessed: _unwitnessed,
    m.WitnessedAgain: _witnessed_again,
    m.CheckpointDisputed: _at_node("journal-forked"),
    m.SealingAdopted: _adopted,
    m.HubRestored: _at_node("hub-restored"),
    m.AlarmAcknowledged: _alarm_taken,
    m.AlarmClosed: _alarm_taken,
    m.SealingOrdered: _ceremony_ordered,
    m.SealingArming: _ceremony_over,
    m.SealingConfirmed: _confirmed,
    m.SealingCancelled: _ceremony_over,
    m.WindowPlanned: course.planned,
    m.WindowCancelled: course.window_cancelled,
    m.SealingMissed: lapse.missed,
    m.BadgeWaitOver: awaited.over,
    m.SealingDropped: lapse.over,
    m.Sealed: lapse.over,
    m.SealCompared: checking.compared,
    m.EmergencyOpened: unsealing.emergency,
    m.CalendarUnpublished: calendar_facts.missing,
    m.CalendarApproved: calendar_facts.approved,
}
