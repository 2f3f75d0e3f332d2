"""Which rules have been in force: a number for each table that journals have been written by.

The first entry of a journal and the first of every engine name the number that its hub goes by; it holds for that entry
and for all after it until the next one that names a number. Entries before the first such are of old (`OF_OLD`): what
they say was bounded by types alone.
"""

from __future__ import annotations

from functools import lru_cache
from typing import FrozenSet, Iterator, Mapping, NamedTuple, Optional, Tuple

from wire.book import rules_1
from wire.book.forms import Fields

OF_OLD = 0
NEWEST = 1
NAMED_BY = ("journal-opened", "engine-started")
"""Kinds of facts that name the number in force, in their field `rules`."""
SERVICES = ("engine", "console", "notify", "admin")
"""Who brings facts on the hub. No node bears one of these names."""
SIGN = ("engine", "admin")
"""Those who sign facts: the engine what it decides and what the others ask it for, root's command what changes keys,
people, topology or origin. Each of the four signed while each wrote the journal itself."""
FOLLOWS: FrozenSet[Tuple[str, str]] = frozenset((one, one) for one in SERVICES)
"""A fact that only follows from others: by whom, and under whose key."""


class Rules(NamedTuple):
    """The table of one number."""

    record: Fields
    """A node's record around its `data`."""
    fact: Fields
    """A fact of the hub around its `data`."""
    records: Mapping[str, Fields]
    """Kind of record -> its fields."""
    facts: Mapping[str, Fields]
    """Kind of fact -> its fields."""
    signers: Mapping[str, FrozenSet[Tuple[str, str]]]
    """Kind of fact -> pairs of who stands in `by` and the service whose key may sign it then."""

    def envelope(self, of_node: bool) -> Fields:
        """What surrounds what an entry is about."""
        return self.record if of_node else self.fact

    def kind(self, of_node: bool, kind: str) -> Optional[Fields]:
        """The fields of a kind; None for one that is not known."""
        return (self.records if of_node else self.facts).get(kind)

    def may_sign(self, kind: str, by: str, signer: str) -> bool:
        """Whether the key of the service `signer` may sign a fact of this kind by the service `by`."""
        if kind not in self.facts:  # of a later hub: whoever asks for it, the engine may sign it
            return by in SERVICES and signer in (by, "engine")
        return (by, signer) in self.signers.get(kind, FOLLOWS)


@lru_cache(maxsize=1)
def newest() -> Rules:
    """The rules that this version of the hub goes by."""
    signers = {kind: frozenset(_pairs(who)) for kind, who in rules_1.SIGNERS.items()}
    return Rules(rules_1.RECORD, rules_1.FACT, rules_1.RECORDS, rules_1.FACTS, signers)


def _pairs(who: str) -> Iterator[Tuple[str, str]]:
    """`console:engine,console` as the pairs that it means."""
    for word in who.split():
        by, _, keys = word.partition(":")
        for signer in keys.split(","):
            yield by, signer
