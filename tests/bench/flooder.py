"""A node that sends as fast as the broker takes it, and heeds no receipt, until it is ended: one process.

`python -m tests.bench.flooder JOB`: a JSON file as of the publisher, with one node.
"""

from __future__ import annotations

import itertools
import select
import ssl
import sys
from pathlib import Path

import msgspec

from tests.bench.publisher import Job, connected, packets

TOGETHER = 16
"""Messages that are written at once."""


def main() -> None:
    """Send all notes, in order, over and over."""
    job = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Job)
    (node,) = job.nodes
    notes = msgspec.msgpack.decode(Path(node.file).read_bytes(), type=list[bytes])
    sock = connected(node, job.port)
    for some in itertools.cycle(list(_together(packets(node.record_topic, notes)))):
        while True:
            try:
                sock.send(some)  # TLS takes all of it, or none
                break
            except (ssl.SSLWantWriteError, ssl.SSLWantReadError):
                select.select([sock], [sock], [])
                _pass_over(sock)


def _together(each: list[bytes]) -> list[bytes]:
    return [b"".join(each[at : at + TOGETHER]) for at in range(0, len(each), TOGETHER)]


def _pass_over(sock: ssl.SSLSocket) -> None:
    try:
        while sock.recv(65536):
            pass
    except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
        pass


if __name__ == "__main__":
    main()
