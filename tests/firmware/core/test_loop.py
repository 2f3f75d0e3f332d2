"""A supervised loop tells four levels; a resistance that fits none of them is never normal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.core.loop import Loop, ohms, raw_for
from tests.firmware.core.cast import BOARD
from wire.messages import Level

CONVERTER = BOARD.converter
LEVELS: tuple[Level, ...] = ("normal", "active", "open-circuit", "short")


def raw(ohm: float) -> int:
    return round(CONVERTER.full_scale * ohm / (ohm + CONVERTER.pull_up_ohm))


@pytest.mark.parametrize("level", LEVELS)
def test_the_count_for_a_level_reads_as_that_level(level: Level) -> None:
    assert Loop(CONVERTER).read(raw_for(CONVERTER, level), 0) == level


def test_resistance_follows_from_the_divider() -> None:
    assert ohms(CONVERTER, raw_for(CONVERTER, "normal")) == pytest.approx(4_700, rel=0.01)
    assert ohms(CONVERTER, raw_for(CONVERTER, "active")) == pytest.approx(9_400, rel=0.01)


@pytest.mark.parametrize(
    ("ohm", "level"), [(4_100, "normal"), (5_350, "normal"), (8_050, "active"), (10_750, "active"), (300, "short")]
)
def test_resistors_and_cable_may_be_off_by_15_percent(ohm: float, level: Level) -> None:
    assert Loop(CONVERTER).read(raw(ohm), 0) == level


def test_a_loop_near_the_edge_of_its_band_does_not_flicker() -> None:
    loop = Loop(CONVERTER)
    loop.read(raw(5_300), 0)
    assert {loop.read(raw(ohm), at) for at, ohm in enumerate(range(5_300, 5_600, 20), 1_000)} == {"normal"}


def test_a_contact_on_its_way_passes_through_what_fits_nothing() -> None:
    loop = Loop(CONVERTER)
    assert loop.read(raw_for(CONVERTER, "normal"), 0) == "normal"
    assert loop.read(raw(6_500), 100) == "normal"
    assert loop.read(raw_for(CONVERTER, "active"), 200) == "active"


@pytest.mark.parametrize(("ohm", "level"), [(2_500, "short"), (6_500, "open-circuit"), (15_000, "open-circuit")])
def test_what_goes_on_fitting_nothing_is_a_tamper(ohm: float, level: Level) -> None:
    loop = Loop(CONVERTER)
    loop.read(raw_for(CONVERTER, "normal"), 0)
    loop.read(raw(ohm), 100)
    assert loop.read(raw(ohm), 300) == level


def test_what_fits_nothing_from_the_start_is_a_tamper_at_once() -> None:
    assert Loop(CONVERTER).read(raw(6_500), 0) == "open-circuit"


@given(st.integers(-10, 5_000))
def test_only_the_series_resistor_alone_is_normal(count: int) -> None:
    level = Loop(CONVERTER).read(count, 0)
    assert (level == "normal") == (0.85 * 4_700 <= ohms(CONVERTER, count) <= 1.15 * 4_700)
