"""What each kind of point is, for node and hub alike: one row a kind, which says what is special about it."""

from __future__ import annotations

from typing import NamedTuple

from wire.messages import CheckItem, PointKind


class Kind(NamedTuple):
    """A kind of point. One of which nothing is said is looked at while its area is sealed, and at no other time."""

    passage: bool = False
    """People go through it: it lies on the way into an area, may be forced, and be held open."""
    item: CheckItem | None = None
    """What a person ticks for it before a sealing; it is opened and closed once on the walk."""
    seal: bool = False
    """It bears a number; whatever is not normal has broken it, and a measured loop that changes is another seal."""
    leave: bool = False
    """Whoever leaves presses it: it may be active whenever it likes, and its wire be cut."""
    sets: bool = False
    """Whoever closes up presses it after showing a badge."""
    always: str | None = None
    """The kind of alarm that it is when it is active, sealed or not."""

    @property
    def pressed(self) -> bool:
        """Whether it is a button that may be pressed whenever one likes: what is not normal about it guards nothing."""
        return self.leave or self.sets

    @property
    def silent(self) -> bool:
        """Whether whoever has made it active must not be given away."""
        return self.always == "panic"

    @property
    def everyday(self) -> bool:
        """Whether it is guarded on ordinary nights: opened by whoever is in the area. A door tells by itself who had no
        right to open it."""
        return self.item is not None and not self.passage


KINDS: dict[PointKind, Kind] = {
    "door": Kind(passage=True, item="doors"),
    "gate": Kind(passage=True, item="doors"),
    "window": Kind(item="windows"),
    "safe": Kind(item="safe"),
    "bolt": Kind(item="safe"),
    "cabinet": Kind(item="cabinets"),
    "seal": Kind(seal=True),
    "tamper": Kind(always="tamper"),
    "water": Kind(always="water"),
    "smoke": Kind(always="smoke"),
    "panic": Kind(always="panic"),
    "exit-button": Kind(leave=True),
    "set-button": Kind(sets=True),
}
