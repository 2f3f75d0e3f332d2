"""Facts about drills, the table of alarms, the roster and handing over."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from wire.messages.alarm_facts import Lines
from wire.messages.base import Data, Name, Number, Person, Wall, Written
from wire.messages.sealing_records import SealedArea


class DrillStarted(Data, frozen=True, tag="drill-started"):
    """A person began a drill in an area: an alarm that walks the real ladder."""

    area: Name


class AlarmsSet(Data, frozen=True, tag="alarms-set"):
    """A person put a table of alarms in force, which overrides the built-in one in part. The document stands here
    whole: what is decided by it rests on the journal alone."""

    version: Number
    document: Annotated[str, Meta(max_length=12_000)]


class ShiftAdded(Data, frozen=True, tag="shift-added"):
    """A person answers from `starts` to `ends` (wall time), and another stands in."""

    shift: Number
    person: Person
    stand_in: Person | None
    starts: Wall
    ends: Wall


class ShiftRemoved(Data, frozen=True, tag="shift-removed"):
    """A shift is taken off the roster."""

    shift: Number


class RosterGap(Data, frozen=True, tag="roster-gap"):
    """Nobody has the shift from `starts` to `ends` (wall time)."""

    starts: Wall
    ends: Wall


class HandoverDrafted(Data, frozen=True, tag="handover-drafted"):
    """A duty officer hands over: what was open at that time, by numbers and names of areas, and a note."""

    handover: Number
    alarms: Lines
    sealed: tuple[SealedArea, ...]
    silent: tuple[Name, ...]
    note: Written


class HandoverTaken(Data, frozen=True, tag="handover-taken"):
    """Another duty officer has taken over just that."""

    handover: Number


DutyFact = DrillStarted | AlarmsSet | ShiftAdded | ShiftRemoved | RosterGap | HandoverDrafted | HandoverTaken
"""Every fact about who is on duty, drills and the table of alarms."""
