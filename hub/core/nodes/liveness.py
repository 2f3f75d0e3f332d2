"""Which nodes are alive. Held in memory; its changes are facts.

A beat counts when it shows that the node hears this very engine now: it echoes one of the engine's own recent beats,
and is newer than the last one that counted. One that somebody plays again does not, be it ever so fresh.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from hub.core.alarms import life as alarm_life
from hub.core.rules import each
from hub.core.sealing import area as area_sealing
from hub.core.site.document import Site
from hub.core.state import Life, State
from wire import messages as m

SILENT_MS = 30_000
SILENT_SEALED_MS = 10_000
FRESH_BEATS = 15
"""How many of the engine's beats (2 s each) an echo may be old."""


class Heard(NamedTuple):
    """What is known of a node's clock: its boot, and its uptime at an uptime of our own."""

    boot: str
    uptime: int
    mono: int


class Liveness:
    """When each node was last heard. Times are milliseconds of the engine's monotonic clock."""

    def __init__(self, boot: str, mono: int) -> None:
        """`boot` is the engine's own; every node gets a whole interval from now on."""
        self._boot = boot
        self._since = mono
        self._lost = False
        self._heard: dict[str, int] = {}
        self._walls: dict[str, int] = {}
        self._clocks: dict[str, Heard] = {}
        self._newest: dict[str, tuple[int, str, int]] = {}
        self._silences: dict[str, int] = {}
        self._records: dict[str, tuple[str, int]] = {}

    def beat(self, beat: m.Beat, newest: int, mono: int, wall: int) -> m.Here | None:
        """Take in a beat whose signature is good; `newest`: number of our newest beat. None when it does not count."""
        if not isinstance(beat.data, m.Here):
            return None
        echo = beat.data.echo
        if echo is None or echo.boot != self._boot or not newest - FRESH_BEATS <= echo.number <= newest:
            return None
        number, boot, uptime = self._newest.get(beat.node, (0, "", 0))
        newer = echo.number > number or (beat.boot == boot and beat.data.uptime > uptime)
        if echo.number < number or not newer:
            return None
        self._newest[beat.node] = (echo.number, beat.boot, beat.data.uptime)
        self._heard[beat.node] = mono
        self._walls[beat.node] = wall
        self.clock(beat.node, beat.boot, beat.data.uptime, mono)
        return beat.data

    def clock(self, node: str, boot: str, uptime: int, mono: int) -> None:
        """Take in what a node's clock said just now."""
        self._clocks[node] = Heard(boot, uptime, mono)

    def hears(self, node: str, mono: int) -> bool:
        """Whether a beat of the node has counted within an interval, and the broker is there to bring it an answer."""
        last = self._heard.get(node)
        return not self._lost and last is not None and mono - last <= SILENT_MS

    def record(self, node: str, boot: str, uptime: int) -> None:
        """A record of this boot and uptime was journalled."""
        self._records[node] = (boot, uptime)

    def recorded(self, node: str) -> tuple[str, int] | None:
        """Boot and uptime of the newest record that was journalled, None while none was."""
        return self._records.get(node)

    def uptime(self, node: str, mono: int) -> tuple[str, int] | None:
        """Boot and uptime that a node has now, None while neither beat nor record was heard of it."""
        heard = self._clocks.get(node)
        return (heard.boot, heard.uptime + mono - heard.mono) if heard else None

    def broker_lost(self) -> None:
        """Without the broker nobody can be heard, and nobody is to blame."""
        self._lost = True

    def broker_back(self, mono: int) -> None:
        """Everybody gets a whole interval again."""
        self._lost = False
        self._since = mono

    def stalled(self, by: int, mono: int) -> None:
        """The engine stood still for so long: that is nobody's silence. Only time in which it listens counts, so that
        a node that is really gone is told of however often the engine stands still."""
        self._since = min(mono, self._since + by)
        self._heard = {node: min(mono, at + by) for node, at in self._heard.items()}

    def changes(self, state: State, site: Site, mono: int) -> Iterator[m.FactData]:
        """Nodes that have fallen silent or are back, and silent ones that have come to hold an area sealed since."""
        if not self._lost:
            lives = [life for life in state.all(Life) if not life.revoked]
            yield from each(*(partial(self._change, state, site, life, mono) for life in lives))

    def _change(self, state: State, site: Site, life: Life, mono: int) -> Iterator[m.FactData]:
        sealed = area_sealing.held(state, site, life.node)
        limit = SILENT_SEALED_MS if sealed else SILENT_MS
        last = self._heard.get(life.node)
        silent_for = mono - max(self._since, last or 0)
        if not life.silent and silent_for > limit:
            self._silences[life.node] = mono - silent_for
            yield m.NodeSilent(node=life.node, last_heard=self._walls.get(life.node), sealed=sealed)
        elif life.silent and last is not None and mono - last <= limit:
            since = self._silences.pop(life.node, self._since)
            yield m.NodeBack(node=life.node, silent_for=last - min(since, last))
        elif life.silent and sealed and not alarm_life.find(state, "node-silent-while-sealed", life.node):
            yield m.NodeSilent(node=life.node, last_heard=self._walls.get(life.node), sealed=sealed)
