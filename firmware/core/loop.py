"""A supervised loop: from the converter's raw count to resistance to level.

The loop hangs on a pull-up to the converter's own reference, so raw / full scale = R / (R + pull-up), whatever the
supply. Normal is the series resistor alone, active both resistors in line (hardware/terminals.toml).

    resistance          level
    up to 1/4 series    short
    series     ± 15 %   normal
    both       ± 15 %   active
    from 3 × both       open circuit

15 % holds resistors of 5 % with 400 ohm of cable. A loop keeps a level that it has while within 20 % of it.
What fits nothing may be a contact on its way from one level to the other: it stays with the level before for up to
UNFIT_MS. A resistance that goes on fitting nothing is somebody's work on the cable and is never normal: below the
series resistor it is told as short, above it as open circuit.

While sealed, the loop of a seal is held to what it measured when it was sealed: somebody who puts another resistor in
the place of the seal must hit that value, and not only the band. See hardware/loops.md for the tolerance.
"""

from __future__ import annotations

import math

from wire.board import Converter
from wire.messages import Level

ENTER = 0.15
"""Share of the nominal resistance by which a loop may be off to be given a level."""
STAY = 0.20
"""The same to keep the level that it has."""
SHORT_BELOW = 0.25
"""Share of the series resistor up to which a loop is short."""
OPEN_ABOVE = 3.0
"""Multiple of both resistors from which a loop is open."""
DRIFT = 0.03
"""Share by which the loop of a seal may differ from what it measured when it was sealed."""
UNFIT_MS = 200
"""How long a resistance may fit nothing before it is a tamper."""


def ohms(converter: Converter, raw: int) -> float:
    """Resistance of the loop in ohm; infinite at full scale."""
    if raw >= converter.full_scale:
        return math.inf
    raw = max(raw, 0)
    return converter.pull_up_ohm * raw / (converter.full_scale - raw)


def raw_for(converter: Converter, level: Level) -> int:
    """Raw count of a loop that has this level. For the simulator and tests."""
    resistance = _nominal(converter)
    if level == "open-circuit":
        return converter.full_scale
    if level == "short":
        return 0
    return round(converter.full_scale * resistance[level] / (resistance[level] + converter.pull_up_ohm))


class Loop:
    """One loop, with the memory that hysteresis needs."""

    def __init__(self, converter: Converter) -> None:
        self.measured: float | None = None
        """The newest resistance, in ohm; None before the first."""
        self.baseline: float | None = None
        """While sealed: the resistance that normal is held to, in ohm."""
        self._converter = converter
        self._level: Level | None = None
        self._unfit_since: int | None = None

    def read(self, raw: int, at: int) -> Level:
        """Level of the loop, given its raw count at `at` (milliseconds since boot)."""
        resistance = self.measured = ohms(self._converter, raw)
        fits = self._fit(resistance)
        if fits:
            self._level, self._unfit_since = fits, None
            return fits
        if self._unfit_since is None:
            self._unfit_since = at
        if self._level is None or at - self._unfit_since >= UNFIT_MS:
            expected = self.baseline or self._converter.series_ohm
            self._level = "short" if resistance < expected else "open-circuit"
        return self._level

    def _fit(self, resistance: float) -> Level | None:
        nominal = _nominal(self._converter)
        if resistance <= nominal["normal"] * SHORT_BELOW:
            return "short"
        if resistance >= nominal["active"] * OPEN_ABOVE:
            return "open-circuit"
        for level, ohm in nominal.items():
            tolerance = STAY if level == self._level and self._unfit_since is None else ENTER
            if level == "normal" and self.baseline is not None:
                ohm, tolerance = self.baseline, DRIFT
            if abs(resistance - ohm) <= ohm * tolerance:
                return level
        return None


def _nominal(converter: Converter) -> dict[Level, float]:
    return {"normal": converter.series_ohm, "active": converter.series_ohm + converter.parallel_ohm}
