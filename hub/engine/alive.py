"""The engine's signs of life: its beat, to everybody, and the newest of them for whoever asks on this machine.

They go on while another process holds the database and nothing can be journalled. Then they say that it is held, which
the notifying service hears; and a node takes such a beat for none, since nobody takes in what it reports.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from hub.core.nodes.held_database import HeldDatabase
from hub.engine.outbound import Outbound
from hub.site_directory.engine_pulse import Pulse
from hub.site_directory.hub import wall_ms
from hub.site_directory.layout import Layout
from wire import messages as m

HUB_BEAT_MS = 2000
HELD = "the database is held by another process, on and on or again and again: nothing is journalled until it lets go"

log = logging.getLogger("strongroom.engine")


class Alive:
    """What shows that an engine lives. Times: ms of a monotonic clock."""

    def __init__(self, site: str, boot: str, layout: Layout, outbound: Outbound) -> None:
        """Nobody can ask before `open`."""
        self.number = 0
        """Of the newest beat."""
        self._site = site
        self._boot = boot
        self._outbound = outbound
        self._pulse = Pulse(layout.engine_socket)
        self._at = 0
        self._size = 0
        self._note = b""
        self.open = self._pulse.open
        self.close = self._pulse.close

    @property
    def sockets(self) -> Sequence[Any]:
        """Where whoever asks comes in."""
        return self._pulse.sockets

    def answer(self) -> None:
        """Answer who has asked since."""
        self._pulse.answer(self._note)

    def due(self, mono: int) -> bool:
        """Whether it is time for the next beat."""
        return mono - self._at >= HUB_BEAT_MS

    def beat(self, mono: int, size: int, held: int | None = None) -> None:
        """Say that we live, with the journal's size; `held`: for how long another has held the database, in ms."""
        self._at, self._size = mono, size
        self.number += 1
        beat = m.HubBeat(
            v=1, site=self._site, boot=self._boot, number=self.number, time=wall_ms(), size=size, held=held
        )
        self._note = self._outbound.hub_beat(beat)

    def while_held(self, held: HeldDatabase, waited: int, mono: int, still_alone: Callable[[], None]) -> None:
        """Go on while the database is held by another, for which we have waited so many ms."""
        if held.waits(waited, mono):
            log.error(HELD)
        self.answer()
        if self.due(mono):
            still_alone()
            self.beat(mono, self._size, held.told_for(mono))
