"""Which rules have been in force: a number for each table that journals have been written by.

The first entry of a journal and the first of every engine name the number that its hub goes by; it holds for that entry
and for all after it until the next one that names a number. Entries before the first such are of old (`OF_OLD`): what
they say was bounded by types alone.
"""

from __future__ import annotations

from functools import lru_cache
from typing import FrozenSet, Mapping, NamedTuple, Optional

from wire.book import rules_1
from wire.book.forms import Fields

OF_OLD = 0
NEWEST = 1
NAMED_BY = ("journal-opened", "engine-started")
"""Kinds of facts that name the number in force, in their field `rules`."""
SERVICES = ("engine", "console", "notify", "admin")
"""Who signs facts on the hub. No node bears one of these names."""


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
    signers: Mapping[str, FrozenSet[str]]
    """Kind of fact -> services that may sign it; a kind that is not here, any."""

    def envelope(self, of_node: bool) -> Fields:
        """What surrounds what an entry is about."""
        return self.record if of_node else self.fact

    def kind(self, of_node: bool, kind: str) -> Optional[Fields]:
        """The fields of a kind; None for one that is not known."""
        return (self.records if of_node else self.facts).get(kind)

    def may_sign(self, service: str, kind: str) -> bool:
        """Whether a service of the hub may sign a fact of this kind."""
        return service in self.signers.get(kind, SERVICES)


@lru_cache(maxsize=1)
def newest() -> Rules:
    """The rules that this version of the hub goes by."""
    signers = {kind: frozenset(who.split()) for kind, who in rules_1.SIGNERS.items()}
    return Rules(rules_1.RECORD, rules_1.FACT, rules_1.RECORDS, rules_1.FACTS, signers)
