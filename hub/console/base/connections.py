"""Connections to the console: how many one address may hold, and how long each may keep us waiting.

Whoever connects and says nothing, or half a request, costs a descriptor and memory for as long as we wait.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections import Counter
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_OF_ONE = 40
"""Connections of one address. A browser opens six at most; several people may sit behind one address."""
MOST = 200
"""All connections. Each costs a quarter of a megabyte while its handshake lasts."""
HANDSHAKE_S = 10
HEADERS_S = 10
"""From the connection's beginning, or a request's first byte, to the end of its headers."""
FAREWELL_S = 2
"""How long the other side may take to say that it has heard the end of the connection."""
TELL_S = 60

log = logging.getLogger("strongroom.console")


class Connections:
    """What is connected, and what had to be ended. Belongs to the event loop's thread."""

    def __init__(self, context: ssl.SSLContext, clock: Callable[[], float]) -> None:
        """`context`: the server's side of TLS. `clock` is monotonic, in seconds."""
        self.context = context
        self._clock = clock
        self._held: Counter[str] = Counter()
        self._ended: Counter[str] = Counter()
        self._told: float | None = None

    def enter(self, address: str) -> bool:
        """Count one more connection of this address, unless it has too many."""
        if self._held[address] >= MOST_OF_ONE or self._held.total() >= MOST:
            self.end(address)
            return False
        self._held[address] += 1
        return True

    def leave(self, address: str) -> None:
        """One connection of this address is over."""
        self._held[address] -= 1
        self._held += Counter()  # only addresses that hold some are kept

    def end(self, address: str) -> None:
        """Count a connection that we refuse or give up. Said once a minute at most, however many they are."""
        self._ended[address] += 1
        now = self._clock()
        if self._told is None or now - self._told >= TELL_S:
            ended = ", ".join(f"{count} of {who}" for who, count in self._ended.most_common(5))
            log.warning("connections refused or given up, since they are too many or too slow: %s", ended)
            self._ended.clear()
            self._told = now


class Connection(asyncio.Protocol):
    """A connection before TLS. uvicorn makes one of each that is accepted; a request is spoken of only behind it."""

    def __init__(self, connections: Connections, **http: Any) -> None:
        """`http`: what uvicorn gives to its own protocol."""
        self._connections = connections
        self._http = http
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Refuse it, or begin TLS."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - of TCP
        address = str((transport.get_extra_info("peername") or ("",))[0])
        if not self._connections.enter(address):
            transport.abort()
            return
        transport.pause_reading()  # what comes first is TLS's already
        self._task = self._loop.create_task(self._secure(transport, address))

    async def _secure(self, transport: asyncio.Transport, address: str) -> None:
        http = Http(self._connections, address, **self._http)
        try:
            secured = await self._loop.start_tls(
                transport,
                http,
                self._connections.context,
                server_side=True,
                ssl_handshake_timeout=HANDSHAKE_S,
                ssl_shutdown_timeout=FAREWELL_S,
            )
        except OSError as error:  # TLS's and the network's, and the handshake that takes too long
            transport.abort()
            http.leave()
            if isinstance(error, ConnectionAbortedError):
                self._connections.end(address)
            return
        if secured is not None and not secured.is_closing():
            http.connection_made(secured)


class Http(H11Protocol):
    """A connection after TLS, which may not keep us waiting for a request that it has begun."""

    def __init__(self, connections: Connections, address: str, **http: Any) -> None:
        super().__init__(**http)
        self._connections = connections
        self._address = address
        self._patience: asyncio.TimerHandle | None = None
        self._early: list[bytes] | None = []
        """What came with the end of the handshake; None once we speak."""
        self._held = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Await its first request."""
        super().connection_made(transport)
        early, self._early = self._early or [], None
        self._await_headers()
        if early:
            self.data_received(b"".join(early))

    def data_received(self, data: bytes) -> None:
        """Await the rest of the headers, unless they are all there."""
        if self._early is not None:
            self._early.append(data)
            return
        super().data_received(data)
        if self.cycle is None or self.cycle.response_complete:
            self._await_headers()
        else:
            self._await_nothing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Make room for another."""
        self.leave()
        self._await_nothing()
        if self._early is None:
            super().connection_lost(exc)

    def leave(self) -> None:
        """Give back the place that it took, once: asyncio may tell of a handshake that fails in two ways, or in one."""
        if self._held:
            self._held = False
            self._connections.leave(self._address)

    def _await_headers(self) -> None:
        if self._patience is None:
            self._patience = self.loop.call_later(HEADERS_S, self._give_up)

    def _await_nothing(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _give_up(self) -> None:
        self._connections.end(self._address)
        self.transport.abort()
