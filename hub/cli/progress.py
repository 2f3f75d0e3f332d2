"""How far a long command is: a bar on a terminal, now and then a plain line elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EVERY_S = 10
"""Seconds between two plain lines."""


@contextmanager
def shown() -> Iterator[Callable[[str, int, int], None]]:
    """Gives a function to call with the current step, how far it is, and the total (0: unknown)."""
    if not sys.stderr.isatty():
        yield _plain_lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda what, done, of: bar.update(task, description=what, completed=done, total=of or None)


def _plain_lines() -> Callable[[str, int, int], None]:
    said = time.monotonic()

    def say(what: str, done: int, of: int) -> None:
        nonlocal said
        if time.monotonic() - said >= EVERY_S:
            said = time.monotonic()
            print(f"{what}: {100 * done // of} %" if of else f"{what}: {done}", file=sys.stderr, flush=True)

    return say
