"""A simulated board: everything above the pins, the converter and the serial line is the real firmware.

Pins are gpiozero's mock pins; the converter answers the MCP3208's protocol, so gpiozero's own class reads it; a reader
is a pseudo-terminal whose other end pyserial opens. What a person did to the metal outlives the node's process, as
metal does: it is kept in a small file.
"""

from __future__ import annotations

import json
import os
import threading
import time
import tty
from contextlib import suppress
from pathlib import Path
from typing import Any

from gpiozero import SPI
from gpiozero.pins.mock import MockFactory
from msgspec import Struct, structs

from firmware.core.badge import frame_for
from firmware.core.loop import raw_for
from wire.board import Board, Converter, Terminal
from wire.messages import Place, Plan, PlanPoint
from wire.simulation.hardware import NodeState, PointState, ReaderState, Wire

CHANNELS = 8
REST_S = 0.040
"""How long a loop stands as it is, from its first scan, before it can be changed again."""
GIVE_UP_S = 2.0


class SimulatedFactory(MockFactory):  # type: ignore[misc]  # gpiozero has no types
    """Mock pins, and a converter instead of bit-banged SPI."""

    def __init__(self) -> None:
        super().__init__(revision="c03115")  # a Pi 4, whatever GPIOZERO_MOCK_REVISION says
        self.counts = [0] * CHANNELS
        """Raw count of each channel of the converter."""
        self.read_at: list[float | None] = [None] * CHANNELS
        """When the present count of each channel was first read (time.monotonic), None if not yet."""

    def set_count(self, channel: int, count: int) -> None:
        """The converter sees this from now on."""
        if self.counts[channel] != count:
            self.counts[channel] = count
            self.read_at[channel] = None

    def spi(self, **_pins: object) -> SPI:
        """The converter, at the level of whole transfers: bit-banging eight channels would cost a tenth of a core."""
        return Mcp3208(self)


class Mcp3208(SPI):  # type: ignore[misc]
    """Answers the MCP3208's protocol: start bit, single-ended bit, channel; then a null bit and the count."""

    def __init__(self, factory: SimulatedFactory) -> None:
        super().__init__(pin_factory=factory)
        self._factory = factory

    def transfer(self, data: list[int]) -> list[int]:
        """What the converter shifts out while `data` is shifted in."""
        asked = int.from_bytes(bytes(data), "big")
        start = asked.bit_length() - 1
        if start < 18 or not asked >> start - 1 & 1:
            return [0] * len(data)  # no start bit in time, or differential, which this board does not use
        channel = asked >> start - 4 & 7
        answer = self._factory.counts[channel] << start - 18
        if self._factory.read_at[channel] is None:
            self._factory.read_at[channel] = time.monotonic()
        return list(answer.to_bytes(len(data), "big"))

    def _get_bits_per_word(self) -> int:
        return 8

    def close(self) -> None:
        """Nothing to release."""
        super().close()


class _Contact(Struct):
    open: bool = False
    wire: Wire = "whole"


class SimulatedBoard:
    """Wires, readers and lamps of one board. Its methods may be called from any thread."""

    def __init__(self, factory: SimulatedFactory, board: Board, kept: Path) -> None:
        """`kept` is the file in which the state of the metal lies."""
        self._factory = factory
        self._board = board
        self._kept = kept
        self._lock = threading.Lock()
        self._terminals: dict[int, Terminal] = {one.number: one for one in board.terminal}
        self._plan: Plan | None = None
        self._contacts: dict[int, _Contact] = {}
        self._ptys = {one.port: os.openpty() for one in board.reader}
        for _master, slave in self._ptys.values():
            tty.setraw(slave)  # before pyserial opens it: a badge shown then must not be echoed or cut into lines
        self.pulled = False
        self._load()

    def device(self, port: str) -> str:
        """The serial device of a reader port."""
        return os.ttyname(self._ptys[port][1])

    def use(self, plan: Plan) -> None:
        """Set what is connected to the terminals, by the plan. A point that nobody has touched is normal."""
        with self._lock:
            self._plan = plan
            for point in plan.points:
                self._contacts.setdefault(point.terminal, _Contact())
                self._drive(point)

    def set_open(self, place: Place, is_open: bool) -> None:
        """Open or close the thing at a point. Raises LookupError."""
        self._change(place, open=is_open)

    def set_wire(self, place: Place, wire: Wire) -> None:
        """Cut, short or mend the wire to a point. Raises LookupError."""
        self._change(place, wire=wire)

    def set_cable(self, pulled: bool) -> None:
        """Remember that the network cable is out, or in."""
        with self._lock:
            self.pulled = pulled
            self._save()

    def show_badge(self, reader: Place, number: str) -> None:
        """Hold a badge to a reader. Raises LookupError for no such reader, ValueError for no such number."""
        port = next((one.port for one in self._plan.readers if one.place == reader), None) if self._plan else None
        if port is None:
            raise LookupError(f"this node has no reader {reader}")
        os.write(self._ptys[port][0], frame_for(number))

    def state(self, site: str, node: str) -> NodeState:
        """Everything that is set, and everything that shows."""
        with self._lock:
            plan = self._plan
            points = plan.points if plan else ()
            readers = plan.readers if plan else ()
            return NodeState(
                site=site,
                node=node,
                plan=plan.version if plan else 0,
                cable="out" if self.pulled else "in",
                points={one.place: self._point(one) for one in points},
                readers={one.place: self._reader(one.port) for one in readers},
                sounder=self._shows(self._board.outputs.sounder),
                lamp=self._shows(self._board.outputs.lamp),
            )

    def close(self) -> None:
        """Close the pseudo-terminals."""
        for pair in self._ptys.values():
            for descriptor in pair:
                os.close(descriptor)

    # ------------------------------------------------------------ within

    def _change(self, place: Place, **what: Any) -> None:
        points = self._plan.points if self._plan else ()
        point = next((one for one in points if one.place == place), None)
        if point is None:
            raise LookupError(f"this node has no point {place}")
        self._rest(self._terminals[point.terminal].channel)
        with self._lock:
            contact = self._contacts[point.terminal]
            self._contacts[point.terminal] = structs.replace(contact, **what)
            self._drive(point)
            self._save()

    def _rest(self, channel: int | None) -> None:
        """Wait until a loop has been scanned once as it is: on a loaded machine the simulated scan may be late."""
        given_up = time.monotonic() + GIVE_UP_S
        while channel is not None and time.monotonic() < given_up:
            seen = self._factory.read_at[channel]
            if seen is not None and time.monotonic() - seen >= REST_S:
                return
            time.sleep(REST_S / 8)

    def _drive(self, point: PlanPoint) -> None:
        contact, terminal = self._contacts[point.terminal], self._terminals[point.terminal]
        closed = contact.open == (point.normally == "open")
        if terminal.channel is not None:
            self._factory.set_count(terminal.channel, _count(self._board.converter, closed, contact.wire))
            return
        if contact.wire != "whole":
            closed = contact.wire == "shorted"
        pin = self._factory.pin(terminal.gpio)
        if closed:
            pin.drive_low()
        else:
            pin.drive_high()

    def _point(self, point: PlanPoint) -> PointState:
        contact = self._contacts[point.terminal]
        return PointState(contact.open, contact.wire, point.terminal, point.input == "supervised")

    def _reader(self, port: str) -> ReaderState:
        pins = next(one for one in self._board.reader if one.port == port)
        return ReaderState(port, self._shows(pins.green), self._shows(pins.red), self._shows(pins.buzzer))

    def _shows(self, gpio: int) -> bool:
        return bool(self._factory.pin(gpio).state)

    def _load(self) -> None:
        try:
            kept = json.loads(self._kept.read_bytes())
            self.pulled = bool(kept["pulled"])
            self._contacts = {int(number): _Contact(*one) for number, one in kept["contacts"].items()}
        except (OSError, ValueError, KeyError, TypeError):
            return  # nobody has touched anything yet

    def _save(self) -> None:
        kept = {
            "pulled": self.pulled,
            "contacts": {number: (one.open, one.wire) for number, one in self._contacts.items()},
        }
        beside = self._kept.with_suffix(".new")
        with suppress(OSError):  # then the next start finds the metal as it was saved last
            beside.write_text(json.dumps(kept))
            beside.replace(self._kept)


def _count(converter: Converter, closed: bool, wire: Wire) -> int:
    if wire == "cut":
        return raw_for(converter, "open-circuit")
    if wire == "shorted":
        return raw_for(converter, "short")
    return raw_for(converter, "normal" if closed else "active")
