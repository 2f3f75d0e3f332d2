"""What the figures are made from. Every answer is read out of the journal: a row has only the last one."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import Connection, or_, select

from hub.core.alarms.figures import Called, Raised, Rows, Span, Watch
from hub.store.tables import alarm, call, journal, shift
from wire import messages as m
from wire import notes

KINDS = ("alarm-repeated", "alarm-acknowledged")


def read(connection: Connection, since: int) -> Rows:
    """Everything that has to do with alarms raised, or happening again, from `since` (hub's wall time in ms) on."""
    again: dict[int, list[int]] = defaultdict(list)
    answered: dict[int, int] = {}
    about = (journal.c.alarm.is_not(None), journal.c.hub_time >= since)
    query = select(journal.c.idx, journal.c.kind, journal.c.note, journal.c.hub_time).where(*about)
    rows = sorted((row for row in connection.execute(query) if row.kind in KINDS), key=lambda row: row.idx)
    for row in rows:
        try:
            data = m.decode(notes.split(row.note).text, m.Fact).data
        except ValueError:
            continue  # one that this version cannot read must not hide the others
        if isinstance(data, m.AlarmRepeated):
            again[data.alarm].append(row.hub_time)
        elif isinstance(data, m.AlarmAcknowledged):
            answered.setdefault(data.alarm, row.hub_time)
    return Rows(_raised(connection, since, again, answered), _called(connection, since), _shifts(connection, since))


def _raised(connection: Connection, since: int, again: dict[int, list[int]], answered: dict[int, int]) -> list[Raised]:
    columns = alarm.c
    wanted = columns.raised_at >= since
    if again:
        wanted = or_(wanted, columns.number >= min(again))  # numbers grow with time
    query = select(columns.number, columns.what, columns.klass, columns.place, columns.raised_at)
    return [
        Raised(
            row.what, row.klass, row.place, row.raised_at, tuple(again.get(row.number, ())), answered.get(row.number)
        )
        for row in connection.execute(query.where(wanted).order_by(columns.number))
    ]


def _called(connection: Connection, since: int) -> list[Called]:
    query = select(call.c.opened_at, call.c.drill).where(call.c.opened_at >= since)
    return [Called(row.opened_at, row.drill) for row in connection.execute(query)]


def _shifts(connection: Connection, since: int) -> list[Watch]:
    query = select(shift.c.person, shift.c.starts, shift.c.ends).where(~shift.c.removed, shift.c.ends > since)
    return [Watch(row.person, Span(row.starts, row.ends)) for row in connection.execute(query.order_by(shift.c.starts))]
