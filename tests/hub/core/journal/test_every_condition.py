"""Whatever the machine asks before it takes something in, it asks for a reason: each condition of it, and each part of
one, is held true and held false in turn, and a sentence about the machine fails over it."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterator
from functools import partial
from types import ModuleType
from typing import Any

import pytest

from hub.core.journal import fold, judge, machine, requests
from hub.core.journal.unjudged import RuleFailed
from hub.core.refusal import NotPossible
from tests.hub.core.journal import test_machine
from tests.support import mutant

MODULES = (machine, requests, fold, judge)
CONDITIONS = [
    pytest.param(module, number, id=f"{module.__name__.rsplit('.', 1)[1]}.{name}")
    for module in MODULES
    for number, name in enumerate(mutant.named(module))
]

CRIES = (
    AssertionError, AttributeError, LookupError, NotPossible, RuleFailed, TypeError, UnboundLocalError, ValueError,
    ZeroDivisionError, pytest.fail.Exception,
)  # fmt: skip
"""Whatever it fails with, the machine no longer does what is said of it."""

THE_SAME: dict[str, str] = {
    "machine.arrive: record.seq <= life.seq = True": "it spares a look-up: no journal has a number beyond the newest",
    "fold._dated: dated != (meta.newest_time, meta.engine_time) = True": "it spares a row that would be as it is",
}
"""What may be held so without any difference that could be seen: `module.function: condition = True`, and why."""


def sentences() -> Iterator[Callable[[], object]]:
    """What the tests beside this one say of the machine, each with a hub of its own."""
    for name, test in vars(test_machine).items():
        if name.startswith("test_") and callable(test):
            for arguments in _arguments(test):
                yield partial(_said, test, arguments)


def _arguments(test: Any) -> Iterator[dict[str, Any]]:
    columns = []
    for mark in getattr(test, "pytestmark", []):
        names, rows = mark.args
        names = [names] if isinstance(names, str) else list(names)
        columns.append([dict(zip(names, row if len(names) > 1 else (row,), strict=True)) for row in rows])
    for chosen in itertools.product(*columns):
        yield {name: value for one in chosen for name, value in one.items()}


def _said(test: Callable[..., object], arguments: dict[str, Any]) -> None:
    wanted = inspect.signature(test).parameters
    with pytest.MonkeyPatch.context() as patch:
        if "monkeypatch" in wanted:
            arguments = {**arguments, "monkeypatch": patch}
        if "house" in wanted:
            arguments = {**arguments, "house": test_machine.a_hub()}
        test(**arguments)


def fails() -> bool:
    """Whether any sentence does."""
    for sentence in sentences():
        try:
            sentence()
        except CRIES:
            return True
    return False


def test_as_it_is_every_sentence_holds() -> None:
    for sentence in sentences():
        sentence()


@pytest.mark.parametrize("holds", [True, False])
@pytest.mark.parametrize(("module", "number"), CONDITIONS)
def test_no_condition_can_be_taken_out(
    module: ModuleType, number: int, holds: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"{module.__name__.rsplit('.', 1)[1]}.{mutant.named(module)[number]} = {holds}"
    with monkeypatch.context() as patch:
        mutant.change(module, number, holds, patch)
        assert fails() or name in THE_SAME, f"{name}, and nobody notices"


def test_what_means_the_same_is_still_asked() -> None:
    asked = {f"{module.__name__.rsplit('.', 1)[1]}.{name}" for module in MODULES for name in mutant.named(module)}
    assert {one.rsplit(" = ", 1)[0] for one in THE_SAME} <= asked
