"""The node board as `hardware/terminals.toml` states it: one file that firmware and site checker both read."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from wire import settings
from wire.messages import InputKind


class Terminal(Struct, frozen=True, forbid_unknown_fields=True):
    """A screw terminal: a two-state one has a BCM pin, a supervised one a channel of the converter."""

    number: int
    input: InputKind
    gpio: int | None = None
    channel: int | None = None


class Converter(Struct, frozen=True, forbid_unknown_fields=True):
    """The analogue converter, its SPI pins (BCM) and the resistors of every loop, in ohm."""

    clock: int
    mosi: int
    miso: int
    select: int
    full_scale: int
    pull_up_ohm: float
    series_ohm: float
    parallel_ohm: float


class ReaderPort(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a badge reader is connected, and the pins (BCM) of its lamps and buzzer."""

    port: str
    device: str
    baud: int
    green: int
    red: int
    buzzer: int


class Outputs(Struct, frozen=True, forbid_unknown_fields=True):
    """Pins (BCM) of what the node itself shows and sounds."""

    sounder: int
    lamp: int


class Board(Struct, frozen=True, forbid_unknown_fields=True):
    """A node board, whole."""

    board: str
    terminal: tuple[Terminal, ...]
    converter: Converter
    reader: tuple[ReaderPort, ...]
    outputs: Outputs


def load() -> Board:
    """Read the board file that lies in this distribution. Raises settings.SettingsError."""
    return settings.load(Path(__file__).parent.parent / "hardware" / "terminals.toml", Board)
