"""The only place that speaks MQTT: TLS, MQTT 5, sockets without delay, callbacks that only enqueue.

Either a thread of its own works the connection (`start`), or whoever has a loop does so in it (`open`, then `wait` and
`take_in` by turns): then what is published is on the socket when `publish` returns, and no other thread competes for
the interpreter, but for the one that makes a connection: a broker that takes it and says nothing must not hold up the
loop.

The broker is a lossy pipe: nothing here is kept for later. What cannot be handed to the broker now is refused,
and whoever wanted it sent still has it.
"""

from __future__ import annotations

import select
import socket
import ssl
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from wire import keys, no_link
from wire.attempt import Attempt

KEEPALIVE_S = 10
RECONNECT_MIN_S = 1
RECONNECT_MAX_S = 5
RECEIVE_MAXIMUM = 512
"""Unacknowledged QoS 1 messages that the broker may have under way to us."""
INBOX_LIMIT = 4096
"""Events that may wait; beyond it QoS 0 messages are dropped and counted."""
UNSENT_LIMIT = 256
"""Messages that paho may hold for the socket; beyond it `publish` refuses."""


class TlsFiles(NamedTuple):
    """Files that prove who we are to the broker, and the broker to us."""

    authority: Path
    certificate: Path
    key: Path


class Connected(NamedTuple):
    """The broker has accepted us and our subscriptions are on their way."""


class Disconnected(NamedTuple):
    """The connection is gone, or could not be made; reconnecting goes on by itself."""

    reason: str


class Arrived(NamedTuple):
    """A message. QoS 1 ones are to be acknowledged by `Link.acknowledge`, whatever becomes of them."""

    topic: str
    payload: bytes
    qos: int
    mid: int
    retained: bool


Event = Connected | Disconnected | Arrived


class Inbox(Protocol):
    """Where events go: any queue of the standard library. One that nobody waits at is best a `SimpleQueue`."""

    def put(self, item: Any, /) -> None:
        """Add it at the end."""

    def qsize(self) -> int:
        """How many are in it."""


class Link:
    """One connection to the broker. Every event goes into `inbox`, in order; nothing is done in a callback."""

    def __init__(
        self,
        name: str,
        host: str,
        port: int,
        papers: TlsFiles,
        subscriptions: list[tuple[str, int]],
        inbox: Inbox,
        will: tuple[str, bytes] | None = None,
        receive_maximum: int = RECEIVE_MAXIMUM,
    ) -> None:
        """`name` is that of the certificate. Nothing is opened before `start`. Raises KeyFileError for bad papers."""
        self.dropped = 0
        self.connected = False
        self._address = (host, port)
        self._wanted = dict(subscriptions)
        self._receive_maximum = receive_maximum
        self._inbox = inbox
        self._connect_at = 0.0
        self._pause = RECONNECT_MIN_S / 2
        self._attempt: Attempt | None = None
        self._stopped = False
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=name,
            protocol=paho.MQTTv5,
            manual_ack=True,
        )
        client.tls_set_context(tls(papers))
        client.reconnect_delay_set(RECONNECT_MIN_S, RECONNECT_MAX_S)
        client.max_inflight_messages_set(65535)  # the outbox bounds what is under way, not paho
        client.max_queued_messages_set(UNSENT_LIMIT)
        if will:
            client.will_set(will[0], will[1], qos=0)
        client.on_socket_open = _no_delay
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        self._client = client

    def start(self) -> None:
        """Connect in the background, and again for as long as it takes."""
        self.open()
        self._client.loop_start()

    def open(self) -> None:
        """Without a thread: the first `take_in` begins to connect."""
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.ReceiveMaximum = self._receive_maximum
        self._client.connect_async(
            *self._address,
            keepalive=KEEPALIVE_S,
            clean_start=True,
            properties=properties,
        )

    @property
    def has_more(self) -> bool:
        """Whether there is something to take in that no `select` sees, since TLS has it already."""
        sock: Any = None if self._attempt else self._client.socket()
        return sock is not None and bool(sock.pending())

    def waits(self) -> tuple[list[Any], list[Any]]:
        """What to select on, for reading and for writing. While a connection is made, that is its end."""
        if self._attempt:
            return [self._attempt.over], []
        sock = self._client.socket()
        if sock is None:
            return [], []
        return [sock], [sock] if self._client.want_write() else []

    def take_in(self, enough: int) -> None:
        """Without a thread: take in what is there until the inbox has `enough` events. Waits for nothing.

        Without a connection one is made beside the loop, and again after a pause that grows.
        """
        if not self._is_open():
            return
        if self._client.want_write():
            self._client.loop_write()
        while (sock := self._client.socket()) is not None and self._inbox.qsize() < enough:
            if not self.has_more and not select.select([sock], [], [], 0)[0]:
                break
            self._client.loop_read()
        self._client.loop_misc()

    def _is_open(self) -> bool:
        """Whether there is a connection. While it is made, nobody but that thread touches the client."""
        if self._attempt is None and self._client.socket() is None and time.monotonic() >= self._connect_at:
            self._pause = min(2 * self._pause, RECONNECT_MAX_S)
            self._connect_at = time.monotonic() + self._pause
            self._attempt = Attempt(self._connect)
        if self._attempt and not self._attempt.ended():
            return False
        self._attempt = None
        return self._client.socket() is not None

    def _connect(self) -> None:
        try:
            self._client.reconnect()
        except OSError:
            self._on_connect_fail(self._client, None)
        if self._stopped:
            self._client.disconnect()

    def stop(self) -> None:
        """Disconnect in order, which keeps the broker from publishing the will, and end the thread."""
        self._stopped = True
        self._client.disconnect()
        self._client.loop_stop()

    def hear(self, wanted: Mapping[str, int]) -> None:
        """From now on be subscribed to these topics, each with its QoS, and to no others. Without a thread only."""
        gone = self._wanted.keys() - wanted.keys()
        new = wanted.items() - self._wanted.items()
        self._wanted = dict(wanted)
        if self.connected:
            self._subscribe(dict(new))
            if gone:
                self._client.unsubscribe(sorted(gone))

    def _subscribe(self, wanted: Mapping[str, int]) -> None:
        if wanted:
            options = [(topic, SubscribeOptions(qos=qos)) for topic, qos in wanted.items()]
            self._client.subscribe(options)

    def publish(self, topic: str, payload: bytes, qos: int) -> bool:
        """Hand a message to the broker. False when that cannot be done now; nothing is kept for later."""
        if not self.connected:
            return False
        return self._client.publish(topic, payload, qos).rc == paho.MQTT_ERR_SUCCESS

    def acknowledge(self, message: Arrived) -> None:
        """Tell the broker that we are done with a QoS 1 message."""
        if message.qos:
            self._client.ack(message.mid, message.qos)

    def _put(self, event: Event) -> None:
        if isinstance(event, Arrived) and event.qos == 0 and self._inbox.qsize() >= INBOX_LIMIT:
            self.dropped += 1
            return
        self._inbox.put(event)

    def _on_connect(
        self,
        _client: paho.Client,
        _data: Any,
        _flags: Any,
        reason: ReasonCode,
        _properties: Any,
    ) -> None:
        if reason.is_failure:
            self._put(Disconnected(f"the broker refused us: {reason}"))
            return
        self._subscribe(self._wanted)
        self.connected = True
        self._pause = RECONNECT_MIN_S / 2
        self._put(Connected())

    def _on_connect_fail(self, _client: paho.Client, _data: Any) -> None:
        # It is called while the error is being handled.
        self._put(Disconnected(no_link.why(sys.exc_info()[1], time.time())))

    def _on_disconnect(
        self,
        _client: paho.Client,
        _data: Any,
        _flags: Any,
        reason: ReasonCode,
        _properties: Any,
    ) -> None:
        self.connected = False
        self._put(Disconnected(str(reason)))

    def _on_message(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        self._put(Arrived(message.topic, bytes(message.payload), message.qos, message.mid, message.retain))


def wait(links: Sequence[Link], readers: Sequence[Any], writers: Sequence[Any], seconds: float) -> None:
    """The one place at which a loop stands: until there is something of any of these links, or one of these others can
    be read or written, or the time is over."""
    reading, writing = list(readers), list(writers)
    for link in links:
        for all_of_them, its in zip((reading, writing), link.waits(), strict=True):
            all_of_them += its
    now = any(link.has_more for link in links)
    select.select(reading, writing, [], 0.0 if now else max(0.0, seconds))


def tls(papers: TlsFiles) -> ssl.SSLContext:
    """How the connection is encrypted. Raises KeyFileError: OpenSSL itself never says which file it means."""
    try:
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=str(papers.authority))
    except OSError as error:
        raise keys.KeyFileError(f"{papers.authority}: this is no certificate of an authority ({error})") from None
    try:
        context.load_cert_chain(str(papers.certificate), str(papers.key))
    except OSError as error:
        raise keys.unusable(papers.certificate, papers.key, error) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


def _no_delay(_client: paho.Client, _data: Any, sock: Any) -> None:
    # Without this every answer waits 40 ms for the other side's delayed acknowledgement.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
