"""The parts that every process of a hub opens from its site's directory: database, keys, papers, and the service."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, Engine

from hub.ledger import checkpoint_keys, rotation
from hub.site_directory import broker as broker_settings
from hub.site_directory import settings as site_settings
from hub.site_directory.broker import BrokerSettings
from hub.site_directory.layout import Layout, Signer
from hub.site_directory.settings import HubSettings
from hub.store import session
from wire import keys
from wire import messages as m

if TYPE_CHECKING:
    from hub.service import Service
    from wire.link import TlsFiles


class Hub(NamedTuple):
    """The hub of one site directory. Nothing is opened by having one."""

    layout: Layout
    settings: HubSettings
    broker: BrokerSettings
    process: str = "admin"
    """Which of its processes this is."""
    opened: Engine | None = None
    """The database, where somebody has it open for all that he does with it."""

    @property
    def site(self) -> str:
        """Name of the site."""
        return self.broker.site

    @property
    def database_url(self) -> str:
        """URL of the database, for SQLAlchemy: of this process alone, where it has one. Raises OSError."""
        try:
            return self.layout.database_url(self.process).read_text("utf-8").strip()
        except FileNotFoundError:
            return self.settings.database or f"sqlite:///{self.layout.database}"

    def database(self, patience_ms: int = session.BUSY_MS, writes: bool = False) -> Engine:
        """An engine for the database, which waits so long for other writers; nothing is connected yet. Whoever `writes`
        takes the database over first (hub.store.alone)."""
        return self.opened or session.open_database(self.database_url, patience_ms, writes)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One look at the database, as whoever may only read it."""
        database = self.database()
        try:
            with session.reading(database) as connection:
                yield connection
        finally:
            if database is not self.opened:
                database.dispose()

    def on(self, database: Engine) -> Hub:
        """The same hub, for whoever has its database open: to write it alone, say (hub.store.alone)."""
        return self._replace(opened=database)

    def key(self, service: Signer) -> keys.SigningKey:
        """Record key of engine or root's command. Raises keys.KeyFileError."""
        return keys.load(self.layout.record_key(service))

    def checkpoint_public(self) -> str:
        """The key that signs checkpoints today, in its public half. Raises keys.KeyFileError."""
        with self.reading() as connection:
            return rotation.named(connection).in_force

    def checkpoint_key(self) -> keys.SigningKey:
        """The key that signs checkpoints today; only the engine may read it. Raises keys.KeyFileError."""
        return checkpoint_keys.load(self.layout.checkpoint_keys, self.checkpoint_public())

    def papers(self, service: m.Service) -> TlsFiles:
        """What a service shows to the broker."""
        return self.layout.papers(service)

    def service(self) -> Service:
        """The service that writes the journal; where the database is not opened to write, it only looks.

        Raises keys.KeyFileError.
        """
        from hub.service import Service  # with every rule there is, which nobody needs who only reads

        return Service(self.database(), self.key("engine"), self.site, wall_ms)


def open_hub(directory: Path, process: str = "admin") -> Hub:
    """The hub in a site directory, as one of its processes. Raises settings.SettingsError."""
    layout = Layout(directory.resolve())
    return Hub(layout, site_settings.load(layout.settings), broker_settings.load(layout), process)


def wall_ms() -> int:
    """Milliseconds since 1970 by the operating system's clock."""
    return time.time_ns() // 1_000_000
