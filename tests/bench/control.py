"""The control of a ratio: how much slower than alone two processes of pure arithmetic get on, here and now.

What is compared takes turns on one machine, but engine, broker and clients are several processes, and the floor is one
fewer: whoever else wants the processors slows them unequally. Two processes that only count show how much is left.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_SPIN = """
import time
wall, own = time.perf_counter(), time.process_time()
sum(range(8_000_000))
print((time.perf_counter() - wall) / (time.process_time() - own))
"""


def slowdown() -> float:
    """Time by the clock to processor time of the slower of two processes at once: 1 when each had a processor."""
    both = [subprocess.Popen([sys.executable, "-c", _SPIN], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    return max(float(one.communicate()[0]) for one in both)


def beside(measure: Callable[[], T]) -> tuple[T, float]:
    """What was measured, and the larger slowdown of those just before and just after it."""
    before = slowdown()
    found = measure()
    return found, max(before, slowdown())
