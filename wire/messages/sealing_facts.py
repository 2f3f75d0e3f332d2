"""Facts about sealings, from plan to certificate."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from wire.messages.base import Count, Data, Hash, Message, Name, Number, Person, Place, Purpose, Text, Uptime, Written


class AreaChanged(Message, frozen=True):
    """Nodes of a sealed area whose points or readers are others by a site document."""

    area: Name
    nodes: tuple[Name, ...]


class SealingOrdered(Data, frozen=True, tag="sealing-ordered"):
    """A badge ceremony was ordered: to seal or unseal an area, or to change what its sealing rests on. `sealing` is new
    for a sealing."""

    sealing: Number
    area: Name
    purpose: Purpose
    cause: Written = ""
    """Why it is unsealed or changed."""


class SealingBadge(Data, frozen=True, tag="sealing-badge"):
    """A badge was counted in a ceremony (as the `counted`-th of two people), or not, and why not."""

    sealing: Number
    area: Name
    person: Person | None
    counted: Annotated[int, Meta(ge=0, le=2)]
    refusal: Literal["", "unknown", "no-right", "same-person", "same-role", "signed-exception", "no-ceremony"]
    boot: Name
    mono: Uptime
    """Uptime of the node, in its boot, at which the badge was shown: the two must lie within 20 s."""
    cause: Count


class SealingArming(Data, frozen=True, tag="sealing-arming"):
    """Two people have shown their badges; every node of the area is to put the order on its disk. For a change, the
    node at the reader is to say that it has seen them (`permitted`)."""

    sealing: Number
    area: Name
    purpose: Purpose
    people: tuple[Person, Person]
    nodes: tuple[Name, ...]
    exceptions: tuple[Place, ...] = ()
    """Points that are sealed blind or untested, each on somebody's signature."""


class SealingConfirmed(Data, frozen=True, tag="sealing-confirmed"):
    """A node has recorded that the order is on its disk."""

    sealing: Number
    area: Name
    node: Name
    cause: Count


class Sealed(Data, frozen=True, tag="sealed"):
    """The area is sealed: every node of it has recorded so."""

    sealing: Number
    area: Name


class Unsealed(Data, frozen=True, tag="unsealed"):
    """The area is no longer sealed."""

    sealing: Number
    area: Name


class UnsealingWaits(Data, frozen=True, tag="unsealing-waits"):
    """Two people have unsealed the area at its reader, and these nodes of it have not let go yet."""

    sealing: Number
    area: Name
    nodes: tuple[Name, ...]


class SealingChanging(Data, frozen=True, tag="sealing-changing"):
    """What two people have admitted at a sealed area is told to its nodes: to some a `plan` with other points or
    readers, to some an `access` list with badges more, by the site document of this `version`."""

    sealing: Number
    area: Name
    version: Number
    plan: tuple[Name, ...]
    access: tuple[Name, ...]


class SealingChanged(Data, frozen=True, tag="sealing-changed"):
    """The change has reached every node that it concerns, and each has signed what it holds from now on."""

    sealing: Number
    area: Name


class SealingAdopted(Data, frozen=True, tag="sealing-adopted"):
    """A node holds an area sealed of which this journal, put back from a backup, knows nothing: it counts as sealed."""

    sealing: Number
    area: Name
    node: Name


class SealingCancelled(Data, frozen=True, tag="sealing-cancelled"):
    """A ceremony came to nothing; the area is as it was before."""

    sealing: Number
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

    sealing: Number
    area: Name
    window: Number


class SealingChecking(Data, frozen=True, tag="sealing-checking"):
    """The check of an area that is to be sealed begins."""

    sealing: Number
    area: Name


class SealingMissed(Data, frozen=True, tag="sealing-missed"):
    """The window of a planned sealing has begun some time ago, and the area is not sealed."""

    sealing: Number
    area: Name
    window: Number


class SealingDropped(Data, frozen=True, tag="sealing-dropped"):
    """A sealing that was planned or checked will not be, or not now. `reason` is `window-passed` where the hub itself
    gave it up."""

    sealing: Number
    area: Name
    outcome: Literal["cancelled", "postponed"]
    reason: Written


class CheckTicked(Data, frozen=True, tag="check-ticked"):
    """A person has looked at one item of an area's list, and it is in order."""

    area: Name
    item: CheckItem


class ExceptionSigned(Data, frozen=True, tag="exception-signed"):
    """A leader answers for sealing the area although this point is blind or was not walked."""

    point: Place
    reason: Written


class SealNumber(Data, frozen=True, tag="seal-number"):
    """The number of a seal that is put on: said by one of the two who seal, and again by the other."""

    point: Place
    number: SealText
    said_by: Person


class SealCompared(Data, frozen=True, tag="seal-compared"):
    """The number that was read off a seal before anything was disarmed; `same` as that of the sealing, or not."""

    sealing: Number
    point: Place
    number: SealText
    same: bool


class UnsealingApproved(Data, frozen=True, tag="unsealing-approved"):
    """A person approves of unsealing an area, and why."""

    sealing: Number
    area: Name
    cause: Written


class EmergencyOpened(Data, frozen=True, tag="emergency-opened"):
    """A sealed area is opened at once (fire, flood): its nodes are told to unseal, without badges."""

    sealing: Number
    area: Name
    reason: Written
    nodes: tuple[Name, ...] = ()


class SealingReleased(Data, frozen=True, tag="sealing-released"):
    """After an emergency opening a second person ended the sealing without the word of these nodes, which are dead."""

    sealing: Number
    area: Name
    nodes: tuple[Name, ...] = ()


class EmergencySigned(Data, frozen=True, tag="emergency-signed"):
    """A person signs afterwards for an emergency opening; it takes two."""

    sealing: Number
    area: Name


class CertificateMade(Data, frozen=True, tag="certificate-made"):
    """A certificate was made; it lies beside the journal. `size`: entries of the journal that it names the root of."""

    sealing: Number
    area: Name
    half: Half
    size: Count
    sha256: Hash
    """Of the signed text."""


SealingFact = (
    SealingOrdered
    | SealingBadge
    | SealingArming
    | SealingConfirmed
    | Sealed
    | Unsealed
    | UnsealingWaits
    | SealingChanging
    | SealingChanged
    | SealingAdopted
    | SealingCancelled
    | SealingPlanned
    | SealingMissed
    | SealingChecking
    | SealingDropped
    | CheckTicked
    | ExceptionSigned
    | SealNumber
    | SealCompared
    | UnsealingApproved
    | EmergencyOpened
    | EmergencySigned
    | SealingReleased
    | CertificateMade
)
"""Every fact about sealings."""
