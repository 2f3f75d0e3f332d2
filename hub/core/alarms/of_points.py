"""Which alarm a point's level is."""

from __future__ import annotations

from wire import messages as m

AT_A_POINT = ("opened-while-sealed", "seal-broken", "tamper", "loop-tamper", "held-open")
"""Alarms that last as long as a point is not normal."""


def alarm_of_level(kind: m.PointKind, level: m.Level, sealed: bool) -> str | None:
    """Which alarm a level is. An exit button and an unsealed door may be active; a cut or shorted loop never may."""
    if level == "normal" or kind == "exit-button":
        return None
    if kind == "seal" and sealed:
        return "seal-broken"
    if level in ("open-circuit", "short"):
        return "loop-tamper"
    if kind == "tamper":
        return "tamper"
    return "opened-while-sealed" if sealed else None
