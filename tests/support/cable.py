"""The cable between a browser and the hub: a proxy (CONNECT, RFC 9110, 9.3.6) whose connections can die mutely."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
ASKED = re.compile(rb"CONNECT localhost:([0-9]+) HTTP/1\.1\r\n")
"""Whatever else a browser asks for by itself, nothing leaves this machine."""


class Cable:
    """What was connected when it was pulled stays open and carries nothing any more, as after a power cut at the hub:
    nobody says that the connection is gone. What is connected later works."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._carrying: set[asyncio.Task[None]] = set()
        self._ends: list[asyncio.StreamWriter] = []
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._run(asyncio.start_server(self._connect, "127.0.0.1", 0))

    @property
    def address(self) -> str:
        """Where the proxy listens."""
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def pull(self) -> int:
        """Let all that is connected die mutely. Returns how many connections that were."""
        return self._run(self._pull())

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    async def _pull(self) -> int:
        dying = list(self._carrying)
        for task in dying:
            task.cancel()
        await asyncio.gather(*dying, return_exceptions=True)
        return len(dying) // 2

    def close(self) -> None:
        """End everything."""
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        await self._pull()
        for end in self._ends:
            end.transport.abort()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = ASKED.match(await reader.readuntil(b"\r\n\r\n"))
        self._ends.append(writer)
        if not asked:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", int(asked[1]))
        self._ends.append(far_writer)
        writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            task = self._loop.create_task(_carry(source, sink))
            self._carrying.add(task)
            task.add_done_callback(self._carrying.discard)


async def _carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while some := await source.read(65536):
            sink.write(some)
            await sink.drain()
    except OSError:
        pass
    sink.close()
