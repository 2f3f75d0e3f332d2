"""The hub's settings: `hub/hub.toml` in the site's directory, and where the rest of the hub lies beside it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct, field
from sqlalchemy import Engine

from hub.service import Service
from hub.store import session
from wire import keys, settings
from wire import messages as m
from wire.link import Papers

Port = Annotated[int, Meta(ge=1, le=65535)]


class BrokerSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the broker listens."""

    host: str = "localhost"
    port: Port = 8883


class ConsoleSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the console listens, and the language of whoever has not chosen one."""

    host: str = "127.0.0.1"
    port: Port = 8443
    language: Literal["zh", "en"] = "zh"


class DemoSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Only in a demonstration: the folder of the simulated nodes' control sockets, for the page that plays."""

    sockets: str


class HubSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """All keys of hub.toml. `database` is a URL; left out, it is an SQLite file beside this one."""

    site: m.Name
    database: str = ""
    broker: BrokerSettings = field(default_factory=BrokerSettings)
    console: ConsoleSettings = field(default_factory=ConsoleSettings)
    demo: DemoSettings | None = None


class Hub(Struct, frozen=True):
    """The hub of one site directory."""

    directory: Path
    settings: HubSettings

    @property
    def folder(self) -> Path:
        """Where the hub's own files lie."""
        return self.directory / "hub"

    @property
    def database_url(self) -> str:
        """URL of the database, for SQLAlchemy."""
        return self.settings.database or f"sqlite:///{self.folder / 'strongroom.db'}"

    def database(self) -> Engine:
        """An engine for the database; nothing is connected yet."""
        return session.open_database(self.database_url)

    def key(self, service: m.Service) -> keys.SigningKey:
        """Record key of a service. Raises keys.KeyFileError."""
        return keys.load(self.folder / "keys" / f"{service}.key")

    def papers(self, service: str) -> Papers:
        """TLS papers of a service."""
        tls = self.folder / "tls"
        return Papers(tls / "ca.crt", tls / f"{service}.crt", tls / f"{service}.key")

    def service(self, name: m.Service) -> Service:
        """The door to the truth, in the name of one service. Raises keys.KeyFileError."""
        return Service(self.database(), self.key(name), name, self.settings.site, wall_ms)


def load(directory: Path) -> Hub:
    """The hub in a site directory. Raises settings.SettingsError."""
    return Hub(directory.resolve(), settings.load(directory / "hub" / "hub.toml", HubSettings))


def wall_ms() -> int:
    """Milliseconds since 1970 by the operating system's clock."""
    return time.time_ns() // 1_000_000
