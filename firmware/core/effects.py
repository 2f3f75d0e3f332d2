"""Inputs and effects of the node's core. All are plain values; the core itself does no I/O."""

from __future__ import annotations

from typing import Literal, NamedTuple

from firmware.core.held import Held, Opened, Permit
from firmware.core.stands import Stands
from wire.messages import (
    AccessList,
    AskGrowth,
    AskInclusion,
    Count,
    FaultPart,
    HubBeat,
    JournalRefused,
    Message,
    Name,
    Order,
    Place,
    Plan,
    Proven,
    RecordData,
    SealedArea,
    SignedCheckpoint,
    Text,
)


class Now(NamedTuple):
    """The time at which an input is judged."""

    mono: int
    """Milliseconds since the node's boot."""
    wall: int
    """What the operating system's clock says, in milliseconds since 1970. Not to be believed without a reason."""


class Witnessed(Message, frozen=True):
    """What the node, as a witness of the journal, may never forget."""

    papers: Text
    """The checkpoint key that the papers named from which this began."""
    key: Text
    """The checkpoint key that is trusted now: that one, or one that the journal has led to."""
    note: SignedCheckpoint = ""
    """The newest checkpoint that is held, with the lines of the keys trusted then; empty: none yet."""
    cosigned: Count = 0
    """When this node countersigned it, in seconds since 1970; 0: not yet."""
    refused: JournalRefused | None = None
    """Set for as long as this origin is followed: it is not countersigned any more."""
    sounds: bool = False
    """The refusal was reported, and no responder has come yet."""
    former: tuple[SignedCheckpoint, ...] = ()
    """The last checkpoint held of each earlier origin."""


class Sounding(Message, frozen=True):
    """What the sounder sounds for: openings in these areas, and the silence of the hub."""

    areas: tuple[Name, ...] = ()
    hub: bool = False


class Saved(NamedTuple):
    """What the node keeps on disk beside its outbox, as it stood before this boot."""

    plan: Plan | None = None
    access: AccessList | None = None
    sealed: tuple[Held, ...] = ()
    let_go: tuple[SealedArea, ...] = ()
    """Of each area the newest sealing that this node has let go: it is not sealed under that again."""
    permits: tuple[Permit, ...] = ()
    opened: tuple[Opened, ...] = ()
    mark: int = 0
    """Highest order number that was carried out in this life."""
    trusted_wall: int = 0
    """The newest time of a trusted clock, milliseconds since 1970."""
    witness: Witnessed | None = None
    baselines: tuple[tuple[Place, Count], ...] = ()
    """What the loop of each seal measured when its area was sealed, in ohm."""
    inside: tuple[tuple[Name, Count], ...] = ()
    """How many are in each area, as far as its doors have told: a start must not make intruders of them."""
    inside_at: int = 0
    """Wall time at which that was so."""
    sounding: Sounding = Sounding()
    """A power cut does not silence the sounder."""
    stands: tuple[Stands, ...] = ()
    """How each area stands that is guarded on ordinary days."""
    no_link: str = ""
    """Why the broker cannot be reached; empty while it can."""


# ---------------------------------------------------------------- inputs


class Contact(NamedTuple):
    """A two-state input, told by an edge or read again. `at` is when, in milliseconds since boot."""

    terminal: int
    closed: bool
    at: int


class Reading(NamedTuple):
    """A supervised input, as the converter's raw count."""

    terminal: int
    raw: int
    at: int


class ReaderBytes(NamedTuple):
    """Bytes from the badge reader on a port, as they came; a frame may come in pieces."""

    port: str
    data: bytes
    at: int

    def __repr__(self) -> str:
        """Without the bytes: they hold a badge number in clear, and a repr may end in a log."""
        return f"ReaderBytes(port={self.port!r}, {len(self.data)} bytes, at={self.at})"


class PartFailed(NamedTuple):
    """A device has failed or works again. `port` for a reader port."""

    part: FaultPart
    failed: bool
    detail: str
    port: str | None = None


class OrderArrived(NamedTuple):
    """An order whose signature is good and which is addressed to this node and life."""

    order: Order


class HubHeard(NamedTuple):
    """A hub beat whose signature is good."""

    beat: HubBeat


class LinkUp(NamedTuple):
    """The broker is connected again; messages that were under way may be lost."""


class LinkDown(NamedTuple):
    """The broker is gone, or cannot be reached."""

    why: str


class CheckpointShown(NamedTuple):
    """A note that was published as a checkpoint; nothing about it has been checked."""

    note: bytes


class ProofArrived(NamedTuple):
    """An answer of the engine to this node, whose signature is good."""

    proven: Proven


class Committed(NamedTuple):
    """A receipt has named this record of a life, which is this entry of the journal, with this leaf hash."""

    life: int
    seq: int
    entry: int
    leaf: bytes


class Tick(NamedTuple):
    """Time has passed. Comes at least ten times a second."""


Input = (
    Contact
    | Reading
    | ReaderBytes
    | PartFailed
    | OrderArrived
    | HubHeard
    | LinkUp
    | LinkDown
    | CheckpointShown
    | ProofArrived
    | Committed
    | Tick
)


# ---------------------------------------------------------------- effects


class Keep(NamedTuple):
    """Sign this and put it in the outbox. Everything kept or saved in one step goes to disk in one transaction."""

    data: RecordData


class Save(NamedTuple):
    """Write these fields of `Saved` to disk, in the same transaction as what is kept in this step."""

    fields: dict[str, object]


class ReaderShows(NamedTuple):
    """Lamps and buzzer of a reader: granted is green, denied is red, counted is one blink of green; for a second,
    unsealing is red and green by turns and changing is red and green together, twice; off is idle. Of an area that is
    closed up: setting is a blink of green and a tick, set a long tone with green; not-set is red three times and a long
    tone, inside red and green by turns three times, closing two short tones: it is soon set by the hour."""

    port: str
    answer: Literal[
        "granted", "denied", "counted", "unsealing", "changing", "setting", "set", "not-set", "inside", "closing", "off"
    ]


class Sounder(NamedTuple):
    """The node's own sounder."""

    on: bool


class Lamp(NamedTuple):
    """The node's own lamp: lit while the hub is not heard."""

    on: bool


class BeatNow(NamedTuple):
    """Send a beat at once, not only when the next is due."""


class Inquire(NamedTuple):
    """Ask the engine about the journal."""

    nonce: str
    data: AskGrowth | AskInclusion


class Cosign(NamedTuple):
    """Countersign this checkpoint, which bears the hub's lines, at this time (seconds since 1970), and publish that.
    Only once everything saved until now is on disk: a witness may not forget what it has vouched for."""

    note: bytes
    time: int


class Covered(NamedTuple):
    """A checkpoint that this node has countersigned covers its record `seq` of this life, and so all before it."""

    life: int
    seq: int


class PassedOver(NamedTuple):
    """A received message was ignored; counted under this word."""

    why: str


Effect = Keep | Save | ReaderShows | Sounder | Lamp | BeatNow | Inquire | Cosign | Covered | PassedOver
