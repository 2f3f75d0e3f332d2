"""The journal folded into state: what each kind of entry changes, by the tables of facts and records."""

from __future__ import annotations

from msgspec.structs import replace

from hub.core import doubt
from hub.core.journal.facts import FACTS
from hub.core.journal.records import RECORDS
from hub.core.nodes import fold as node_fold
from hub.core.state import Entry, State
from wire import messages as m


def apply(state: State, entry: Entry) -> Exception | None:
    """Take one entry into the state. Nothing is decided here: decisions are entries of their own.

    Returns what the rule of its kind has raised, if it has. Then that rule has changed nothing, here and in every
    rebuild alike; that the entry is there, and that its node's life goes on by it, counts all the same.
    """
    message = entry.message
    _dated(state, entry, message)
    if isinstance(message, m.Record):
        node_fold.take_in(state, entry, message)
    try:
        with state.attempt():
            _by_kind(state, entry, message)
    except Exception as error:  # noqa: BLE001 - whatever it is, the journal is folded to its end
        return error
    return None


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
