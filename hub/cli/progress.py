"""How far a long command is: one line that is written over on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

TERMINAL_S = 0.5
ELSEWHERE_S = 10
"""Seconds from one line to the next."""
CLEAR = "\r\x1b[K"


@contextmanager
def shown() -> Iterator[Callable[[str, int, int], None]]:
    """Gives a function to call with the current step, how far it is, and the total (0: unknown)."""
    terminal = sys.stderr.isatty()
    every, before, after = (TERMINAL_S, CLEAR, "") if terminal else (ELSEWHERE_S, "", "\n")
    begun = said = time.monotonic()

    def show(what: str, done: int, of: int) -> None:
        nonlocal said
        now = time.monotonic()
        if now - said >= every:
            said = now
            print(f"{before}{what}: {_far(done, of, now - begun)}", end=after, file=sys.stderr, flush=True)

    try:
        yield show
    finally:
        if terminal:
            print(CLEAR, end="", file=sys.stderr, flush=True)


def _far(done: int, of: int, taken_s: float) -> str:
    if not of:
        return f"{done} in {taken_s:.0f} s"
    left = f", {taken_s / done * (of - done):.0f} s left" if done else ""
    return f"{100 * done // of} %{left}"
