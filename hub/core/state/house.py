"""Rows of nodes, points, areas, their alarms and orders."""

from __future__ import annotations

from typing import Literal

from hub.core.state.base import Row
from wire import messages as m
from wire.messages import AlarmClass, Level

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

SealState = Literal[
    "unsealed",
    "seal-ceremony",
    "arming",
    "sealed",
    "unseal-ceremony",
    "unsealing",
    "change-ceremony",
    "changing",
]

OrderState = Literal["open", "done", "refused", "superseded"]


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
    restarts: tuple[int, ...] = ()
    """Hub times of its newest starts in a row that came after no orderly stop."""
    stopped: bool = False
    """Whether it was told to stop, and has not been started since."""


class Run(Row, frozen=True):
    """How a service beside the engine runs."""

    service: m.Service
    restarts: tuple[int, ...] = ()
    """Hub times of its newest starts in a row that came after no orderly stop."""
    stopped: bool = True
    """Whether it was told to stop, and has not been started since."""


class NamedKey(Row, frozen=True):
    """A key of the checkpoints that the journal has named. None is named again: an old one was destroyed."""

    key: str
    opens: str = ""
    """The origin that was opened with it; empty: it came after another."""


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
    starts: tuple[int, ...] = ()
    """Wall times of its newest boots."""
    access_at: int = 0
    """Hub time at which the newest access list was ordered."""
    witness_key: str = ""
    """The key by which the node countersigns checkpoints."""
    enrolled_at: int = 0
    """Hub time at which the node was enrolled first."""
    refusing: str = ""
    """The boot whose beats say that its disk refuses; empty: none, or the records of it have come after all."""
    unwritten: int = 0
    """How many records that boot had in its memory alone when that was last told."""
    plan: int = 0
    access: int = 0
    """Versions of the site document whose plan and access list the node has confirmed last; 0 for none."""
    doubted: int = 0
    """Number of its record that was doubted last."""
    doubt: m.Doubt | None = None
    """Why it was."""
    unheard_since: int | None = None
    """Since when nothing that it says counts, by the hub's clock: it is silent, revoked, or a new life has not begun to
    speak. None while it is heard, and for a node that was never heard at all."""


class Point(Row, frozen=True):
    """The level of a point as the journal knows it, since `since` by its node's wall clock."""

    place: str
    node: str
    level: Level
    since: int
    stood: int | None = None
    """Since when it was not normal when its node was last started, if it was. Found so again, it is not opened anew."""
    told: Level | None = None
    """What a beat has said otherwise since; the records of it are still to come."""
    told_boot: str = ""
    told_uptime: int = 0

    @property
    def known(self) -> Level:
        """The level by the newest word of its node, be it a record or a beat."""
        return self.told or self.level


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
    """People in the area, as its node has told last."""
    denied: int = 0
    """Wrong tries in a row at the area's readers."""
    word: str = ""
    """What the node at whose reader it was unsealed has signed of that; the others let go on it. Empty: not yet."""
    loud: bool = False
    """Whether an emergency opening has ended its newest sealing."""
    came: str = ""
    """What a node has signed of the responder who came for that; empty: nobody yet."""
    permit: str = ""
    """While it is changed: what the node at its reader has signed of the two badges; empty: not yet."""
    admits: int = 0
    """The version of the site document for which that serves; 0: for none yet."""
    change: int = 0
    """The newest change of its sealing that two people have admitted at the reader, counted from 1."""


class Guarded(Row, frozen=True):
    """How an area stands that is guarded on ordinary days, as the node of its reader has told. Times are wall times in
    ms by the node's clock."""

    area: str
    state: m.GuardState = "unset"
    number: int = 0
    since: int = 0
    by: str = ""
    """What has set or unset it: one of the words of `area-set` or `area-unset`."""
    people: tuple[int, ...] = ()
    until: int | None = None
    """Somebody stays until then."""
    left_open: tuple[str, ...] = ()
    """Points that were open when the hour set it, and have not been normal since."""
    set_from: tuple[int, ...] = ()
    """When it was set, the last times of it."""
    set_to: tuple[int, ...] = ()
    """When each of these ended; one less where it is set now."""
    asked: Literal["set", "extend"] | None = None
    """What an officer has asked last at the console, and who."""
    asked_by: int | None = None
    node: str = ""
    """Which node has told how it stands: by its own starts alone it stands otherwise."""


class Allowed(Row, frozen=True):
    """A person who may unset an area alone out of its hours, from one wall time in ms to another; `by` whose word."""

    area: str
    person: int
    since: int
    until: int
    by: int | None


class AwaitedBadge(Row, frozen=True):
    """A door that was opened by nobody's walk in office hours. `due_at`: hub time up to which a badge may explain it;
    None once one has, or none has in time. `cause`: index of the node's record."""

    point: str
    happened: int
    cause: int
    since: int
    due_at: int | None = None


class Badged(Row, frozen=True):
    """When badges were granted at an area."""

    area: str
    times: tuple[int, ...]


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
    foretold: int = 0
    """How many of its occurrences beats have told of, and the records of these are still to come."""
    told: m.Told = ""
    """What a node was told last and has refused, where that is the alarm."""
    nodes: tuple[str, ...] = ()
    """Nodes that are missing, where that is the alarm."""
    stood: m.Stood = "unset"
    """How the area stood, unless it was sealed."""

    @property
    def active(self) -> bool:
        """Whether what caused it still is so."""
        return self.life.startswith("active")

    @property
    def unacknowledged(self) -> bool:
        """Whether it still wants somebody to take it on."""
        return self.life.endswith("-unacknowledged")

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
    version: int = 0
    """Of the site document in force when it was issued."""
