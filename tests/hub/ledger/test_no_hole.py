"""What the hub takes, the verifier takes, and nothing else: each of these holes is planted on one side alone, and a
sentence about both fails over it.

What both sides read wrongly alike is no matter of this test, but of tests/wire/book.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from hub.core.journal.unjudged import RuleFailed
from hub.core.nodes import sequence
from hub.core.refusal import NotPossible
from hub.engine import inbound
from tests.hub.ledger import test_same_rules, test_same_rules_for_facts
from tests.hub.ledger.holes_in_the_hub import IN_THE_HUB
from tests.hub.ledger.holes_in_the_verifier import IN_THE_VERIFIER
from tests.hub.ledger.holes_in_types import IN_TYPES
from tests.hub.ledger.planting import Booked, Plant, Typed, both, largest, reads, says
from tests.support import mutant
from wire import messages as m
from wire import notes, opening
from wire.audit import entries
from wire.book import lives, reading, rules

HOLES = [
    pytest.param(sentence, name, plant, id=name.replace(" ", "-"))
    for holes in (IN_TYPES, IN_THE_HUB, IN_THE_VERIFIER)
    for sentence, planted in holes.items()
    for name, plant in planted.items()
]


def sentences(first: Callable[..., None] | None = None, about: object = None) -> Iterator[Callable[[], object]]:
    """What is said of both: this sentence first, and of its rows the one about this."""
    said = [one for module in (test_same_rules, test_same_rules_for_facts) for one in mutant.sentences(module)]
    return iter(sorted(said, key=lambda one: _rank(one, first, about)))


def _rank(sentence: object, first: object, about: object) -> tuple[bool, bool]:
    said, arguments = getattr(sentence, "args")[:2]  # noqa: B009
    return said is not first, about not in arguments.values()


def fails(sentence: Callable[[], object]) -> bool:
    return mutant.fails(sentence, NotPossible, RuleFailed)


NO_HOLES: list[Plant] = [
    Typed(m.Forced, "point", m.Place, mono=m.Uptime),
    largest(0),
    says(inbound, "if m.encode(record) != text:", "if m.encode(record) != text:"),
    reads(sequence, "lives", lives, "", ""),
    reads(inbound, "reading", reading, "", ""),
    reads(opening, "notes", notes, "", ""),
    Booked(entries, "forced", "point", rules.newest().records["forced"].fields["point"]),
]


def test_where_something_is_planted_as_it_was_every_sentence_holds() -> None:
    with pytest.MonkeyPatch.context() as patch:
        both(*NO_HOLES)(patch)
        for sentence in sentences():
            sentence()


def test_no_two_holes_have_one_name() -> None:
    names = [one.values[1] for one in HOLES]
    assert len(set(names)) == len(names) > 150


@pytest.mark.parametrize(("sentence", "name", "plant"), HOLES)
def test_no_hole_stays_unfound(sentence: Callable[..., None], name: str, plant: Plant) -> None:
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        found = any(fails(one) for one in sentences(sentence, getattr(plant, "kind", None)))
        assert found, f"{name}, and nobody notices"
