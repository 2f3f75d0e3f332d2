"""The console's access to the hub: reads run in threads of their own, and for all that is to be changed the engine is
asked."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, select

from hub.core.refusal import NotPossible
from hub.core.site.document import Site
from hub.door import protocol
from hub.door.caller import Caller, DatabaseHeld, NoAnswer
from hub.door.protocol import AnyAnswer, AnyRequest, Done
from hub.site_directory.hub import Hub
from hub.store import session, tables
from wire import decoding
from wire.messages import FactData

READERS = 4
ASKERS = 4
"""Questions to the engine at once: one of them may be a password, which takes its time."""
PATIENCE_S = 5.0
"""How long an engine that is started anew is waited for."""
AWAY = frozenset({"engine-away", "engine-unsure", "database-held"})
"""Reasons of ours for what cannot be had now: nothing was done, or it is not known what became of it."""

T = TypeVar("T")


class HubAccess:
    """Reads the database, and asks the engine, without blocking the event loop."""

    def __init__(self, hub: Hub, clock: Callable[[], int]) -> None:
        """`clock` gives milliseconds since 1970."""
        self.hub = hub
        self.clock = clock
        self.after_act: Callable[[], None] = lambda: None
        """Called, in the event loop, when something was committed."""
        self._database = hub.database()
        self._readers = ThreadPoolExecutor(READERS, "reader")
        self._askers = ThreadPoolExecutor(ASKERS, "asker")
        self._lines = threading.local()
        self._site: tuple[int, Site] = (-1, Site(name=hub.site, title="", timezone="UTC", hub=()))

    async def read(self, question: Callable[[Connection], T]) -> T:
        """What the question finds in one consistent view of the database."""

        def ask() -> T:
            with session.reading(self._database) as connection:
                return question(connection)

        return await asyncio.get_running_loop().run_in_executor(self._readers, ask)

    async def ask(self, request: AnyRequest) -> AnyAnswer:
        """The engine's answer. Raises NoAnswer."""

        def ask() -> AnyAnswer:
            return self._line.ask(request, patience_s=PATIENCE_S)

        answer = await asyncio.get_running_loop().run_in_executor(self._askers, ask)
        if isinstance(answer, Done):
            self.after_act()
        return answer

    async def do(self, request: AnyRequest, number: str | None = None, patience_s: float = PATIENCE_S) -> Done:
        """Have it committed. `number`: under which it was asked before. Raises NotPossible, for a reason in AWAY while
        the engine is away."""

        def ask() -> Done:
            return self._line.do(request, number, patience_s)

        try:
            done = await asyncio.get_running_loop().run_in_executor(self._askers, ask)
        except NoAnswer as error:
            held = "database-held" if isinstance(error, DatabaseHeld) else "engine-away"
            raise NotPossible("engine-unsure" if error.asked else held) from error
        self.after_act()
        return done

    async def say(self, *said: FactData) -> Done:
        """Commit what the console itself has seen. Raises NotPossible."""
        return await self.do(protocol.Say(said=said))

    @property
    def _line(self) -> Caller:
        """This thread's own connection."""
        if not hasattr(self._lines, "caller"):
            self._lines.caller = Caller(self.hub.layout.door("console"))
        caller: Caller = self._lines.caller
        return caller

    def site(self, connection: Connection) -> Site:
        """The site document in force, read again only when there is a newer one."""
        version = connection.execute(select(tables.meta.c.site_version)).scalar_one_or_none()
        if version is not None and version != self._site[0]:
            query = select(tables.site_document.c.document).where(tables.site_document.c.version == version)
            document = connection.execute(query).scalar_one_or_none()
            if document is not None:
                self._site = (version, decoding.decode(document, Site))
        return self._site[1]

    def close(self) -> None:
        """End the threads and the connections."""
        self._askers.shutdown()
        self._readers.shutdown()
        self._database.dispose()
