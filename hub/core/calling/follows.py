"""What follows from the facts about calls, notices, channels and the roster: rows of the judge's table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hub.core.alarms import life as alarms
from hub.core.calling import escalation, roster
from hub.core.calling import notices as called
from hub.core.site.document import Site
from hub.core.state import Entry, Notice, State
from wire import messages as m

Facts = Iterator[m.FactData]


def _raised(state: State, site: Site, entry: Entry, data: m.AlarmRaised) -> Facts:
    yield from escalation.raised(state, data.alarm, entry.time)


def _repeated(state: State, site: Site, entry: Entry, data: m.AlarmRepeated) -> Facts:
    yield from escalation.again(state, data.alarm, entry.time)


def _settled(state: State, site: Site, entry: Entry, data: m.AlarmReturned | m.AlarmAttended) -> Facts:
    yield from escalation.settled(state, data.alarm)


def _notice_worked(state: State, site: Site, entry: Entry, data: m.NoticeHanded | m.NoticeDelivered) -> Facts:
    notice = state.find(Notice, data.notice)
    if notice is not None and not (isinstance(data, m.NoticeHanded) and data.awaits):
        yield from called.worked(state, entry, notice.channel)


def _tested(state: State, site: Site, entry: Entry, data: m.ChannelTested) -> Facts:
    if data.worked:
        yield from called.worked(state, entry, data.channel)


FACTS: dict[type[m.Data], Callable[[State, Site, Entry, Any], Facts]] = {
    m.AlarmRaised: _raised,
    m.AlarmRepeated: _repeated,
    m.AlarmReturned: _settled,
    m.AlarmAttended: _settled,
    m.CallOpened: lambda state, _site, _entry, data: escalation.opened(state, data),
    m.CallMoved: escalation.moved,
    m.NoticeHanded: _notice_worked,
    m.NoticeDelivered: _notice_worked,
    m.NoticeFailed: lambda state, _site, entry, data: called.failed(state, entry, data),
    m.NoticeOverdue: lambda state, _site, entry, data: called.failed(state, entry, data),
    m.AlarmShown: lambda state, _site, _entry, data: called.shown(state, data),
    m.ChannelTested: _tested,
    m.ChannelFailed: lambda state, _site, entry, data: called.channel_failed(state, entry, data),
    m.EngineSilent: lambda state, _site, entry, data: called.engine_silent(state, entry, data),
    m.EngineBack: lambda state, _site, entry, _data: alarms.return_for(state, "engine-silent", "hub", entry),
    m.DrillStarted: lambda state, _site, entry, data: called.drill(state, entry, data),
    m.RosterGap: roster.gap,
    m.ShiftAdded: roster.added,
}
