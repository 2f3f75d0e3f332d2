"""Every message between node and hub, and every fact the hub writes itself.

Each is a frozen struct; what a record, an order or a fact is about is its `data`, a union told apart by `kind`.
The body of a note is one line of JSON: `encode` makes it, `decode` reads it, and nothing is ever encoded twice.
Times named `wall` and `time` are milliseconds since 1970 in UTC; `mono`, `at`, `uptime` and other times of a
node are milliseconds since that node's boot.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from wire import notes

PROTOCOL = 1

MAX_RECORD = 16 * 1024
"""Bytes of the largest record or beat that the hub opens."""

MAX_ORDER = 256 * 1024
"""Bytes of the largest order that a node opens."""

Name = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,32}\Z")]  # not $, which lets a newline pass
Place = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,32}/[a-z0-9-]{1,32}\Z")]
"""A point or reader as `area/name`."""
Text = Annotated[str, Meta(max_length=500)]
Hash = Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?\Z")]
"""SHA-256 in hex; empty where there is nothing yet."""
Credential = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
"""HMAC-SHA-256 of a badge number under the site's badge key, in hex. The number itself never travels."""
LARGEST_COUNT = 2**53
Count = Annotated[int, Meta(ge=0, le=LARGEST_COUNT)]
Year = Annotated[int, Meta(ge=2000, le=2199)]
Person = Annotated[int, Meta(ge=1, le=10**9)]
"""Number of a cardholder. Names lie in a table beside the journal."""

Level = Literal["normal", "active", "open-circuit", "short"]
"""What an input says. A two-state input says only normal or active."""
ClockTrust = Literal["trusted", "holdover", "untrusted"]
"""Set by the hub in this boot; carried over by a clock that has not gone back; not to be relied on."""
PointKind = Literal["door", "gate", "window", "safe", "bolt", "cabinet", "seal", "tamper", "exit-button"]
InputKind = Literal["two-state", "supervised"]
LeaveBy = Literal["button", "reader", "free"]
"""How people leave an area: a button on a terminal, a reader inside, or freely while somebody is in."""


class Message(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of all: frozen, no unknown field."""


class Data(Message, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    """Base of everything that is told apart by `kind`."""


# ---------------------------------------------------------------- what nodes record


class SealedArea(Message, frozen=True):
    """An area that a node holds sealed, and the number of its sealing."""

    area: Name
    sealing: Count


class Started(Data, frozen=True, tag="started"):
    """First record of every boot: what is in force from the node's disk before any input is judged."""

    version: Text
    factory: Text
    plan: Count
    sealed: tuple[SealedArea, ...]


class LevelChanged(Data, frozen=True, tag="level"):
    """An input changed for good, or for a pulse, whose end then follows as a record of its own."""

    point: Place
    was: Level
    now: Level
    at: Count
    sealing: Count | None = None


class Chatter(Data, frozen=True, tag="chatter"):
    """An input that changed more than 20 times within 10 s: one summary for 10 s of it."""

    point: Place
    edges: Count
    since: Count
    until: Count
    level: Level
    sealing: Count | None = None


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
]


class Denied(Data, frozen=True, tag="denied"):
    """A badge was refused at a reader, and why."""

    reader: Place
    credential: Credential
    person: Person | None
    reason: DenialReason
    sealing: Count | None = None


class Presented(Data, frozen=True, tag="presented"):
    """A badge was shown for a badge ceremony that the hub had ordered."""

    reader: Place
    credential: Credential
    person: Person | None
    ceremony: Count
    at: Count


class Attended(Data, frozen=True, tag="attended"):
    """A responder's badge at the door of an area in alarm; it quiets the sounder. `alarms` is empty when the
    hub is away and the node answers for an alarm of its own."""

    reader: Place
    credential: Credential
    person: Person
    alarms: tuple[Count, ...]


class Entered(Data, frozen=True, tag="entered"):
    """The innermost door was opened within a grant."""

    area: Name
    person: Person


class NotEntered(Data, frozen=True, tag="not-entered"):
    """A grant ran out before the innermost door was opened."""

    area: Name
    person: Person


class Left(Data, frozen=True, tag="left"):
    """Somebody left the area. `person` is known only where people leave by a reader."""

    area: Name
    by: LeaveBy
    person: Person | None = None


class Forced(Data, frozen=True, tag="forced"):
    """A door or gate was opened that neither a grant nor anybody's leaving had opened."""

    point: Place


class HeldOpen(Data, frozen=True, tag="held-open"):
    """A door or gate has stood open longer than the plan allows."""

    point: Place
    seconds: Count


class Watch(Data, frozen=True, tag="watch"):
    """While sealed: which points were supervised from `since` to `until`, and every gap of over a second."""

    area: Name
    sealing: Count
    points: tuple[Place, ...]
    since: Count
    until: Count
    gaps: tuple[tuple[Count, Count], ...]


class Sounded(Data, frozen=True, tag="sounded"):
    """The node's own sounder was switched, and why."""

    on: bool
    reason: Literal["opened", "hub-silent", "attended", "hub-back", "unsealed"]


class OrderDone(Data, frozen=True, tag="order-done"):
    """An order has been carried out. `sealed`: every area that is sealed on this node's disk from now on."""

    order: Count
    what: Text
    sealed: tuple[SealedArea, ...]


OrderRefusal = Literal[
    "old-number",
    "other-boot",
    "too-late",
    "unknown-area",
    "unknown-reader",
    "not-usable",
]


class OrderRefused(Data, frozen=True, tag="order-refused"):
    """An order was not carried out. `mark` is the highest order number that the node has carried out."""

    order: Count
    mark: Count
    reason: OrderRefusal


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
]


class Fault(Data, frozen=True, tag="fault"):
    """A part of the node has failed, or works again."""

    part: FaultPart
    failed: bool
    detail: Text
    place: Place | None = None


class ClockSet(Data, frozen=True, tag="clock-set"):
    """The node's clock was set by more than a second, or its trust has changed."""

    was: Count
    now: Count
    trust: ClockTrust


class Overflow(Data, frozen=True, tag="overflow"):
    """The outbox was full from `since` to `until`: how many records of each kind could not be kept."""

    since: Count
    until: Count
    lost: dict[str, Count]


class CannotFill(Data, frozen=True, tag="cannot-fill"):
    """Records `first` to `last` of this life, which the hub still wants, are no longer to be had.

    It stands in the place of record `last`; `last_hash` is that record's own hash, empty if not known.
    """

    first: Count
    last: Count
    last_hash: Hash


class RolledBack(Data, frozen=True, tag="rolled-back"):
    """First record of a life that a node opens by itself, as it holds less than the hub's receipt, or other."""

    hub_life: Count
    hub_seq: Count
    hub_hash: Hash
    own_seq: Count
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
    | Forced
    | HeldOpen
    | Watch
    | Sounded
    | OrderDone
    | OrderRefused
    | Fault
    | ClockSet
    | Overflow
    | CannotFill
    | RolledBack
)


class Record(Message, frozen=True):
    """What a node has seen or done. Signed by the node; in its outbox before it is published.

    `seq` runs from 1 without gaps within a `life`; `prev` is the text hash of the record before it, empty
    for the first.
    """

    v: Literal[1]
    site: Name
    node: Name
    life: Count
    boot: Name
    seq: Count
    mono: Count
    wall: Count
    clock: ClockTrust
    prev: Hash
    data: RecordData


# ---------------------------------------------------------------- signs of life


class Echo(Message, frozen=True):
    """The newest hub beat that a node has heard."""

    boot: Name
    number: Count


class Here(Data, frozen=True, tag="here"):
    """Body of a beat. `seq` is the newest record, `freed` the last one that a receipt has freed."""

    uptime: Count
    seq: Count
    hash: Hash
    freed: Count
    levels: dict[Place, Level]
    sealed: tuple[SealedArea, ...]
    sounding: bool
    plan: Count
    access: Count
    mark: Count
    echo: Echo | None


class Gone(Data, frozen=True, tag="gone"):
    """The node's last will, published by the broker when the connection breaks. A hint, never evidence."""


class Beat(Message, frozen=True):
    """A node's sign of life: every 10 s, and every 3 s while an area of it is sealed. Not journalled."""

    v: Literal[1]
    site: Name
    node: Name
    life: Count
    boot: Name
    wall: Count
    clock: ClockTrust
    data: Here | Gone


class HubBeat(Message, frozen=True):
    """The engine's sign of life, every 2 s. `size` is the number of entries in the journal."""

    v: Literal[1]
    site: Name
    boot: Name
    number: Count
    time: Count
    size: Count


# ---------------------------------------------------------------- what the hub tells nodes


class Receipt(Message, frozen=True):
    """The hub's word that this life is committed through `seq`, whose record has `hash` and journal index `index`.

    `seq` 0 with index -1: nothing yet. `missing`: the hub has dropped something higher, so send again from seq + 1.
    """

    v: Literal[1]
    site: Name
    node: Name
    life: Count
    seq: Count
    hash: Hash
    index: Annotated[int, Meta(ge=-1)]
    missing: bool


class PlanPoint(Message, frozen=True):
    """One monitored thing on one terminal. `held` is how many seconds a door may stand open."""

    place: Place
    kind: PointKind
    terminal: Count
    input: InputKind
    normally: Literal["closed", "open"] = "closed"
    held: Count | None = None


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
    seconds: Count
    """Seconds that each door in turn may take after the one before."""


class Plan(Data, frozen=True, tag="plan"):
    """What is connected to a node's terminals. `version` is that of the site document."""

    version: Count
    points: tuple[PlanPoint, ...]
    readers: tuple[PlanReader, ...]
    areas: tuple[PlanArea, ...]


class Window(Message, frozen=True):
    """Minutes of local time on certain days (0 is Monday), from `start` up to `end` (1440 is midnight)."""

    days: tuple[Annotated[int, Meta(ge=0, le=6)], ...]
    start: Annotated[int, Meta(ge=0, le=1440)]
    end: Annotated[int, Meta(ge=0, le=1440)]


class Grant(Message, frozen=True):
    """The right to enter an area, in the windows of a schedule (None: at any time), up to `ends` (wall time)."""

    area: Name
    schedule: Name | None
    ends: Count | None


class Holder(Message, frozen=True):
    """A person on the access list. `seals`: areas that they may seal; `responds`: areas that they attend in alarm."""

    person: Person
    credentials: tuple[Credential, ...]
    grants: tuple[Grant, ...]
    seals: tuple[Name, ...]
    responds: tuple[Name, ...]


class AccessList(Data, frozen=True, tag="access"):
    """Who may enter where, until `expires` (wall time). `utc_offset`: minutes that local time is ahead of UTC."""

    version: Count
    expires: Count
    utc_offset: Annotated[int, Meta(ge=-840, le=840)]
    schedules: dict[Name, tuple[Window, ...]]
    holders: tuple[Holder, ...]


class SealedAreas(Data, frozen=True, tag="sealed"):
    """Every area of this node that is to be sealed from now on; any other is not."""

    areas: tuple[SealedArea, ...]


class Ceremony(Data, frozen=True, tag="ceremony"):
    """For so many seconds, badges at this reader are shown for sealing or unsealing, not for entry. 0 ends it."""

    reader: Place
    purpose: Literal["seal", "unseal"]
    sealing: Count
    seconds: Count


class Respond(Data, frozen=True, tag="respond"):
    """These alarms of the area are acknowledged, and a responder's badge is expected at its readers."""

    area: Name
    alarms: tuple[Count, ...]


class SelfTest(Data, frozen=True, tag="self-test"):
    """Show lamp, buzzer and sounder for so many seconds."""

    seconds: Annotated[int, Meta(ge=1, le=10)]


OrderData = Plan | AccessList | SealedAreas | Ceremony | Respond | SelfTest


class Order(Message, frozen=True):
    """Signed by the engine, never retained. Valid in one boot, up to an uptime, once: `number` only ever grows."""

    v: Literal[1]
    site: Name
    node: Name
    life: Count
    boot: Name
    number: Count
    until: Count
    data: OrderData


class JournalGrown(Message, frozen=True):
    """Hub to hub, unsigned: a hint that there is something new. What is new is always read from the database."""

    size: Count


# ---------------------------------------------------------------- what the hub itself records


class SiteApplied(Data, frozen=True, tag="site-applied"):
    """A site document is in force. The document lies beside the journal, its SHA-256 in it."""

    version: Count
    sha256: Hash


class NodeEnrolled(Data, frozen=True, tag="node-enrolled"):
    """A node's papers were made, which opens `life`; the words were compared by a person."""

    node: Name
    life: Count
    record_key: Text
    witness_key: Text
    serial: Text
    last_seq: Count
    """Last number of the life before."""


class NodeRevoked(Data, frozen=True, tag="node-revoked"):
    """A node's papers are void from now on."""

    node: Name
    reason: Text


class AccountMade(Data, frozen=True, tag="account-made"):
    """A person may sign in to the console in these roles, or (no role) no longer."""

    person: Person
    roles: tuple[Name, ...]


class SignedIn(Data, frozen=True, tag="signed-in"):
    """A person signed in to the console."""

    person: Person


class SignInFailed(Data, frozen=True, tag="sign-in-failed"):
    """Wrong sign-ins at the console since the last such entry."""

    count: Count


class EngineStarted(Data, frozen=True, tag="engine-started"):
    """The engine runs again. Nothing was heard since `silent_since` (wall time, None for the first start)."""

    version: Text
    silent_since: Count | None


class BrokerLost(Data, frozen=True, tag="broker-lost"):
    """The engine lost the broker; no node is blamed for its silence meanwhile."""

    detail: Text


class BrokerBack(Data, frozen=True, tag="broker-back"):
    """The engine has the broker again."""

    lost_for: Count
    """Milliseconds."""


class NodeSilent(Data, frozen=True, tag="node-silent"):
    """No valid beat of a node for longer than it may be silent."""

    node: Name
    last_heard: Count | None
    sealed: tuple[SealedArea, ...]


class NodeBack(Data, frozen=True, tag="node-back"):
    """A silent node is heard again."""

    node: Name
    silent_for: Count
    """Milliseconds."""


Refusal = Literal[
    "malformed",
    "oversized",
    "bad-signature",
    "unknown-signer",
    "revoked",
    "misplaced",
    "other-life",
    "retained",
]


class Refused(Data, frozen=True, tag="refused"):
    """Messages that were not accepted: how many, why, under which node's topic, since the last such entry."""

    node: Name
    reason: Refusal
    count: Count
    example: Text


class Equivocation(Data, frozen=True, tag="equivocation"):
    """Two different records under one number. The second, kept here whole, is not part of the node's sequence."""

    node: Name
    life: Count
    seq: Count
    kept: Annotated[int, Meta(ge=-1)]
    """Journal index of the first, -1 when only its hash is known."""
    other: Annotated[str, Meta(max_length=MAX_RECORD)]


class NoProgress(Data, frozen=True, tag="no-progress"):
    """For 10 s a node has only sent numbers beyond the one that is due."""

    node: Name
    life: Count
    expected: Count
    got: Count


class BeatContradicts(Data, frozen=True, tag="beat-contradicts"):
    """A fresh beat says a sealed point is not normal, while the journal does not know it yet."""

    node: Name
    point: Place
    level: Level
    sealing: Count


class JournalOpened(Data, frozen=True, tag="journal-opened"):
    """The first entry under an origin (the name that its checkpoints bear). It names the journal's root key, which is
    the first that signs checkpoints, and the record key of each service. `quotes` is the newest checkpoint of the
    origin before that is known, where a hub was put back from a backup."""

    origin: Text
    checkpoint_key: Text
    services: dict[Name, Text]
    quotes: Annotated[str, Meta(max_length=MAX_RECORD)] = ""


class JournalExported(Data, frozen=True, tag="journal-exported"):
    """A copy of the journal was made for an auditor, with at least so many entries."""

    size: Count


class HubBackedUp(Data, frozen=True, tag="hub-backed-up"):
    """A copy of the database was made, with the journal at this size."""

    size: Count


class RowsMended(Data, frozen=True, tag="rows-mended"):
    """Saved rows that were not what the journal says were folded from it anew."""

    count: Count


class HubRestored(Data, frozen=True, tag="hub-restored"):
    """The database was put back from a backup that had this size, for a reason, by two people."""

    size: Count
    reason: Text
    second: Person


class OrderIssued(Data, frozen=True, tag="order-issued"):
    """An order was numbered for a node. `what` is its kind, and the area it is about where it is about one
    (`ceremony/archive`). What it says follows from the journal and the site document at the time of sending."""

    node: Name
    life: Count
    order: Count
    what: Text


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


class SealingOrdered(Data, frozen=True, tag="sealing-ordered"):
    """A badge ceremony was ordered that seals or unseals an area. `sealing` is new for a sealing."""

    sealing: Count
    area: Name
    purpose: Literal["seal", "unseal"]
    cause: Text = ""
    """Why it is unsealed."""


class SealingBadge(Data, frozen=True, tag="sealing-badge"):
    """A badge was counted in a ceremony (as the `counted`-th of two people), or not, and why not."""

    sealing: Count
    area: Name
    person: Person | None
    counted: Annotated[int, Meta(ge=0, le=2)]
    refusal: Literal["", "unknown", "no-right", "same-person", "same-role", "signed-exception", "no-ceremony"]
    boot: Name
    mono: Count
    """Uptime of the node, in its boot, at which the badge was shown: the two must lie within 20 s."""
    cause: Annotated[int, Meta(ge=0)]


class SealingArming(Data, frozen=True, tag="sealing-arming"):
    """Two people have shown their badges; every node of the area is to put the order on its disk."""

    sealing: Count
    area: Name
    purpose: Literal["seal", "unseal"]
    people: tuple[Person, Person]
    nodes: tuple[Name, ...]
    exceptions: tuple[Place, ...] = ()
    """Points that are sealed blind or untested, each on somebody's signature."""


class SealingConfirmed(Data, frozen=True, tag="sealing-confirmed"):
    """A node has recorded that the order is on its disk."""

    sealing: Count
    area: Name
    node: Name
    cause: Annotated[int, Meta(ge=0)]


class Sealed(Data, frozen=True, tag="sealed"):
    """The area is sealed: every node of it has recorded so."""

    sealing: Count
    area: Name


class Unsealed(Data, frozen=True, tag="unsealed"):
    """The area is no longer sealed."""

    sealing: Count
    area: Name


class SealingAdopted(Data, frozen=True, tag="sealing-adopted"):
    """A node holds an area sealed of which this journal, put back from a backup, knows nothing: it counts as sealed."""

    sealing: Count
    area: Name
    node: Name


class SealingCancelled(Data, frozen=True, tag="sealing-cancelled"):
    """A ceremony came to nothing; the area is as it was before."""

    sealing: Count
    area: Name
    reason: Literal["timeout", "not-normal", "not-ready", "by-hand", "node-refused"]
    detail: Text


CheckItem = Literal["doors", "windows", "cabinets", "safe", "people-out"]
"""What a person looks at before an area is sealed."""
SealText = Annotated[str, Meta(pattern=r"^[0-9A-Za-z-]{1,32}\Z")]
"""The number that is printed on a seal."""
Half = Literal["sealed", "closed"]
"""A certificate is made when an area is sealed, and its closing half once it is unsealed."""


class SealingPlanned(Data, frozen=True, tag="sealing-planned"):
    """An area is to be sealed in a planned window."""

    sealing: Count
    area: Name
    window: Count


class SealingChecking(Data, frozen=True, tag="sealing-checking"):
    """The check of an area that is to be sealed begins."""

    sealing: Count
    area: Name


class SealingDropped(Data, frozen=True, tag="sealing-dropped"):
    """A sealing that was planned or checked will not be, or not now."""

    sealing: Count
    area: Name
    outcome: Literal["cancelled", "postponed"]
    reason: Text


class CheckTicked(Data, frozen=True, tag="check-ticked"):
    """A person has looked at one item of an area's list, and it is in order."""

    area: Name
    item: CheckItem


class ExceptionSigned(Data, frozen=True, tag="exception-signed"):
    """A leader answers for sealing the area although this point is blind or was not walked."""

    point: Place
    reason: Text


class SealNumber(Data, frozen=True, tag="seal-number"):
    """The number of a seal that is put on: said by one of the two who seal, and again by the other."""

    point: Place
    number: SealText
    said_by: Person


class SealCompared(Data, frozen=True, tag="seal-compared"):
    """The number that was read off a seal before anything was disarmed; `same` as that of the sealing, or not."""

    sealing: Count
    point: Place
    number: SealText
    same: bool


class UnsealingApproved(Data, frozen=True, tag="unsealing-approved"):
    """A person approves of unsealing an area, and why."""

    sealing: Count
    area: Name
    cause: Text


class EmergencyOpened(Data, frozen=True, tag="emergency-opened"):
    """A sealed area is opened at once (fire, flood): its nodes are told to unseal, without badges."""

    sealing: Count
    area: Name
    reason: Text
    nodes: tuple[Name, ...] = ()


class EmergencySigned(Data, frozen=True, tag="emergency-signed"):
    """A person signs afterwards for an emergency opening; it takes two."""

    sealing: Count
    area: Name


class CertificateMade(Data, frozen=True, tag="certificate-made"):
    """A certificate was made; it lies beside the journal. `size`: entries of the journal that it names the root of."""

    sealing: Count
    area: Name
    half: Half
    size: Count
    sha256: Hash
    """Of the signed text."""


class CalendarImported(Data, frozen=True, tag="calendar-imported"):
    """Somebody brought in the holiday calendar of a year: its `version`-th. It counts for nothing until approved."""

    year: Year
    version: Count
    sha256: Hash
    """Of the document's bytes."""


class CalendarApproved(Data, frozen=True, tag="calendar-approved"):
    """A second person approved just this document: sealing windows are proposed from it."""

    year: Year
    version: Count
    sha256: Hash


class CalendarUnpublished(Data, frozen=True, tag="calendar-unpublished"):
    """The time has come for the calendar of a year, and there is no approved one."""

    year: Year


class WindowPlanned(Data, frozen=True, tag="window-planned"):
    """A person decided that areas are to be sealed from `starts` to `ends` (wall time)."""

    window: Count
    title: Text
    areas: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=500)]
    starts: Count
    ends: Count


class WindowCancelled(Data, frozen=True, tag="window-cancelled"):
    """A planned window is planned no more."""

    window: Count
    reason: Text


class CallOpened(Data, frozen=True, tag="call-opened"):
    """People are to be called for an alarm by a ladder, `wait` ms from now if it is not mended by then. `call` is the
    number of its first alarm."""

    call: Count
    ladder: Name
    wait: Count
    drill: bool


class CallJoined(Data, frozen=True, tag="call-joined"):
    """One more alarm of the same cause: a line of a call that is there already. `wait`: ms until it is told."""

    call: Count
    alarm: Count
    wait: Count


class CallMoved(Data, frozen=True, tag="call-moved"):
    """A call stands on a rung of its ladder, the first being 0. `wait`: ms until it moves on, None for never."""

    call: Count
    step: Count
    round: Count
    why: Literal["begun", "unanswered", "not-attended", "once-more", "more-lines"]
    wait: Count | None


class CallAnswered(Data, frozen=True, tag="call-answered"):
    """Every alarm of a call is acknowledged. Unless something is done within `wait` ms, it moves on (None: never)."""

    call: Count
    wait: Count | None


class CallEnded(Data, frozen=True, tag="call-ended"):
    """Nobody needs to be called any more: mended, or somebody was at the door, or a finding is written."""

    call: Count


class NoticeQueued(Data, frozen=True, tag="notice-queued"):
    """Somebody, or everybody by a channel, is to be told of the open alarms of a call."""

    notice: Count
    call: Count
    alarms: Lines
    step: Count
    round: Count
    channel: Channel
    person: Person | None
    drill: bool


class NoticeHanded(Data, frozen=True, tag="notice-handed"):
    """A channel has taken the notice, which does not say that anybody has received it. `repeat`: we died while it was
    being sent, so it may have been sent twice. `awaits`: the channel will report whether it is delivered."""

    notice: Count
    attempt: Count
    repeat: bool
    awaits: bool


class NoticeDelivered(Data, frozen=True, tag="notice-delivered"):
    """The channel reports that the notice is on the recipient's device."""

    notice: Count


class NoticeFailed(Data, frozen=True, tag="notice-failed"):
    """A notice has not reached the channel, or the channel reports that it was not delivered."""

    notice: Count
    attempt: Count
    detail: Text


class NoticeOverdue(Data, frozen=True, tag="notice-overdue"):
    """A notice that was queued long ago, and nobody has said what became of it."""

    notice: Count
    channel: Channel


class AlarmShown(Data, frozen=True, tag="alarm-shown"):
    """A console page that somebody had open has shown the alarm, for the first time."""

    alarm: Count


class AlarmSounded(Data, frozen=True, tag="alarm-sounded"):
    """The hub's sounder was switched on for the alarm, for the first time."""

    alarm: Count


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
    since: Count


class AnswersRefused(Data, frozen=True, tag="answers-refused"):
    """Messages that were not taken as an answer: how many, and why. From whom, and what they said, is not kept."""

    channel: Channel
    reason: Literal["unknown-sender", "not-understood", "not-allowed"]
    count: Count


class EngineSilent(Data, frozen=True, tag="engine-silent"):
    """The notifying service has not heard the engine since then (wall time)."""

    since: Count


class EngineBack(Data, frozen=True, tag="engine-back"):
    """The engine is heard again."""

    silent_for: Count
    """Milliseconds."""


class DrillStarted(Data, frozen=True, tag="drill-started"):
    """A person began a drill in an area: an alarm that walks the real ladder."""

    area: Name


class AlarmsSet(Data, frozen=True, tag="alarms-set"):
    """A person put a table of alarms in force, which overrides the built-in one in part. The document stands here
    whole: what is decided by it rests on the journal alone."""

    version: Count
    document: Annotated[str, Meta(max_length=12_000)]


class ShiftAdded(Data, frozen=True, tag="shift-added"):
    """A person answers from `starts` to `ends` (wall time), and another stands in."""

    shift: Count
    person: Person
    stand_in: Person | None
    starts: Count
    ends: Count


class ShiftRemoved(Data, frozen=True, tag="shift-removed"):
    """A shift is taken off the roster."""

    shift: Count


class RosterGap(Data, frozen=True, tag="roster-gap"):
    """Nobody has the shift from `starts` to `ends` (wall time)."""

    starts: Count
    ends: Count


class HandoverDrafted(Data, frozen=True, tag="handover-drafted"):
    """A duty officer hands over: what was open at that time, by numbers and names of areas, and a note."""

    handover: Count
    alarms: Lines
    sealed: tuple[SealedArea, ...]
    silent: tuple[Name, ...]
    note: Text


class HandoverTaken(Data, frozen=True, tag="handover-taken"):
    """Another duty officer has taken over just that."""

    handover: Count


FactData = (
    SiteApplied
    | NodeEnrolled
    | NodeRevoked
    | AccountMade
    | SignedIn
    | SignInFailed
    | EngineStarted
    | BrokerLost
    | BrokerBack
    | NodeSilent
    | NodeBack
    | Refused
    | Equivocation
    | NoProgress
    | BeatContradicts
    | JournalOpened
    | JournalExported
    | HubBackedUp
    | RowsMended
    | HubRestored
    | OrderIssued
    | AlarmRaised
    | AlarmRepeated
    | AlarmReturned
    | AlarmAcknowledged
    | AlarmAttended
    | AlarmClosed
    | SealingOrdered
    | SealingBadge
    | SealingArming
    | SealingConfirmed
    | Sealed
    | Unsealed
    | SealingAdopted
    | SealingCancelled
    | CalendarImported
    | CalendarApproved
    | CalendarUnpublished
    | WindowPlanned
    | WindowCancelled
    | SealingPlanned
    | SealingChecking
    | SealingDropped
    | CheckTicked
    | ExceptionSigned
    | SealNumber
    | SealCompared
    | UnsealingApproved
    | EmergencyOpened
    | EmergencySigned
    | CertificateMade
    | CallOpened
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
    | EngineBack
    | DrillStarted
    | AlarmsSet
    | ShiftAdded
    | ShiftRemoved
    | RosterGap
    | HandoverDrafted
    | HandoverTaken
)

Service = Literal["engine", "console", "notify", "admin"]
SERVICES: tuple[Service, ...] = ("engine", "console", "notify", "admin")
"""Who signs facts on the hub. No node bears one of these names."""


class Fact(Message, frozen=True):
    """What the hub has decided or been told. Signed by the service that brought it; `person` is who asked for it."""

    v: Literal[1]
    site: Name
    by: Service
    time: Count
    person: Person | None
    data: FactData


# ---------------------------------------------------------------- who sends what, and who may sign it


class Rule(Struct, frozen=True):
    """Where a message travels (None: it does not) and whose key signs it (None: it is not signed)."""

    topic: str | None
    qos: int
    sender: str
    signer: str | None
    largest: int


RULES: dict[type[Message], Rule] = {
    Record: Rule("node/{node}/record", 1, "node", "the node's record key", MAX_RECORD),
    Beat: Rule("node/{node}/beat", 0, "node", "the node's record key", MAX_RECORD),
    Receipt: Rule("node/{node}/receipt", 1, "engine", "the engine's record key", MAX_RECORD),
    Order: Rule("node/{node}/order", 1, "engine", "the engine's record key", MAX_ORDER),
    HubBeat: Rule("hub/beat", 0, "engine", "the engine's record key", MAX_RECORD),
    JournalGrown: Rule("journal", 0, "engine, console, notify or admin", None, MAX_RECORD),
    Fact: Rule(
        None,
        0,
        "engine, console, notify or admin",
        "the record key of the service named in `by`",
        MAX_RECORD * 2,
    ),
}

CHECKPOINT = Rule("checkpoint", 1, "engine", "the journal's checkpoint key", notes.MAX_NOTE)
"""Of checkpoints, which are notes whose text is no JSON (wire/checkpoint.py)."""

M = TypeVar("M", bound=Message)

_encoder = msgspec.json.Encoder()
_decoders: dict[type[Message], msgspec.json.Decoder[Message]] = {kind: msgspec.json.Decoder(kind) for kind in RULES}


class Unreadable(ValueError):
    """The text is not a message of the kind that was expected here."""


def encode(message: Message) -> bytes:
    """Body of a note: one line of JSON and its newline."""
    return _encoder.encode(message) + b"\n"


def decode(text: bytes, kind: type[M]) -> M:
    """Read the body of a note. Raises Unreadable, with the place of the mistake."""
    if text.count(b"\n") != 1 or not text.endswith(b"\n"):
        raise Unreadable("the body of a note is one line")
    try:
        return _decoders[kind].decode(text)  # type: ignore[return-value]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(str(error)) from None


def kind_of(data: Data) -> str:
    """The `kind` that tells this data apart in JSON, such as ``alarm-raised``."""
    return str(type(data).__struct_config__.tag)
