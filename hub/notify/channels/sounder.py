"""Sounder and lamp on the hub's own pins. They are levels, not pulses: on as long as a call rings, whoever dies."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

from gpiozero import GPIOZeroError, OutputDevice

from hub.core.state import Call, State
from hub.notify.channels.channel import Handed, Letter, Told, Unsent
from hub.site_directory.settings import SounderSettings
from wire import messages as m

_FACTORIES: dict[str, tuple[str, str]] = {
    "lgpio": ("gpiozero.pins.lgpio", "LGPIOFactory"),
    "rpigpio": ("gpiozero.pins.rpigpio", "RPiGPIOFactory"),
    "mock": ("gpiozero.pins.mock", "MockFactory"),
}


def _device_errors() -> tuple[type[Exception], ...]:
    """What gpiozero and the library below it raise when the pins fail; lgpio's own error is none of the others."""
    lgpio = sys.modules.get("lgpio")
    return (GPIOZeroError, OSError, RuntimeError, *((lgpio.error,) if lgpio else ()))


def rings(state: State) -> bool:
    """Whether somebody's call is still unanswered, and is one that sounds."""
    return any(call.life == "ringing" and call.sounded for call in state.all(Call))


class Sounder:
    """Opens its pins at the first use."""

    name: m.Channel = "sounder"
    lease_s = 10

    def __init__(self, settings: SounderSettings, folder: str) -> None:
        """`folder`: where lgpio may write its notification files."""
        self._settings = settings
        self._folder = folder
        self._devices: list[Any] = []

    def send(self, letter: Letter) -> Handed:
        """Switch it on. Raises Unsent."""
        self.set(on=True)
        return Handed()

    def turn(self, hub: Told, help_wanted: bool) -> None:
        """On as long as a call rings, or help is called. Raises Unsent."""
        self.set(help_wanted or rings(hub.look()[0]))

    def set(self, on: bool) -> None:
        """Sounder and lamp on or off. Raises Unsent."""
        try:
            for device in self._open():
                if bool(device.value) != on:
                    device.value = on
        except _device_errors() as error:
            self.close()
            raise Unsent(f"the hub's sounder cannot be switched: {type(error).__name__}") from None

    @property
    def on(self) -> bool:
        """Whether it sounds."""
        return bool(self._devices) and bool(self._devices[0].value)

    def test(self) -> str:
        """Read the pins back: nothing sounds. Raises Unsent."""
        try:
            values = [bool(device.value) for device in self._open()]
        except _device_errors() as error:
            self.close()
            raise Unsent(f"the hub's sounder cannot be read: {type(error).__name__}") from None
        return f"{len(values)} pins"

    def close(self) -> None:
        """Let go of the pins, which are off then."""
        devices, self._devices = self._devices, []
        for device in devices:
            device.close()

    def _open(self) -> list[Any]:
        if not self._devices:
            module, kind = _FACTORIES[self._settings.factory]
            # lgpio writes notification files into its working folder, which is the current one unless this is set.
            os.environ.setdefault("LG_WD", self._folder)
            try:
                factory = getattr(import_module(module), kind)()
            except ImportError as error:
                raise Unsent(f"this machine lacks a library for the pins: {error.name}") from None
            pins = [self._settings.sounder, *([] if self._settings.lamp is None else [self._settings.lamp])]
            self._devices = [OutputDevice(pin, initial_value=False, pin_factory=factory) for pin in pins]
        return self._devices
