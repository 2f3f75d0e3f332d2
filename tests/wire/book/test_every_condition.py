"""Whatever the book of rules asks, it asks for a reason: each condition of it is held true and held false in turn, and
a sentence about the book fails over it."""

from __future__ import annotations

from types import ModuleType

import pytest

from tests.support import mutant
from tests.wire.book import test_kinds, test_lives, test_naming, test_reading, test_signers, test_strict
from wire.book import forms, lives, naming, reading, rules, strict

MODULES = (lives, naming, reading, rules, strict, forms)
SAID = (test_lives, test_naming, test_strict, test_reading, test_signers, test_kinds)
SPARED = "it spares a look at what can hold no half character"
THE_SAME: dict[str, str] = {
    "strict._read: b'\\\\ud' in line or b'\\\\uD' in line = True": SPARED,
    "strict._read: b'\\\\ud' in line = True": SPARED,
    "strict._read: b'\\\\uD' in line = True": SPARED,
}
"""What may be held so without any difference that could be seen: `module.function: condition = True`, and why."""


def fails() -> bool:
    return any(mutant.fails(sentence) for module in SAID for sentence in mutant.sentences(module))


@pytest.mark.parametrize("holds", [True, False])
@pytest.mark.parametrize(("module", "number"), mutant.parameters(*MODULES))
def test_no_condition_can_be_taken_out(module: ModuleType, number: int, holds: bool) -> None:
    mutant.check_noticed(module, number, holds, fails, THE_SAME)
