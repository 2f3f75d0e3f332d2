"""What follows from a badge at a reader."""

from __future__ import annotations

from collections.abc import Iterator

from hub.core import doubt, order_numbers
from hub.core.alarms import closing
from hub.core.alarms import life as alarm_life
from hub.core.alarms.life import Cause
from hub.core.doors import awaited, stood, tries
from hub.core.sealing import area as area_sealing
from hub.core.site import lookups, where
from hub.core.site.document import Site
from hub.core.state import Alarm, Entry, State
from hub.core.when import when
from wire import messages as m

Facts = Iterator[m.FactData]


def denied(state: State, site: Site, entry: Entry, record: m.Record, data: m.Denied) -> Facts:
    """A wrong badge: urgent while sealed, otherwise counted."""
    area = where.area_of(data.reader)
    if not doubt.doubted(state, record):
        yield from at_the_door(state, site, entry, record, data)
    if data.sealing is not None:
        cause = Cause("badge-while-sealed", data.reader, area, data.sealing, when(state, entry, record))
        yield alarm_life.raise_for(state, cause, entry)
    elif tries.tries_exhausted(state, data):
        at = when(state, entry, record)
        how = stood.at(state, site, area, at)
        yield alarm_life.raise_for(state, Cause("denied-five-times", data.reader, area, None, at, stood=how), entry)


def at_the_door(
    state: State, site: Site, entry: Entry, record: m.Record, data: m.Granted | m.Denied | m.Presented
) -> Facts:
    """A responder's badge shows that somebody is there, whatever it was meant for: once a sealing has ended, no node
    takes it for attending, and what happened under that sealing still wants somebody to have looked."""
    area, at = where.area_of(data.reader), when(state, entry, record)
    if data.person is None or not lookups.responds(site, data.person, area) or data.credential in site.duress_badges:
        return
    for alarm in list(state.all(Alarm)):
        waits = closing.takes_two(alarm) and closing.expects_responder(alarm, area)
        if waits and closing.counts_as_attended(alarm, entry.time, at):
            yield m.AlarmAttended(alarm=alarm.number, person=data.person, cause=entry.index)


def presented(state: State, site: Site, entry: Entry, record: m.Record, data: m.Presented) -> Facts:
    """A badge shown in a ceremony."""
    yield from at_the_door(state, site, entry, record, data)
    yield from area_sealing.presented(state, site, entry, record, data)


def attended(state: State, site: Site, entry: Entry, record: m.Record, data: m.Attended) -> Facts:
    """The alarms that the node was told of; when it answered by itself, all that are open for the area."""
    area, at = where.area_of(data.reader), when(state, entry, record)
    free = data.credential not in site.duress_badges
    for alarm in list(state.all(Alarm)):
        meant = alarm.area == area and (not data.alarms or alarm.number in data.alarms) and free
        if meant and closing.counts_as_attended(alarm, entry.time, at):
            yield m.AlarmAttended(alarm=alarm.number, person=data.person, cause=entry.index)
    if len(data.alarms) == m.NAMED_ALARMS:  # as many as an order names: there may be more
        yield from order_numbers.issue(state, record.node, f"respond/{area}")


def granted(state: State, site: Site, entry: Entry, record: m.Record, data: m.Granted) -> Facts:
    """A right badge: it shows that somebody is there, and may explain an opening."""
    yield from at_the_door(state, site, entry, record, data)
    yield from awaited.granted(state, site, entry, record, data)


def not_entered(state: State, site: Site, entry: Entry, record: m.Record, data: m.NotEntered) -> Facts:
    """Somebody was let in and did not go: on record, and nobody is disturbed for it."""
    yield alarm_life.raise_for(
        state, Cause("not-entered", data.area, data.area, None, when(state, entry, record)), entry
    )
