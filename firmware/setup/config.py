"""`node.toml`: what one node is and where its files lie. Every key is in node.example.toml."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from wire import settings, topics

Factory = Literal["lgpio", "rpigpio", "mock"]
Port = Annotated[int, Meta(ge=1, le=65535)]

EXIT_CONFIG = 78
"""EX_CONFIG: something in the configuration has to be changed by a person; starting again would not help."""


class Gpio(Struct, frozen=True, forbid_unknown_fields=True):
    """How the pins are reached."""

    factory: Factory


class Broker(Struct, frozen=True, forbid_unknown_fields=True):
    """Instead of the address that the enrolment papers state."""

    host: str | None = None
    port: Port | None = None


class Reader(Struct, frozen=True, forbid_unknown_fields=True):
    """Instead of what hardware/terminals.toml says about a reader port."""

    device: str


class Outbox(Struct, frozen=True, forbid_unknown_fields=True):
    """How many megabytes of records may wait for the hub."""

    megabytes: Annotated[int, Meta(ge=1, le=100_000)] = 1000


class Simulation(Struct, frozen=True, forbid_unknown_fields=True):
    """Where `strongroom sim` reaches the simulated hardware; only with the factory `mock`."""

    socket: str


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of node.toml. Paths in it are relative to the folder it lies in."""

    site: str
    node: str
    gpio: Gpio
    state: str = "."
    keys: str = "keys"
    broker: Broker = Broker()
    reader: dict[str, Reader] = {}
    outbox: Outbox = Outbox()
    simulation: Simulation | None = None


class Place(Struct, frozen=True):
    """A configuration with the folders it means."""

    config: Config
    state: Path
    keys: Path
    socket: Path | None


def load(path: Path) -> Place:
    """Read node.toml. Raises settings.SettingsError, which says what is wrong and where."""
    config = settings.load(path, Config)
    for key, name in (("site", config.site), ("node", config.node)):
        if not topics.valid_name(name):
            raise settings.SettingsError(
                f"{path}: {key}: {name!r} is not a name: 3 to 32 of a-z, 0-9 and -, not {', '.join(topics.RESERVED)}"
            )
    if config.simulation and config.gpio.factory != "mock":
        raise settings.SettingsError(f'{path}: simulation: only with gpio.factory = "mock"')
    here = path.resolve().parent
    socket = here / config.simulation.socket if config.simulation else None
    return Place(config, here / config.state, here / config.keys, socket)


def text_for(site: str, node: str, factory: Factory, socket: str | None) -> str:
    """A first node.toml."""
    simulation = f'\n[simulation]\nsocket = "{socket}"\n' if socket else ""
    return f'site = "{site}"\nnode = "{node}"\n\n[gpio]\nfactory = "{factory}"\n{simulation}'
