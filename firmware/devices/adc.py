"""Supervised inputs: a thread reads the analogue converter, channel by channel, all the time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Any

from gpiozero import MCP3208

from firmware.core.effects import PartFailed, Reading
from firmware.devices.gpio import Mono, Put, device_errors
from wire.board import Converter, Terminal

NOISE = 8
"""Counts of 4096 by which a reading may differ from the last one without being news."""
REPEAT_MS = 500
"""A reading is handed in at least this often."""


class Loops:
    """The supervised inputs that are in use. `start` begins to scan them every `period` seconds."""

    def __init__(
        self, factory: Any, converter: Converter, terminals: Iterable[Terminal], period: float, put: Put, mono: Mono
    ) -> None:
        self._factory = factory
        self._converter = converter
        self._channels = {one.number: one.channel for one in terminals if one.channel is not None}
        self._period = period
        self._put = put
        self._mono = mono
        self._inputs: dict[int, Any] = {}
        self._told: dict[int, tuple[int, int]] = {}
        self._failed = False
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="loops", daemon=True)

    def use(self, terminals: Iterable[int]) -> None:
        """Read these terminals from now on; each is read and handed in before this returns."""
        wanted = {number for number in terminals if number in self._channels}
        with self._lock:
            for number in self._inputs.keys() - wanted:
                self._inputs.pop(number).close()
            self._told = {number: told for number, told in self._told.items() if number in wanted}
            try:
                for number in wanted - self._inputs.keys():
                    self._inputs[number] = self._open(self._channels[number])
            except device_errors() as error:
                self._fail(error)
        self.scan()

    def scan(self) -> None:
        """Read every input once, and hand in what is news. A converter that fails is handed in as a failed part."""
        with self._lock:
            try:
                for number, device in self._inputs.items():
                    self._take(number, device.raw_value)
            except device_errors() as error:
                self._fail(error)
                return
            if self._failed and self._inputs:
                self._failed = False
                self._put(PartFailed("loops", False, "the converter answers again"))

    def start(self) -> None:
        """Begin to scan."""
        self._thread.start()

    def close(self) -> None:
        """Stop, and release the pins."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        for device in self._inputs.values():
            device.close()

    def _open(self, channel: int) -> Any:
        pins = self._converter
        return MCP3208(
            channel,
            clock_pin=pins.clock,
            mosi_pin=pins.mosi,
            miso_pin=pins.miso,
            select_pin=pins.select,
            pin_factory=self._factory,
        )

    def _take(self, number: int, raw: int) -> None:
        at = self._mono()
        told = self._told.get(number)
        # raw_value, since gpiozero's value of a count of 0 is not 0.
        if told is None or abs(raw - told[0]) > NOISE or at - told[1] >= REPEAT_MS:
            self._told[number] = (raw, at)
            self._put(Reading(number, raw, at))

    def _fail(self, error: Exception) -> None:
        if not self._failed:
            self._failed = True
            self._put(PartFailed("loops", True, str(error)[:200]))

    def _run(self) -> None:
        due = time.monotonic()
        while not self._stop.wait(max(0.0, due - time.monotonic())):
            try:
                self.scan()
            # A thread that ended would leave every loop as it was, in silence.
            except Exception as error:  # noqa: BLE001 - whatever it is, it is told, and tried again
                self._fail(error)
            due = max(due + self._period, time.monotonic())
