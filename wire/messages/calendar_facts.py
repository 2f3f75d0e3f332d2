"""Facts about calendars and the windows that they propose."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from wire.messages.base import Data, Hash, Name, Number, Wall, Written, Year

Day = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]
"""A day of the local calendar, `YYYY-MM-DD`."""
Days = Annotated[tuple[Day, ...], Meta(max_length=366)]
DayNamed = Literal["off", "worked"]
"""What approved calendars say of a day that they name: a holiday; a weekend day that is worked for one."""


class CalendarImported(Data, frozen=True, tag="calendar-imported"):
    """Somebody brought in the holiday calendar of a year: its `version`-th. It counts for nothing until approved.

    `off`: the holidays, weekends within them included; `worked`: the weekend days that are worked for them.
    """

    year: Year
    version: Number
    sha256: Hash
    """Of the document's bytes."""
    off: Days = ()
    worked: Days = ()


class CalendarApproved(Data, frozen=True, tag="calendar-approved"):
    """A second person approved just this document: sealing windows are proposed from it."""

    year: Year
    version: Number
    sha256: Hash


class CalendarUnpublished(Data, frozen=True, tag="calendar-unpublished"):
    """The time has come for the calendar of a year, and there is no approved one."""

    year: Year


class WindowPlanned(Data, frozen=True, tag="window-planned"):
    """A person decided that areas are to be sealed from `starts` to `ends` (wall time)."""

    window: Number
    title: Written
    areas: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=500)]
    starts: Wall
    ends: Wall


class WindowCancelled(Data, frozen=True, tag="window-cancelled"):
    """A planned window is planned no more."""

    window: Number
    reason: Written


CalendarFact = CalendarImported | CalendarApproved | CalendarUnpublished | WindowPlanned | WindowCancelled
"""Every fact about holidays and windows."""
