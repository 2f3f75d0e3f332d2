"""What root's command has signed: a change of keys, people, topology or origin, which the engine journals as it is.

Opened before any transaction begins, as nodes' records are.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from hub.core.journal.facts import FACTS
from hub.core.refusal import NotPossible
from wire import messages as m
from wire import notes, opening
from wire.book import reading
from wire.keys import SigningKey


class Brought(NamedTuple):
    """A fact under the key of `admin`, whose signature is good: its bytes, what they say, and their text hash."""

    note: bytes
    fact: m.Fact
    hash: str


def signed(key: SigningKey, site: str, time: int, facts: Iterable[m.FactData], person: int | None) -> list[bytes]:
    """The notes of facts, under the key of `admin`; `time` in wall ms. `person`: who has them made, if anybody."""
    made = (m.Fact(v=1, site=site, by="admin", time=time, person=person, data=fact) for fact in facts)
    return [key.sign(m.encode(fact)) for fact in made]


def opened(note: bytes, key: notes.VerifierKey, site: str) -> Brought:
    """What was brought. `key` is that of `admin`, `site` the site's name. Raises NotPossible."""
    try:
        fact, text = opening.opened(note, m.Fact, key, site)
        reading.read(text)  # as the verifier will: what it would not read must never be journalled
    except ValueError as error:
        raise NotPossible("not-signed", str(error)) from None
    if fact.by != "admin" or not FACTS[type(fact.data)].apart or m.encode(fact) != text:
        raise NotPossible("not-signed", m.kind_of(fact.data))
    return Brought(note, fact, notes.text_hash(text))
