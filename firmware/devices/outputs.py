"""What the node shows and sounds: lamps and buzzer of every reader, its own sounder, its own lamp.

Patterns are a table of steps. The loop calls `advance` at least ten times a second; nothing here blocks or waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from gpiozero import OutputDevice

from firmware.core.effects import ReaderShows
from wire.board import Outputs as OutputPins
from wire.board import ReaderPort

BLINK_MS = 250


class _Step(NamedTuple):
    ms: int
    """How long; 0 is until something else is shown."""
    green: bool
    red: bool
    buzzer: bool


_IDLE = _Step(0, green=False, red=False, buzzer=False)
_PATTERNS: dict[str, tuple[_Step, ...]] = {
    "granted": (_Step(150, green=True, red=False, buzzer=True), _Step(0, green=True, red=False, buzzer=False)),
    "denied": (
        _Step(150, green=False, red=True, buzzer=True),
        _Step(100, green=False, red=True, buzzer=False),
        _Step(150, green=False, red=True, buzzer=True),
        _Step(100, green=False, red=True, buzzer=False),
        _Step(150, green=False, red=True, buzzer=True),
        _Step(0, green=False, red=True, buzzer=False),
    ),
    "counted": (_Step(300, green=True, red=False, buzzer=True), _IDLE),
    "unsealing": (
        _Step(250, green=False, red=True, buzzer=True),
        _Step(250, green=True, red=False, buzzer=False),
        _Step(250, green=False, red=True, buzzer=False),
        _Step(250, green=True, red=False, buzzer=False),
        _IDLE,
    ),
    "changing": (
        _Step(250, green=True, red=True, buzzer=True),
        _Step(250, green=False, red=False, buzzer=False),
        _Step(250, green=True, red=True, buzzer=True),
        _IDLE,
    ),
    "setting": (
        _Step(50, green=True, red=False, buzzer=True),
        _Step(450, green=True, red=False, buzzer=False),
        _IDLE,
    ),
    "set": (_Step(1500, green=True, red=False, buzzer=True), _IDLE),
    "not-set": (
        _Step(250, green=False, red=True, buzzer=False),
        _Step(250, green=False, red=False, buzzer=False),
        _Step(250, green=False, red=True, buzzer=False),
        _Step(250, green=False, red=False, buzzer=False),
        _Step(1500, green=False, red=True, buzzer=True),
        _IDLE,
    ),
    "inside": (
        _Step(300, green=False, red=True, buzzer=True),
        _Step(300, green=True, red=False, buzzer=False),
        _Step(300, green=False, red=True, buzzer=True),
        _Step(300, green=True, red=False, buzzer=False),
        _Step(300, green=False, red=True, buzzer=True),
        _Step(300, green=True, red=False, buzzer=False),
        _IDLE,
    ),
    "closing": (
        _Step(150, green=False, red=False, buzzer=True),
        _Step(200, green=False, red=False, buzzer=False),
        _Step(150, green=False, red=False, buzzer=True),
        _IDLE,
    ),
    "off": (_IDLE,),
}


class Outputs:
    """Every output of the board. All are off at first."""

    def __init__(self, factory: Any, pins: OutputPins, readers: Sequence[ReaderPort]) -> None:
        """Raises one of gpio.device_errors for a pin that cannot be had."""
        self._sounder = OutputDevice(pins.sounder, pin_factory=factory)
        self._lamp = OutputDevice(pins.lamp, pin_factory=factory)
        self._readers = {one.port: _Reader(factory, one) for one in readers}
        self._lamp_on = False
        self._trouble = False

    def sounder(self, on: bool) -> None:
        """Switch the node's own sounder."""
        self._sounder.value = on

    def lamp(self, on: bool) -> None:
        """Switch the node's own lamp."""
        self._lamp_on = on
        if not self._trouble:
            self._lamp.value = on

    def trouble(self, on: bool, now: int) -> None:
        """Blink the node's lamp, whatever else it shows, while a person must repair the node (its disk, its papers)."""
        self._trouble = on
        self._lamp.value = (now // BLINK_MS % 2 == 0) if on else self._lamp_on

    def show(self, what: ReaderShows, now: int) -> None:
        """Show an answer at a reader. `now`: milliseconds since boot."""
        reader = self._readers.get(what.port)
        if reader:
            reader.begin(_PATTERNS[what.answer], now)

    def advance(self, now: int) -> int | None:
        """Time has passed. Returns when the next step of a pattern is due, None if nothing is."""
        due = [at for reader in self._readers.values() if (at := reader.advance(now)) is not None]
        return min(due, default=None)

    def close(self) -> None:
        """Switch everything off, and release the pins."""
        for device in (self._sounder, self._lamp):
            device.close()
        for reader in self._readers.values():
            reader.close()


class _Reader:
    def __init__(self, factory: Any, pins: ReaderPort) -> None:
        self._devices = [OutputDevice(pin, pin_factory=factory) for pin in (pins.green, pins.red, pins.buzzer)]
        self._steps: tuple[_Step, ...] = ()
        self._due: int | None = None

    def begin(self, steps: tuple[_Step, ...], now: int) -> None:
        self._steps = steps
        self._next(now)

    def advance(self, now: int) -> int | None:
        while self._due is not None and now >= self._due:
            self._next(self._due)
        return self._due

    def _next(self, now: int) -> None:
        step, self._steps = self._steps[0], self._steps[1:]
        for device, on in zip(self._devices, step[1:], strict=True):
            device.value = on
        self._due = now + step.ms if step.ms else None

    def close(self) -> None:
        for device in self._devices:
            device.close()
