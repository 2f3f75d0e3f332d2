"""Which alarm a point's level is: by its kind, and by how its area stands."""

from __future__ import annotations

from collections.abc import Mapping

from hub.core.alarms.kinds import COLUMNS, Column
from wire import messages as m
from wire.points import KINDS

_SEALED, _SET, _SAFE = "opened-while-sealed", "opened-while-set", "safe-opened-while-set"
IN_OVERTIME = "safe-opened-in-overtime"

ACTIVE: Mapping[m.PointKind, tuple[str | None, ...]] = {
    # kind          unset, overtime, out of hours, set in hours, set out of hours, sealed
    "door": (None, None, None, _SET, _SET, _SEALED),
    "gate": (None, None, None, _SET, _SET, _SEALED),
    "window": (None, None, "window-out-of-hours", _SET, _SET, _SEALED),
    "safe": (None, IN_OVERTIME, "opened-out-of-hours", _SAFE, _SAFE, _SEALED),
    "bolt": (None, IN_OVERTIME, "opened-out-of-hours", _SAFE, _SAFE, _SEALED),
    "cabinet": (None, None, "opened-out-of-hours", _SET, _SET, _SEALED),
    "seal": (None, None, None, "seal-broken", "seal-broken", "seal-broken"),
    "tamper": ("tamper",) * 6,
    "water": ("water",) * 6,
    "smoke": ("smoke",) * 6,
    "panic": ("panic",) * 6,
    "exit-button": (None,) * 6,
    "set-button": (None,) * 6,
}
"""What a point is that is active, by its kind and how its area stands; None: it is on record. How urgent that is says
the table of kinds. Out of hours what is opened inside is one alarm an area, and none where a badge answers for it."""

FAULTY: Mapping[bool, tuple[str, ...]] = {
    # it is a seal, by the same columns
    False: ("loop-tamper",) * 6,
    True: ("loop-tamper",) * 3 + ("seal-broken",) * 3,
}
"""What a loop is that is cut or shorted. A button's may be."""

EVERYDAY: tuple[str, ...] = ("opened-out-of-hours", "window-out-of-hours")
"""Those that are one alarm an area."""

AT_A_POINT: tuple[str, ...] = (
    _SEALED,
    _SET,
    _SAFE,
    "seal-broken",
    "loop-tamper",
    "held-open",
    *(kind.always for kind in KINDS.values() if kind.always),
)
"""Alarms that last as long as a point is not normal."""


def alarm_of_level(kind: m.PointKind, level: m.Level, column: Column) -> str | None:
    """Which alarm a level is."""
    if level == "normal" or KINDS[kind].pressed:
        return None
    row = ACTIVE[kind] if level == "active" else FAULTY[KINDS[kind].seal]
    return row[COLUMNS.index(column)]
