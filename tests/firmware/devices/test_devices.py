"""Devices on gpiozero's mock pins, a real pseudo-terminal and the converter's real protocol."""

from __future__ import annotations

import os
import queue
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
import serial
from gpiozero import MCP3208

from firmware.core import loop
from firmware.core.badge import BadgeReader, credential, frame_for
from firmware.core.effects import Contact, Input, PartFailed, ReaderBytes, ReaderShows, Reading
from firmware.core.shows import SHOWN_MS, SIGN_MS, Sign
from firmware.devices import gpio
from firmware.devices.adc import REPEAT_MS, Loops
from firmware.devices.gpio import Inputs, PinsUnavailable
from firmware.devices.outputs import Outputs
from firmware.devices.serial_reader import SerialReader
from firmware.devices.simulated.metal import SimulatedBoard, SimulatedFactory
from firmware.setup.config import Factory
from tests.firmware.house import (
    BADGE_KEY,
    BUTTON,
    CORRIDOR_DOOR,
    IRON_GATE,
    PATIENCE_S,
    PLAN,
    READER,
    WINDOW,
    ZHANG_WEI,
)
from wire import board

BOARD = board.load()
DOOR_PIN = BOARD.terminal[0].gpio


class Receiver:
    """Where devices hand their inputs in; its clock is turned by hand."""

    def __init__(self) -> None:
        self.now = 0
        self.inputs: queue.Queue[Input] = queue.Queue()

    def put(self, item: Input) -> None:
        self.inputs.put(item)

    def mono(self) -> int:
        return self.now

    def next(self) -> Input:
        return self.inputs.get(timeout=PATIENCE_S)

    def all(self) -> list[Input]:
        found = []
        while not self.inputs.empty():
            found.append(self.inputs.get())
        return found


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def factory() -> Iterator[SimulatedFactory]:
    made = SimulatedFactory()
    yield made
    made.close()


@pytest.fixture
def metal(factory: SimulatedFactory, tmp_path: Path) -> Iterator[SimulatedBoard]:
    made = SimulatedBoard(factory, BOARD, tmp_path / "metal.json")
    made.use(PLAN)
    yield made
    made.close()


@pytest.fixture
def inputs(factory: SimulatedFactory, receiver: Receiver) -> Iterator[Inputs]:
    made = Inputs(factory, BOARD.terminal, receiver.put, receiver.mono)
    yield made
    made.close()


@pytest.fixture
def loops(factory: SimulatedFactory, receiver: Receiver) -> Iterator[Loops]:
    made = Loops(factory, BOARD.converter, BOARD.terminal, 0.001, receiver.put, receiver.mono)
    yield made
    made.close()


# ---------------------------------------------------------------- pins


def test_both_edges_of_a_contact_are_handed_in_with_their_times(
    factory: SimulatedFactory, inputs: Inputs, receiver: Receiver
) -> None:
    pin = factory.pin(DOOR_PIN)
    pin.drive_low()
    receiver.now = 1000
    pin.drive_high()
    receiver.now = 1050
    pin.drive_low()
    assert receiver.all() == [Contact(1, True, 0), Contact(1, False, 1000), Contact(1, True, 1050)]


def test_every_level_is_handed_in_again_when_it_is_read_again(
    factory: SimulatedFactory, inputs: Inputs, receiver: Receiver
) -> None:
    factory.pin(DOOR_PIN).drive_low()
    receiver.all()
    receiver.now = 2000
    inputs.reread()
    assert receiver.all() == [Contact(number, number == 1, 2000) for number in range(1, 9)]


def test_an_edge_that_comes_late_keeps_its_own_time(
    factory: SimulatedFactory, inputs: Inputs, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    pin = factory.pin(DOOR_PIN)
    monkeypatch.setattr(factory, "ticks", lambda: 100.0)
    pin.drive_low()
    receiver.all()
    receiver.now = 5000
    super(type(pin), pin)._call_when_changed(99.8, True)
    (edge,) = receiver.all()
    assert isinstance(edge, Contact)
    assert edge.at == 4800


def test_an_edge_is_never_handed_in_as_older_than_what_came_before(
    factory: SimulatedFactory, inputs: Inputs, receiver: Receiver
) -> None:
    pin = factory.pin(DOOR_PIN)
    receiver.now = 5000
    inputs.reread()
    receiver.all()
    super(type(pin), pin)._call_when_changed(factory.ticks() - 3, False)
    assert receiver.all() == [Contact(1, True, 5000)]


@pytest.mark.parametrize("name", ["lgpio", "rpigpio"])
def test_a_factory_that_cannot_be_had_is_named_and_none_takes_its_place(
    name: Factory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "mock")
    with pytest.raises(PinsUnavailable, match=f'gpio.factory = "{name}"'):
        gpio.make_factory(name, tmp_path)


# ---------------------------------------------------------------- the converter


@pytest.mark.parametrize("count", [0, 1, 2047, 2048, 2730, 4094, 4095])
@pytest.mark.parametrize("channel", [0, 3, 7])
def test_the_simulated_converter_is_read_exactly_by_gpiozeros_own_class(
    factory: SimulatedFactory, channel: int, count: int
) -> None:
    factory.counts = [4095 - count] * 8
    factory.set_count(channel, count)
    with MCP3208(channel, pin_factory=factory) as device:
        assert device.raw_value == count


def test_a_loop_is_handed_in_when_it_changes_and_at_least_once_a_second(
    factory: SimulatedFactory, loops: Loops, receiver: Receiver
) -> None:
    factory.set_count(0, 2048)
    loops.use([9])
    assert receiver.all() == [Reading(9, 2048, 0)]
    factory.set_count(0, 2052)
    loops.scan()
    assert receiver.all() == []
    factory.set_count(0, 2730)
    receiver.now = 10
    loops.scan()
    assert receiver.all() == [Reading(9, 2730, 10)]
    receiver.now = 10 + REPEAT_MS
    loops.scan()
    assert receiver.all() == [Reading(9, 2730, 10 + REPEAT_MS)]


def test_only_loops_that_are_in_use_are_read(factory: SimulatedFactory, loops: Loops, receiver: Receiver) -> None:
    loops.use([9, 10])
    assert {item.terminal for item in receiver.all() if isinstance(item, Reading)} == {9, 10}
    loops.use([11])
    assert {item.terminal for item in receiver.all() if isinstance(item, Reading)} == {11}


def test_a_converter_that_fails_is_told_once_and_so_is_its_return(
    factory: SimulatedFactory, loops: Loops, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    loops.use([9])
    receiver.all()

    def fails(*_: object) -> Any:
        raise OSError("the bus is gone")

    monkeypatch.setattr(MCP3208, "raw_value", property(fails))
    loops.scan()
    loops.scan()
    assert receiver.all() == [PartFailed("loops", True, "the bus is gone")]
    monkeypatch.undo()
    loops.scan()
    loops.scan()
    assert receiver.all() == [PartFailed("loops", False, "the converter answers again")]


def test_the_scan_goes_on_after_what_nobody_foresaw(
    factory: SimulatedFactory, loops: Loops, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    loops.use([9])
    receiver.all()

    def fails(*_: object) -> Any:
        raise ZeroDivisionError("of all things")

    with monkeypatch.context() as patch:
        patch.setattr(MCP3208, "raw_value", property(fails))
        loops.start()
        assert receiver.next() == PartFailed("loops", True, "of all things")
    assert receiver.next() == PartFailed("loops", False, "the converter answers again")


def test_the_scan_goes_on_by_itself(factory: SimulatedFactory, loops: Loops, receiver: Receiver) -> None:
    loops.use([9])
    loops.start()
    receiver.next()
    factory.set_count(0, 1000)
    assert receiver.next() == Reading(9, 1000, 0)


# ---------------------------------------------------------------- the reader


def open_again_after(error: Exception, monkeypatch: pytest.MonkeyPatch, receiver: Receiver, device: str) -> str:
    """Opening fails once with this; what was told, once the line is open."""
    real = serial.Serial
    fails = iter([error])

    def opens(*arguments: Any, **more: Any) -> Any:
        for one in fails:
            raise one
        return real(*arguments, **more)

    monkeypatch.setattr(serial, "Serial", opens)
    reader = SerialReader("r1", device, 9600, receiver.put, receiver.mono)
    try:
        failed, back = receiver.next(), receiver.next()
        assert isinstance(failed, PartFailed)
        assert isinstance(back, PartFailed)
        assert (failed.part, failed.failed, failed.port) == ("reader", True, "r1")
        assert (back.part, back.failed, back.port) == ("reader", False, "r1")
        assert reader.ready.wait(PATIENCE_S)
        return failed.detail
    finally:
        reader.close()


@pytest.mark.parametrize("error", [termios.error(5, "Input/output error"), ZeroDivisionError("what nobody foresaw")])
def test_however_a_line_fails_it_is_told_and_opened_again(
    metal: SimulatedBoard, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    detail = open_again_after(error, monkeypatch, receiver, metal.device("r1"))
    assert metal.device("r1") in detail
    assert str(error.args[-1]) in detail


def test_frames_with_a_line_end_come_through_a_real_line_in_pieces(metal: SimulatedBoard, receiver: Receiver) -> None:
    """ID-12LA, ID-20LA."""
    reader = SerialReader("r1", metal.device("r1"), 9600, receiver.put, receiver.mono)
    badges, shown = BadgeReader(BADGE_KEY), list[str]()
    frame = frame_for(ZHANG_WEI)
    try:
        assert reader.ready.wait(PATIENCE_S)
        for piece in (b"\xf8\x00\x80", frame[:7], frame[7:-1] + b"\r", b"\n" + frame[-1:]):
            os.write(metal._ptys["r1"][0], piece)
        while not shown:
            data = receiver.next()
            assert isinstance(data, ReaderBytes)
            shown += badges.feed(data.data, data.at)
    finally:
        reader.close()
    assert shown == [credential(BADGE_KEY, ZHANG_WEI)]
    assert badges.damaged == 1


def test_a_badge_goes_through_a_real_serial_line_to_its_credential(metal: SimulatedBoard, receiver: Receiver) -> None:
    reader = SerialReader("r1", metal.device("r1"), 9600, receiver.put, receiver.mono)
    try:
        assert reader.ready.wait(PATIENCE_S)
        metal.show_badge(READER, ZHANG_WEI)
        badges = BadgeReader(BADGE_KEY)
        found: list[str] = []
        while not found:
            data = receiver.next()
            assert isinstance(data, ReaderBytes)
            found = badges.feed(data.data, data.at)
        assert found == [credential(BADGE_KEY, ZHANG_WEI)]
    finally:
        reader.close()


def test_a_reader_that_is_gone_is_told_and_opened_again_when_it_is_back(tmp_path: Path, receiver: Receiver) -> None:
    device = tmp_path / "serial"
    master, slave = os.openpty()
    reader = SerialReader("r1", str(device), 9600, receiver.put, receiver.mono)
    try:
        failed = receiver.next()
        assert isinstance(failed, PartFailed)
        assert (failed.part, failed.failed, failed.port) == ("reader", True, "r1")
        device.symlink_to(os.ttyname(slave))
        back = receiver.next()
        assert isinstance(back, PartFailed)
        assert (back.part, back.failed) == ("reader", False)
        assert reader.ready.wait(PATIENCE_S)
        os.write(master, frame_for(ZHANG_WEI))
        assert isinstance(receiver.next(), ReaderBytes)
    finally:
        reader.close()
        os.close(master)
        os.close(slave)


def test_a_badge_for_no_reader_and_a_number_that_is_none_are_refused(metal: SimulatedBoard) -> None:
    with pytest.raises(LookupError, match="no reader archive/nothing"):
        metal.show_badge("archive/nothing", ZHANG_WEI)
    with pytest.raises(ValueError, match="ten hexadecimal digits"):
        metal.show_badge(READER, "12")


# ---------------------------------------------------------------- outputs


def test_what_a_reader_shows_runs_without_anybody_waiting(factory: SimulatedFactory) -> None:
    outputs = Outputs(factory, BOARD.outputs, BOARD.reader)
    green, red, buzzer = (
        factory.pin(pin) for pin in (BOARD.reader[0].green, BOARD.reader[0].red, BOARD.reader[0].buzzer)
    )
    outputs.show(ReaderShows("r1", "granted"), 1000)
    assert (green.state, red.state, buzzer.state) == (True, False, True)
    assert outputs.advance(1149) == 1150
    assert outputs.advance(1150) is None
    assert (green.state, buzzer.state) == (True, False)
    outputs.show(ReaderShows("r1", "denied"), 2000)
    sounded = []
    for now in range(2000, 3000, 10):
        outputs.advance(now)
        sounded.append(bool(buzzer.state))
    beeps = sum(1 for before, after in zip([False, *sounded], sounded, strict=False) if after and not before)
    assert beeps == 3
    assert (green.state, red.state, buzzer.state) == (False, True, False)
    outputs.show(ReaderShows("r1", "off"), 4000)
    assert (green.state, red.state, buzzer.state) == (False, False, False)
    outputs.close()


def spells(outputs: Outputs, metal: SimulatedBoard, answer: Any, ms: int = 5_000) -> dict[str, list[int]]:
    """For how long, in ms, each lamp and the buzzer of the reader are on, one after the other, as its hardware says."""
    outputs.show(ReaderShows("r1", answer), 0)
    found: dict[str, list[int]] = {"green": [], "red": [], "buzzer": []}
    on = dict.fromkeys(found, False)
    for now in range(0, ms, 50):
        outputs.advance(now)
        reader = metal.state("demo", "archive-1").readers[READER]
        for name, lengths in found.items():
            if getattr(reader, name) and not on[name]:
                lengths.append(0)
            on[name] = getattr(reader, name)
            if on[name]:
                lengths[-1] += 50
    assert not any(on.values()), "it is dark again by itself"
    return found


@pytest.mark.parametrize(
    ("answer", "green", "red", "buzzer"),
    [
        ("counted", [300], [], [300]),
        ("setting", [500], [], [50]),
        ("set", [1500], [], [1500]),
        ("not-set", [], [250, 250, 1500], [1500]),
        ("inside", [300, 300, 300], [300, 300, 300], [300, 300, 300]),
        ("closing", [], [], [150, 150]),
    ],
)
def test_what_a_reader_shows_of_an_area_that_is_closed_up(
    factory: SimulatedFactory, metal: SimulatedBoard, answer: str, green: list[int], red: list[int], buzzer: list[int]
) -> None:
    outputs = Outputs(factory, BOARD.outputs, BOARD.reader)
    assert spells(outputs, metal, answer) == {"green": green, "red": red, "buzzer": buzzer}
    outputs.close()


def test_whatever_the_core_has_shown_the_hardware_can_show_and_to_its_end(factory: SimulatedFactory) -> None:
    answers = get_args(get_type_hints(ReaderShows)["answer"])
    outputs = Outputs(factory, BOARD.outputs, BOARD.reader)
    for answer in answers:
        outputs.show(ReaderShows("r1", answer), 0)
        now = 0
        while (due := outputs.advance(now)) is not None:
            now = due
        assert now <= SHOWN_MS.get(answer, SIGN_MS), f"{answer} is cut off"
    assert {*SHOWN_MS, *get_args(Sign), "off"} == set(answers)
    outputs.close()


def test_the_lamp_blinks_while_records_cannot_be_kept_and_shows_the_hub_again_after(factory: SimulatedFactory) -> None:
    outputs = Outputs(factory, BOARD.outputs, BOARD.reader)
    lamp = factory.pin(BOARD.outputs.lamp)
    outputs.trouble(True, 0)
    seen = {bool(lamp.state)}
    outputs.trouble(True, 250)
    seen.add(bool(lamp.state))
    assert seen == {True, False}
    outputs.lamp(True)
    outputs.trouble(False, 500)
    assert lamp.state
    outputs.close()


# ---------------------------------------------------------------- the simulated metal


def test_wires_of_a_supervised_point_tell_all_four_levels(
    metal: SimulatedBoard, factory: SimulatedFactory, loops: Loops
) -> None:
    loops.use([9, 10])
    loops.start()
    raw = {level: loop.raw_for(BOARD.converter, level) for level in ("normal", "active", "open-circuit", "short")}
    assert factory.counts[0] == raw["normal"]
    metal.set_open(IRON_GATE, True)
    assert factory.counts[0] == raw["active"]
    metal.set_wire(IRON_GATE, "cut")
    assert factory.counts[0] == raw["open-circuit"]
    metal.set_wire(IRON_GATE, "shorted")
    assert factory.counts[0] == raw["short"]
    metal.set_open(IRON_GATE, False)
    metal.set_wire(IRON_GATE, "whole")
    assert factory.counts[0] == raw["normal"]


def test_a_loop_stands_until_it_was_scanned(metal: SimulatedBoard, factory: SimulatedFactory, loops: Loops) -> None:
    loops.use([9])
    loops.start()
    for number in range(6):
        metal.set_open(IRON_GATE, number % 2 == 0)
        before = factory.read_at[0]
        assert before is None or before <= time.monotonic()
    metal.set_open(WINDOW, True)  # of a channel that nobody scans: given up on, not waited for without end


def test_a_cut_wire_of_a_two_state_point_looks_open_and_a_bridged_one_closed(
    metal: SimulatedBoard, factory: SimulatedFactory
) -> None:
    pin = factory.pin(DOOR_PIN)
    assert not pin.state
    metal.set_wire(CORRIDOR_DOOR, "cut")
    assert pin.state
    metal.set_wire(CORRIDOR_DOOR, "shorted")
    metal.set_open(CORRIDOR_DOOR, True)
    assert not pin.state
    metal.set_wire(CORRIDOR_DOOR, "whole")
    assert pin.state


def test_a_button_that_is_normally_open_closes_when_it_is_pressed(
    metal: SimulatedBoard, factory: SimulatedFactory
) -> None:
    pin = factory.pin(BOARD.terminal[1].gpio)
    assert pin.state
    metal.set_open(BUTTON, True)
    assert not pin.state


def test_what_was_done_to_the_metal_outlives_the_process(metal: SimulatedBoard, tmp_path: Path) -> None:
    metal.set_open(CORRIDOR_DOOR, True)
    metal.set_wire(CORRIDOR_DOOR, "cut")
    metal.set_cable(True)
    later_factory = SimulatedFactory()
    later = SimulatedBoard(later_factory, BOARD, tmp_path / "metal.json")
    later.use(PLAN)
    state = later.state("demo", "archive-1")
    later.close()
    assert (state.points[CORRIDOR_DOOR].open, state.points[CORRIDOR_DOOR].wire) == (True, "cut")
    assert state.cable == "out"
    assert later_factory.pin(DOOR_PIN).state
