"""All devices of one node, opened as the configuration says; the firmware above sees no difference when simulated."""

from __future__ import annotations

import contextlib
from typing import Any

from firmware.devices import gpio
from firmware.devices.adc import Loops
from firmware.devices.gpio import Inputs, Mono, PinsUnavailable, Put
from firmware.devices.outputs import Outputs
from firmware.devices.radio import Radios
from firmware.setup.config import Place
from wire.board import Board
from wire.messages import Plan

SCAN_S = 0.010
"""A loop is read this often, so that an opening of 50 ms is seen several times."""
READY_S = 0.5
SCAN_SIMULATED_S = 0.020
"""Simulated nodes share one machine; 20 ms still sees every opening of 50 ms twice."""


class Devices:
    """Inputs, loops, readers and outputs. `close` gives everything back, also after half an `__init__`."""

    def __init__(self, board: Board, place: Place, put: Put, mono: Mono) -> None:
        """Raises PinsUnavailable."""
        self._board = board
        self._place = place
        self._put = put
        self._mono = mono
        self._readers: dict[str, Any] = {}
        self._plan: Plan | None = None
        self._open = contextlib.ExitStack()
        self.simulated: Any = None
        name = place.config.gpio.factory
        factory = gpio.make_factory(name, place.state)
        self._open.callback(factory.close)
        try:
            if name == "mock":
                self._simulate(factory)
            inputs = Inputs(factory, board.terminal, put, mono)
            self._open.callback(inputs.close)
            self.outputs = Outputs(factory, board.outputs, board.reader)
            self._open.callback(self.outputs.close)
        except gpio.device_errors() as error:
            self._open.close()
            raise PinsUnavailable(f'gpio.factory = "{name}": a pin cannot be had: {error}') from None
        self._inputs = inputs
        period = SCAN_SIMULATED_S if self.simulated else SCAN_S
        self._loops = Loops(factory, board.converter, board.terminal, period, put, mono)
        self._open.callback(self._loops.close)
        self._radios = Radios(put, mono)

    def start(self) -> None:
        """Hand in every input once, then go on scanning."""
        self._inputs.reread()
        self._loops.start()

    def use(self, plan: Plan) -> None:
        """Read what the plan names; what was not read before is handed in before this returns."""
        if plan == self._plan:
            return
        self._plan = plan
        if self.simulated:
            self.simulated.use(plan)
        self._loops.use(point.terminal for point in plan.points if point.input == "supervised")
        self._inputs.reread()
        wanted = {reader.port for reader in plan.readers}
        for gone in self._readers.keys() - wanted:
            self._readers.pop(gone).close()
        for port in self._board.reader:
            if port.port in wanted and port.port not in self._readers:
                self._readers[port.port] = self._reader(port.port, port.device, port.baud)

    def reread(self) -> None:
        """Hand in the level of every two-state input; the loops do that by themselves. Look for radios."""
        self._inputs.reread()
        if not self.simulated:  # whatever runs a demonstration may have what it likes
            self._radios.look()

    def close(self) -> None:
        """Stop all threads and give everything back, outputs off."""
        for reader in self._readers.values():
            reader.close()
        self._open.close()

    def _simulate(self, factory: Any) -> None:
        from firmware.devices.simulated.metal import SimulatedBoard

        socket = self._place.socket
        kept = socket.with_suffix(".json") if socket else self._place.state / "simulated.json"
        with contextlib.suppress(OSError):  # nothing of the metal is kept then
            kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.simulated = SimulatedBoard(factory, self._board, kept)
        self._open.callback(self.simulated.close)

    def _reader(self, port: str, device: str, baud: int) -> Any:
        from firmware.devices.serial_reader import SerialReader  # pyserial only where there is a reader

        override = self._place.config.reader.get(port)
        if override:
            device = override.device
        elif self.simulated:
            device = self.simulated.device(port)
        reader = SerialReader(port, device, baud, self._put, self._mono)
        if self.simulated:
            reader.ready.wait(READY_S)  # opening a line drops what had come before: a person would show the badge again
        return reader
