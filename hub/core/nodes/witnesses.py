"""Whether the nodes witness the journal: a majority of them countersigns what the hub signs, within five minutes.

A checkpoint is witnessed when a majority (wire.checkpoint.majority) of the nodes that are enrolled now, and not
revoked, has countersigned that very checkpoint; then all smaller ones are covered with it. The rule: when the oldest
signed checkpoint that is not covered was signed more than five minutes ago, by the engine's monotonic clock, the
journal is unwitnessed. A new engine begins with its own first checkpoint, and after a loss of the broker every waiting
checkpoint counts as signed anew: that is one fault of the hub, which is told as such, and not a second one. With no
node enrolled everything counts as witnessed. Five minutes are more than any node's reboot.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from hub.core.alarms import life as alarm_life
from hub.core.state import Life, State
from wire import checkpoint, notes
from wire import messages as m

PATIENCE_MS = 300_000
MOST = 256
"""Checkpoints that are waited for; of more, the oldest are counted in with the next."""
PLACE = "hub"

Key = tuple[str, str]
"""A witness: node, and the id of its key in hex."""


class _Waiting(NamedTuple):
    signed_at: int
    by: frozenset[Key]


class Witnesses:
    """Checkpoints that wait for a majority. Times are milliseconds of the engine's monotonic clock."""

    def __init__(self) -> None:
        self._waiting: dict[int, _Waiting] = {}
        self._covered: int | None = None
        """Size of the newest covered checkpoint since the last word about it."""
        self._lost = False

    @property
    def waits(self) -> bool:
        """Whether a checkpoint is not covered yet, by what `due` saw last."""
        return bool(self._waiting)

    def signed(self, size: int, mono: int) -> None:
        """A checkpoint of so many entries was signed; sizes grow."""
        self._waiting[size] = _Waiting(mono, frozenset())
        if len(self._waiting) > MOST:
            (_, oldest), (next_size, following) = list(self._waiting.items())[:2]
            del self._waiting[next(iter(self._waiting))]
            self._waiting[next_size] = following._replace(signed_at=oldest.signed_at)

    def cosigned(self, size: int, key: Key) -> None:
        """A witness's countersignature of that checkpoint is kept."""
        waiting = self._waiting.get(size)
        if waiting:
            self._waiting[size] = waiting._replace(by=waiting.by | {key})

    def broker_lost(self) -> None:
        """Without the broker no node can countersign, and none is to blame."""
        self._lost = True

    def broker_back(self, mono: int) -> None:
        """Every checkpoint gets a whole interval again."""
        self._lost = False
        self._waiting = {size: one._replace(signed_at=mono) for size, one in self._waiting.items()}

    def stalled(self, by: int, mono: int) -> None:
        """The engine itself was stalled for this long: it does not count."""
        waiting = self._waiting.items()
        self._waiting = {size: one._replace(signed_at=min(mono, one.signed_at + by)) for size, one in waiting}

    def due(self, state: State, now: int, mono: int) -> Iterator[m.FactData]:
        """What is to be told: that a majority is missing, or that it is there again. `now` is wall time in ms."""
        enrolled = keys(state)
        self._cover(enrolled)
        alarm = alarm_life.find(state, "unwitnessed", PLACE)
        told = alarm is not None and alarm.active
        since = next((one.signed_at for one in self._waiting.values()), mono)
        late = mono - since > PATIENCE_MS
        if late and not told and not self._lost:
            self._covered = None  # what was covered before does not end it
            most = max(len(one.by & enrolled) for one in self._waiting.values())
            yield m.Unwitnessed(since=max(0, now - (mono - since)), cosigned=most, nodes=len(enrolled))
        elif told and not late and self._covered is not None:
            yield m.WitnessedAgain(size=self._covered)

    def _cover(self, enrolled: frozenset[Key]) -> None:
        covered = [
            size for size, one in self._waiting.items() if checkpoint.has_quorum(len(one.by & enrolled), len(enrolled))
        ]
        if covered:
            self._covered = max(covered)
            self._waiting = {size: one for size, one in self._waiting.items() if size > self._covered}


def keys(state: State) -> frozenset[Key]:
    """The witnesses whose word counts now. A key that two nodes claim counts once."""
    found: dict[bytes, Key] = {}
    for life in state.all(Life):
        key = None if life.revoked else witness_key(life.witness_key)
        if key:
            found.setdefault(key.public, (life.node, key.key_id.hex()))
    return frozenset(found.values())


@lru_cache(maxsize=1024)
def witness_key(text: str) -> notes.VerifierKey | None:
    """The key by which a node countersigns, from its enrolment; None where there is none that can be used."""
    try:
        return checkpoint.witness_key(notes.parse_key(text))
    except notes.MalformedNote:
        return None
