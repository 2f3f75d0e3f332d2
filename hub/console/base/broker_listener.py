"""Listens to the broker for the console: beats of nodes and of the engine, and hints that the journal has grown.

A thread of its own checks signatures, so that a flood of forged beats cannot hold up a page.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from hub.console.base.live import Live
from hub.core.state import Life
from hub.site_directory import engine_pulse
from hub.site_directory.hub import Hub
from hub.store import faults, queries, session
from wire import messages as m
from wire import notes, opening, topics
from wire.fences import Fences, Told
from wire.link import Arrived, Event, Link

log = logging.getLogger("strongroom.console")

KEYS_S = 5.0
"""How long the nodes' keys are taken from memory before the database is asked again."""


class BrokerListener:
    """A connection to the broker that only listens."""

    def __init__(self, hub: Hub, live: Live, loop: asyncio.AbstractEventLoop, failed: Told) -> None:
        """`failed` hears of what a message has made fail. Raises KeyFileError for papers that do not load."""
        self._hub = hub
        self._live = live
        self._loop = loop
        self._fences = Fences(log, told=failed)
        self._inbox: queue.Queue[Event | None] = queue.Queue()
        site = hub.site
        self._topics = (topics.hub_beat(site), topics.journal(site))
        subscriptions = [(topic, 0) for topic in (topics.every_node(site, "beat"), *self._topics)]
        self._link = Link(
            "console", hub.broker.local_host, hub.broker.port, hub.papers("console"), subscriptions, self._inbox
        )
        self._opener = Opener(hub.site, hub.layout.public_key("engine"), hub.database())
        self._thread = threading.Thread(target=self._listen, name="listener", daemon=True)

    def start(self) -> None:
        """Connect, for as long as it takes."""
        self._thread.start()
        self._link.start()

    def stop(self) -> None:
        """Disconnect in order."""
        self._link.stop()
        self._inbox.put(None)
        self._thread.join(5)
        self._opener.close()

    def _listen(self) -> None:
        while (event := self._inbox.get()) is not None:
            if isinstance(event, Arrived):
                self._link.acknowledge(event)
                with self._fences.around("a message to the console"):
                    self._hear(event)

    def _hear(self, message: Arrived) -> None:
        if message.retained or not m.fits(m.Beat, message.payload):  # the largest of the three kinds
            return
        if message.topic == self._topics[1]:
            self._do(self._live.hint)
        elif message.topic == self._topics[0]:
            if beat := self._opener.hub_beat(message.payload):
                self._do(partial(self._live.heard_engine, beat.held))
        else:
            topic = topics.parse_node(message.topic)
            here = self._opener.node_beat(topic.node, message.payload) if topic else None
            if topic and here:
                self._do(lambda: self._live.heard_node(topic.node, here))

    def _do(self, what: Callable[[], None]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(what)


class Opener:
    """Opens beats. Whose key is which is read from the database, the engine's from its public key file."""

    def __init__(self, site: str, engine_key: Path, database: Engine) -> None:
        self._site = site
        self._engine_key = engine_key
        self._database = database
        self._lives: dict[str, Life] = {}
        self._read_at = -KEYS_S
        self._newest: dict[str, tuple[str, int]] = {}

    def hub_beat(self, note: bytes) -> m.HubBeat | None:
        """The engine's beat; None when it is not signed by the engine."""
        beat = engine_pulse.opened(note, self._engine_key, self._site)
        return beat if beat and self._is_newer("", beat.boot, beat.number) else None

    def node_beat(self, node: str, note: bytes) -> m.Here | None:
        """What a node says in its beat; None when it is not signed by that node, or is its last will."""
        life = self._life(node)
        if life is None or life.revoked:
            return None
        try:
            beat, _text = opening.opened(note, m.Beat, notes.parse_key(life.record_key), self._site, node)
        except ValueError:
            return None
        if beat.life != life.life or not isinstance(beat.data, m.Here):
            return None
        return beat.data if self._is_newer(node, beat.boot, beat.data.uptime) else None

    def close(self) -> None:
        """Close the database connections."""
        self._database.dispose()

    def _is_newer(self, who: str, boot: str, number: int) -> bool:
        # An old beat that somebody has kept is signed well, too.
        known = self._newest.get(who)
        if known and known[0] == boot and number <= known[1]:
            return False
        self._newest[who] = (boot, number)
        return True

    def _life(self, node: str) -> Life | None:
        if time.monotonic() - self._read_at > KEYS_S:
            # A database that does not answer now leaves us with the keys that we have: the listener must not die of it.
            with contextlib.suppress(*faults.UNUSABLE), session.reading(self._database) as connection:
                self._lives = queries.nodes(connection)
            self._read_at = time.monotonic()
        return self._lives.get(node)
