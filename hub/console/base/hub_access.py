"""The console's access to the hub: reads run in threads of their own, writes go through the service, one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import msgspec
from sqlalchemy import Connection, select

from hub.core.journal.requests import Actor
from hub.core.site.document import Site
from hub.service import Outcome, Service
from hub.site_directory.hub import Hub
from hub.store import queries, session, tables
from wire.messages import FactData

READERS = 4

T = TypeVar("T")


class HubAccess:
    """Reads the database and writes to the journal for the console, without blocking the event loop."""

    def __init__(self, hub: Hub, clock: Callable[[], int]) -> None:
        """Raises keys.KeyFileError. `clock` gives milliseconds since 1970."""
        self.hub = hub
        self.clock = clock
        self.after_act: Callable[[int], None] = lambda _size: None
        """Called, in the event loop, with the new size of the journal."""
        self._database = hub.database()
        self._service = Service(hub.database(), hub.key("console"), "console", hub.site, clock)
        # A Service is not to be shared between threads: it has this one for itself.
        self._writer = ThreadPoolExecutor(1, "writer")
        self._readers = ThreadPoolExecutor(READERS, "reader")
        self._site: tuple[int, Site] = (-1, Site(name=hub.site, title="", timezone="UTC", hub=()))

    async def read(self, question: Callable[[Connection], T]) -> T:
        """What the question finds in one consistent view of the database."""

        def ask() -> T:
            with session.reading(self._database) as connection:
                return question(connection)

        return await asyncio.get_running_loop().run_in_executor(self._readers, ask)

    async def write(self, change: Callable[[Connection], T]) -> T:
        """Change what is not in the journal, such as sessions."""

        def do() -> T:
            # The journal's head is not wanted here, so that nobody waits for us on PostgreSQL.
            with self._database.connect().execution_options(writes=True) as connection, connection.begin():
                return change(connection)

        return await asyncio.get_running_loop().run_in_executor(self._readers, do)

    async def act(self, actor: Actor, *wanted: FactData) -> Outcome:
        """Commit what somebody asks for. Raises NotPossible."""
        act = self._service.act
        outcome = await asyncio.get_running_loop().run_in_executor(self._writer, lambda: act(actor, *wanted))
        self.after_act(outcome.size)
        return outcome

    async def through(self, work: Callable[[Service], T]) -> T:
        """What takes more than one act, such as bringing a document in. Raises what `work` raises."""
        done = await asyncio.get_running_loop().run_in_executor(self._writer, lambda: work(self._service))
        self.after_act(await self.read(queries.size))
        return done

    def site(self, connection: Connection) -> Site:
        """The site document in force, read again only when there is a newer one."""
        version = connection.execute(select(tables.meta.c.site_version)).scalar_one_or_none()
        if version is not None and version != self._site[0]:
            query = select(tables.site_document.c.document).where(tables.site_document.c.version == version)
            document = connection.execute(query).scalar_one_or_none()
            if document is not None:
                self._site = (version, msgspec.json.decode(document, type=Site))
        return self._site[1]

    def close(self) -> None:
        """End the threads and the connections."""
        self._writer.shutdown()
        self._readers.shutdown()
        self._database.dispose()
