"""Pins: the factory that the configuration names, and the two-state inputs.

Edges only say that something happened; levels are the truth, so every input is read again at least once a second.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from gpiozero import GPIOZeroError, InputDevice

from firmware.core.effects import Contact, Input
from firmware.setup.config import Factory
from wire.board import Terminal

Put = Callable[[Input], None]
"""Hands an input to the loop; never blocks."""
Mono = Callable[[], int]
"""Milliseconds since the node's boot."""

_FACTORIES: dict[Factory, tuple[str, str]] = {
    "lgpio": ("gpiozero.pins.lgpio", "LGPIOFactory"),
    "rpigpio": ("gpiozero.pins.rpigpio", "RPiGPIOFactory"),
    "mock": ("firmware.devices.simulated.metal", "SimulatedFactory"),
}

_OLDEST_EDGE_S = 10.0
"""An edge that claims to be older has another clock than we think."""


class PinsUnavailable(Exception):
    """The factory that the configuration names cannot be had here."""


def device_errors() -> tuple[type[Exception], ...]:
    """What the libraries below gpiozero raise when the metal fails."""
    lgpio = sys.modules.get("lgpio")
    own = (lgpio.error,) if lgpio else ()
    return (GPIOZeroError, OSError, RuntimeError, *own)


def make_factory(name: Factory, state: Path) -> Any:
    """The named pin factory and no other. Raises PinsUnavailable."""
    module, kind = _FACTORIES[name]
    # lgpio writes notification files into its working folder, which is the current one unless this is set.
    os.environ.setdefault("LG_WD", str(state))
    try:
        return getattr(import_module(module), kind)()
    except ImportError as error:
        raise PinsUnavailable(f'gpio.factory = "{name}": this machine lacks a library for it ({error})') from None
    except device_errors() as error:
        raise PinsUnavailable(f'gpio.factory = "{name}" cannot be used on this machine: {error}') from None


class Inputs:
    """Every two-state input of the board: a contact to ground with a pull-up."""

    def __init__(self, factory: Any, terminals: Sequence[Terminal], put: Put, mono: Mono) -> None:
        """Raises one of device_errors for a pin that cannot be had."""
        self._inputs = [
            _Watched(factory, terminal.number, terminal.gpio, put, mono)
            for terminal in terminals
            if terminal.gpio is not None
        ]

    def reread(self) -> None:
        """Hand in the level of every input as it is now."""
        for one in self._inputs:
            one.reread()

    def close(self) -> None:
        """Release the pins."""
        for one in self._inputs:
            one.close()


class _Watched:
    def __init__(self, factory: Any, terminal: int, gpio: int, put: Put, mono: Mono) -> None:
        self._factory = factory
        self._terminal = terminal
        self._put = put
        self._mono = mono
        self._newest = 0
        # An edge and a reading may come at once; the lock keeps their times in the order in which they are handed in.
        self._lock = threading.Lock()
        self._device = InputDevice(gpio, pull_up=True, pin_factory=factory)
        # gpiozero's bounce_time drops edges: none is set, debouncing is the core's.
        self._device.pin.edges = "both"
        self._device.pin.when_changed = self._changed

    def _changed(self, ticks: Any, state: Any) -> None:
        # The edge has the time of the kernel, which is earlier than this thread's turn.
        age = self._factory.ticks_diff(self._factory.ticks(), ticks)
        self._hand_in(not state, round(age * 1000) if 0 <= age < _OLDEST_EDGE_S else 0)

    def reread(self) -> None:
        with self._lock:
            closed = bool(self._device.is_active)
            self._newest = max(self._newest, self._mono())
            self._put(Contact(self._terminal, closed, self._newest))

    def _hand_in(self, closed: bool, age: int) -> None:
        with self._lock:
            self._newest = max(self._newest, self._mono() - age)
            self._put(Contact(self._terminal, closed, self._newest))

    def close(self) -> None:
        self._device.close()
