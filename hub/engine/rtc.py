"""The machine's own clock, which has a battery: from it the system's is set when the machine starts."""

from __future__ import annotations

from pathlib import Path

CLOCKS = Path("/sys/class/rtc")
DIGITS = 12
"""More has no time in seconds since 1970."""


def read(clocks: Path = CLOCKS) -> int | None:
    """What it shows, in milliseconds since 1970; None when there is none, or it says nothing that is a time.

    Of several it is the one that the system's clock was set from, else the first.
    """
    try:
        found = sorted(clocks.glob("rtc*"))
    except OSError:
        return None
    for clock in (*(one for one in found if _says(one / "hctosys") == b"1"), *found):
        shows = _says(clock / "since_epoch")
        if shows.isdigit() and len(shows) <= DIGITS:
            return int(shows) * 1000
    return None


def _says(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(DIGITS + 8).strip()
    except OSError:  # one whose oscillator has stopped says so in this way
        return b""
