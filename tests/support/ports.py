"""Ports of loopback for servers that must be told a number, never the same for two processes of tests."""

from __future__ import annotations

import contextlib
import itertools
import random
import socket
from collections.abc import Iterator
from functools import cache

LOWEST, BLOCK, BLOCKS = 20_000, 200, 60
"""All lie below those that the kernel gives to outgoing connections (from 32768 on): one of these could take a port
before its server does, and a client that knocks at such a port may even be connected with itself."""


def free_port() -> int:
    """A port at which nobody listens, nor at the one above it: a demonstration's broker sits beside its console."""
    return next(port for port in _ports()[0] if not _answers(port) and not _answers(port + 1))


@cache
def _ports() -> tuple[Iterator[int], socket.socket]:
    """Every second port of a block that is ours until this process ends, round and round; and what holds the block: the
    UDP port of its first number, which the kernel gives to one process only. Our servers are all of TCP."""
    for block in random.sample(range(BLOCKS), BLOCKS):
        first = LOWEST + block * BLOCK
        held = socket.socket(type=socket.SOCK_DGRAM)
        with contextlib.suppress(OSError):
            held.bind(("127.0.0.1", first))
            return itertools.cycle(range(first, first + BLOCK, 2)), held
        held.close()
    raise RuntimeError(f"{BLOCKS} other processes hold all ports for tests")


def _answers(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0
