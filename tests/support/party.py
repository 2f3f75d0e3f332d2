"""Somebody on the broker: a real wire.link.Link whose every event, broker's answers included, can be awaited."""

from __future__ import annotations

import queue
from typing import Any, NamedTuple, TypeVar

from paho.mqtt.client import MQTT_ERR_QUEUE_SIZE
from paho.mqtt.reasoncodes import ReasonCode

from wire.link import Arrived, Connected, Disconnected, Link, TlsFiles

PATIENCE_S = 90

E = TypeVar("E")


class Subscribed(NamedTuple):
    """The broker has our subscriptions."""


class Answered(NamedTuple):
    """The broker's answer to a message of QoS 1."""

    mid: int
    reason: ReasonCode


class Party:
    """One connection under one name."""

    def __init__(self, name: str, port: int, papers: TlsFiles, *topics: str) -> None:
        self.inbox: queue.Queue[Any] = queue.Queue()
        self.link = Link(name, "127.0.0.1", port, papers, [(topic, 1) for topic in topics], self.inbox)
        self.client = self.link._client
        self.client.on_publish = lambda _c, _d, mid, reason, _p: self.inbox.put(Answered(mid, reason))
        self.client.on_subscribe = lambda *_: self.inbox.put(Subscribed())
        self._kept: list[Any] = []
        self._listens = bool(topics)

    def join(self) -> Party:
        """Connect and wait until the broker has us and our subscriptions."""
        self.link.start()
        self.back()
        return self

    def back(self) -> None:
        """Wait until we are connected (again) and subscribed."""
        self.next(Connected)
        if self._listens:
            self.next(Subscribed)

    def next(self, kind: type[E]) -> E:
        """The next event of this kind; others before it are kept for later."""
        for event in self._kept:
            if isinstance(event, kind):
                self._kept.remove(event)
                return event
        while not isinstance(event := self.inbox.get(timeout=PATIENCE_S), kind):
            self._kept.append(event)
        return event

    def publish(self, topic: str, payload: bytes, retain: bool = False) -> str:
        """Publish at QoS 1; the broker's reason, such as ``Success``. Behind a flood of our own there is no room at
        first."""
        while (sent := self.client.publish(topic, payload, 1, retain)).rc == MQTT_ERR_QUEUE_SIZE:
            self.next(Answered)
        while (answer := self.next(Answered)).mid != sent.mid:
            pass
        return str(answer.reason)

    def hears(self) -> tuple[str, bytes]:
        """Topic and payload of the next message, which is acknowledged."""
        message = self.next(Arrived)
        self.link.acknowledge(message)
        return message.topic, message.payload

    def lost_connection(self) -> bool:
        """Whether the connection has broken at any time, as far as we know by now."""
        while not self.inbox.empty():
            self._kept.append(self.inbox.get())
        return any(isinstance(event, Disconnected) for event in self._kept)

    def leave(self) -> None:
        self.link.stop()
