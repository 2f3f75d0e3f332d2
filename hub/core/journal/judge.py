"""What follows from an entry: the further facts that the hub decides. Two tables, for records and for facts; the rules
of their rows are in `record_rules`, `fact_rules` and `call_rules`.

Every rule is a generator: each fact that it yields becomes an entry and is taken into the state before the rule goes
on, so that numbers and conditions are always those of the moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hub.core import doubt
from hub.core.alarms import life as alarms
from hub.core.alarms.life import Cause
from hub.core.calling import follows as call_rules
from hub.core.doors import tries as access
from hub.core.journal import facts as fact_rules
from hub.core.journal import records as record_rules
from hub.core.sealing import area as sealing
from hub.core.site.document import Site
from hub.core.state import Entry, State
from hub.core.when import when
from wire import messages as m

Facts = Iterator[m.FactData]

RECORDS = record_rules.RECORDS
FACTS: dict[type[m.Data], Callable[[State, Site, Entry, Any], Facts]] = {**fact_rules.FACTS, **call_rules.FACTS}


def judge(state: State, site: Site, entry: Entry) -> Facts:
    """Facts that follow from a new entry, which the fold has taken in, in order."""
    message = entry.message
    if isinstance(message, m.Fact):
        of_fact = FACTS.get(type(message.data))
        return of_fact(state, site, entry, message.data) if of_fact else iter(())
    return _of_record(state, site, entry, message)


def _of_record(state: State, site: Site, entry: Entry, record: m.Record) -> Facts:
    why = doubt.of(state, record)
    if why:
        # Journalled it must be, or nothing after it could be. What is bad news is believed, and good news is not.
        cause = record_rules.at_node(state, site, "impossible-record", record.node, entry.time)
        yield alarms.raise_for(state, cause, entry)
    yield from _duress(state, site, entry, record)
    rule = RECORDS.get(type(record.data))
    nothing = why == "unknown" or (why and isinstance(record.data, record_rules.NOTHING_FOLLOWS))
    if rule and not nothing:
        yield from rule(state, site, entry, record, record.data)


def _duress(state: State, site: Site, entry: Entry, record: m.Record) -> Facts:
    """A badge of its own, whatever it was shown for: nothing at the door tells, and help is called. Where nobody knows
    the reader, to the node."""
    place = getattr(record.data, "reader", None)
    if not place or getattr(record.data, "credential", None) not in site.duress_badges:
        return
    if doubt.of(state, record) == "unknown":
        cause = record_rules.at_node(state, site, "duress", record.node, when(state, entry, record))
        yield alarms.raise_for(state, cause, entry)
    else:
        area = access.area_of(place)
        number = state.area(area).sealing if sealing.guarded(state.area(area)) else None
        yield alarms.raise_for(state, Cause("duress", place, area, number, when(state, entry, record)), entry)
