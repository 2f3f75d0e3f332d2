"""The hub's settings: `hub/hub.toml` in the site's directory. Site, names and broker are in broker.toml."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from wire import settings

Port = Annotated[int, Meta(ge=1, le=65535)]


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

    database: str = ""
    console: ConsoleSettings = field(default_factory=ConsoleSettings)
    demo: DemoSettings | None = None


def load(path: Path) -> HubSettings:
    """Read hub.toml; without the file all keys are as they are by default. Raises settings.SettingsError."""
    return settings.load(path, HubSettings) if path.exists() else HubSettings()
