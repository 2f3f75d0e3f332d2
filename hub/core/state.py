"""What the journal says, folded: one frozen row a thing. Every row is saved in a table of the same name and columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, TypeVar

from msgspec import Struct

from wire import messages as m
from wire.messages import AlarmClass, Fact, Level, Record

AlarmLife = Literal[
    "active-unacknowledged",
    "active-acknowledged",
    "returned-unacknowledged",
    "returned-acknowledged",
    "finding-written",
    "closed",
]
"""In the terms of ISA-18.2 and IEC 62682. Whatever an alarm has been through, only a finding closes it; one that takes
two people waits for the second with its `finding-written`."""

SealState = Literal["unsealed", "seal-ceremony", "arming", "sealed", "unseal-ceremony", "unsealing"]
CallLife = Literal["waiting", "ringing", "answered", "over"]
"""Not told yet; told and unanswered; every line acknowledged; nobody needs to be called."""
NoticeState = Literal["queued", "handed", "delivered", "failed"]
SealingState = Literal[
    "planned",
    "checking",
    "arming",
    "sealed",
    "breached",
    "unsealing",
    "opened",
    "closed",
    "cancelled",
    "postponed",
]
OrderState = Literal["open", "done", "refused", "superseded"]


class Entry(Struct, frozen=True):
    """One entry of the journal as the fold sees it. `time` is the hub's wall time at which it was appended, `hash`
    the text hash of its note."""

    index: int
    time: int
    hash: str
    message: Record | Fact


class Row(Struct, frozen=True):
    """Base of the rows."""


class Meta(Row, frozen=True):
    """Numbers that run through the whole site."""

    id: int = 1
    site_version: int = 0
    next_alarm: int = 1
    next_sealing: int = 1
    newest_time: int = 0
    """Hub time of the newest entry."""
    engine_time: int = 0
    """Hub time of the newest entry by the engine, which is when it was last known to run."""


class Life(Row, frozen=True):
    """The life of a node that its journal is in: what is committed of it, and which keys may speak for it."""

    node: str
    life: int
    record_key: str
    serial: str
    revoked: bool = False
    seq: int = 0
    hash: str = ""
    index: int = -1
    boot: str = ""
    next_order: int = 1
    silent: bool = False
    equivocated_at: int = 0
    access_at: int = 0
    """Hub time at which the newest access list was ordered."""
    witness_key: str = ""
    """The key by which the node countersigns checkpoints."""


class Point(Row, frozen=True):
    """The level of a point as the journal knows it, since `since` by its node's wall clock."""

    place: str
    node: str
    level: Level
    since: int


class Area(Row, frozen=True):
    """How an area stands. `sealing`: number of the sealing under way; the first badge is that of its ceremony."""

    name: str
    state: SealState = "unsealed"
    sealing: int = 0
    ordered_by: int | None = None
    first_person: int | None = None
    first_mono: int = 0
    first_boot: str = ""
    people: tuple[int, ...] = ()
    waiting: tuple[str, ...] = ()
    """Nodes that have not yet recorded that the order is on their disk."""
    since: int = 0
    due_at: int | None = None
    """Hub time at which a ceremony or an arming is given up."""
    inside: int = 0
    """People in the area, as far as its doors tell."""
    denied: int = 0
    """Wrong tries in a row at the area's readers."""


class Alarm(Row, frozen=True):
    """An alarm or trouble. `count` is how often it has happened; an alarm is never forgotten for being the second."""

    number: int
    what: str
    klass: AlarmClass
    priority: int
    place: str
    area: str | None
    sealing: int | None
    life: AlarmLife
    happened: int
    last_happened: int
    raised_at: int
    late: bool
    cause: int
    count: int = 1
    acknowledged_by: int | None = None
    acknowledged_at: int | None = None
    attended_by: int | None = None
    attended_at: int | None = None
    closed_by: int | None = None
    closed_at: int | None = None
    finding_cause: str | None = None
    finding: str | None = None
    acknowledged_via: m.Via | None = None
    shown_at: int | None = None
    sounded_at: int | None = None
    found_by: int | None = None
    """Who has written the finding, where a second person is to confirm it."""
    found_at: int | None = None
    foretold: bool = False
    """A beat has told of its last occurrence, and the record of that is still to come."""

    @property
    def active(self) -> bool:
        """Whether what caused it still is so."""
        return self.life.startswith("active")

    @property
    def open(self) -> bool:
        """Whether it still waits for somebody."""
        return self.life != "closed"


class OrderOut(Row, frozen=True):
    """An order to a node: open until a record of the node says what became of it."""

    node: str
    number: int
    life: int
    what: str
    state: OrderState
    issued_at: int


class Calendar(Row, frozen=True):
    """The holiday calendar of a year: which version was imported last, and which one is in force. The documents lie in
    a table beside the journal."""

    year: int
    version: int = 0
    sha256: str = ""
    imported_by: int | None = None
    imported_at: int = 0
    approved: int = 0
    """The version in force, 0 for none: the year is UNPUBLISHED."""
    approved_sha256: str = ""
    approved_by: int | None = None
    approved_at: int | None = None
    off: tuple[str, ...] = ()
    """Days off, and weekend days worked, of the version imported last; below, of the one in force. `YYYY-MM-DD`."""
    worked: tuple[str, ...] = ()
    approved_off: tuple[str, ...] = ()
    approved_worked: tuple[str, ...] = ()


class Window(Row, frozen=True):
    """A time in which areas are to be sealed, as a person has planned it. Wall times in ms."""

    number: int
    title: str
    areas: tuple[str, ...]
    starts: int
    ends: int
    planned_by: int | None
    planned_at: int
    cancelled_by: int | None = None
    cancelled_at: int | None = None
    reason: str = ""

    @property
    def planned(self) -> bool:
        """Whether the plan still holds."""
        return self.cancelled_at is None


class Sealing(Row, frozen=True):
    """One sealing of one area on its course, see hub.core.course. Times are hub's wall times in ms."""

    number: int
    area: str
    state: SealingState
    began: int
    """Index of its first entry."""
    window: int | None = None
    adhoc: bool = True
    """Ordered without plan or check: a ceremony that comes to nothing ends it."""
    tried: bool = False
    checked_at: int | None = None
    """When its check was begun."""
    ordered_by: int | None = None
    people: tuple[int, ...] = ()
    exceptions: tuple[str, ...] = ()
    sealed_at: int | None = None
    sealed_index: int | None = None
    openings: int = 0
    alarms: int = 0
    cause: str = ""
    """Why it was unsealed, opened in an emergency, or dropped."""
    approved_by: int | None = None
    approved_at: int | None = None
    emergency_by: int | None = None
    signed: tuple[int, ...] = ()
    unsealed_by: tuple[int, ...] = ()
    ended_at: int | None = None
    """When two badges, or an emergency, ended it; from then on the nodes are told."""
    unsealed_at: int | None = None
    certificate: str = ""
    """Text hash of the certificate, and of its closing half, once made."""
    closing: str = ""
    unconfirmed: tuple[str, ...] = ()
    """Nodes that never said that they have unsealed: dead ones, without which two people ended it."""


class WalkTest(Row, frozen=True):
    """When a point was last opened, and closed again, as its node has seen it."""

    place: str
    node: str
    opened_at: int | None = None
    closed_at: int | None = None


class CheckTick(Row, frozen=True):
    """Who has ticked an item of an area's list, and when."""

    area: str
    item: str
    ticked_by: int | None
    ticked_at: int


class Exemption(Row, frozen=True):
    """Who answers for a point that is blind or was not walked."""

    place: str
    area: str
    reason: str
    signed_by: int | None
    signed_at: int


class SealOn(Row, frozen=True):
    """The number on a seal: said by one, repeated by another; what was read before the unsealing `read_for`."""

    place: str
    number: str
    said_by: int
    said_at: int
    repeated_by: int | None = None
    repeated_at: int | None = None
    read: str = ""
    read_for: int | None = None
    read_by: int | None = None
    read_at: int | None = None
    ohms: int | None = None
    """What its loop measured when the area was sealed; None for a two-state input, which measures nothing."""


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
    untold: tuple[int, ...] = ()
    """Lines that have come since somebody was told."""
    untold_since: int = 0
    told_at: int = 0
    """Hub time at which somebody was told last."""
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


R = TypeVar("R", bound=Row)

KEYS: dict[type[Row], tuple[str, ...]] = {
    Meta: ("id",),
    Life: ("node",),
    Point: ("place",),
    Area: ("name",),
    Alarm: ("number",),
    OrderOut: ("node", "number"),
    Calendar: ("year",),
    Window: ("number",),
    Duty: ("id",),
    Call: ("number",),
    Notice: ("number",),
    ChannelRow: ("name",),
    Shift: ("number",),
    Handover: ("number",),
    Sealing: ("number",),
    WalkTest: ("place",),
    CheckTick: ("area", "item"),
    Exemption: ("place",),
    SealOn: ("place",),
}
"""Columns by which a row of each kind is found."""

Key = tuple[object, ...]


class State:
    """All rows that a decision may need. Rows put in are noted as changed, so that just those are saved."""

    def __init__(self) -> None:
        self._rows: dict[type[Row], dict[Key, Row]] = {kind: {} for kind in KEYS}
        self.changed: dict[tuple[type[Row], Key], Row] = {}

    def load(self, row: Row) -> None:
        """Take in a row as it was saved."""
        self._rows[type(row)][_key(row)] = row

    def put(self, row: Row) -> None:
        """Set a row and note it as changed. A closed alarm or order stays until `settle`."""
        key = _key(row)
        self._rows[type(row)][key] = row
        self.changed[type(row), key] = row

    def find(self, kind: type[R], *key: object) -> R | None:
        """The row of that kind and key, if there is one."""
        return self._rows[kind].get(key)  # type: ignore[return-value]

    def all(self, kind: type[R]) -> Iterator[R]:
        """Every row of that kind."""
        return iter(self._rows[kind].values())  # type: ignore[arg-type]

    def rows(self, kind: type[Row]) -> dict[Key, Row]:
        """Every row of that kind, by its key."""
        return dict(self._rows[kind])

    def settle(self) -> None:
        """Forget what was noted as changed, and what no later decision needs."""
        for (kind, key), row in self.changed.items():
            if finished(row):
                del self._rows[kind][key]
        self.changed.clear()

    @property
    def duty(self) -> Duty:
        """Numbers of the duty officer's things."""
        return self.find(Duty, 1) or Duty()

    @property
    def meta(self) -> Meta:
        """Numbers of the whole site."""
        return self.find(Meta, 1) or Meta()

    def area(self, name: str) -> Area:
        """The area's row; an area nobody has said anything about is unsealed."""
        return self.find(Area, name) or Area(name)

    def life(self, node: str) -> Life | None:
        """The node's life; None for a node that was never enrolled."""
        return self.find(Life, node)


FINISHED: dict[type[Row], Callable[[Any], bool]] = {
    Alarm: lambda row: not row.open,
    OrderOut: lambda row: row.state != "open",
    Call: lambda row: row.life == "over",
    Sealing: lambda row: row.state in ("cancelled", "postponed") or (row.state == "closed" and row.closing != ""),
    Notice: lambda row: row.state in ("delivered", "failed") or (row.state == "handed" and not row.awaits),
}
"""When no later decision needs a row of a kind of which there come ever more."""


def finished(row: Row) -> bool:
    """Whether no later decision needs this row."""
    rule = FINISHED.get(type(row))
    return rule is not None and rule(row)


def _key(row: Row) -> Key:
    return tuple(getattr(row, column) for column in KEYS[type(row)])
