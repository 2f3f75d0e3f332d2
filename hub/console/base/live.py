"""The live stream: what is new is said once, to every open page, as soon as it is committed.

A page is told only *that* the journal has grown, with its size as the event's id, and asks for its parts again. So a
page that comes back after a pause has missed nothing, whatever it was that it missed.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple

from hub.core import watched
from wire.messages import Here

PULSE_MS = 2_000
"""A page hears at least this often that we are there; after 10 s without it calls itself blind."""
POLL_S = 1.0
"""The size of the journal is read this often also when nobody hints that it has grown."""
GAP_S = 0.2
"""At most so often is one page told of growth: a burst of 3,000 records a second is a few events."""
CHECK_MS = 10_000
"""How often a stream looks whether its session still holds."""
ENGINE_SILENT_MS = 10_000
NODE_LATE_MS = 15_000
"""Beats come every 10 s at the latest; what is late here is not yet an alarm, which is the engine's business."""


class Heard(NamedTuple):
    """A beat, and when we heard it by our own clock."""

    at: int
    said: Here | None


class Event(NamedTuple):
    """One server-sent event (WHATWG HTML, 9.2). Its data is one line."""

    kind: str
    data: str = ""
    id: int | None = None

    def text(self) -> str:
        """As it is sent."""
        number = "" if self.id is None else f"id: {self.id}\n"
        return f"{number}event: {self.kind}\ndata: {self.data}\n\n"


class Live:
    """What is known now, and who waits for news. Belongs to the event loop's thread."""

    def __init__(self, clock: Callable[[], int], read_size: Callable[[], Awaitable[int]]) -> None:
        """`read_size` reads the size of the journal from the database."""
        self.size = 0
        self.beats: dict[str, Heard] = {}
        self.engine: Heard | None = None
        self.held: int | None = None
        self.started_at = clock()
        self._clock = clock
        self._read_size = read_size
        self._version = 0
        self._looks: tuple[object, ...] = ()
        self._waiting: set[asyncio.Event] = set()
        self._hinted = asyncio.Event()
        self._closing = False

    def hint(self) -> None:
        """Read the journal's size soon: somebody hints that it has grown."""
        self._hinted.set()

    def heard_node(self, node: str, here: Here) -> None:
        """A node's beat, whose signature is good."""
        self.beats[node] = Heard(self._clock(), here)

    def heard_engine(self, held: int | None = None) -> None:
        """The engine's beat, whose signature is good. `held`: for how long (ms) another has held its database."""
        self.engine, self.held = Heard(self._clock(), None), held

    def engine_hearing(self, now: int) -> watched.Hearing:
        """How the engine is heard. Until its first beat since we started, it is waited for with the same patience."""
        if now - (self.engine.at if self.engine else self.started_at) > ENGINE_SILENT_MS:
            return "silent"
        return "heard" if self.engine else "waiting"

    def engine_at_work(self, now: int, at: int | None) -> watched.Engine:
        """What every page says of the engine. `at`: when it was last known to be at work (ms)."""
        hearing = self.engine_hearing(now)
        return watched.Engine(hearing, at, self.held if hearing == "heard" else None)

    def beats_heard(self, now: int) -> watched.BeatsHeard:
        """When each node was last heard, as far as we have listened."""
        return watched.BeatsHeard(now, self.started_at, {node: heard.at for node, heard in self.beats.items()})

    async def watch(self) -> None:
        """Follow the journal until cancelled."""
        while True:
            size, now = await self._read_size(), self._clock()
            # What looks otherwise only because time has passed is news, too.
            late = sorted(node for node, heard in self.beats.items() if now - heard.at > NODE_LATE_MS)
            gone = sorted(node for node, heard in self.beats.items() if now - heard.at > watched.SILENT_MS)
            unheard = now - self.started_at > watched.SILENT_MS
            looks = (self.engine_hearing(now), self.held is None, sorted(self.beats), late, gone, unheard)
            if (size, looks) != (self.size, self._looks):
                self.size, self._looks = size, looks
                self._version += 1
                self._wake()
            try:
                await asyncio.wait_for(self._hinted.wait(), POLL_S)
            except TimeoutError:
                continue
            self._hinted.clear()

    def close(self) -> None:
        """End every stream: the console is going down."""
        self._closing = True
        self._wake()

    async def stream(self, seen: int, still_holds: Callable[[], Awaitable[bool]]) -> AsyncIterator[Event]:
        """Events for one page that has seen the journal at size `seen`."""
        news = asyncio.Event()
        self._waiting.add(news)
        version, checked = self._version if seen == self.size else -1, self._clock()
        try:
            while not self._closing:
                news.clear()
                if version != self._version:
                    version = self._version
                    yield Event("journal", str(self.size), self.size)
                    await asyncio.sleep(GAP_S)
                    continue
                if not 0 <= self._clock() - checked < CHECK_MS:
                    checked = self._clock()
                    if not await still_holds():
                        yield Event("signed-out")
                        return
                yield Event("pulse", json.dumps(self.pulse()))
                await _wait(news, PULSE_MS / 1000)
        finally:
            self._waiting.discard(news)

    def pulse(self) -> dict[str, object]:
        """What ticks on a page between its refreshes: times by our clock."""
        nodes = {node: heard.at for node, heard in self.beats.items()}
        engine = self.engine.at if self.engine else None
        return {"now": self._clock(), "size": self.size, "engine": engine, "nodes": nodes}

    def _wake(self) -> None:
        for news in self._waiting:
            news.set()


async def _wait(news: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(news.wait(), seconds)
    except TimeoutError:
        return
