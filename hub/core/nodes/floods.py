"""Whether a node sends no more than an honest one does. Pure; times are ms of a monotonic clock.

Receipts are an honest node's clock: it has a window of records under way, and where none of them gets on it sends them
once more, at most once a second. Whoever has more than twice that under way, heard and not receipted, and does not get
on, breaks the protocol: what it sends under that topic is read slowly, so that nobody else waits for it, until it has
kept to the protocol for a minute. If it is larger than anything that a node sends, it is not listened to for a minute:
what piles up unread would be the broker's memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from hub.core.alarms import life as alarm_life
from hub.core.state import Alarm, State
from wire import messages as m

WHAT = "flooding"
MOST = 2 * m.WINDOW
AGAIN_MS = 1_000
"""In this time an honest node that does not get on may send all of that anew."""
CALM_MS = 60_000
STOOD_MS = 2_000
"""After the engine stood still for longer, what honest nodes have sent again meanwhile comes in at once: for as long as
this nobody is blamed."""


Place = Literal["first", "slow", "nowhere"]
"""By which connection a stream is heard."""


class Stream(NamedTuple):
    """What a node sends under one of its topics."""

    node: str
    leaf: m.Leaf


class Floods:
    """How much of each stream is under way, and which streams are read slowly."""

    def __init__(self, mono: int) -> None:
        self._under_way: dict[Stream, tuple[float, int]] = {}
        self._over: dict[Stream, int] = {}
        """When it was too much last. In the future: until then it is not listened to."""
        self._moved = False
        self._listened = mono
        self._lenient_until = mono

    def listening(self, mono: int) -> None:
        """The engine is about to take in what is there."""
        if mono - self._listened > STOOD_MS:
            self._lenient_until = mono + STOOD_MS
        self._listened = mono

    def heard(self, stream: Stream, mono: int, weight: int = 1) -> bool:
        """Count one message, as so many. False for one that is beyond what an honest node has under way."""
        count, at = self._under_way.get(stream, (0.0, mono))
        count = max(0.0, count - MOST * (mono - at) / AGAIN_MS) + weight
        self._under_way[stream] = (min(count, MOST), mono)
        if count <= MOST:
            return True
        if mono >= self._lenient_until:
            before = self.place(stream, mono)
            until = mono + CALM_MS if weight > 1 and stream in self._over else mono
            self._over[stream] = max(self._over.get(stream, until), until)
            self._moved = self._moved or self.place(stream, mono) != before
        return False

    def got_on(self, stream: Stream, waiting: int) -> None:
        """A receipt of this stream moves on; so many messages of it still wait for their turn."""
        count, at = self._under_way.get(stream, (0.0, 0))
        self._under_way[stream] = (min(count, waiting), at)

    def moved(self) -> bool:
        """Whether any stream is to be heard elsewhere since this was asked last."""
        moved, self._moved = self._moved, False
        return moved

    def place(self, stream: Stream, mono: int) -> Place:
        """Where the stream is to be heard now."""
        over = self._over.get(stream)
        return "first" if over is None else "slow" if over <= mono else "nowhere"

    def due(self, state: State, mono: int) -> Iterator[m.FactData]:
        """Nodes that flood, each told once, and those that have kept to the protocol for long enough."""
        self._over = {stream: at for stream, at in self._over.items() if mono - at < CALM_MS}
        flooding = {stream.node: stream for stream in self._over}
        for node, stream in sorted(flooding.items()):
            known = alarm_life.find(state, WHAT, node)
            if not (known and known.active):
                yield m.NodeFloods(node=node, topic=stream.leaf)
        for alarm in list(state.all(Alarm)):
            if alarm.what == WHAT and alarm.active and alarm.place not in flooding:
                yield m.FloodOver(node=alarm.place)
