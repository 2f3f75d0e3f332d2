"""A damaged outbox file: intact records are sent and taken over; for lost ones a `cannot-fill` record stands in.

A damaged file is set aside for a person to look at, and another begun with all that can still be read of it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from firmware.core.effects import Saved
from firmware.outbox import records, salvage, saved
from firmware.outbox.records import Happening, Header, Signed
from firmware.outbox.store import Outbox, first_of
from wire.messages import CannotFill

KEPT_ASIDE = 3
"""Damaged files that are kept for a person to look at; each may be as large as the outbox."""

ENDINGS = ("", "-wal", "-shm")
"""Of the file itself and of what SQLite keeps beside it."""


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the file is damaged, rather than the disk refusing: that goes away, and damage does not."""
    if isinstance(error, sqlite3.OperationalError):
        # Our statements are always the same: one that means nothing to SQLite has met tables that are not ours.
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
    return True


def to_send(outbox: Outbox, after: int, count: int, header: Header) -> list[Signed]:
    """Up to `count` records with numbers above `after`, in order and whole.

    What is damaged or gone is accounted for in its place by a `cannot-fill`. Raises sqlite3.Error.
    """
    made: list[Signed] = []
    stored = outbox.waiting(after, count)
    following = [*stored[1:], *outbox.waiting(stored[-1].seq, 1)] if stored else []
    due = after + 1
    for number, one in enumerate(stored):
        if one.seq < due:
            raise sqlite3.DatabaseError("records do not stand in order")
        whole = outbox.whole(one)
        if first_of(one, whole) > due:
            made.append(outbox.cannot_fill(due, one.seq - 1, _named_by(outbox, one), "", header))
        if whole is None:
            named = _named_by(outbox, following[number]) if number < len(following) else outbox.hash
            whole = outbox.cannot_fill(one.seq, one.seq, named or one.hash, "", header)
        made.append(whole)
        due = one.seq + 1
    if not stored and after < outbox.seq:
        made.append(outbox.cannot_fill(due, outbox.seq, outbox.hash, "", header))
    return made


def _named_by(outbox: Outbox, next_stored: Signed) -> str:
    """Hash that a record names as that of the one before it; empty when it is damaged itself."""
    whole = outbox.whole(next_stored)
    return records.read(whole.note).prev if whole else ""


def set_aside(outbox: Outbox, header: Header) -> Path:
    """Put a damaged file aside, and begin another with all that can still be read of it. Gives the name of the first.

    One that was deleted or replaced can still be read by whoever has it open: nothing of it is lost.
    Raises sqlite3.Error.
    """
    rescued = _rescue(outbox)
    outbox.close()
    known = outbox.seq, outbox.hash
    try:
        outbox.claim()
        aside = _rename(outbox.path)
        if rescued:
            rescued.rename(outbox.path)
    except OSError as error:
        raise sqlite3.OperationalError(str(error)) from None
    outbox.begin_anew()
    if rescued:
        return aside
    try:
        wreck = salvage.Wreck(aside)
    except sqlite3.Error:
        return aside  # nothing of it can be read
    try:
        with closing(wreck):
            _take_over(outbox, wreck, known, header)
    except sqlite3.Error:
        outbox.close()
        _put_back(outbox.path, aside)
        raise
    return aside


def _rescue(outbox: Outbox) -> Path | None:
    try:
        return outbox.rescue()
    except sqlite3.Error as error:
        if is_damage(error):
            return None  # then piece by piece, from what lies there
        raise


def _take_over(outbox: Outbox, wreck: salvage.Wreck, known: tuple[int, str], header: Header) -> None:
    state = wreck.state()
    life = int(state["life"]) if state.get("life", b"x").isdigit() else outbox.life
    freed = int(state["freed"]) if state.get("freed", b"x").isdigit() else 0
    newest = max(known, wreck.newest())
    outbox.fill(life, state, _accounted(outbox, wreck, freed, newest, header))


def _accounted(
    outbox: Outbox, wreck: salvage.Wreck, freed: int, newest: tuple[int, str], header: Header
) -> Iterator[Signed]:
    """Every record behind `freed` that is whole, with what is not accounted for in its place."""
    newest_seq, newest_hash = newest
    gone = freed + 1
    for seq in range(freed + 1, newest_seq + 1):
        stored = wreck.record(seq)
        whole = outbox.whole(stored) if stored else None
        if whole is None and seq < newest_seq:
            continue
        if whole is None or first_of(whole, whole) > gone:
            last = seq if whole is None else seq - 1
            last_hash = newest_hash if whole is None else records.read(whole.note).prev
            data = CannotFill(first=gone, last=last, last_hash=last_hash)
            made = records.sign(outbox.who, outbox.life, last, "", Happening(header, data))
            yield Signed(last, last_hash, made.note)
        if whole:
            yield whole
        gone = seq + 1


def look(outbox: Outbox) -> Saved | None:
    """What was saved, read beside a disk that takes nothing, and where the outbox stands; None when nothing can be."""
    try:
        with closing(salvage.Wreck(outbox.path)) as wreck:
            state = wreck.state()
            outbox.life = int(state["life"])
            outbox.seq, outbox.hash = wreck.newest()
            outbox.freed = min(int(state.get("freed", b"0")), outbox.seq)
    except (sqlite3.Error, KeyError, ValueError):
        return None
    return saved.read(state.get)


def _rename(path: Path) -> Path:
    """Rename an outbox file and what SQLite keeps beside it; gives its new name. Raises OSError."""
    taken = [one.suffix.rpartition("-")[2] for one in path.parent.glob(f"{path.name}.damaged-*")]
    number = max((int(one) for one in taken if one.isdigit()), default=0) + 1
    aside = path.with_name(f"{path.name}.damaged-{number}")
    for ending in ENDINGS:
        path.with_name(f"{path.name}.damaged-{number - KEPT_ASIDE}{ending}").unlink(missing_ok=True)
        part = path.with_name(path.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    return aside


def _put_back(path: Path, aside: Path) -> None:
    """Take back `_rename`, as far as the disk lets us."""
    for ending in ENDINGS:
        with suppress(OSError):
            path.with_name(path.name + ending).unlink(missing_ok=True)
            aside.with_name(aside.name + ending).rename(path.with_name(path.name + ending))
