"""Facts about alarms."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from msgspec import Meta

from wire.messages.base import Count, Data, Name, Number, Person, Place, Span, Text, Wall, Written

Channel = Literal["console", "sounder", "sms", "email", "syslog"]
"""A way to somebody's attention."""
CHANNELS: tuple[Channel, ...] = get_args(Channel)
Via = Literal["console", "sms", "command-line"]
MOST_LINES = 1000
Lines = Annotated[tuple[Number, ...], Meta(max_length=MOST_LINES)]
"""Numbers of alarms that one call is about."""


AlarmClass = Literal["alarm", "tamper", "trouble"]


class BadgeAwaited(Data, frozen=True, tag="badge-awaited"):
    """A door was opened in office hours by nobody's walk: for `wait` ms a badge may explain it. `cause`: index of the
    node's record."""

    point: Place
    happened: Wall
    wait: Span
    cause: Count


class BadgeWaitOver(Data, frozen=True, tag="badge-wait-over"):
    """The badge of this person has explained the opening; or nobody's has in time."""

    point: Place
    person: Person | None


Told = Literal["", "plan", "list", "sealing", "release", "quiet", "ceremony", "foreign"]
"""What a node was told and has refused: another plan, a longer list, another sealing, to let go, to be quiet, to take
badges for something else; `foreign`: by an order that this hub has not given."""


Stood = Literal["unset", "overtime", "out", "set", "set-out"]
"""How an area that is not sealed stands on an ordinary day: unset in its hours, or also where it is not guarded so;
unset out of its hours while somebody has said that they stay, or while nobody has; set, in or out of its hours."""


class AlarmRaised(Data, frozen=True, tag="alarm-raised"):
    """Somebody must act. `what`: kind of alarm; `place`: a point, reader, area or node; `cause`: a journal index.
    `told`: what a node has refused to do; `nodes`: those that are missing; `stood`: how the area did, unless it was
    sealed."""

    alarm: Number
    what: Name
    klass: AlarmClass
    priority: Annotated[int, Meta(ge=1, le=4)]
    place: Text
    area: Name | None
    sealing: Number | None
    happened: Wall
    """Wall time by the clock of whoever saw it."""
    late: bool
    cause: Count
    foretold: bool = False
    """A beat has told of it; the record of it is still to come."""
    told: Told = ""
    nodes: tuple[Name, ...] = ()
    stood: Stood = "unset"


class AlarmRepeated(Data, frozen=True, tag="alarm-repeated"):
    """It happened again before the alarm was closed; the alarm is unacknowledged again."""

    alarm: Number
    happened: Wall
    cause: Count
    foretold: bool = False
    told: Told = ""
    nodes: tuple[Name, ...] = ()


class AlarmRecorded(Data, frozen=True, tag="alarm-recorded"):
    """The record of what a beat had told of first has come: it has not happened again, and `happened` is when."""

    alarm: Number
    happened: Wall
    cause: Count


class AlarmReturned(Data, frozen=True, tag="alarm-returned"):
    """What had caused it is normal again. An alarm stays latched; a trouble is mended."""

    alarm: Number
    cause: Count


class AlarmAcknowledged(Data, frozen=True, tag="alarm-acknowledged"):
    """A person has taken the alarm on, `via` whatever it was. `at`: when, where the engine heard of it only later."""

    alarm: Number
    via: Via = "console"
    at: Wall | None = None


class AlarmAttended(Data, frozen=True, tag="alarm-attended"):
    """A responder's badge at the door."""

    alarm: Number
    person: Person
    cause: Count


FindingCause = Literal["intrusion", "forgotten", "false", "fault", "work", "test", "other"]


class FindingWritten(Data, frozen=True, tag="finding-written"):
    """A person wrote the finding of an alarm that takes two people; another one is to confirm it."""

    alarm: Number
    finding_cause: FindingCause
    finding: Written


class AlarmClosed(Data, frozen=True, tag="alarm-closed"):
    """A person closed the alarm with a written finding. `found_by`: who had written it, where it took a second person
    to confirm it; the hub puts that in."""

    alarm: Number
    finding_cause: FindingCause
    finding: Written
    found_by: Person | None = None


AlarmFact = (
    BadgeAwaited
    | BadgeWaitOver
    | AlarmRaised
    | AlarmRepeated
    | AlarmRecorded
    | AlarmReturned
    | AlarmAcknowledged
    | AlarmAttended
    | FindingWritten
    | AlarmClosed
)
"""Every fact about alarms."""
