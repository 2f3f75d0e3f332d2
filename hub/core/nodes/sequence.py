"""Exactly once and in order: what becomes of a record, by its life and number.

What is next is by the book of rules (wire/book/lives.py), and so for the verifier; what is not next is told apart here.
"""

from __future__ import annotations

from typing import Literal

from hub.core.state import Life
from wire.book import lives
from wire.messages import CannotFill, Record, RolledBack, kind_of

Verdict = Literal["next", "new-life", "repeat", "different", "beyond", "other-life", "refused"]
"""
next        the one that is due: journal it
new-life    the node has opened a life by itself, with the statement why: journal it
repeat      already journalled: the receipt again, nothing else
different   another record under a number that is taken, or built on another past: equivocation
beyond      its turn has not come: dropped, and the receipt again so that the node goes back
other-life  of a life that is over: refused
refused     due, and the database does not take it, neither judged nor unjudged (hub/service.py)
"""


def verdict(life: Life, record: Record, own_hash: str, known_hash: str | None) -> Verdict:
    """Judge a record whose signature is good.

    `own_hash` is its text hash; `known_hash` that of the journalled record of this life and number,
    if there is one.
    """
    if not lives.why_not_next(lives.Standing(life.life, life.seq, life.hash), numbered(record)):
        return "next" if record.life == life.life else "new-life"
    if record.life != life.life:
        return "other-life" if record.life < life.life else "beyond"
    if record.seq <= life.seq:
        # A number without a record lies in a stretch that the node has declared lost: nothing to compare with.
        return "repeat" if known_hash in (own_hash, None) else "different"
    return "different" if record.seq == life.seq + 1 and not isinstance(record.data, CannotFill) else "beyond"


def numbered(record: Record) -> lives.Numbered:
    """What of the record places it."""
    data = record.data
    first, last = (data.first, data.last) if isinstance(data, CannotFill) else (0, 0)
    told_of = data.hub_life if isinstance(data, RolledBack) else 0
    return lives.Numbered(kind_of(data), record.life, record.seq, record.prev, first, last, told_of)
