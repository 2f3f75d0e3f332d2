"""What nodes record: the kinds, and the record that carries one. It is long because there are that many kinds."""

from __future__ import annotations

from typing import Literal

from wire.messages.base import (
    Alarms,
    ClockTrust,
    Count,
    Credential,
    Data,
    Hash,
    LeaveBy,
    Level,
    Message,
    Name,
    Number,
    Person,
    Place,
    Purpose,
    Seconds,
    Text,
    Uptime,
    Wall,
)
from wire.messages.sealing_records import (
    Frozen,
    Permitted,
    Released,
    SealBaseline,
    SealedArea,
    Watch,
)
from wire.messages.set_records import (
    AreaSet,
    AreaUnset,
    FirstOfTwo,
    GuardedArea,
    NotSet,
    ReaderDeaf,
    SetCancelled,
    SetExtended,
    SetRefused,
    Setting,
    SomebodyInside,
    SomebodyOut,
    WatchWhileSet,
)
from wire.messages.witnessing import JournalMoved, JournalRefused


class Started(Data, frozen=True, tag="started"):
    """First record of every boot: what is in force from the node's disk before any input is judged."""

    version: Text
    factory: Text
    plan: Number
    sealed: tuple[SealedArea, ...]
    guards: tuple[GuardedArea, ...] = ()
    """How each area stands that is guarded on ordinary days, as far as this node knows."""


class LevelChanged(Data, frozen=True, tag="level"):
    """An input changed for good, or for a pulse, whose end then follows as a record of its own. `found`: it was so when
    it was first read, and nobody saw it change. `guard`: the number under which its area was set; None: it was not, or
    the point had been left open when it was."""

    point: Place
    was: Level
    now: Level
    at: Uptime
    sealing: Number | None = None
    found: bool = False
    guard: Number | None = None


class Chatter(Data, frozen=True, tag="chatter"):
    """An input that changed more than 20 times within 10 s: one summary for 10 s of it."""

    point: Place
    edges: Count
    since: Uptime
    until: Uptime
    level: Level
    sealing: Number | None = None
    guard: Number | None = None


class Granted(Data, frozen=True, tag="granted"):
    """A badge was accepted at a reader; the doors of the area may be opened in turn."""

    reader: Place
    credential: Credential
    person: Person


DenialReason = Literal[
    "unknown",
    "no-grant",
    "schedule",
    "ended",
    "list-expired",
    "no-list",
    "clock",
    "sealed",
    "set",
]
"""`set`: the area is set, and this is none of those who unset it."""


class Denied(Data, frozen=True, tag="denied"):
    """A badge was refused at a reader, and why."""

    reader: Place
    credential: Credential
    person: Person | None
    reason: DenialReason
    sealing: Number | None = None


class Presented(Data, frozen=True, tag="presented"):
    """A badge was shown for a badge ceremony that the hub had ordered. `ceremony`: the number of its sealing. What the
    `purpose` was, nodes of before do not say."""

    reader: Place
    credential: Credential
    person: Person | None
    ceremony: Number
    at: Uptime
    purpose: Purpose | None = None


class Attended(Data, frozen=True, tag="attended"):
    """A responder's badge at the door of an area in alarm; it quiets the sounder. `alarms` is empty when the node
    answers for an alarm of its own: with the hub away, or about the journal. `opened`: the sealing that an emergency
    opening has ended, when that is what somebody has come for."""

    reader: Place
    credential: Credential
    person: Person
    alarms: Alarms
    opened: Number | None = None


class Entered(Data, frozen=True, tag="entered"):
    """The innermost door was opened within a grant. `inside`: how many are in now, by the node's count."""

    area: Name
    person: Person
    inside: Count


class NotEntered(Data, frozen=True, tag="not-entered"):
    """A grant ran out before the innermost door was opened."""

    area: Name
    person: Person


class Left(Data, frozen=True, tag="left"):
    """Somebody left the area. `person` is known only where people leave by a reader; `inside` as in `entered`."""

    area: Name
    by: LeaveBy
    inside: Count
    person: Person | None = None


EmptiedWhy = Literal["stay-over", "sealed", "set", "planned", "not-known"]


class Emptied(Data, frozen=True, tag="emptied"):
    """Nobody is taken to be inside any more, though nobody was seen to leave. `stay-over`: nobody has moved the area's
    doors for eight hours; `sealed`, `set`: the area was; `planned`: the plan has other doors; `not-known`: the node has
    just come to judge these doors, and its disk knows nothing of them."""

    area: Name
    why: EmptiedWhy


class Forced(Data, frozen=True, tag="forced"):
    """A door or gate was opened that neither a grant nor anybody's leaving had opened."""

    point: Place


class HeldOpen(Data, frozen=True, tag="held-open"):
    """A door or gate has stood open longer than the plan allows."""

    point: Place
    seconds: Seconds


class Sounded(Data, frozen=True, tag="sounded"):
    """The node's own sounder was switched, and why. `refused`: the hub ordered what would have weakened a sealing;
    `emergency`: an area was opened without badges; `at-the-box`: somebody has opened the node's own box."""

    on: bool
    reason: Literal[
        "opened",
        "refused",
        "emergency",
        "hub-silent",
        "journal-refused",
        "attended",
        "at-the-box",
        "hub-back",
        "unsealed",
        "unset",
    ]


class OrderDone(Data, frozen=True, tag="order-done"):
    """An order has been carried out. `sealed`: every area that is sealed on this node's disk from now on."""

    order: Number
    what: Text
    sealed: tuple[SealedArea, ...]


OrderRefusal = Literal[
    "old-number",
    "other-boot",
    "too-late",
    "unknown-area",
    "unknown-reader",
    "not-usable",
    "frozen",
    "no-permit",
    "no-word",
    "let-go",
]
"""`frozen`: it would change what a sealing rests on; `no-permit`, `no-word`: the node has not seen two badges, or not
the word of the node that has; `let-go`: that sealing is over here."""


class OrderRefused(Data, frozen=True, tag="order-refused"):
    """An order was not carried out. `mark` is the highest order number that the node has carried out, `sealed` what it
    holds instead."""

    order: Number
    mark: Number
    reason: OrderRefusal
    sealed: tuple[SealedArea, ...] = ()


FaultPart = Literal[
    "reader",
    "loops",
    "hub-silent",
    "outbox-half",
    "outbox-write",
    "clock",
    "camera",
    "mains",
    "battery",
    "wireless",
    "papers",
    "program",
]


class Fault(Data, frozen=True, tag="fault"):
    """A part of the node has failed, or works again."""

    part: FaultPart
    failed: bool
    detail: Text
    place: Place | None = None


class ClockSet(Data, frozen=True, tag="clock-set"):
    """The node's clock was set by more than a second, or its trust has changed."""

    was: Wall
    now: Wall
    trust: ClockTrust


class Overflow(Data, frozen=True, tag="overflow"):
    """The outbox was full from `since` to `until`: how many records of each kind could not be kept."""

    since: Uptime
    until: Uptime
    lost: dict[str, Count]


class CannotFill(Data, frozen=True, tag="cannot-fill"):
    """Records `first` to `last` of this life, which the hub still wants, are no longer to be had.

    It stands in the place of record `last`; `last_hash` is that record's own hash, empty if not known.
    """

    first: Number
    last: Number
    last_hash: Hash


class RolledBack(Data, frozen=True, tag="rolled-back"):
    """First record of a life that a node opens by itself, as it holds less than the hub's receipt, or other."""

    hub_life: Number
    hub_seq: Number
    hub_hash: Hash
    own_seq: Number
    own_hash: Hash


RecordData = (
    Started
    | LevelChanged
    | Chatter
    | Granted
    | Denied
    | Presented
    | Attended
    | Entered
    | NotEntered
    | Left
    | Emptied
    | Forced
    | HeldOpen
    | Watch
    | SealBaseline
    | Frozen
    | Permitted
    | Released
    | Sounded
    | OrderDone
    | OrderRefused
    | Fault
    | ClockSet
    | Overflow
    | CannotFill
    | RolledBack
    | JournalRefused
    | JournalMoved
    | Setting
    | AreaSet
    | AreaUnset
    | FirstOfTwo
    | SetRefused
    | SetCancelled
    | SetExtended
    | NotSet
    | SomebodyInside
    | SomebodyOut
    | WatchWhileSet
    | ReaderDeaf
)


class Record(Message, frozen=True):
    """What a node has seen or done. Signed by the node; in its outbox before it is published.

    `seq` runs from 1 without gaps within a `life`; `prev` is the text hash of the record before it, empty
    for the first.
    """

    v: Literal[1]
    site: Name
    node: Name
    life: Number
    boot: Name
    seq: Number
    mono: Uptime
    wall: Wall
    clock: ClockTrust
    prev: Hash
    data: RecordData
