"""A seal that is exchanged for a resistor is found out: while sealed its loop is held to what it measured at first."""

from __future__ import annotations

import pytest

from firmware.core.effects import Reading
from tests.firmware.core.cast import BOARD, TERMINALS, Bench, seal_order, working
from wire.messages import LevelChanged, OrderDone, SealBaseline, Sounded

SEAL = "archive/corridor-seal"
SEALED = seal_order(7)
OHMS = 4_800


def raw(ohm: float) -> int:
    return round(BOARD.converter.full_scale * ohm / (ohm + BOARD.converter.pull_up_ohm))


def measure(bench: Bench, ohm: float, seconds: float = 2) -> None:
    """The loop of the seal has this resistance from now on."""
    for _ in range(round(seconds * 10)):
        bench.mono += 100
        bench.step(Reading(TERMINALS[SEAL], raw(ohm), bench.mono))
        bench.beat()
        bench.run(0)


def sealed(ohm: float = OHMS) -> Bench:
    bench = working()
    del bench.levels[SEAL]  # its readings are this test's own
    measure(bench, ohm)
    bench.forget()
    bench.order(SEALED)
    return bench


def levels(bench: Bench) -> list[str]:
    return [record.now for record in bench.told(LevelChanged) if record.point == SEAL]


def test_the_loop_of_each_seal_is_measured_when_the_area_is_sealed_and_told_before_the_order_is_done() -> None:
    bench = sealed()
    (baseline,) = bench.told(SealBaseline)
    assert (baseline.area, baseline.sealing) == ("archive", 7)
    assert baseline.ohms == {SEAL: pytest.approx(OHMS, abs=5)}
    kinds = [type(record) for record in bench.told(SealBaseline, OrderDone)]
    assert kinds == [SealBaseline, OrderDone]


@pytest.mark.parametrize(("ohm", "level"), [(4_600, "short"), (5_000, "open-circuit")])
def test_another_resistor_within_the_band_is_a_broken_seal(ohm: float, level: str) -> None:
    bench = sealed()
    measure(bench, ohm)
    bench.run(0.5)
    assert levels(bench) == [level]
    assert bench.told(Sounded)[-1].on


def test_a_bridge_across_a_seal_whose_resistors_are_not_quite_the_nominal_ones_is_found_out() -> None:
    bench = sealed(4_500)
    measure(bench, 4_700)
    bench.run(0.5)
    assert levels(bench) == ["open-circuit"]


@pytest.mark.parametrize("ohm", [OHMS * 0.98, OHMS * 1.02])
def test_a_loop_that_grows_warm_or_cold_disturbs_nobody(ohm: float) -> None:
    bench = sealed()
    for part in range(1, 11):
        measure(bench, OHMS + (ohm - OHMS) * part / 10, 0.5)
    assert levels(bench) == []


def test_what_it_measured_outlasts_a_power_cut() -> None:
    after = sealed().rebooted()
    del after.levels[SEAL]
    measure(after, 4_600)
    after.run(0.5)
    assert levels(after) == ["short"]


def test_once_unsealed_the_loop_has_its_whole_band_again() -> None:
    bench = sealed()
    bench.unseal()
    measure(bench, 4_300)
    bench.run(0.5)
    assert levels(bench) == []


def test_the_next_sealing_measures_anew() -> None:
    bench = sealed()
    bench.unseal()
    measure(bench, 4_500)
    bench.order(seal_order(8))
    assert [record.ohms[SEAL] for record in bench.told(SealBaseline)] == pytest.approx([OHMS, 4_500], abs=5)
    measure(bench, 4_500)
    assert levels(bench) == []


def test_an_order_that_says_the_same_again_measures_nothing() -> None:
    bench = sealed()
    measure(bench, OHMS * 1.02)
    bench.order(SEALED)
    assert len(bench.told(SealBaseline)) == 1
