"""What a node keeps of its sealed areas on its disk, so that no boot and no order takes it away."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from wire.messages import Count, FrozenPerson, Message, Name, Number, Person, PlanPoint, PlanReader, Text, Uptime


class Held(Message, frozen=True):
    """An area that is sealed, and what that rests on until it is let go (`firmware.core.frozen`)."""

    area: Name
    sealing: Number
    reader: Name | None = None
    """The node at whose reader it is unsealed; None in what a version before has saved."""
    here: bool = False
    """Whether this is that node."""
    firm: bool = True
    """Whether every node of the area holds it, so that it takes badges to end it."""
    people: tuple[FrozenPerson, ...] = ()
    points: tuple[PlanPoint, ...] = ()
    readers: tuple[PlanReader, ...] = ()
    keys: Annotated[dict[Name, Text], Meta(max_length=64)] = field(default_factory=dict)
    """Record keys of the nodes of the area."""
    changes: Count = 0
    """How many changes two people have admitted at this node's reader."""
    plan_by: Count = 0
    """By which of the changes it took a plan last; 0: the points are those of the sealing. Each gives one."""
    list_by: Count = 0
    """And a list."""
    over: Count = 0
    """Up to this number they serve no more, whether or not they have."""


class Permit(Message, frozen=True):
    """Two of the people who may unseal an area have shown their badges, for that or for a change of it."""

    area: Name
    sealing: Number
    people: tuple[Person, Person]
    until: Uptime
    """In the boot that it was saved in; 0 once it is over."""
    carried: bool = False
    """From the boot before."""
    change: Number | None = None
    """Which change of this sealing they admit; None: they end it."""


class Opened(Message, frozen=True):
    """An area that was opened in an emergency, of which this node sounds until somebody of these people has come."""

    area: Name
    sealing: Number
    people: tuple[FrozenPerson, ...]
    keys: dict[Name, Text]
