"""Calls, notices and channels in the journal: how their facts fold, and who may ask for what."""

from __future__ import annotations

from typing import Any, Literal

from msgspec.structs import replace

from hub.core.refusal import NotPossible
from hub.core.site.document import Site
from hub.core.state import Alarm, Call, CallLife, ChannelRow, Entry, Notice, NoticeState, State
from wire import messages as m

CallEvent = Literal["opened", "begun", "unanswered", "once-more", "not-attended", "more-lines", "answered", "ended"]

CALL: dict[tuple[CallLife | None, CallEvent], CallLife] = {
    (None, "opened"): "waiting",
    ("waiting", "begun"): "ringing",
    ("answered", "begun"): "ringing",
    ("ringing", "unanswered"): "ringing",
    ("ringing", "once-more"): "ringing",
    ("ringing", "more-lines"): "ringing",
    ("answered", "not-attended"): "answered",
    ("waiting", "answered"): "answered",
    ("ringing", "answered"): "answered",
    ("answered", "answered"): "answered",
    ("waiting", "ended"): "over",
    ("ringing", "ended"): "over",
    ("answered", "ended"): "over",
}
"""The life of a call. Why it moves up its ladder is an event; None: there is no such call yet. What is not in these
tables changes nothing."""

NoticeEvent = Literal["queued", "handed", "delivered", "failed"]

NOTICE: dict[tuple[NoticeState | None, NoticeEvent], NoticeState] = {
    (None, "queued"): "queued",
    ("queued", "handed"): "handed",
    ("handed", "delivered"): "delivered",
    ("queued", "failed"): "failed",
    ("handed", "failed"): "failed",
}
"""What a channel has taken, and reports nothing of, is finished with that."""

SAID: dict[type[m.Data], NoticeEvent] = {
    m.NoticeHanded: "handed",
    m.NoticeDelivered: "delivered",
    m.NoticeFailed: "failed",
}

# ---------------------------------------------------------------- what may be asked


def check_shown(state: State, _site: Site, request: m.AlarmShown) -> m.AlarmShown:
    """Once for each alarm. Raises NotPossible."""
    alarm = state.find(Alarm, request.alarm)
    if alarm is None or not alarm.open or alarm.shown_at is not None:
        raise NotPossible("already-told", str(request.alarm))
    return request


def check_sounded(state: State, _site: Site, request: m.AlarmSounded) -> m.AlarmSounded:
    """Once for each alarm. Raises NotPossible."""
    alarm = state.find(Alarm, request.alarm)
    if alarm is None or not alarm.open or alarm.sounded_at is not None:
        raise NotPossible("already-told", str(request.alarm))
    return request


def check_notice(
    state: State, _site: Site, request: m.NoticeHanded | m.NoticeDelivered | m.NoticeFailed
) -> m.NoticeHanded | m.NoticeDelivered | m.NoticeFailed:
    """What becomes of a notice is said while it may still become that. Raises NotPossible."""
    notice = state.find(Notice, request.notice)
    if notice is None or (notice.state, SAID[type(request)]) not in NOTICE:
        raise NotPossible("notice-settled", str(request.notice))
    return request


def check_drill(_state: State, site: Site, request: m.DrillStarted) -> m.DrillStarted:
    """In an area that there is. Raises NotPossible."""
    if request.area not in site.areas:
        raise NotPossible("unknown-area", request.area)
    return request


# ---------------------------------------------------------------- fold: calls


def move(state: State, call: Call, event: CallEvent, **changes: Any) -> None:
    """What the table says of a call, if it says anything, with other columns of its row."""
    if (call.life, event) in CALL:
        state.put(replace(call, life=CALL[call.life, event], **changes))


def apply_opened(state: State, entry: Entry, data: m.CallOpened, person: int | None) -> None:
    """A new call; its first line is the alarm whose number it bears."""
    state.put(
        Call(
            number=data.call,
            ladder=data.ladder,
            life=CALL[None, "opened"],
            alarms=(data.call,),
            step=-1,
            round=0,
            opened_at=entry.time,
            since=entry.time,
            due_at=entry.time + data.wait,
            drill=data.drill,
        )
    )


def apply_joined(state: State, entry: Entry, data: m.CallJoined, person: int | None) -> None:
    """One more line. Of a call that has told somebody already, it is still to be told."""
    call = _call(state, data.call)
    if call is None or data.alarm in call.untold:
        return
    lines = tuple(dict.fromkeys((*call.alarms, data.alarm)))
    if call.life == "waiting":
        due_at = max(call.due_at or 0, entry.time + data.wait)
        state.put(replace(call, alarms=lines, due_at=due_at))
    else:
        since = call.untold_since if call.untold else entry.time
        state.put(replace(call, alarms=lines, untold=(*call.untold, data.alarm), untold_since=since))


def apply_moved(state: State, entry: Entry, data: m.CallMoved, person: int | None) -> None:
    """It stands on this rung. One that is answered stays so, and goes on. That more lines were told moves nothing."""
    call = _call(state, data.call)
    if call is None:
        return
    told = tuple(line.number for line in open_lines(state, call) if line.unacknowledged)
    rung: dict[str, Any] = {}
    if data.why != "more-lines":
        due_at = None if data.wait is None else entry.time + data.wait
        rung = {"step": data.step, "round": data.round, "since": entry.time, "due_at": due_at}
    move(state, call, data.why, told=told, untold=(), **rung)


def apply_settled(state: State, entry: Entry, data: m.AlarmAcknowledged | m.AlarmReturned, person: int | None) -> None:
    """A line that nobody needs to answer any more: should it happen again, it is told anew."""
    call, alarm = call_of(state, data.alarm), state.find(Alarm, data.alarm)
    if call is not None and alarm is not None and not alarm.unacknowledged:
        told = tuple(number for number in call.told if number != data.alarm)
        untold = tuple(number for number in call.untold if number != data.alarm)
        state.put(replace(call, told=told, untold=untold))


def apply_answered(state: State, entry: Entry, data: m.CallAnswered, person: int | None) -> None:
    """Mark the call as answered, with a time in which somebody must attend."""
    call = _call(state, data.call)
    if call is not None:
        due_at = None if data.wait is None else entry.time + data.wait
        move(state, call, "answered", since=entry.time, due_at=due_at, untold=())


def apply_ended(state: State, entry: Entry, data: m.CallEnded, person: int | None) -> None:
    """End the call. Notices that are still queued are sent: what they say is true."""
    call = _call(state, data.call)
    if call is not None:
        move(state, call, "ended", since=entry.time, due_at=None, untold=())


def call_of(state: State, alarm: int) -> Call | None:
    """The call that an alarm is a line of."""
    return next((call for call in state.all(Call) if call.life != "over" and alarm in call.alarms), None)


def open_lines(state: State, call: Call) -> list[Alarm]:
    """Alarms of a call that are not closed."""
    found = (state.find(Alarm, number) for number in call.alarms)
    return [alarm for alarm in found if alarm is not None and alarm.open]


def _call(state: State, number: int) -> Call | None:
    call = state.find(Call, number)
    return call if call is not None and call.life != "over" else None


# ---------------------------------------------------------------- fold: notices


def _becomes(state: State, notice: Notice, event: NoticeEvent, **changes: Any) -> None:
    if (notice.state, event) in NOTICE:
        state.put(replace(notice, state=NOTICE[notice.state, event], **changes))


def apply_queued(state: State, entry: Entry, data: m.NoticeQueued, person: int | None) -> None:
    """A new notice, which waits for the worker of its channel."""
    state.put(
        Notice(
            number=data.notice,
            call=data.call,
            alarms=data.alarms,
            step=data.step,
            round=data.round,
            channel=data.channel,
            person=data.person,
            state=NOTICE[None, "queued"],
            queued_at=entry.time,
            drill=data.drill,
        )
    )
    state.put(replace(state.duty, next_notice=data.notice + 1))
    call = _call(state, data.call)
    if call is not None and data.channel == "sounder":
        state.put(replace(call, sounded=True))


def apply_handed(state: State, entry: Entry, data: m.NoticeHanded, person: int | None) -> None:
    """Mark the notice as taken by its channel."""
    notice = state.find(Notice, data.notice)
    if notice is not None and notice.state == "queued":
        _becomes(
            state,
            notice,
            "handed",
            handed_at=data.at or entry.time,
            attempt=data.attempt,
            repeat=data.repeat,
            awaits=data.awaits,
        )
        if not data.awaits:
            worked(state, notice.channel, data.at or entry.time)


def apply_delivered(state: State, entry: Entry, data: m.NoticeDelivered, person: int | None) -> None:
    """Mark the notice as delivered."""
    notice = state.find(Notice, data.notice)
    if notice is not None and notice.state == "handed" and notice.awaits:
        _becomes(state, notice, "delivered", delivered_at=data.at or entry.time)
        worked(state, notice.channel, data.at or entry.time)


def apply_failed(state: State, entry: Entry, data: m.NoticeFailed, person: int | None) -> None:
    """Mark the notice as failed."""
    notice = state.find(Notice, data.notice)
    if notice is not None and (notice.state == "queued" or (notice.state == "handed" and notice.awaits)):
        attempt = max(notice.attempt, data.attempt)
        _becomes(state, notice, "failed", failed_at=data.at or entry.time, attempt=attempt, detail=data.detail)


def apply_overdue(state: State, entry: Entry, data: m.NoticeOverdue, person: int | None) -> None:
    """Mark the notice as overdue, which is reported once."""
    notice = state.find(Notice, data.notice)
    if notice is not None and notice.state == "queued":
        state.put(replace(notice, overdue=True))


# ---------------------------------------------------------------- fold: channels


def apply_started(state: State, entry: Entry, data: m.NotifyStarted, person: int | None) -> None:
    """Store the channels in use. A channel that was in use before keeps its history."""
    known = {row.name for row in state.all(ChannelRow)}
    for name in sorted(known | set(data.channels)):
        row = state.find(ChannelRow, name) or ChannelRow(name, used=False, since=entry.time)
        since = row.since if row.used else entry.time
        state.put(replace(row, used=name in data.channels, since=since))


def apply_tested(state: State, entry: Entry, data: m.ChannelTested, person: int | None) -> None:
    """Store whether the channel works."""
    if data.worked:
        worked(state, data.channel, entry.time)
    else:
        row = state.find(ChannelRow, data.channel)
        if row is not None:
            state.put(replace(row, failed_at=entry.time, detail=data.detail))


def worked(state: State, channel: m.Channel, now: int) -> None:
    """A channel did what it is for."""
    row = state.find(ChannelRow, channel)
    if row is not None:
        state.put(replace(row, worked_at=now, detail=""))
