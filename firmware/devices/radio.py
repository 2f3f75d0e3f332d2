"""Wireless equipment of the computer itself: where secrets are kept there is none, so finding any is a fault.

The kernel lists it by itself; an interface that is only switched off is still there, and can be switched on.
"""

from __future__ import annotations

from pathlib import Path

from firmware.core.effects import PartFailed
from firmware.devices.gpio import Mono, Put

SYS = Path("/sys")
EVERY_MS = 10_000
"""An adapter that is plugged in is noticed within this time."""


def found(sys: Path = SYS) -> tuple[str, ...]:
    """Names of the wireless interfaces and Bluetooth controllers that the kernel has."""
    networks = [one for one in (sys / "class/net").glob("*") if any((one / mark).exists() for mark in MARKS)]
    return tuple(sorted(one.name for one in (*networks, *(sys / "class/bluetooth").glob("*"))))


MARKS = ("wireless", "phy80211")
"""What the kernel puts into the folder of a network interface that is a radio."""


class Radios:
    """Looks for radios periodically; reports those found, and when none is left."""

    def __init__(self, put: Put, mono: Mono, sys: Path = SYS) -> None:
        self._put = put
        self._mono = mono
        self._sys = sys
        self._next = 0
        self._told: tuple[str, ...] = ()

    def look(self) -> None:
        """Look, if it is time."""
        if self._mono() < self._next:
            return
        self._next = self._mono() + EVERY_MS
        names = found(self._sys)
        if names != self._told:
            self._told = names
            what = ", ".join(names) or "no wireless interface is there any more"
            self._put(PartFailed("wireless", bool(names), what[:200]))
