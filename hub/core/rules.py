"""Several rules, asked one after the other, none of which may hold up another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

F = TypeVar("F")


def each(*rules: Callable[[], Iterator[F]]) -> Iterator[F]:
    """The facts of every rule. One that fails keeps none of the others from being heard, and raises at the end."""
    failed: Exception | None = None
    for rule in rules:
        try:
            yield from rule()
        except Exception as error:  # noqa: BLE001 - it is raised below
            failed = failed or error
    if failed:
        raise failed
