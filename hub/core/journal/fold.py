"""The journal folded into state: what each kind of entry changes, by the tables of facts and records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, tee

from msgspec.structs import replace

from hub.core import doubt
from hub.core.journal.facts import FACTS
from hub.core.journal.records import RECORDS
from hub.core.nodes import fold as node_fold
from hub.core.state import Entry, State
from wire import messages as m


def apply(state: State, entry: Entry) -> Exception | None:
    """Take one entry into the state. Nothing is decided here: decisions are entries of their own.

    Returns what the rule of its kind has raised, if it has. Then that rule has changed nothing; that the entry is
    there, and that its node's life goes on by it, counts all the same.
    """
    stand(state, entry)
    try:
        with state.attempt():
            _by_kind(state, entry, entry.message)
    except Exception as error:  # noqa: BLE001 - whatever it is, the journal is folded to its end
        return error
    return None


def stand(state: State, entry: Entry) -> None:
    """Take in of an entry that it is there, and nothing of what it says."""
    _dated(state, entry, entry.message)
    if isinstance(entry.message, m.Record):
        node_fold.take_in(state, entry, entry.message)


def journal(state: State, entries: Iterable[Entry]) -> Iterator[tuple[Entry, Exception | None]]:
    """Fold a journal from its first entry on. Yields each entry once it is taken in, and what its rule has raised.

    What the next entry says could not be folded is not, be it by a version that could: all that stands behind it was
    decided without it.
    """
    each, ahead = tee(entries)
    next(ahead, None)
    for entry, following in zip(each, chain(ahead, (None,)), strict=False):
        if _says_it_was_not_folded(following):
            stand(state, entry)
            yield entry, None
        else:
            yield entry, apply(state, entry)


def _says_it_was_not_folded(entry: Entry | None) -> bool:
    data = entry.message.data if entry else None
    return isinstance(data, m.NotJudged) and data.part == "fold"


def _dated(state: State, entry: Entry, message: m.Record | m.Fact) -> None:
    meta = state.meta
    by_engine = isinstance(message, m.Record) or message.by == "engine"
    dated = (entry.time, entry.time if by_engine else meta.engine_time)
    if dated != (meta.newest_time, meta.engine_time):  # one transaction has one time
        state.put(replace(meta, newest_time=dated[0], engine_time=dated[1]))


def _by_kind(state: State, entry: Entry, message: m.Record | m.Fact) -> None:
    if isinstance(message, m.Fact):
        for fold in FACTS[type(message.data)].fold:
            fold(state, entry, message.data, message.person)
        return
    rule, why = RECORDS[type(message.data)], doubt.of(state, message)
    if why is None or (why != "unknown" and rule.fold_if_doubted):
        for of_record in rule.fold:
            of_record(state, entry, message, message.data)
