"""From a published record to the announcement of its alarm, beside the floor: one at a time, the two in turn."""

from __future__ import annotations

import random
import select
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.subscribeoptions import SubscribeOptions

from tests.bench.chain import Chain, changed
from tests.bench.place import FLOOR_ANNOUNCE, FLOOR_EVENT, PATIENCE_S, SITE, WINDOW, Member, Place, no_delay, point_of
from wire import messages as m
from wire import notes, topics
from wire.link import TlsFiles

SEALING = 1
PAUSE_S = (0.002, 0.008)
"""Between two samples, at random, so that nothing falls into step."""


class Delays(NamedTuple):
    """Milliseconds of each sample. `causes`: journal index of each record that was to raise an alarm."""

    floor: list[float]
    strongroom: list[float]
    causes: list[int]


class Probe:
    """Two plain paho clients in one thread: the node that publishes, and notify, which listens for what is new."""

    def __init__(self, place: Place, member: Member, chain: Chain) -> None:
        self._chain = chain
        self._window = point_of(member.name, WINDOW)
        self._record = topics.record(SITE, member.name)
        self.heard: list[tuple[str, bytes, float]] = []
        self._node = self._client(place, member.name, member.papers)
        self._notify = self._client(place, "notify", place.hub.papers("notify"))
        self._events = 0
        self._wait(lambda: self._node.is_connected() and self._notify.is_connected())
        hears = [(topics.receipt(SITE, member.name), 1), (topics.hub_beat(SITE), 0), (FLOOR_ANNOUNCE, 0)]
        self._subscribe(self._node, hears)
        self._subscribe(self._notify, [(topics.journal(SITE), 0)])

    def measure(self, blocks: int, count: int) -> Delays:
        """So many blocks of so many samples of each."""
        delays = Delays([], [], [])
        for _ in range(3):  # both are warm before anything counts
            self._floor_sample()
            self._alarm_sample()
        for _ in range(blocks):
            delays.floor.extend(self._floor_sample() for _ in range(count))
            for _ in range(count):
                took, cause = self._alarm_sample()
                delays.strongroom.append(took)
                delays.causes.append(cause)
        return delays

    def alarms(self, count: int) -> Delays:
        """So many samples of Strongroom alone."""
        samples = [self._alarm_sample() for _ in range(count)]
        return Delays([], [took for took, _ in samples], [cause for _, cause in samples])

    def first_beat(self) -> float:
        """Wait for the engine's next beat; the time, by time.time()."""
        self.heard.clear()
        self._wait(lambda: any(topic == topics.hub_beat(SITE) for topic, _, _ in self.heard))
        return time.time()

    def close(self) -> None:
        """Leave the broker."""
        self._node.disconnect()
        self._notify.disconnect()

    # ------------------------------------------------------------ samples

    def _floor_sample(self) -> float:
        self._events += 1
        # The same bytes as for Strongroom, signed by the same key; the floor only does not look at them.
        payload = self._chain.preview(changed(self._window, "active", SEALING)).note
        wanted = b'{"size":%d}' % self._events
        began = self._publish(FLOOR_EVENT, payload)
        self._wait(lambda: any(topic == FLOOR_ANNOUNCE and said == wanted for topic, said, _ in self.heard))
        return next(at - began for topic, said, at in self.heard if topic == FLOOR_ANNOUNCE and said == wanted) * 1000

    def _alarm_sample(self) -> tuple[float, int]:
        """A sealed window opens; afterwards it is closed again, which is not measured."""
        opening = self._chain.add(changed(self._window, "active", SEALING))
        began = self._publish(self._record, opening.note)
        index = self._wait_receipt(opening.seq)
        # The record stands at `index`, the alarm behind it: the first announcement that covers both is the one.
        self._wait(lambda: any(size >= index + 2 for size, _ in self._announced()))
        took = next(at - began for size, at in self._announced() if size >= index + 2)
        closing = self._chain.add(changed(self._window, "normal", SEALING))
        self._publish(self._record, closing.note)
        self._wait_receipt(closing.seq)
        return took * 1000, index

    def _wait_receipt(self, seq: int) -> int:
        """Wait until the receipt for `seq` is here. Returns the journal index in it."""
        self._wait(lambda: self._index_of(seq) is not None)
        index = self._index_of(seq)
        assert index is not None
        return index

    def _index_of(self, seq: int) -> int | None:
        for topic, said, _ in self.heard:
            if topic.endswith("/receipt"):
                receipt = m.decode(notes.split(said).text, m.Receipt)
                if receipt.seq == seq:
                    return receipt.index
        return None

    def _announced(self) -> list[tuple[int, float]]:
        grown = topics.journal(SITE)
        return [(msgspec.json.decode(said)["size"], at) for topic, said, at in self.heard if topic == grown]

    # ------------------------------------------------------------ MQTT

    def _publish(self, topic: str, payload: bytes) -> float:
        pause = time.monotonic() + random.uniform(*PAUSE_S)
        while time.monotonic() < pause:
            self._pump(0.001)
        self.heard.clear()
        began = time.perf_counter()
        self._node.publish(topic, payload, 1)
        return began

    def _client(self, place: Place, name: str, papers: TlsFiles) -> paho.Client:
        client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=paho.MQTTv5)
        client.tls_set(str(papers.authority), str(papers.certificate), str(papers.key))
        client.on_socket_open = no_delay
        client.on_message = self._on_message
        client.connect("127.0.0.1", place.port, keepalive=10)
        return client

    def _subscribe(self, client: paho.Client, wanted: list[tuple[str, int]]) -> None:
        done: list[object] = []
        client.on_subscribe = lambda *_: done.append(True)
        client.subscribe([(topic, SubscribeOptions(qos=qos)) for topic, qos in wanted])
        self._wait(lambda: bool(done))

    def _on_message(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        self.heard.append((message.topic, bytes(message.payload), time.perf_counter()))

    def _wait(self, condition: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE_S
        while not condition():
            if time.monotonic() > until:
                raise TimeoutError("an answer that was waited for has not come")
            self._pump(0.5)

    def _pump(self, timeout: float) -> None:
        sockets: dict[Any, paho.Client] = {client.socket(): client for client in (self._node, self._notify)}
        # What TLS has already taken in, select does not see.
        full = [sock for sock in sockets if sock.pending()]
        for sock in full or select.select(list(sockets), [], [], timeout)[0]:
            sockets[sock].loop_read()
        for client in sockets.values():
            client.loop_misc()
