"""Runs several rules one after the other, so that one that fails does not stop the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

F = TypeVar("F")


def each(*rules: Callable[[], Iterator[F]]) -> Iterator[F]:
    """The facts of every rule. One that fails keeps none of the others from being heard, and raises at the end;
    several raise together."""
    failed: list[Exception] = []
    for rule in rules:
        try:
            yield from rule()
        except Exception as error:  # noqa: BLE001 - it is raised below
            failed.append(error)
    if failed:
        raise failed[0] if len(failed) == 1 else ExceptionGroup("several rules have failed", failed)


def asked(*rules: Callable[[], Iterator[F]]) -> Callable[[], Iterator[F]]:
    """What these rules say, asked here and now and once: each remembers what it has said.

    The answer may be heard again and again; the failure of one that failed is at its end, as in `each`.
    """
    said: list[F] = []
    failed: Exception | None = None
    try:
        for fact in each(*rules):
            said.append(fact)  # noqa: PERF402 - what was said before a failure stays said
    except Exception as error:  # noqa: BLE001 - it is raised below
        failed = error

    def heard() -> Iterator[F]:
        yield from said
        if failed:
            raise failed

    return heard
