"""Facts about site, nodes, journal and the hub itself. The module is long because there are that many kinds."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from wire.bounds import LARGEST_COUNT
from wire.messages.base import (
    MAX_RECORD,
    Count,
    Data,
    Hash,
    Level,
    Name,
    Number,
    Person,
    Place,
    Span,
    Text,
    Uptime,
    Wall,
    Written,
)
from wire.messages.sealing_facts import AreaChanged
from wire.messages.sealing_records import SealedArea


class SiteApplied(Data, frozen=True, tag="site-applied"):
    """A site document is in force. The document lies beside the journal, its SHA-256 in it. `changes`: what it changes
    of sealed areas, as two people have admitted."""

    version: Number
    sha256: Hash
    changes: tuple[AreaChanged, ...] = ()


class NodeEnrolled(Data, frozen=True, tag="node-enrolled"):
    """A node's papers were made, which opens `life`; the words were compared by a person."""

    node: Name
    life: Number
    record_key: Text
    witness_key: Text
    serial: Text
    last_seq: Number
    """Last number of the life before."""


class NodeRevoked(Data, frozen=True, tag="node-revoked"):
    """A node's papers are void from now on."""

    node: Name
    reason: Written


class NodeSilent(Data, frozen=True, tag="node-silent"):
    """No valid beat of a node for longer than it may be silent."""

    node: Name
    last_heard: Wall | None
    sealed: tuple[SealedArea, ...]


class NodeBack(Data, frozen=True, tag="node-back"):
    """A silent node is heard again."""

    node: Name
    silent_for: Span
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
    "unknown-key",
    "unknown-checkpoint",
    "not-journalled",
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
    life: Number
    seq: Number
    kept: Annotated[int, Meta(ge=-1, le=LARGEST_COUNT)]
    """Journal index of the first, -1 when only its hash is known."""
    other: Annotated[str, Meta(max_length=MAX_RECORD)]


Doubt = Literal["place", "unknown", "person", "badge", "quote", "not-judged"]
"""place: no reader or point of that node. unknown: nor of any other, by no document that it may go by. person: of
nobody in the site document. badge: not one of that person's. quote: an accusation that quotes only what no key of
this journal has signed, or the journal's own checkpoints, which it can prove. not-judged: the rule that tells has
failed."""


class RecordDoubted(Data, frozen=True, tag="record-doubted"):
    """The node's record of this number, which is the next entry, says what it may not. Good news in it counts for
    nothing, bad news for what it says, unless it is of a place that is unknown."""

    node: Name
    life: Count
    seq: Count
    why: Doubt


class NoProgress(Data, frozen=True, tag="no-progress"):
    """For 10 s a node has only sent numbers beyond the one that is due."""

    node: Name
    life: Number
    expected: Count
    got: Count


Leaf = Literal["record", "beat", "ask", "cosign"]
"""What a node sends, by the last part of its topic."""


class NodeFloods(Data, frozen=True, tag="node-floods"):
    """A node sends under this topic more than twice what an honest one has under way, and does not get on. From now on
    that is read slowly, apart from what all others send."""

    node: Name
    topic: Leaf


class FloodOver(Data, frozen=True, tag="flood-over"):
    """A node that flooded has kept to the protocol for a minute, or the engine was started anew: it is read as all
    others are."""

    node: Name


class OrderNotDone(Data, frozen=True, tag="order-not-done"):
    """A node that is heard has not said for a minute what became of an order; or the order was not sent: it has `size`
    bytes, which is more than a node opens, or a rule of the hub failed over it. `what` as in `order-issued`."""

    node: Name
    order: Count
    what: Text
    size: Count | None = None


class DatabaseHeld(Data, frozen=True, tag="database-held"):
    """Another process held the database from `since` on (wall time), and nothing could be journalled for `held_for`
    milliseconds."""

    since: Wall
    held_for: Span


StoragePart = Literal["room", "writing", "keys", "contacts", "log"]


class HubStorage(Data, frozen=True, tag="hub-storage"):
    """The disk of the hub's database has little room left, takes nothing more, or refuses the change of the checkpoint
    key; or the list of those who are called without the database is no good; or the database's log grows and is not
    emptied; or that is over. Bytes."""

    part: StoragePart
    failed: bool
    total: Count
    free: Count


class PlanKeptBack(Data, frozen=True, tag="plan-kept-back"):
    """For an hour, since then (wall time), a node that holds an area sealed has not been sent what the site document in
    force changes of it; or it has been, or needs it no more."""

    node: Name
    kept: bool
    since: Wall | None


class ProgressAgain(Data, frozen=True, tag="progress-again"):
    """A node that made no progress gets on again."""

    node: Name


class HubClock(Data, frozen=True, tag="hub-clock"):
    """The hub's clock shows another time than is to be expected: it was moved (`step`), or the newest entry of the
    `journal`, the `nodes` or the machine's own clock (`rtc`) know better. Wall times."""

    found: Literal["step", "journal", "nodes", "rtc"]
    shows: Wall
    expected: Wall


class BeatContradicts(Data, frozen=True, tag="beat-contradicts"):
    """A fresh beat says another level of a point than the journal knows. `normal` takes back what a beat had told.

    `boot` and `uptime` are those of the beat: a record of that boot that is older knows nothing newer."""

    node: Name
    point: Place
    level: Level
    sealing: Number | None
    boot: Name
    uptime: Uptime


class DiskRefuses(Data, frozen=True, tag="disk-refuses"):
    """A node's beats say that its disk refuses, since an uptime of that boot: so many of its records are in its memory
    alone, and so many are lost already. Told again when that has grown much."""

    node: Name
    boot: Name
    since: Uptime
    waiting: Count
    lost: Count


class RecordsLost(Data, frozen=True, tag="records-lost"):
    """A boot of a node has ended while its disk refused: what it had in its memory alone will never come. `count`: at
    least so many records."""

    node: Name
    boot: Name
    count: Count


FailedPart = Literal["fold", "follows", "rule"]
"""fold: what the entry right before this one changes. It has changed nothing but that it is there, and no later fold of
the journal takes it in, whatever that could make of it. follows: the entry right before this one counts, and nothing
follows from it. rule: no entry; what the hub wanted to say by itself it has not said."""


class NotJudged(Data, frozen=True, tag="not-judged"):
    """A rule of the hub's own has failed over something, and the rest went on. `place`: the node that said it, or the
    hub; `what`: kind of the record or fact; `why`: the kind of failure; `part`: what of it failed."""

    place: Name
    what: Text
    why: Text
    part: FailedPart = "rule"


class JournalOpened(Data, frozen=True, tag="journal-opened"):
    """The first entry under an origin (the name that its checkpoints bear). It names the journal's root key, the first
    that signs checkpoints, and the record keys of engine and admin; of old, of all services. `quotes` is the newest
    known checkpoint of the origin before, where a hub was put back from a backup; `rules` as in `engine-started`."""

    origin: Text
    checkpoint_key: Text
    services: dict[Name, Text]
    quotes: Annotated[str, Meta(max_length=MAX_RECORD)] = ""
    rules: Number = 0


class CheckpointKey(Data, frozen=True, tag="checkpoint-key"):
    """The next key of the checkpoints, in its public half. It signs together with the key before from the first
    checkpoint over this entry, and alone after that; then the private half of the key before is destroyed."""

    key: Text


class JournalExported(Data, frozen=True, tag="journal-exported"):
    """A copy of the journal was made for an auditor, with at least so many entries."""

    size: Count


class HubBackedUp(Data, frozen=True, tag="hub-backed-up"):
    """A copy of the database was made, with the journal at this size."""

    size: Count


class RowsDiffer(Data, frozen=True, tag="rows-differ"):
    """So many saved rows are not what the journal folds to; 0: none any longer. `example` names some."""

    count: Count
    example: Text


class RowsMended(Data, frozen=True, tag="rows-mended"):
    """Saved rows that were not what the journal says were folded from it anew."""

    count: Count


class HubRestored(Data, frozen=True, tag="hub-restored"):
    """The database was put back from a backup that had this size, for a reason, by two people."""

    size: Count
    reason: Written
    second: Person


class PersonErased(Data, frozen=True, tag="person-erased"):
    """Name, telephone, e-mail and accounts of a person, which lay beside the journal, were erased, by two people."""

    erased: Person
    reason: Written
    second: Person


class OrderIssued(Data, frozen=True, tag="order-issued"):
    """An order was numbered for a node. `what` is its kind, and the area it is about where it is about one
    (`ceremony/archive`). What it says follows from the journal and the site document at the time of sending."""

    node: Name
    life: Number
    order: Number
    what: Text


HubFact = (
    SiteApplied
    | NodeEnrolled
    | NodeRevoked
    | NodeSilent
    | NodeBack
    | Refused
    | Equivocation
    | RecordDoubted
    | NoProgress
    | NodeFloods
    | FloodOver
    | OrderNotDone
    | PlanKeptBack
    | ProgressAgain
    | BeatContradicts
    | DiskRefuses
    | RecordsLost
    | HubClock
    | DatabaseHeld
    | HubStorage
    | NotJudged
    | JournalOpened
    | CheckpointKey
    | JournalExported
    | HubBackedUp
    | RowsDiffer
    | RowsMended
    | HubRestored
    | OrderIssued
    | PersonErased
)
"""Every fact about nodes, the journal and the hub itself."""
