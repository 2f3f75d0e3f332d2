"""Exactly once and in order: what becomes of a record, by its life and number.

What is taken in here is what the verifier takes (wire/audit/lives.py); a test holds the two together.
"""

from __future__ import annotations

from typing import Literal

from hub.core.state import Life
from wire.audit.lives import MOST_LIVES
from wire.messages import CannotFill, Record, RolledBack

Verdict = Literal["next", "new-life", "repeat", "different", "beyond", "other-life"]
"""
next        the one that is due: journal it
new-life    the node has opened a life by itself, with the statement why: journal it
repeat      already journalled: the receipt again, nothing else
different   another record under a number that is taken, or built on another past: equivocation
beyond      its turn has not come: dropped, and the receipt again so that the node goes back
other-life  of a life that is over: refused
"""


def verdict(life: Life, record: Record, own_hash: str, known_hash: str | None) -> Verdict:
    """Judge a record whose signature is good.

    `own_hash` is its text hash; `known_hash` that of the journalled record of this life and number,
    if there is one.
    """
    if record.life != life.life:
        ahead = 0 < record.life - life.life <= MOST_LIVES and record.seq == 1
        # It says which life it was told of last: of what the hub has taken in between, nothing can be left out.
        opens = ahead and isinstance(record.data, RolledBack) and record.data.hub_life == life.life
        return "new-life" if opens else "other-life" if record.life < life.life else "beyond"
    if record.seq <= life.seq:
        # A number without a record lies in a stretch that the node has declared lost: nothing to compare with.
        return "repeat" if known_hash in (own_hash, None) else "different"
    if isinstance(record.data, CannotFill):
        # It may speak of some that have come after all; what is lost is the rest of them.
        fits = record.data.first <= life.seq + 1 and record.data.last == record.seq
        return "next" if fits else "beyond"
    if record.seq > life.seq + 1:
        return "beyond"
    return "next" if record.prev == life.hash or not life.hash else "different"
