"""Facts about calls, notices and channels."""

from __future__ import annotations

from typing import Literal, get_args

from wire.messages.alarm_facts import Channel, Lines
from wire.messages.base import Count, Data, Name, Number, Person, Span, Text, Wall

AnswerRefusal = Literal["unknown-sender", "not-understood", "not-allowed", "unreadable"]
ANSWER_REFUSALS: tuple[AnswerRefusal, ...] = get_args(AnswerRefusal)


class CallOpened(Data, frozen=True, tag="call-opened"):
    """People are to be called for an alarm by a ladder, `wait` ms from now if it is not mended by then. `call` is the
    number of its first alarm."""

    call: Number
    ladder: Name
    wait: Span
    drill: bool


class CallJoined(Data, frozen=True, tag="call-joined"):
    """One more alarm of the same cause: a line of a call that is there already. `wait`: ms until it is told."""

    call: Number
    alarm: Number
    wait: Span


class CallMoved(Data, frozen=True, tag="call-moved"):
    """A call stands on a rung of its ladder, the first being 0. `wait`: ms until it moves on, None for never."""

    call: Number
    step: Count
    round: Count
    why: Literal["begun", "unanswered", "not-attended", "once-more", "more-lines"]
    wait: Span | None


class CallAnswered(Data, frozen=True, tag="call-answered"):
    """Every alarm of a call is acknowledged. Unless something is done within `wait` ms, it moves on (None: never)."""

    call: Number
    wait: Span | None


class CallEnded(Data, frozen=True, tag="call-ended"):
    """Nobody needs to be called any more: mended, or somebody was at the door, or a finding is written."""

    call: Number


class NoticeQueued(Data, frozen=True, tag="notice-queued"):
    """Somebody, or everybody by a channel, is to be told of the open alarms of a call."""

    notice: Number
    call: Number
    alarms: Lines
    step: Count
    round: Count
    channel: Channel
    person: Person | None
    drill: bool


class NoticeHanded(Data, frozen=True, tag="notice-handed"):
    """A channel has taken the notice, which does not say that anybody has received it. `repeat`: we died while it was
    being sent, so it may have been sent twice. `awaits`: the channel will report whether it is delivered. `at`: when,
    where the engine heard of it only later."""

    notice: Number
    attempt: Count
    repeat: bool
    awaits: bool
    at: Wall | None = None


class NoticeDelivered(Data, frozen=True, tag="notice-delivered"):
    """The channel reports that the notice is on the recipient's device. `at`: as of `notice-handed`."""

    notice: Number
    at: Wall | None = None


class NoticeFailed(Data, frozen=True, tag="notice-failed"):
    """A notice has not reached the channel, or the channel reports that it was not delivered. `at`: as of
    `notice-handed`."""

    notice: Number
    attempt: Count
    detail: Text
    at: Wall | None = None


class NoticeOverdue(Data, frozen=True, tag="notice-overdue"):
    """A notice that was queued long ago, and nobody has said what became of it."""

    notice: Number
    channel: Channel


class AlarmShown(Data, frozen=True, tag="alarm-shown"):
    """A console page that somebody had open has shown the alarm, for the first time."""

    alarm: Number


class AlarmSounded(Data, frozen=True, tag="alarm-sounded"):
    """The hub's sounder was switched on for the alarm, for the first time."""

    alarm: Number


class NotifyStarted(Data, frozen=True, tag="notify-started"):
    """The notifying service runs, with these channels."""

    version: Text
    channels: tuple[Channel, ...]


class ChannelTested(Data, frozen=True, tag="channel-tested"):
    """A channel was tried without disturbing anybody."""

    channel: Channel
    worked: bool
    detail: Text


class ChannelFailed(Data, frozen=True, tag="channel-failed"):
    """A channel has had no success for 25 h."""

    channel: Channel
    since: Wall


class AnswersRefused(Data, frozen=True, tag="answers-refused"):
    """Messages that were not taken as an answer: how many, and why. From whom, and what they said, is not kept."""

    channel: Channel
    reason: AnswerRefusal
    count: Count


class EngineSilent(Data, frozen=True, tag="engine-silent"):
    """The notifying service has not heard the engine since then (wall time)."""

    since: Wall


class CalledMeanwhile(Data, frozen=True, tag="called-meanwhile"):
    """While the engine was silent, a channel has taken a notice of these open alarms of a call, which stood on that
    rung of its ladder; without a call, of the silence itself. `at`: when (wall time). `notice` is its number from now
    on, and `wait`: ms from `at` until the call moves on, None for never. `failed`: why the channel has not taken it."""

    call: Number | None
    alarms: Lines
    step: Count
    round: Count
    channel: Channel
    person: Person | None
    at: Wall
    notice: Number = 0
    wait: Span | None = None
    failed: Text = ""


class EngineBack(Data, frozen=True, tag="engine-back"):
    """The engine is heard again."""

    silent_for: Span
    """Milliseconds."""


CallFact = (
    CallOpened
    | CallJoined
    | CallMoved
    | CallAnswered
    | CallEnded
    | NoticeQueued
    | NoticeHanded
    | NoticeDelivered
    | NoticeFailed
    | NoticeOverdue
    | AlarmShown
    | AlarmSounded
    | NotifyStarted
    | ChannelTested
    | ChannelFailed
    | AnswersRefused
    | EngineSilent
    | CalledMeanwhile
    | EngineBack
)
"""Every fact about calls, notices and channels."""
