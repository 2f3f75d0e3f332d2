"""A badge at a reader outside, as the everyday guard is told of it, and what it answers."""

from __future__ import annotations

from typing import Literal, NamedTuple

from wire import messages as m


class When(NamedTuple):
    """A moment: ms since boot, wall time in ms, and how far that is trusted."""

    mono: int
    wall: int
    trust: m.ClockTrust


class Shown(NamedTuple):
    """A badge of somebody who is known, at a reader outside."""

    reader: m.PlanReader
    credential: m.Credential
    holder: m.Holder
    at: int
    reason: m.DenialReason | None
    """Why it may not enter, leaving aside that the area is set; None: it may."""
    may_close_up: bool


Served = Literal["nothing", "closing-up", "first-of-two", "getting-out", "unsetting"]
"""What a badge has served for before it is judged for entry. One that has unset the area lets in; one that has served
for anything else is judged for nothing further."""
