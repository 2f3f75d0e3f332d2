"""The place of a record in its node's life: gap-free, in order, each naming the one before it."""

from __future__ import annotations

from typing import NamedTuple

MOST_LIVES = 100
"""How many lives ahead a node may be that has opened some before the hub was put back from a backup."""


class Standing(NamedTuple):
    """Where a node's journal stands."""

    life: int = 0
    seq: int = 0
    hash: str = ""
    """Text hash of the newest record; empty when there is none, or when it is not known."""


class Numbered(NamedTuple):
    """What of a record places it."""

    kind: str
    life: int
    seq: int
    prev: str
    first: int = 0
    last: int = 0
    """Of `cannot-fill`: the records that are lost."""
    told_of: int = 0
    """Of `rolled-back`: the life that the hub had told the node of."""


def opens_life(standing: Standing, record: Numbered) -> bool:
    """Whether the node opens a life by itself by this record, as it may."""
    ahead = 0 < record.life - standing.life <= MOST_LIVES and record.seq == 1
    # It says which life it was told of last: of what the hub has taken in between, nothing can be left out.
    return ahead and record.kind == "rolled-back" and record.told_of == standing.life


def why_not_next(standing: Standing, record: Numbered) -> str:
    """Why the journal cannot go on by this record; empty when it can."""
    if opens_life(standing, record):
        return ""
    if record.life != standing.life:
        return f"it is of life {record.life}, in force is life {standing.life}"
    if record.seq <= standing.seq:
        return f"it is number {record.seq}, due is number {standing.seq + 1}"
    if record.kind == "cannot-fill":
        # It may speak of some that have come after all; what is lost is the rest of them.
        fits = record.first <= standing.seq + 1 and record.last == record.seq
        lost = f"it declares {record.first} to {record.last} lost in place of {record.seq}"
        return "" if fits else f"{lost}, due is number {standing.seq + 1}"
    if record.seq != standing.seq + 1:
        return f"it is number {record.seq}, due is number {standing.seq + 1}"
    if standing.hash and record.prev != standing.hash:
        return "it names another record as the one before it than the journal has"
    return ""


def why_not_enrolled(standing: Standing, life: int, last_seq: int) -> str:
    """Why a node of that standing cannot be enrolled for this life, told that the life before had so many records."""
    if life != standing.life + 1:
        return f"it opens life {life} after life {standing.life}"
    if last_seq > standing.seq:
        return f"it says the life before had {last_seq} records, here are {standing.seq}"
    return ""
