"""Whether the hub's own clock tells the time: it is compared with all that knows how much time has passed.

    step      the clock moved, and the time since the machine's start did not
    journal   at the engine's start: it is earlier than the newest entry, or later by more than anybody is away
    nodes     a node that did not start anew counts another time between two of its signs of life than the hub does;
              or a node whose clock is trusted shows another time
    rtc       the machine's own clock, which has a battery of its own, shows another time

None of them can be mended from here: a person must set the clock. So it is told once for each, and again when it
happens anew. Pure; times are ms. `real` is the time since the machine's start, times of suspension included.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from hub.core.alarms import life as alarm_life
from hub.core.calling import notices
from hub.core.site.document import Site
from hub.core.state import Entry, State
from wire import messages as m

STEP_MS = 10_000
"""Smallest difference that is reported; nodes are correct to a second, but a beat may be delayed."""
DRIFT = 1_000
"""A part in so many is drift and being set right slowly: a crystal loses 0.0001, chrony slews up to 0.0005."""
RTC_DRIFT = 10_000
"""A part in so many the two clocks of a machine may come apart while it runs: twice what poor crystals lose. What is
more has been turned, however slowly."""
AWAY_MS = 90 * 24 * 3_600_000
"""Longest downtime that is plausible without anybody knowing of it."""
FRESH_MS = 30_000
"""A beat comes every 10 s at least."""
QUIET_MS = 120_000
"""After a step the nodes differ until they have followed it, which is no second trouble."""
PLACE = "hub"


class Sign(NamedTuple):
    """What a node said of its time, and when that was by the hub's clock."""

    boot: str
    uptime: int
    now: int


class Differing(NamedTuple):
    """A node whose signs of life tell another time: by how much the hub is ahead, how often in a row, and since."""

    by: int
    times: int
    real: int


class HubClock:
    """The hub's clock since the engine's start."""

    def __init__(self, now: int, real: int) -> None:
        self._offset, self._real = now - real, real
        self._newest: int | None = None
        self._signs: dict[str, Sign] = {}
        self._differing: dict[str, Differing] = {}
        self._agreed: dict[str, int] = {}
        self._told = False
        """Whether it is told that the nodes differ, and they still do."""
        self._quiet_until = real
        self._rtc: int | None = None
        """By how much the hub is ahead of the machine's own clock, where that is too much."""
        self._rtc_told = False

    def journal(self, newest: int) -> None:
        """The newest entry of the journal, as it was before the engine's start."""
        self._newest = newest

    def known(self, node: str, boot: str, uptime: int, time: int) -> None:
        """A record of a node, as the journal has it: made at that uptime, and taken in at `time` or before."""
        self._signs.setdefault(node, Sign(boot, uptime, time))

    def beat(self, beat: m.Beat, uptime: int, now: int, real: int) -> None:
        """A node's beat that counts, at the hub's time `now`."""
        last = self._signs.get(beat.node)
        by = 0
        if last and last.boot == beat.boot:
            # Less time by the hub's clock proves nothing: what we compare with may have waited on its way.
            by = max(0, (now - last.now) - (uptime - last.uptime))
        if by < STEP_MS:
            self._signs[beat.node] = Sign(beat.boot, uptime, now)
            by = now - beat.wall if beat.clock == "trusted" else 0
        if abs(by) < STEP_MS:
            self._differing.pop(beat.node, None)
            self._agreed[beat.node] = real
        else:
            before = self._differing.get(beat.node)
            self._differing[beat.node] = Differing(by, before.times + 1 if before else 1, real)
            self._agreed.pop(beat.node, None)

    def rtc(self, shows: int | None, now: int, real: int) -> None:
        """What the machine's own clock shows; None: there is none."""
        by = 0 if shows is None else now - shows
        self._rtc = by if abs(by) >= STEP_MS + real // RTC_DRIFT else None

    def due(self, now: int, real: int) -> Iterator[m.FactData]:
        """The facts to be journalled now."""
        newest, self._newest = self._newest, None
        if newest is not None and not newest - STEP_MS <= now <= newest + AWAY_MS:
            self._quiet_until = real + QUIET_MS
            yield m.HubClock(found="journal", shows=now, expected=newest)
        expected = real + self._offset
        by = now - expected
        follows = max(0, real - self._real) // DRIFT
        self._real += follows * DRIFT  # what is left over of it counts with the next look
        if abs(by) >= STEP_MS:
            self._offset, self._quiet_until = now - real, real + QUIET_MS
            self._signs.clear()  # they were taken by the clock of before
            yield m.HubClock(found="step", shows=now, expected=max(0, expected))
        else:
            self._offset += max(-follows, min(follows, by))
        yield from self._by_nodes(now, real)
        if self._rtc is None:
            self._rtc_told = False
        elif not self._rtc_told and real >= self._quiet_until:
            self._rtc_told = True
            yield m.HubClock(found="rtc", shows=now, expected=max(0, min(now - self._rtc, m.LATEST_WALL)))

    def _by_nodes(self, now: int, real: int) -> Iterator[m.FactData]:
        self._differing = {node: one for node, one in self._differing.items() if real - one.real < FRESH_MS}
        # Of one beat the network may have made an old one; two in a row it does not.
        differing = sorted(one.by for one in self._differing.values() if one.times > 1)
        agreed = sum(1 for at in self._agreed.values() if real - at < FRESH_MS)
        if len(differing) <= agreed:
            self._told = False
        elif not self._told and real >= self._quiet_until:
            self._told = True
            by = differing[len(differing) // 2]
            yield m.HubClock(found="nodes", shows=now, expected=max(0, now - by))


def told(state: State, site: Site, entry: Entry, data: m.HubClock) -> Iterator[m.FactData]:
    """Raise the trouble of the hub's clock."""
    yield alarm_life.raise_for(
        state, alarm_life.Cause("hub-clock", PLACE, None, notices.site_sealing(state), entry.time), entry
    )
