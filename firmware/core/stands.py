"""What a node keeps on its disk of how an area stands on ordinary days, so that a power cut changes nothing."""

from __future__ import annotations

from wire.messages import GuardedArea, GuardState, Message, Name, Number, Place, Wall


class Stands(Message, frozen=True):
    """An area that is guarded on ordinary days."""

    area: Name
    state: GuardState
    number: Number
    until: Wall = 0
    """Somebody stays until then; 0: nobody has said so."""
    since: Wall = 0
    """When it was unset, or a badge was granted out of its hours since."""
    left_open: tuple[Place, ...] = ()
    """Points that were not normal when the hour set it, and have not been since: they are not guarded yet. So it is
    with a seal that was not on, whoever has set it."""

    @property
    def told(self) -> GuardedArea:
        """What the hub is told of it."""
        return GuardedArea(area=self.area, state=self.state, number=self.number)
