"""The hub's silence, as the node notices it. Alarms go on without the hub; people near the node must know."""

from __future__ import annotations

from collections.abc import Iterator

from firmware.core.effects import Effect, Keep, Lamp, Save
from firmware.core.sounder import OwnSounder
from wire.messages import Fault

AWAY_MS = 10_000
"""After this long without a hub beat (one every 2 s) the lamp is lit and the fault recorded."""
SOUND_MS = 60_000
"""After this long, while anything is sealed, the sounder is switched on."""


class HubSilence:
    """Whether the hub is away. A start counts as heard, so nothing is lit before there was time to hear it."""

    def __init__(self, sounder: OwnSounder, no_link: str = "") -> None:
        """`no_link`: why the broker could not be reached when that was last saved."""
        self.away = False
        self._sounder = sounder
        self._heard_at = 0
        self._sounded = False
        self._no_link = no_link
        self._reasons: set[str] = set()

    def start(self, now: int) -> Iterator[Effect]:
        """The node starts to listen. What it sounded for the hub's silence goes on until the hub is heard."""
        self._heard_at = now
        if self._sounder.for_hub:
            self.away = self._sounded = True
            yield Lamp(True)

    def no_link(self, why: str) -> Iterator[Effect]:
        """Why the broker cannot be reached; empty when it is. Told with the silence that comes of it, and each further
        reason once."""
        if why == self._no_link or why in self._reasons:
            return
        self._no_link = why
        self._reasons = {*self._reasons, why} if why else set()
        yield Save({"no_link": why})
        if why and self.away:
            yield Keep(Fault(part="hub-silent", failed=True, detail=why[:500]))

    def heard(self, now: int) -> Iterator[Effect]:
        """A fresh hub beat."""
        silent_s = (now - self._heard_at) // 1000
        self._heard_at, self._sounded = now, False
        if self.away:
            self.away = False
            yield Lamp(False)
            yield Keep(Fault(part="hub-silent", failed=False, detail=f"heard again after {silent_s} s"))
            yield from self._sounder.quiet_hub("hub-back")

    def advance(self, now: int, anything_sealed: bool) -> Iterator[Effect]:
        """Time has passed."""
        silent = now - self._heard_at
        if silent >= AWAY_MS and not self.away:
            self.away = True
            yield Lamp(True)
            why = f": {self._no_link}" if self._no_link else ""
            yield Keep(Fault(part="hub-silent", failed=True, detail=f"no beat for {AWAY_MS // 1000} s{why}"))
        if not anything_sealed:
            yield from self._sounder.quiet_hub("unsealed")
            self._sounded = False
        elif silent >= SOUND_MS and not self._sounded:
            self._sounded = True  # once for each silence: a responder may have quieted it since
            yield from self._sounder.hub_silent()
