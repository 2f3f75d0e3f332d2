"""Rows of calendars, windows, and sealings with what people have looked at and said before them."""

from __future__ import annotations

from typing import Literal

from hub.core.state.base import Row

SealingState = Literal[
    "planned",
    "checking",
    "arming",
    "sealed",
    "breached",
    "unsealing",
    "opened",
    "closed",
    "cancelled",
    "postponed",
]


class Calendar(Row, frozen=True):
    """The holiday calendar of a year: which version was imported last, and which one is in force. The documents lie in
    a table beside the journal."""

    year: int
    version: int = 0
    sha256: str = ""
    imported_by: int | None = None
    imported_at: int = 0
    approved: int = 0
    """The version in force, 0 for none: the year is UNPUBLISHED."""
    approved_sha256: str = ""
    approved_by: int | None = None
    approved_at: int | None = None
    off: tuple[str, ...] = ()
    """Days off, and weekend days worked, of the version imported last; below, of the one in force. `YYYY-MM-DD`."""
    worked: tuple[str, ...] = ()
    approved_off: tuple[str, ...] = ()
    approved_worked: tuple[str, ...] = ()


class Window(Row, frozen=True):
    """A time in which areas are to be sealed, as a person has planned it. Wall times in ms."""

    number: int
    title: str
    areas: tuple[str, ...]
    starts: int
    ends: int
    planned_by: int | None
    planned_at: int
    cancelled_by: int | None = None
    cancelled_at: int | None = None
    reason: str = ""

    @property
    def planned(self) -> bool:
        """Whether the plan still holds."""
        return self.cancelled_at is None


class Sealing(Row, frozen=True):
    """One sealing of one area on its course, see hub.core.sealing.course. Times are hub's wall times in ms."""

    number: int
    area: str
    state: SealingState
    began: int
    """Index of its first entry."""
    window: int | None = None
    adhoc: bool = True
    """Ordered without plan or check: a ceremony that comes to nothing ends it."""
    tried: bool = False
    checked_at: int | None = None
    """When its check was begun."""
    ordered_by: int | None = None
    people: tuple[int, ...] = ()
    exceptions: tuple[str, ...] = ()
    sealed_at: int | None = None
    sealed_index: int | None = None
    openings: int = 0
    alarms: int = 0
    cause: str = ""
    """Why it was unsealed, opened in an emergency, or dropped."""
    approved_by: int | None = None
    approved_at: int | None = None
    emergency_by: int | None = None
    signed: tuple[int, ...] = ()
    unsealed_by: tuple[int, ...] = ()
    ended_at: int | None = None
    """When two badges, or an emergency, ended it; from then on the nodes are told."""
    unsealed_at: int | None = None
    certificate: str = ""
    """Text hash of the certificate, and of its closing half, once made."""
    closing: str = ""
    frozen: str = ""
    """Hash of what the node at its reader holds of it, and the people whose badges end it."""
    may_unseal: tuple[int, ...] = ()
    frozen_anew: tuple[str, ...] = ()
    """Hashes after each change that two people have admitted."""
    frozen_at: tuple[int, ...] = ()
    """When each of them was."""
    unconfirmed: tuple[str, ...] = ()
    """Nodes that never said that they have unsealed: dead ones, without which two people ended it."""


class Frozen(Row, frozen=True):
    """What a node has signed that it holds of a sealed area: nothing that it is told may widen it. A node that holds
    nothing any more has the sealing 0."""

    node: str
    area: str
    sealing: int = 0
    reader_key: str = ""
    """Record key of the node at whose reader the area is unsealed, under which this one lets go."""
    seals: tuple[str, ...] = ()
    """Badges that count for unsealing it; and for attending it in alarm."""
    responds: tuple[str, ...] = ()
    hash: str = ""
    """Of all that it holds, as it has signed it; and since when, by the hub's clock."""
    since: int = 0
    behind: int = 0
    """The version of the site document by which its points or readers are others, if there is one: the node takes no
    plan of this version or later before two people have admitted it."""


class WalkTest(Row, frozen=True):
    """When a point was last opened, and closed again, as its node has seen it."""

    place: str
    node: str
    opened_at: int | None = None
    closed_at: int | None = None


class CheckTick(Row, frozen=True):
    """Who has ticked an item of an area's list, and when."""

    area: str
    item: str
    ticked_by: int | None
    ticked_at: int


class Exemption(Row, frozen=True):
    """Who answers for a point that is blind or was not walked."""

    place: str
    area: str
    reason: str
    signed_by: int | None
    signed_at: int


class SealOn(Row, frozen=True):
    """The number on a seal: said by one, repeated by another; what was read before the unsealing `read_for`."""

    place: str
    number: str
    said_by: int
    said_at: int
    repeated_by: int | None = None
    repeated_at: int | None = None
    read: str = ""
    read_for: int | None = None
    read_by: int | None = None
    read_at: int | None = None
    ohms: int | None = None
    """What its loop measured when the area was sealed; None for a two-state input, which measures nothing."""
