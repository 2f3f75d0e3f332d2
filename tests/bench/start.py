"""How long a command keeps whoever types it: the processor time that it needs itself, whatever else is running."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

from tests.bench.report import Figure

WANTED_S = {
    ("hub", "--help"): 0.3,
    ("hub", "--version"): 0.3,
    ("demo", "--help"): 0.3,
    ("demo.sim", "--help"): 0.3,
    ("firmware", "--help"): 0.3,
    ("hub", "status"): 0.3,
    ("hub", "journal"): 0.3,
}
"""By side and word."""


def figures(root: Path, times: int) -> list[Figure]:
    """Of a site in `root`, each command so many times, beside a Python that does nothing."""
    found = [Figure("python -c pass", _median(["-c", "pass"], times), "s", "user time of a Python that does nothing")]
    for (side, word), wanted in WANTED_S.items():
        spent = _median(["-P", "-m", side, "--dir", str(root), word], times)
        said = f"user time of the side {side}, median of {times}"
        found.append(Figure(f"{side} {word}", spent, "s", said, wanted=wanted))
    return found


def _median(words: list[str], times: int) -> float:
    return statistics.median(_user_s(words) for _ in range(times))


def _user_s(words: list[str]) -> float:
    process = subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, words)
    return used.ru_utime
