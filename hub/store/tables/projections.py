"""The projections: a table for each kind of row of the core, made from the row itself.

A field is a column of its name, the type of the field its type, `hub.core.state.KEYS` the primary key. Nobody writes
such a table a second time, and none is ever changed: it is dropped and folded anew from the journal.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from msgspec import inspect
from sqlalchemy import BigInteger, Boolean, Column, Index, MetaData, Table, Text, TextClause, text
from sqlalchemy.types import TypeEngine

from hub.core import state
from hub.store.tables.base import WHERE, Listed, metadata

ALARM_OPEN = text("life != 'closed'")
"""Written out, as its index has it: a database takes an index of some rows only for the very words."""
CALL_OPEN = text("life != 'over'")
WORDS = "words"
"""Where a column keeps the words that it may have, if there are only some."""


class Indexed(NamedTuple):
    """An index: the table's name and `name` are its name; `where` says of which rows it is, None of all."""

    name: str
    columns: tuple[str, ...]
    where: TextClause | None = None


INDEXES: dict[type[state.Row], tuple[Indexed, ...]] = {
    state.Alarm: (Indexed("open", ("number",), ALARM_OPEN),),
    state.OrderOut: (Indexed("state", ("state",)),),
    state.Call: (Indexed("open", ("number",), CALL_OPEN),),
    state.Notice: (
        Indexed("call", ("call",)),
        Indexed("queued", ("queued_at", "number")),
        Indexed("state", ("state", "channel")),
    ),
    state.Sealing: (Indexed("area", ("area", "number")),),
}
"""What is asked of tables that grow for ever."""

_COLUMNS: dict[type[inspect.Type], type[TypeEngine[Any]]] = {
    inspect.IntType: BigInteger,
    inspect.BoolType: Boolean,
    inspect.StrType: Text,
    inspect.LiteralType: Text,  # all of ours are of texts
    inspect.VarTupleType: Listed,
}


def table(kind: type[state.Row], into: MetaData) -> Table:
    """The table of such rows. Raises KeyError for a field of a type that no column has."""
    name = re.sub("(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower().removesuffix("_row")
    row: Any = inspect.type_info(kind)
    columns = [_column(field, field.name in state.KEYS[kind]) for field in row.fields]
    indexes = [Index(f"{name}_{one.name}", *one.columns, info={WHERE: one.where}) for one in INDEXES.get(kind, ())]
    return Table(name, into, *columns, *indexes)


def _column(field: inspect.Field, key: bool) -> Column[Any]:
    kind, nullable = field.type, False
    if isinstance(kind, inspect.UnionType):  # a union of ours is "or None"
        (kind,) = (one for one in kind.types if not isinstance(one, inspect.NoneType))
        nullable = True
    words = kind.values if isinstance(kind, inspect.LiteralType) else ()
    column = _COLUMNS[type(kind)]
    return Column(field.name, column, primary_key=key, autoincrement=False, nullable=nullable, info={WORDS: words})


ROWS: dict[type[state.Row], Table] = {kind: table(kind, metadata) for kind in state.KEYS}
"""The table of each kind of row."""

meta = ROWS[state.Meta]
run = ROWS[state.Run]
life = ROWS[state.Life]
point = ROWS[state.Point]
area = ROWS[state.Area]
badged = ROWS[state.Badged]
awaited_badge = ROWS[state.AwaitedBadge]
alarm = ROWS[state.Alarm]
order_out = ROWS[state.OrderOut]
calendar = ROWS[state.Calendar]
window = ROWS[state.Window]
duty = ROWS[state.Duty]
call = ROWS[state.Call]
notice = ROWS[state.Notice]
channel = ROWS[state.ChannelRow]
shift = ROWS[state.Shift]
handover = ROWS[state.Handover]
sealing = ROWS[state.Sealing]
walk_test = ROWS[state.WalkTest]
check_tick = ROWS[state.CheckTick]
exemption = ROWS[state.Exemption]
seal_on = ROWS[state.SealOn]
