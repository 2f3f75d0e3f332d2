"""What the hub tells nodes: receipts and orders."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from wire.bounds import LARGEST_COUNT, LARGEST_RECORD
from wire.messages.base import (
    Alarms,
    Count,
    Credential,
    Data,
    Hash,
    InputKind,
    LeaveBy,
    Message,
    Name,
    Number,
    Person,
    Place,
    PointKind,
    Purpose,
    Seconds,
    Text,
    Uptime,
    Wall,
)
from wire.messages.calendar_facts import Day, DayNamed
from wire.messages.set_records import GuardState

WINDOW = 128
"""Records of a node that may be under way without a receipt: receipts are its clock, with a backlog too."""


class Receipt(Message, frozen=True):
    """The hub's word that this life is committed through `seq`, whose record has `hash` and journal index `index`.

    `seq` 0 with index -1: nothing yet. `missing`: the hub has dropped something higher, so send again from seq + 1.
    """

    v: Literal[1]
    site: Name
    node: Name
    life: Number
    seq: Number
    hash: Hash
    index: Annotated[int, Meta(ge=-1, le=LARGEST_COUNT)]
    missing: bool


class PlanPoint(Message, frozen=True):
    """One monitored thing on one terminal. `held` is how many seconds a door may stand open."""

    place: Place
    kind: PointKind
    terminal: Count
    input: InputKind
    normally: Literal["closed", "open"] = "closed"
    held: Seconds | None = None


class PlanReader(Message, frozen=True):
    """One badge reader on one of the board's reader ports. `inside`: people leave by it."""

    place: Place
    port: Name
    inside: bool = False


class PlanArea(Message, frozen=True):
    """How an area is passed: its doors from the outside inwards, and how people leave."""

    name: Name
    doors: tuple[Place, ...]
    leave: LeaveBy
    seconds: Seconds
    """Seconds that each door in turn may take after the one before."""


Word = Annotated[str, Meta(max_length=LARGEST_RECORD)]
"""A record as its node has signed it, carried to another node."""


class Plan(Data, frozen=True, tag="plan"):
    """What is connected to a node's terminals. `version` is that of the site document. `word`: where it changes what a
    sealing rests on, the `permitted` of the node that has seen two badges for that; empty for that node itself."""

    version: Number
    points: tuple[PlanPoint, ...]
    readers: tuple[PlanReader, ...]
    areas: tuple[PlanArea, ...]
    word: Word = ""


Minutes = Annotated[int, Meta(ge=0, le=1440)]
"""Minutes of a day."""


class Window(Message, frozen=True):
    """Minutes of local time on certain days (0 is Monday), from `start` up to `end` (1440 is midnight)."""

    days: tuple[Annotated[int, Meta(ge=0, le=6)], ...]
    start: Minutes
    end: Minutes


class Grant(Message, frozen=True):
    """The right to enter an area, in the windows of a schedule (None: at any time), up to `ends` (wall time)."""

    area: Name
    schedule: Name | None
    ends: Wall | None


class Holder(Message, frozen=True):
    """A person on the access list. `seals`: areas that they may seal; `responds`: areas that they attend in alarm;
    `opens`: areas that they may unset."""

    person: Person
    credentials: tuple[Credential, ...]
    grants: tuple[Grant, ...]
    seals: tuple[Name, ...]
    responds: tuple[Name, ...]
    opens: tuple[Name, ...] = ()


class Guarding(Message, frozen=True):
    """How an area is guarded on ordinary days. `hours`: in which one of those who open it unsets it; `office`: by whose
    end it sets itself, from the first opening to the last closing of each day. A holiday has neither.

    `decides`: this is the node of the area's reader, which sets and unsets it; any other follows (`Guard`).
    """

    area: Name
    decides: bool
    hours: tuple[Window, ...] = ()
    office: tuple[Window, ...] = ()
    outside: Literal["two", "told"] = "two"
    """Outside its hours it takes two people, or one of whom others are told."""
    close: Minutes = 15
    """Minutes after the office's close at which it sets itself."""


class Approval(Message, frozen=True):
    """This person may unset the area alone, from one wall time to another."""

    area: Name
    person: Person
    since: Wall
    until: Wall


MOST_APPROVALS = 32
"""Approvals that one list names."""


class AccessList(Data, frozen=True, tag="access"):
    """Who may enter where, until `expires` (wall time). `utc_offset`: minutes that local time is ahead of UTC.

    `days`: of the local days for which the list is good, those that the approved calendars name. On one that is `off`
    the windows of Sunday hold, on one that is `worked` those of Monday. `word`: as in a plan.
    """

    version: Number
    expires: Wall
    utc_offset: Annotated[int, Meta(ge=-840, le=840)]
    schedules: dict[Name, tuple[Window, ...]]
    holders: tuple[Holder, ...]
    days: Annotated[dict[Day, DayNamed], Meta(max_length=31)] = field(default_factory=dict)
    word: Word = ""
    guards: tuple[Guarding, ...] = ()
    approvals: Annotated[tuple[Approval, ...], Meta(max_length=MOST_APPROVALS)] = ()


MOST_CEREMONY_S = 300


class Seal(Data, frozen=True, tag="seal"):
    """Hold the area sealed under this number. `reader_node`: the one at whose reader it is unsealed; `keys`: the record
    keys of the area's nodes. Both stand as they were when the area was sealed: a repeat changes nothing.

    `firm`: every node of the area holds it. From then on it takes badges to end it, and the reader shows so. `over`: up
    to this number the changes of it are over, and what two people admitted with them serves no more.
    """

    area: Name
    sealing: Number
    reader_node: Name
    keys: Annotated[dict[Name, Text], Meta(max_length=64)]
    firm: bool = False
    over: Count = 0


class Unseal(Data, frozen=True, tag="unseal"):
    """Let the area go. Once it was firmly sealed, the node at whose reader it is unsealed has seen two badges for that;
    any other needs `word`, that node's own `released`. `emergency`: without either, and every node of the area
    sounds."""

    area: Name
    sealing: Number
    word: Word = ""
    emergency: bool = False


class Quiet(Data, frozen=True, tag="quiet"):
    """Somebody has come for an emergency opening, as another node of the area has signed (`attended`)."""

    area: Name
    word: Word


class Ceremony(Data, frozen=True, tag="ceremony"):
    """For so many seconds, badges at this reader are shown for this and not for entry: to seal the area, to unseal it,
    or to have a change of what its sealing rests on. 0 ends it, and what was permitted in it."""

    reader: Place
    purpose: Purpose
    sealing: Number
    seconds: Annotated[int, Meta(ge=0, le=MOST_CEREMONY_S)]


class Respond(Data, frozen=True, tag="respond"):
    """These alarms of the area are acknowledged, and a responder's badge is expected at its readers."""

    area: Name
    alarms: Alarms


class Guard(Data, frozen=True, tag="guard"):
    """The area is set or unset, as the node of its reader has recorded under this number."""

    area: Name
    state: GuardState
    number: Number


class GuardAsked(Data, frozen=True, tag="guard-asked"):
    """An officer wants the area set now, or not to be set by the hour yet. There is no such order that unsets it."""

    area: Name
    act: Literal["set", "extend"]
    person: Person


class SelfTest(Data, frozen=True, tag="self-test"):
    """Show lamp, buzzer and sounder for so many seconds."""

    seconds: Annotated[int, Meta(ge=1, le=10)]


OrderData = Plan | AccessList | Seal | Unseal | Quiet | Ceremony | Respond | SelfTest | Guard | GuardAsked


class Order(Message, frozen=True):
    """Signed by the engine, never retained. Valid in one boot, up to an uptime, once: `number` only ever grows."""

    v: Literal[1]
    site: Name
    node: Name
    life: Number
    boot: Name
    number: Number
    until: Uptime
    data: OrderData


class JournalGrown(Message, frozen=True):
    """Hub to hub, unsigned: a hint that there is something new. What is new is always read from the database."""

    size: Count
