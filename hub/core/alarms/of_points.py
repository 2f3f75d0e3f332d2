"""Which alarm a point's level is."""

from __future__ import annotations

from wire import messages as m
from wire.points import KINDS

AT_A_POINT: tuple[str, ...] = (
    "opened-while-sealed",
    "seal-broken",
    "loop-tamper",
    "held-open",
    *(kind.always for kind in KINDS.values() if kind.always),
)
"""Alarms that last as long as a point is not normal."""


def alarm_of_level(kind: m.PointKind, level: m.Level, sealed: bool) -> str | None:
    """Which alarm a level is. An exit button and an unsealed door may be active; a cut or shorted loop never may."""
    point = KINDS[kind]
    if level == "normal" or point.leave:
        return None
    if point.seal and sealed:
        return "seal-broken"
    if level in ("open-circuit", "short"):
        return "loop-tamper"
    return point.always or ("opened-while-sealed" if sealed else None)
