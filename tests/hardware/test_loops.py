"""The tables of hardware/loops.md and hardware/wiring.md, computed again."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

import hardware
from firmware.core.loop import DRIFT, Loop
from wire import board
from wire.messages import Level

FOLDER = Path(hardware.__file__).parent
BOARD = board.load()
CONVERTER = BOARD.converter
SUPPLY = 3.3
PULL_UP_TOLERANCE = 0.01
LEVELS: list[Level] = ["short", "normal", "active", "open-circuit"]
OHMS = {
    "short": 0.0,
    "normal": CONVERTER.series_ohm,
    "active": CONVERTER.series_ohm + CONVERTER.parallel_ohm,
    "open-circuit": math.inf,
}


def rows(file: str, heading: str) -> list[list[str]]:
    """Cells of the first table under a heading, without its head."""
    section = (FOLDER / file).read_text("utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def share(ohm: float, pull_up: float = CONVERTER.pull_up_ohm) -> float:
    return 1.0 if math.isinf(ohm) else ohm / (ohm + pull_up)


def counts(ohm: float, pull_up: float = CONVERTER.pull_up_ohm) -> int:
    return round(CONVERTER.full_scale * share(ohm, pull_up))


def spread(ohm: float, tolerance: float) -> tuple[int, int]:
    """Counts in the worst case to either side."""
    pull_up = CONVERTER.pull_up_ohm
    return (
        counts(ohm * (1 - tolerance), pull_up * (1 + PULL_UP_TOLERANCE)),
        counts(ohm * (1 + tolerance), pull_up * (1 - PULL_UP_TOLERANCE)),
    )


def test_the_table_of_levels_is_what_the_formula_gives() -> None:
    for cells, level in zip(rows("loops.md", "What a meter and the converter show"), LEVELS, strict=True):
        ohm = OHMS[level]
        said = [cells[0].replace(" ", "-"), *cells[1:]]
        ranges = [spread(ohm, tolerance) for tolerance in (0.01, 0.05)]
        shown = [str(low) if low == high else f"{low} to {high}" for low, high in ranges]
        resistance = "open" if math.isinf(ohm) else f"{ohm:.0f} Ω"
        assert said == [level, resistance, f"{SUPPLY * share(ohm):.3f}", str(counts(ohm)), *shown]


@pytest.mark.parametrize("tolerance", [0.0, 0.01, 0.05])
@pytest.mark.parametrize("level", LEVELS)
def test_the_firmware_reads_every_resistor_within_its_tolerance_rightly(level: Level, tolerance: float) -> None:
    for raw in spread(OHMS[level], tolerance):
        assert Loop(CONVERTER).read(raw, 0) == level


def test_the_table_of_lines_is_where_the_firmware_draws_them() -> None:
    settled: dict[str, list[int]] = {level: [] for level in LEVELS}
    for raw in range(CONVERTER.full_scale + 1):
        loop = Loop(CONVERTER)
        fits = loop._fit(math.inf if raw == CONVERTER.full_scale else raw * CONVERTER.pull_up_ohm / (4095 - raw))
        if fits:
            settled[fits].append(raw)
    for cells, level in zip(rows("loops.md", "Where the firmware draws the lines"), LEVELS, strict=True):
        assert [cells[3].replace(" ", "-"), int(cells[0]), int(cells[1])] == [
            level,
            settled[level][0],
            settled[level][-1],
        ]


def test_a_loop_between_two_levels_is_never_normal() -> None:
    for raw in (1000, 1800, 2300, 2500, 3000, 3400):
        loop = Loop(CONVERTER)
        loop.read(counts(OHMS["normal"]), 0)
        loop.read(raw, 1_000)
        assert loop.read(raw, 1_200) in ("short", "open-circuit")


@pytest.mark.parametrize(("tolerance", "cable"), [(0.05, 415), (0.01, 600)])
def test_a_normal_loop_bears_the_cable_that_is_promised(tolerance: float, cable: int) -> None:
    ohm = OHMS["normal"] * (1 + tolerance) + cable
    assert Loop(CONVERTER).read(counts(ohm, CONVERTER.pull_up_ohm * (1 - PULL_UP_TOLERANCE)), 0) == "normal"


def test_an_honest_loop_stays_well_within_what_a_sealed_seal_is_held_to() -> None:
    kelvin, nominal = 20, OHMS["normal"]
    count = (nominal + CONVERTER.pull_up_ohm) ** 2 / (CONVERTER.pull_up_ohm * CONVERTER.full_scale)
    moves = [500e-6 * kelvin, 100e-6 * kelvin, 16 * 0.0039 * kelvin / nominal, 4 * count / nominal]
    said = [cells[1] for cells in rows("loops.md", "What a sealed seal is held to")]
    assert said == [f"{100 * move:.2f} %" for move in (*moves, sum(moves))]
    assert sum(moves) < DRIFT * 0.6
    text = (FOLDER / "loops.md").read_text("utf-8")
    assert f"within {100 * DRIFT:.0f} % of it, {DRIFT * nominal:.0f} Ω of the nominal" in text


def test_the_terminals_in_the_wiring_guide_are_those_of_the_board() -> None:
    said = [(int(number), kind, pin) for number, kind, pin in rows("wiring.md", "Terminals")]
    assert said == [
        (
            one.number,
            one.input,
            f"GPIO {one.gpio}" if one.gpio is not None else f"converter, channel {one.channel}",
        )
        for one in BOARD.terminal
    ]


def test_the_pins_in_the_wiring_guide_are_those_of_the_board() -> None:
    said = dict(rows("wiring.md", "Readers, sounder, lamp"))
    expected = {"sounder": BOARD.outputs.sounder, "lamp": BOARD.outputs.lamp}
    for port in BOARD.reader:
        expected |= {f"{port.port} green": port.green, f"{port.port} red": port.red, f"{port.port} buzzer": port.buzzer}
    assert said == {name: f"GPIO {pin}" for name, pin in expected.items()}
    text = (FOLDER / "wiring.md").read_text("utf-8")
    assert all(port.device in text for port in BOARD.reader)


def test_no_pin_is_used_twice() -> None:
    pins = [one.gpio for one in BOARD.terminal if one.gpio is not None]
    pins += [CONVERTER.clock, CONVERTER.mosi, CONVERTER.miso, CONVERTER.select]
    pins += [pin for port in BOARD.reader for pin in (port.green, port.red, port.buzzer)]
    pins += [BOARD.outputs.sounder, BOARD.outputs.lamp]
    pins += [14, 15]  # /dev/serial0
    pins += [2, 3]  # the clock chip's bus
    assert len(pins) == len(set(pins))


def test_every_page_of_the_hardware_folder_is_reached_from_its_readme() -> None:
    readme = (FOLDER / "README.md").read_text("utf-8")
    linked = set(re.findall(r"\]\(([a-z-]+\.(?:md|toml))\)", readme))
    assert linked == {one.name for one in FOLDER.iterdir() if one.suffix in (".md", ".toml")} - {"README.md"}
