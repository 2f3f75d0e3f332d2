"""What follows from the facts about calls, notices, channels and the roster: rows of the table of facts."""

from __future__ import annotations

from collections.abc import Iterator

from hub.core.calling import escalation, notices
from hub.core.site.document import Site
from hub.core.state import Entry, Notice, State
from wire import messages as m

Facts = Iterator[m.FactData]


def raised(state: State, site: Site, entry: Entry, data: m.AlarmRaised) -> Facts:
    """Open a call for the new alarm, or join one of the same cause."""
    yield from escalation.raised(state, data.alarm, entry.time)


def repeated(state: State, site: Site, entry: Entry, data: m.AlarmRepeated) -> Facts:
    """Call again for an alarm that happens again."""
    yield from escalation.again(state, data.alarm, entry.time)


def settled(state: State, site: Site, entry: Entry, data: m.AlarmReturned | m.AlarmAttended) -> Facts:
    """End the call, or part of it, that this answers."""
    yield from escalation.settled(state, data.alarm)


def notice_worked(state: State, site: Site, entry: Entry, data: m.NoticeHanded | m.NoticeDelivered) -> Facts:
    """A notice got through: its channel works."""
    notice = state.find(Notice, data.notice)
    if notice is not None and not (isinstance(data, m.NoticeHanded) and data.awaits):
        yield from notices.worked(state, entry, notice.channel)


def tested(state: State, site: Site, entry: Entry, data: m.ChannelTested) -> Facts:
    """A channel that passed its test works."""
    if data.worked:
        yield from notices.worked(state, entry, data.channel)
