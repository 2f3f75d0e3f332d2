"""How late it is, and how far that may be believed.

The node's wall clock is an offset to the time since boot. The hub's signed beats set it. Trust:

    trusted     a hub beat was heard in this boot within 24 h, and agrees with ours
    holdover    carried over: by the time since boot after the hub fell silent, or by the operating system's clock
                when that is not before the newest trusted time on disk
    untrusted   neither: the newest trusted time on disk plus uptime, which is how late it is at least

A beat is signed, but it could be an old one played again. So:

- Within a run of the hub (`HubBeat.boot`), its number must grow. A run that was replaced by another never comes back.
- A new run is believed unless its time is more than a second before what is known from the hub itself (this boot's
  beats, or the disk). The operating system's clock is no such knowledge: the hub may set that back.
- A run that starts too early is not even heard, so a replay cannot hide the hub's silence either. It is believed
  after an order was carried out since its first beat: an order names our boot, so the hub does speak now. Any order
  does, such as a self-test. That is the way back when a hub's clock had been set into the future and the hub was
  then started again with the right time.
- In the run that we hear, a beat more than a second behind ours does not set the clock. If all of them say so for
  10 s, ours is no longer trusted; if for 60 s, the hub's clock was set back and we follow. Somebody who holds beats
  back could so set a clock back by as long as the node heard nothing, which lamp, sounder and journal have told.
- Small differences: ahead is taken at once (a beat can only be late, never early), behind by at most 10 ms a beat.

Every step of more than a second and every change of trust is a record.
"""

from __future__ import annotations

from collections.abc import Iterator

from firmware.core.effects import Effect, Keep, Now, Save
from wire.messages import ClockSet, ClockTrust, HubBeat

STEP_MS = 1_000
"""A difference up to this is agreement."""
SLEW_MS = 10
"""The most that one beat may set the clock back: 0.5 % at a beat every 2 s, far more than a crystal drifts."""
FRESH_MS = 24 * 3_600_000
DOUBT_MS = 10_000
FOLLOW_MS = 60_000
SAVE_MS = 60_000


class Clock:
    """The node's wall clock. `newest_trusted` is what the disk says, 0 if nothing."""

    def __init__(self, newest_trusted: int) -> None:
        self._disk = newest_trusted
        self._offset = newest_trusted
        self._trust: ClockTrust = "untrusted"
        self._told: tuple[int, ClockTrust] = (self._offset, self._trust)
        self._run: tuple[str, int] | None = None
        self._past_runs: set[str] = set()
        self._early: tuple[str, int] | None = None
        self._agreed_at: int | None = None
        self._behind_since: int | None = None
        self._order_at: int | None = None
        self._saved_at: int | None = None

    def start(self, now: Now) -> None:
        """First look at the operating system's clock."""
        if self._disk and now.wall >= self._disk:
            self._offset, self._trust = now.wall - now.mono, "holdover"
        self._told = (self._offset, self._trust)

    def wall(self, now: Now) -> tuple[int, ClockTrust]:
        """Milliseconds since 1970, and how far to believe them."""
        return now.mono + self._offset, self._trust

    def heard(self, beat: HubBeat, now: Now) -> bool:
        """Take a hub beat. False when it is not new: an old one played again, which counts as nothing heard."""
        if self._run and beat.boot == self._run[0]:
            if beat.number <= self._run[1]:
                return False
            believed = False
        elif beat.boot in self._past_runs:
            return False
        else:
            believed = self._vouched(beat, now)
            if not believed and beat.time < self._known(now) - STEP_MS:
                return False
            if self._run:
                self._past_runs.add(self._run[0])
        self._run, self._early = (beat.boot, beat.number), None
        self._set(beat.time - now.mono, believed, now)
        return True

    def order_done(self, now: Now) -> None:
        """An order for this very boot was carried out: the hub does speak now."""
        self._order_at = now.mono

    def advance(self, now: Now) -> Iterator[Effect]:
        """Time has passed, or something was heard: what is to be recorded or saved of it."""
        if self._run:
            self._trust = "trusted" if self._agrees(now) else "holdover"
        elif self._disk and now.wall >= self._disk + (now.mono if self._trust == "untrusted" else 0):
            self._trust = "holdover"
            if abs(now.wall - now.mono - self._offset) > STEP_MS:
                self._offset = now.wall - now.mono
        else:
            self._offset, self._trust = self._disk, "untrusted"
        wall = now.mono + self._offset
        was, trust = self._told
        if trust != self._trust or abs(self._offset - was) > STEP_MS:
            self._told = (self._offset, self._trust)
            yield Keep(ClockSet(was=now.mono + was, now=wall, trust=self._trust))
        if self._trust == "trusted" and (self._saved_at is None or now.mono - self._saved_at >= SAVE_MS):
            self._disk, self._saved_at = wall, now.mono
            yield Save({"trusted_wall": wall})

    def _known(self, now: Now) -> int:
        return now.mono + (self._offset if self._run else self._disk)

    def _vouched(self, beat: HubBeat, now: Now) -> bool:
        if self._early is None or self._early[0] != beat.boot:
            self._early = (beat.boot, now.mono)
        return self._order_at is not None and self._order_at > self._early[1]

    def _agrees(self, now: Now) -> bool:
        if self._agreed_at is None or now.mono - self._agreed_at >= FRESH_MS:
            return False
        return self._behind_since is None or now.mono - self._behind_since < DOUBT_MS

    def _set(self, offset: int, believed: bool, now: Now) -> None:
        ahead = offset - self._offset
        first = self._agreed_at is None
        if ahead < -STEP_MS and not first and not believed:
            if self._behind_since is None:
                self._behind_since = now.mono
            if now.mono - self._behind_since < FOLLOW_MS:
                return
        elif -STEP_MS <= ahead <= STEP_MS and not first:
            ahead = max(ahead, -SLEW_MS)
            self._told = (self._told[0] + ahead, self._told[1])  # no step: nothing to record
        self._offset += ahead
        self._agreed_at, self._behind_since = now.mono, None
