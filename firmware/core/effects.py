"""What goes into the core of a node, and what comes out of it. All are values; the core itself does nothing."""

from __future__ import annotations

from typing import Literal, NamedTuple

from wire.messages import AccessList, FaultPart, HubBeat, Order, Plan, RecordData, SealedArea


class Now(NamedTuple):
    """The time at which an input is judged."""

    mono: int
    """Milliseconds since the node's boot."""
    wall: int
    """What the operating system's clock says, in milliseconds since 1970. Not to be believed without a reason."""


class Saved(NamedTuple):
    """What the node keeps on disk beside its outbox, as it stood before this boot."""

    plan: Plan | None = None
    access: AccessList | None = None
    sealed: tuple[SealedArea, ...] = ()
    mark: int = 0
    """Highest order number that was carried out in this life."""
    trusted_wall: int = 0
    """The newest time of a trusted clock, milliseconds since 1970."""


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


class Tick(NamedTuple):
    """Time has passed. Comes at least ten times a second."""


Input = Contact | Reading | ReaderBytes | PartFailed | OrderArrived | HubHeard | Tick


# ---------------------------------------------------------------- effects


class Keep(NamedTuple):
    """Sign this and put it in the outbox. Everything kept or saved in one step goes to disk in one transaction."""

    data: RecordData


class Save(NamedTuple):
    """Write these fields of `Saved` to disk, in the same transaction as what is kept in this step."""

    fields: dict[str, object]


class ReaderShows(NamedTuple):
    """Lamps and buzzer of a reader: granted is green, denied is red, counted is one blink of green, off is idle."""

    port: str
    answer: Literal["granted", "denied", "counted", "off"]


class Sounder(NamedTuple):
    """The node's own sounder."""

    on: bool


class Lamp(NamedTuple):
    """The node's own lamp: lit while the hub is not heard."""

    on: bool


class BeatNow(NamedTuple):
    """Send a beat at once, not only when the next is due."""


Effect = Keep | Save | ReaderShows | Sounder | Lamp | BeatNow
