"""Alarms and troubles as the console and the command line ask for them. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from sqlalchemy import Connection, func, or_, select

from hub.core import state
from hub.store import queries
from hub.store.queries import PAGE, JournalRow, Term
from hub.store.tables import alarm as _alarm
from hub.store.tables import journal as _journal
from hub.store.tables.projections import ALARM_OPEN
from wire import messages as m

ALARM_KINDS = (
    "alarm-raised",
    "alarm-repeated",
    "alarm-recorded",
    "alarm-returned",
    "alarm-acknowledged",
    "alarm-attended",
    "finding-written",
    "alarm-closed",
)
"""Kinds of fact that make up the history of an alarm."""


_OPEN = ALARM_OPEN
_NO_TROUBLE = _alarm.c.klass != "trouble"


def alarms(
    connection: Connection,
    open_only: bool = False,
    search: Iterable[Term] = (),
    limit: int = PAGE,
    before: int | None = None,
) -> list[state.Alarm]:
    """Alarms and troubles, newest first, with a number below `before`.

    Every term must fit the kind, the place, the number or the finding.
    """
    query = select(_alarm)
    if open_only:
        query = query.where(_OPEN)
    for term in search:
        query = query.where(
            or_(
                _alarm.c.what.icontains(term.text, autoescape=True),
                _alarm.c.place.icontains(term.text, autoescape=True),
                *queries.written_like(connection, _alarm.c.finding, term),
                *queries.number_is(_alarm.c.number, term),
                *queries.one_of(_alarm.c.what, term.kinds),
                *queries.one_of(_alarm.c.place, term.places),
            )
        )
    if before is not None:
        query = query.where(_alarm.c.number < before)
    return queries.rows_of(connection.execute(query.order_by(_alarm.c.number.desc()).limit(limit)), state.Alarm)


def most_urgent(connection: Connection, classes: Sequence[m.AlarmClass], limit: int = PAGE) -> list[state.Alarm]:
    """Open alarms of these classes: by priority, within it those not acknowledged first, then the newest."""
    query = select(_alarm).where(_OPEN, _alarm.c.klass.in_(classes))
    acknowledged = _alarm.c.life.in_(("active-acknowledged", "returned-acknowledged", "finding-written"))
    order = (_alarm.c.priority, acknowledged, _alarm.c.last_happened.desc(), _alarm.c.number.desc())
    return queries.rows_of(connection.execute(query.order_by(*order).limit(limit)), state.Alarm)


def open_counts(connection: Connection) -> dict[str, int]:
    """How many alarms are open, by class."""
    query = select(_alarm.c.klass, func.count()).where(_OPEN).group_by(_alarm.c.klass)
    return {row[0]: row[1] for row in connection.execute(query)}


def urgent_counts(connection: Connection) -> dict[str, int]:
    """How many alarms are open of each area, troubles left out."""
    query = select(_alarm.c.area, func.count()).where(_OPEN, _NO_TROUBLE, _alarm.c.area.is_not(None))
    return {row[0]: row[1] for row in connection.execute(query.group_by(_alarm.c.area))}


def unanswered_count(connection: Connection) -> int:
    """How many alarms are open that nobody has acknowledged, troubles left out."""
    lives = ("active-unacknowledged", "returned-unacknowledged")
    query = select(func.count()).select_from(_alarm).where(_OPEN, _NO_TROUBLE, _alarm.c.life.in_(lives))
    return connection.execute(query).scalar_one()


def of_area(connection: Connection, area: str) -> list[state.Alarm]:
    """All that is open of an area, troubles too, newest first."""
    query = select(_alarm).where(_OPEN, _alarm.c.area == area).order_by(_alarm.c.number.desc())
    return queries.rows_of(connection.execute(query), state.Alarm)


def alarm(connection: Connection, number: int) -> state.Alarm | None:
    """The alarm of that number."""
    found = queries.rows_of(connection.execute(select(_alarm).where(_alarm.c.number == number)), state.Alarm)
    return found[0] if found else None


def numbered(connection: Connection, numbers: Iterable[int]) -> list[state.Alarm]:
    """The alarms of these numbers, as they stand now, in order."""
    query = select(_alarm).where(_alarm.c.number.in_(list(numbers))).order_by(_alarm.c.number)
    return queries.rows_of(connection.execute(query), state.Alarm)


def alarm_history(connection: Connection, number: int, limit: int = 200) -> list[JournalRow]:
    """Entries about an alarm, oldest first: raised, again, over, acknowledged, attended, closed."""
    about = select(_journal.c.idx, _journal.c.kind).where(_journal.c.alarm == number).order_by(_journal.c.idx)
    with connection.execution_options(yield_per=PAGE).execute(about) as result:
        found = list(islice((row.idx for row in result if row.kind in ALARM_KINDS), limit))
    return queries.read(connection, found)
