"""Whatever the machine asks before it takes something in, it asks for a reason: each condition of it, and each part of
one, is held true and held false in turn, and a sentence about the machine fails over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from hub.core.journal import brought, fold, judge, machine, requests
from hub.core.journal.unjudged import RuleFailed
from hub.core.refusal import NotPossible
from tests.hub.core.journal import test_brought, test_machine
from tests.support import mutant

MODULES = (machine, brought, requests, fold, judge)
THE_SAME: dict[str, str] = {
    "machine.arrive: record.seq <= life.seq = True": "it spares a look-up: no journal has a number beyond the newest",
    "fold._dated: dated != (meta.newest_time, meta.engine_time) = True": "it spares a row that would be as it is",
}
"""What may be held so without any difference that could be seen: `module.function: condition = True`, and why."""


def sentences() -> Iterator[Callable[[], object]]:
    """What the tests beside this one say of the machine, each with a hub of its own."""
    yield from mutant.sentences(test_machine, house=test_machine.a_hub)
    yield from mutant.sentences(test_brought, house=test_brought.a_hub)


def fails() -> bool:
    """Whether any sentence does."""
    return any(mutant.fails(sentence, NotPossible, RuleFailed) for sentence in sentences())


def test_as_it_is_every_sentence_holds() -> None:
    for sentence in sentences():
        sentence()


@pytest.mark.parametrize("holds", [True, False])
@pytest.mark.parametrize(("module", "number"), mutant.parameters(*MODULES))
def test_no_condition_can_be_taken_out(module: ModuleType, number: int, holds: bool) -> None:
    mutant.check_noticed(module, number, holds, fails, THE_SAME)
