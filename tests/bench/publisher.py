"""Several nodes that send what was signed ahead, as fast as they are told, or as the hub takes it: one process.

A node has at most 128 records under way, goes on by the hub's receipts, and goes back where a receipt asks for it or
none has come for 5 s, as the firmware does. MQTT is spoken here by hand, with packets made ahead: on two cores a
publisher that worked as hard as the hub would be what is measured.

`python -m tests.bench.publisher JOB`: a JSON file; the answer is one JSON object on standard output.
"""

from __future__ import annotations

import select
import socket
import ssl
import struct
import sys
import time
from pathlib import Path

import msgspec
from msgspec import Struct

WINDOW = 128
AGAIN_S = 5.0
GIVE_UP_S = 30.0
CHUNK = 16 * 1024

CONNECT, PUBLISH, PUBACK, SUBSCRIBE = 0x10, 0x30, 0x40, 0x82


class Job(Struct):
    """What to send. `rate`: records a second of all nodes together; 0: as fast as the hub takes them."""

    port: int
    nodes: list[NodeJob]
    rate: float


class NodeJob(Struct):
    """`file`: the notes as a MessagePack list, the first of which has the number `first`."""

    name: str
    authority: str
    certificate: str
    key: str
    record_topic: str
    receipt_topic: str
    file: str
    first: int


class Answer(Struct):
    """What became of it. `lags`: for each record, when it was due (seconds from the start) and how many seconds later
    its receipt was here. `waited`: seconds that a node could not send what was due as its window was full."""

    seconds: float
    sent: int
    again: int
    unreceipted: int
    lags: list[tuple[float, float]]


class Receipt(Struct):
    """What a publisher reads of a receipt."""

    seq: int
    missing: bool


class Node:
    """One connection with its records."""

    def __init__(self, job: NodeJob, port: int) -> None:
        self._first = job.first
        notes: list[bytes] = msgspec.msgpack.decode(Path(job.file).read_bytes(), type=list[bytes])
        self._packets = packets(job.record_topic, notes)
        self.total = len(notes)
        self.next = self.freed = self.sent = self.again = 0
        self._progress = time.monotonic()
        self._out = bytearray()
        self._chunk = b""
        self._in = bytearray()
        self.sock = connected(job, port)

    @property
    def wants_write(self) -> bool:
        """Whether something waits for the socket."""
        return bool(self._chunk or self._out)

    def send(self, due: int) -> None:
        """Put what is due and fits into the window on its way."""
        now = time.monotonic()
        if self.freed < self.next and now - self._progress > AGAIN_S:
            self._back(now)
        upto = min(due, self.total, self.freed + WINDOW)
        while self.next < upto:
            self._out += self._packets[self.next]
            self.next += 1
            self.sent += 1
        try:
            while self.wants_write:
                if not self._chunk:
                    self._chunk = bytes(self._out[:CHUNK])
                    del self._out[:CHUNK]
                self.sock.send(self._chunk)
                self._chunk = b""
        except (ssl.SSLWantWriteError, ssl.SSLWantReadError):
            pass  # TLS wants the same bytes again

    def receive(self) -> list[int]:
        """Read what is there; places in the list of records that receipts have freed just now."""
        try:
            while True:
                got = self.sock.recv(65536)
                if not got:
                    raise ConnectionError("the broker has hung up")
                self._in += got
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            pass
        before = self.freed
        while (packet := _take(self._in)) is not None:
            kind, body = packet
            if kind & 0xF0 == PUBLISH:
                self._receipt(kind, body)
        return list(range(before, self.freed))

    def _receipt(self, kind: int, body: bytes) -> None:
        at = 2 + int.from_bytes(body[:2], "big")
        if kind & 0x06:
            self._out += bytes((PUBACK, 2)) + body[at : at + 2]
            at += 2
        at += 1 + body[at]
        receipt = msgspec.json.decode(body[at : body.index(b"\n", at)], type=Receipt)
        freed = receipt.seq - self._first + 1
        now = time.monotonic()
        if freed > self.freed:
            self.freed = freed
            self.next = max(self.next, freed)
            self._progress = now
        if receipt.missing and now - self._progress > 0.5:
            self._back(now)

    def _back(self, now: float) -> None:
        self.again += self.next - self.freed
        self.next = self.freed
        self._progress = now


def main() -> None:
    """Send everything, and say how it went."""
    job = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Job)
    nodes = [Node(one, job.port) for one in job.nodes]
    each = job.rate / len(nodes)
    lags: list[tuple[float, float]] = []
    began = moved = time.monotonic()
    while any(node.freed < node.total for node in nodes):
        now = time.monotonic()
        if now - moved > GIVE_UP_S:
            break
        due = int((now - began) * each) if each else sys.maxsize
        for node in nodes:
            node.send(due)
        idle = 0.002 if each else 0.5
        readers = [node.sock for node in nodes]
        writers = [node.sock for node in nodes if node.wants_write]
        select.select(readers, writers, [], 0 if any(sock.pending() for sock in readers) else idle)
        now = time.monotonic()
        for node in nodes:
            freed = node.receive()
            if freed:
                moved = now
            if each:
                lags.extend((place / each, now - began - place / each) for place in freed)
    answer = Answer(
        seconds=moved - began,
        sent=sum(node.sent for node in nodes),
        again=sum(node.again for node in nodes),
        unreceipted=sum(node.total - node.freed for node in nodes),
        lags=lags,
    )
    sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")


def connected(job: NodeJob, port: int) -> ssl.SSLSocket:
    """A node on the broker, subscribed to its receipts; the socket does not block."""
    context = ssl.create_default_context(cafile=job.authority)
    context.load_cert_chain(job.certificate, job.key)
    plain = socket.create_connection(("127.0.0.1", port), 10)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock = context.wrap_socket(plain, server_hostname="127.0.0.1")
    sock.sendall(_packet(CONNECT, b"\0\4MQTT\5\2\0\12\0" + _text(job.name.encode())))
    sock.sendall(_packet(SUBSCRIBE, b"\0\1\0" + _text(job.receipt_topic.encode()) + b"\1"))
    answers = b""
    while b"\x90" not in answers:
        answers += sock.recv(4096)
    sock.setblocking(False)
    return sock


def packets(topic: str, notes: list[bytes]) -> list[bytes]:
    """What publishes these."""
    return [_publish(topic, note, 1 + at % 60_000) for at, note in enumerate(notes)]


def _text(text: bytes) -> bytes:
    return struct.pack(">H", len(text)) + text


def _packet(kind: int, body: bytes) -> bytes:
    length, left = bytearray(), len(body)
    while left > 127:
        length.append(left & 127 | 128)
        left >>= 7
    length.append(left)
    return bytes((kind,)) + bytes(length) + body


def _publish(topic: str, payload: bytes, mid: int) -> bytes:
    return _packet(PUBLISH | 0x02, _text(topic.encode()) + struct.pack(">H", mid) + b"\0" + payload)


def _take(buffer: bytearray) -> tuple[int, bytes] | None:
    """The first whole packet in the buffer, taken out of it."""
    length = shift = 0
    for at in range(1, min(len(buffer), 5)):
        length |= (buffer[at] & 127) << shift
        shift += 7
        if buffer[at] < 128:
            end = at + 1 + length
            if len(buffer) < end:
                return None
            kind, body = buffer[0], bytes(buffer[at + 1 : end])
            del buffer[:end]
            return kind, body
    return None


if __name__ == "__main__":
    main()
