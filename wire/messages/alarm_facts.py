"""Facts about alarms."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from wire.messages.base import Count, Data, Name, Person, Text

Channel = Literal["console", "sounder", "sms", "email", "syslog", "dc09"]
"""A way to somebody's attention. `dc09`: a monitoring centre by SIA DC-09, which no hub has yet."""
CHANNELS: tuple[Channel, ...] = ("console", "sounder", "sms", "email", "syslog", "dc09")
Via = Literal["console", "sms", "command-line"]
Lines = Annotated[tuple[Count, ...], Meta(max_length=1000)]
"""Numbers of alarms that one call is about."""


AlarmClass = Literal["alarm", "tamper", "trouble"]


class AlarmRaised(Data, frozen=True, tag="alarm-raised"):
    """Somebody must act. `what`: kind of alarm; `place`: a point, reader, area or node; `cause`: a journal index."""

    alarm: Count
    what: Name
    klass: AlarmClass
    priority: Annotated[int, Meta(ge=1, le=4)]
    place: Text
    area: Name | None
    sealing: Count | None
    happened: Count
    """Wall time by the clock of whoever saw it."""
    late: bool
    cause: Annotated[int, Meta(ge=0)]


class AlarmRepeated(Data, frozen=True, tag="alarm-repeated"):
    """It happened again before the alarm was closed; the alarm is unacknowledged again."""

    alarm: Count
    happened: Count
    cause: Annotated[int, Meta(ge=0)]


class AlarmReturned(Data, frozen=True, tag="alarm-returned"):
    """What had caused it is normal again. An alarm stays latched; a trouble is mended."""

    alarm: Count
    cause: Annotated[int, Meta(ge=0)]


class AlarmAcknowledged(Data, frozen=True, tag="alarm-acknowledged"):
    """A person has taken the alarm on, `via` whatever it was."""

    alarm: Count
    via: Via = "console"


class AlarmAttended(Data, frozen=True, tag="alarm-attended"):
    """A responder's badge at the door."""

    alarm: Count
    person: Person
    cause: Annotated[int, Meta(ge=0)]


FindingCause = Literal["intrusion", "forgotten", "false", "fault", "work", "test", "other"]


class AlarmClosed(Data, frozen=True, tag="alarm-closed"):
    """A person closed the alarm with a written finding."""

    alarm: Count
    finding_cause: FindingCause
    finding: Text
