"""What follows from an entry: the further facts that the hub decides, by the tables of facts and records.

Every rule is a generator: each fact that it yields becomes an entry and is taken into the state before the rule goes
on, so that numbers and conditions are always those of the moment.
"""

from __future__ import annotations

from collections.abc import Iterator

from hub.core import doubt
from hub.core.alarms import life as alarm_life
from hub.core.alarms.life import Cause
from hub.core.journal.facts import FACTS
from hub.core.journal.records import RECORDS
from hub.core.nodes import follows as node_follows
from hub.core.sealing import area as area_sealing
from hub.core.site import where
from hub.core.site.document import Site
from hub.core.state import Entry, State
from hub.core.when import when
from wire import messages as m

Facts = Iterator[m.FactData]


def judge(state: State, site: Site, entry: Entry) -> Facts:
    """Facts that follow from a new entry, which the fold has taken in, in order."""
    message = entry.message
    if isinstance(message, m.Record):
        yield from _of_record(state, site, entry, message)
        return
    for rule in FACTS[type(message.data)].follows:
        yield from rule(state, site, entry, message.data)


def _of_record(state: State, site: Site, entry: Entry, record: m.Record) -> Facts:
    why = doubt.of(state, record)
    if why:
        cause = node_follows.at_node(state, site, "impossible-record", record.node, entry.time)
        yield alarm_life.raise_for(state, cause, entry)
    yield from _duress(state, site, entry, record)
    rule = RECORDS[type(record.data)]
    if why is None or (why != "unknown" and rule.follows_if_doubted):
        for follows in rule.follows:
            yield from follows(state, site, entry, record, record.data)


def _duress(state: State, site: Site, entry: Entry, record: m.Record) -> Facts:
    """A badge of its own, whatever it was shown for: nothing at the door tells, and help is called. Where nobody knows
    the reader, to the node."""
    if getattr(record.data, "credential", None) not in site.duress_badges:
        return
    if doubt.of(state, record) == "unknown":
        cause = node_follows.at_node(state, site, "duress", record.node, when(state, entry, record))
        yield alarm_life.raise_for(state, cause, entry)
    else:
        place = getattr(record.data, "reader")  # noqa: B009 - whatever names a badge names the reader
        area = where.area_of(place)
        number = state.area(area).sealing if area_sealing.guarded(state.area(area)) else None
        yield alarm_life.raise_for(state, Cause("duress", place, area, number, when(state, entry, record)), entry)
