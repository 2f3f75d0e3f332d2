"""Whether the engine is alive, as the notifying service sees it. Pure; times are ms of a monotonic clock."""

from __future__ import annotations

from hub.notify.help import Silent
from wire import messages as m

SILENT_MS = 10_000
"""The engine's beat comes every 2 s; so long without one while the broker is there, and it has stopped."""
ALONE_MS = 12_000
"""Without the broker nobody is heard. If the engine is alive it says so in the journal, after 8 s at the latest
(hub.core.nodes.broker_link); if it has not by then, it is as good as dead."""
STALL_MS = 2_000
"""A turn of ours takes a second. In what is longer than this, we listened to nobody."""
SAME_CLOCK_MS = 30_000
"""The engine tells the time by the very clock that we see: a beat of another time is an old one."""
MOST_RUNS = 64


class EngineWatch:
    """When the engine was last heard, and since when it may be missed."""

    def __init__(self, mono: int) -> None:
        self._heard = mono
        self._here: int | None = None
        self._lost: int | None = mono
        self._turned = mono
        self._run: tuple[str, int] | None = None
        self._past_runs: dict[str, None] = {}
        self.held = False
        """Whether the engine says that another process holds the database: it lives, and can journal nothing."""

    def beat(self, beat: m.HubBeat, now: int, mono: int) -> bool:
        """The engine's beat, whose signature is good; `now` is wall time in ms. False when it is one that somebody has
        kept: its number must grow, and a run of the engine that was replaced by another never comes back."""
        if abs(beat.time - now) > SAME_CLOCK_MS or beat.boot in self._past_runs:
            return False
        if self._run and self._run[0] == beat.boot and beat.number <= self._run[1]:
            return False
        if self._run and self._run[0] != beat.boot:
            self._past_runs[self._run[0]] = None
            if len(self._past_runs) > MOST_RUNS:
                del self._past_runs[next(iter(self._past_runs))]
        self._run = (beat.boot, beat.number)
        self._heard, self.held = mono, beat.held is not None
        return True

    def turn(self, mono: int) -> None:
        """Note the time of this turn. Time in which this process stood still does not count as silence."""
        stalled, self._turned = mono - self._turned, mono
        if stalled > STALL_MS:
            self._heard = min(mono, self._heard + stalled)
            self._here = None if self._here is None else min(mono, self._here + stalled)
            self._lost = None if self._lost is None else min(mono, self._lost + stalled)

    def broker_back(self, mono: int) -> None:
        """We are connected: a whole interval from now on."""
        self._here, self._lost = mono, None

    def broker_lost(self, mono: int) -> None:
        """The broker is lost."""
        self._here = None
        if self._lost is None:
            self._lost = mono

    @property
    def silent(self) -> Silent:
        """Who it is that does not answer, as far as can be known."""
        return "engine" if self._lost is None else "broker"

    def silent_for(self, mono: int, engine_knows: bool) -> int | None:
        """For how long the engine has been silent, if that is too long. `engine_knows`: it has journalled itself that
        the broker is lost."""
        if self._here is not None:
            silent = mono - max(self._heard, self._here)
            return mono - self._heard if silent > SILENT_MS else None
        if self._lost is not None and mono - self._lost > ALONE_MS and not engine_knows:
            return mono - self._heard
        return None
