"""The node's own sounder: on for as long as there is a cause."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Literal

from firmware.core.effects import Effect, Keep, Sounder, Sounding
from wire.messages import Name, Sounded

OnReason = Literal["opened", "refused"]
OffReason = Literal["attended", "at-the-box", "hub-back", "unsealed", "unset"]
SILENT = Sounding()


class OwnSounder:
    """What the sounder sounds for: sealed areas, those opened in an emergency, the hub's silence, a refused journal."""

    def __init__(self, saved: Sounding = SILENT) -> None:
        self._areas: set[Name] = set()
        self._emergencies: set[Name] = set()
        self._hub = False
        self._journal = False
        self._before = saved

    @property
    def sounding(self) -> Sounding:
        """The state that is saved on disk. A refused journal is saved by the witness, an emergency by the guard."""
        return Sounding(areas=tuple(sorted(self._areas)), hub=self._hub)

    def start(self, sealed: Container[Name]) -> Iterator[Effect]:
        """A power cut silences nothing: it sounds again for what it sounded for, as far as that is still sealed."""
        for area in self._before.areas:
            if area in sealed:
                yield from self.opened(area)
        if self._before.hub:
            yield from self.hub_silent()

    @property
    def on(self) -> bool:
        """Whether it sounds, or would during a self-test."""
        return self._hub or self._journal or bool(self._areas) or bool(self._emergencies)

    @property
    def for_hub(self) -> bool:
        """Whether it sounds because the hub is silent."""
        return self._hub

    def sounds_for(self, area: Name) -> bool:
        """Whether it sounds for an opening in this area."""
        return area in self._areas

    def opened(self, area: Name, reason: OnReason = "opened") -> Iterator[Effect]:
        """Something in a sealed area is not normal, or the hub would have weakened its sealing."""
        was = self.on
        self._areas.add(area)
        if not was:
            yield from _switch(Sounded(on=True, reason=reason))

    def emergency(self, area: Name) -> Iterator[Effect]:
        """An area was opened without badges."""
        was = self.on
        self._emergencies.add(area)
        if not was:
            yield from _switch(Sounded(on=True, reason="emergency"))

    def quiet_emergency(self, area: Name, reason: OffReason) -> Iterator[Effect]:
        """Somebody has come for it."""
        was = self.on
        self._emergencies.discard(area)
        if was and not self.on:
            yield from _switch(Sounded(on=False, reason=reason))

    def hub_silent(self) -> Iterator[Effect]:
        """The hub has been silent for too long while something is sealed."""
        was = self.on
        self._hub = True
        if not was:
            yield from _switch(Sounded(on=True, reason="hub-silent"))

    def journal_refused(self) -> Iterator[Effect]:
        """The journal is not what this node has countersigned."""
        was, self._journal = self.on, True
        if not was:
            yield from _switch(Sounded(on=True, reason="journal-refused"))

    def quiet_journal(self) -> Iterator[Effect]:
        """Stop sounding for the refused journal: a responder has come."""
        was, self._journal = self.on, False
        if was and not self.on:
            yield from _switch(Sounded(on=False, reason="attended"))

    def quiet_area(self, area: Name, reason: OffReason) -> Iterator[Effect]:
        """Stop sounding for this area."""
        was = self.on
        self._areas.discard(area)
        if was and not self.on:
            yield from _switch(Sounded(on=False, reason=reason))

    def quiet_hub(self, reason: OffReason) -> Iterator[Effect]:
        """Stop sounding for the hub's silence."""
        was = self.on
        self._hub = False
        if was and not self.on:
            yield from _switch(Sounded(on=False, reason=reason))


def _switch(record: Sounded) -> Iterator[Effect]:
    yield Sounder(record.on)
    yield Keep(record)
