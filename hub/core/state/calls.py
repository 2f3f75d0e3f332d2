"""Rows of who is called, by what, and who is on duty."""

from __future__ import annotations

from typing import Literal

from hub.core.state.base import Row
from wire import messages as m

CallLife = Literal["waiting", "ringing", "answered", "over"]
"""Not told yet; told and unanswered; every line acknowledged; nobody needs to be called."""

NoticeState = Literal["queued", "handed", "delivered", "failed"]


class Duty(Row, frozen=True):
    """Numbers of the duty officer's things, and the table of alarms in force: what overrides the built-in one."""

    id: int = 1
    next_notice: int = 1
    alarms_version: int = 0
    alarms_document: str = ""


class Call(Row, frozen=True):
    """People are called for alarms of one cause, by a ladder. `number` is that of its first alarm."""

    number: int
    ladder: str
    life: CallLife
    alarms: tuple[int, ...]
    """Its lines."""
    step: int
    """The rung that it stands on, -1 before the first."""
    round: int
    opened_at: int
    since: int
    """Hub time from which `due_at` is counted."""
    due_at: int | None
    drill: bool
    told: tuple[int, ...] = ()
    """Lines that somebody was told of, and that nobody has answered since."""
    untold: tuple[int, ...] = ()
    """Lines that have come since somebody was told."""
    untold_since: int = 0
    sounded: bool = False
    """Whether the hub's sounder is to sound until it is answered."""


class Notice(Row, frozen=True):
    """One call for attention by one channel. "Handed" is what the channel has taken, "delivered" what it reports."""

    number: int
    call: int
    alarms: tuple[int, ...]
    step: int
    round: int
    channel: m.Channel
    person: int | None
    state: NoticeState
    queued_at: int
    drill: bool
    handed_at: int | None = None
    delivered_at: int | None = None
    failed_at: int | None = None
    attempt: int = 0
    repeat: bool = False
    awaits: bool = False
    overdue: bool = False
    detail: str = ""


class ChannelRow(Row, frozen=True):
    """A channel of the notifying service, and when it last did what it is for."""

    name: m.Channel
    used: bool
    since: int
    """Hub time since which it is used without a pause."""
    worked_at: int | None = None
    failed_at: int | None = None
    detail: str = ""


class Shift(Row, frozen=True):
    """Who answers from `starts` to `ends` (wall times in ms), and who stands in."""

    number: int
    person: int
    stand_in: int | None
    starts: int
    ends: int
    added_by: int | None
    removed_by: int | None = None
    removed: bool = False


class Handover(Row, frozen=True):
    """One duty officer hands over to another; it is done when the other has taken it."""

    number: int
    given_by: int | None
    given_at: int
    alarms: tuple[int, ...]
    sealed: tuple[str, ...]
    silent: tuple[str, ...]
    note: str
    taken_by: int | None = None
    taken_at: int | None = None
