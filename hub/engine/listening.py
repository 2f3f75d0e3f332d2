"""How the engine listens to its nodes: each by name, over two connections, and from each in turn.

Whatever is taken in is acknowledged in the same turn of the loop: the broker keeps one queue for all that waits for
the engine, and when one node's messages stood in it unacknowledged, the others' would wait behind them. Who floods is
moved to the second connection, which is looked at with the clock's tick alone, a little at a time: what piles up before
it piles up in the broker, behind nobody else, and is dropped there. A node that is revoked is heard there as well, if
at all.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from hub.core.nodes.floods import Floods, Place, Stream
from hub.core.state import Life
from hub.engine.turns import Turns
from hub.site_directory.hub import Hub
from hub.store import schema
from wire import keys, link, topics
from wire import messages as m

LEAVES: dict[m.Leaf, int] = {"record": 1, "beat": 0, "ask": 1, "cosign": 1}
"""What a node says, with its QoS."""
ENOUGH = 2048
"""Messages that are taken in before a batch of those that are here is worked on: reading one is cheap, and what has not
been read may be an alarm. One that is larger than a node sends counts as several."""
SLOWLY = 128
"""Messages that are taken in of the second connection at a tick."""
TOGETHER = 64
"""Messages that are read before they are counted."""

Inbox = queue.SimpleQueue[link.Event]


class Listening:
    """The engine's connections. `link` is the one for whatever it says."""

    def __init__(self, hub: Hub, floods: Floods, mono_ms: Callable[[], int]) -> None:
        """Nothing is connected before `open`. Raises keys.KeyFileError."""
        self._site = hub.site
        self._floods = floods
        self._mono_ms = mono_ms
        self._turns = Turns()
        self._lives: list[Life] = []
        self._taken_in: list[tuple[link.Link, link.Arrived]] = []
        self._streams: dict[str, Stream] = {}
        self._inbox, self._slow_inbox = Inbox(), Inbox()
        self.link = self._connection(hub, "engine", self._inbox, link.RECEIVE_MAXIMUM)
        self._slow = self._connection(hub, topics.SLOW, self._slow_inbox, SLOWLY)

    def _connection(self, hub: Hub, name: str, inbox: Inbox, most: int) -> link.Link:
        papers = hub.layout.papers(name)
        if not papers.certificate.exists():
            raise keys.KeyFileError(f"{papers.certificate} is not there; {schema.MIGRATE}")
        host, port = hub.broker.local_host, hub.broker.port
        return link.Link(name, host, port, papers, [], inbox, receive_maximum=most)

    def open(self) -> None:
        """Begin to connect."""
        self.link.open()
        self._slow.open()

    def stop(self) -> None:
        """Leave the broker."""
        self.link.stop()
        self._slow.stop()

    def hear(self, lives: Iterable[Life]) -> None:
        """Listen to these nodes, and to no others: to whatever floods, and to who is revoked, on the second
        connection."""
        self._lives = list(lives)
        mono = self._mono_ms()
        self._streams = {}
        heard: dict[Place, dict[str, int]] = {"first": {}, "slow": {}, "nowhere": {}}
        for life in self._lives:
            for leaf, qos in LEAVES.items():
                topic, stream = topics.of_node(self._site, life.node, leaf), Stream(life.node, leaf)
                place = self._floods.place(stream, mono)
                heard["slow" if life.revoked and place == "first" else place][topic] = qos
                self._streams[topic] = stream
        self._slow.hear(heard["slow"])
        self.link.hear(heard["first"])

    def wait(self, readers: Sequence[Any], writers: Sequence[Any], seconds: float) -> None:
        """Until something is there of the first connection, or one of these others can be read or written, or the time
        is over."""
        link.wait([self.link], readers, writers, 0.0 if self._turns else seconds)

    def batch(self, most: int) -> list[link.Event]:
        """What is there: all that is no node's, and up to so many messages of nodes."""
        return [*self._read(self.link, self._inbox, ENOUGH), *self._turns.take(most)]

    def stay(self) -> None:
        """Keep the connections while nobody can work on what comes in: it waits here, and then at the broker."""
        self.link.take_in(ENOUGH)
        self._slow.take_in(SLOWLY)

    def slowly(self) -> None:
        """Take in a little of the second connection; it waits for its turn as all else does. Whether that connection is
        there is nobody's trouble: beats and progress of its nodes tell."""
        self._read(self._slow, self._slow_inbox, SLOWLY)

    def acknowledge(self) -> None:
        """Tell the broker what has been taken in, whether its turn has come or not: once in a turn of the loop, behind
        the alarms of that turn."""
        taken_in, self._taken_in = self._taken_in, []
        for source, message in taken_in:
            source.acknowledge(message)

    def got_on(self, node: str) -> int:
        """Records of the node were committed. Returns how many more of it wait for their turn."""
        waiting = self._turns.waiting(topics.record(self._site, node))
        self._floods.got_on(Stream(node, "record"), waiting)
        return waiting

    def _read(self, source: link.Link, inbox: Inbox, enough: int) -> list[link.Event]:
        """Take in what is there; nodes' messages go where they wait for their turn. Returns the rest."""
        rest: list[link.Event] = []
        self._floods.listening(self._mono_ms())
        while enough > 0:
            source.take_in(TOGETHER)
            there = [inbox.get_nowait() for _ in range(inbox.qsize())]
            mono = self._mono_ms()
            for event in there:
                if not isinstance(event, link.Arrived):
                    rest.append(event)
                    continue
                self._taken_in.append((source, event))
                stream = self._streams.get(event.topic)
                if stream is None:
                    rest.append(event)
                else:
                    enough -= self._line_up(event, stream, mono)
            if self._floods.moved():
                self.hear(self._lives)
            if len(there) < TOGETHER:
                break
        return rest

    def _line_up(self, message: link.Arrived, stream: Stream, mono: int) -> int:
        """Returns as how many it counts."""
        weight = 1 + len(message.payload) // (m.MAX_RECORD + 1)
        if self._floods.heard(stream, mono, weight):
            if weight > 1:  # no more is kept than shows that it is too large
                message = message._replace(payload=message.payload[: m.MAX_RECORD + 1])
            self._turns.put(stream.node, message)
        return weight
