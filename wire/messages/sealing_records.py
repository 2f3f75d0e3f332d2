"""What nodes record of the areas that they hold sealed."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from wire.messages.base import Count, Credential, Data, Hash, Message, Name, Number, Person, Place, Uptime

MOST_FROZEN = 64
"""People whose badges count at one sealed area. A bureau has five."""
MOST_FROZEN_BADGES = 128
"""Badges of theirs: their record must not be larger than the hub opens."""


class SealedArea(Message, frozen=True):
    """An area that a node holds sealed, and the number of its sealing."""

    area: Name
    sealing: Number


class Watch(Data, frozen=True, tag="watch"):
    """While sealed: which points were supervised from `since` to `until`, and every gap of over a second."""

    area: Name
    sealing: Number
    points: tuple[Place, ...]
    since: Uptime
    until: Uptime
    gaps: tuple[tuple[Uptime, Uptime], ...]


class SealBaseline(Data, frozen=True, tag="seal-baseline"):
    """What the loop of each supervised seal of an area measured when the area was sealed, in ohm. Until it is unsealed,
    a loop that measures otherwise is not normal."""

    area: Name
    sealing: Number
    ohms: dict[Place, Count]


class FrozenPerson(Message, frozen=True):
    """Somebody whose badges count at a sealed area: to unseal it, or to attend it in alarm."""

    person: Person
    credentials: Annotated[tuple[Credential, ...], Meta(max_length=32)]
    seals: bool
    responds: bool


class Frozen(Data, frozen=True, tag="frozen"):
    """What the node holds of an area that is sealed from now on, whatever the hub says, until the area is let go.

    `hash` is the SHA-256 of all of it: people, points, readers, and the record keys of the area's nodes. `reader_node`
    is the one at whose reader the area is unsealed; None where that was not known when it was sealed. `change`: two
    people have admitted this, as the first, second… change since it was sealed; None: as it was sealed.
    """

    area: Name
    sealing: Number
    reader_node: Name | None
    people: Annotated[tuple[FrozenPerson, ...], Meta(max_length=MOST_FROZEN)]
    hash: Hash
    change: Number | None = None


class Permitted(Data, frozen=True, tag="permitted"):
    """Two of the people who may unseal the area have shown their badges. For two minutes the node lets go if told; or,
    where they came for a `change` (the first, second… of this sealing), it takes one plan and one list that change
    what the sealing rests on, and lets nothing go."""

    area: Name
    sealing: Number
    people: tuple[Person, Person]
    change: Number | None = None


ReleasedBy = Literal["badges", "word", "arming", "emergency"]


class Released(Data, frozen=True, tag="released"):
    """The node holds the area sealed no longer. `by`: the badges of two people; the signed word of the node at whose
    reader they were shown; a sealing that came to nothing before it was firm; or an emergency opening, of which it
    sounds until somebody has come."""

    area: Name
    sealing: Number
    by: ReleasedBy
    people: tuple[Person, Person] | None = None
