"""What follows from the steps of a ceremony: the nodes of the area are told."""

from __future__ import annotations

from collections.abc import Iterator

from hub.core import order_numbers
from hub.core.sealing import area as area_sealing
from hub.core.site import lookups
from hub.core.site.document import Site
from hub.core.state import Alarm, Entry, State
from wire import messages as m

Facts = Iterator[m.FactData]


def tell(state: State, site: Site, area: str, *whats: str) -> Facts:
    """Orders of these kinds to every node of the area."""
    for node in lookups.nodes_of(site, area):
        yield from order_numbers.issue(state, node, *whats)


def ceremony_ordered(state: State, site: Site, entry: Entry, data: m.SealingOrdered) -> Facts:
    """The reader of the area is told to take badges for the ceremony."""
    yield from order_numbers.issue(state, lookups.ceremony_node(site, data.area), f"ceremony/{data.area}")


def arming(state: State, site: Site, entry: Entry, data: m.SealingArming) -> Facts:
    """Every node is told to hold the area. To let it go is told the one that has seen the badges; the others go by its
    word. With that the reader serves for entry again. Of a change nobody is told before that word is here."""
    if data.purpose == "change":
        return
    nodes = lookups.nodes_of(site, data.area) if data.purpose == "seal" else (lookups.ceremony_node(site, data.area),)
    for node in nodes:
        yield from order_numbers.issue(state, node, f"sealed/{data.area}")


def sealed(state: State, site: Site, entry: Entry, data: m.Sealed) -> Facts:
    """Every node holds it: from now on it takes badges to end that."""
    yield from tell(state, site, data.area, f"sealed/{data.area}")


def changed(state: State, site: Site, entry: Entry, data: m.SealingChanged) -> Facts:
    """The reader serves for entry again, and no node takes what was permitted any more."""
    yield from order_numbers.issue(state, lookups.ceremony_node(site, data.area), f"ceremony/{data.area}")
    yield from tell(state, site, data.area, f"sealed/{data.area}")


def cancelled(state: State, site: Site, entry: Entry, data: m.SealingCancelled) -> Facts:
    """The reader serves for entry again, and every node is told what is sealed now."""
    yield from order_numbers.issue(state, lookups.ceremony_node(site, data.area), f"ceremony/{data.area}")
    yield from tell(state, site, data.area, f"sealed/{data.area}")


def alarm_taken(state: State, site: Site, entry: Entry, data: m.AlarmAcknowledged | m.AlarmClosed) -> Facts:
    """The nodes of a sealed area are told whose alarms a badge may now answer for."""
    alarm = state.find(Alarm, data.alarm)
    if alarm is not None and alarm.area is not None and area_sealing.guarded(state.area(alarm.area)):
        yield from tell(state, site, alarm.area, f"respond/{alarm.area}")
