"""Questions about shifts and hand-overs, for the console. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, func, or_, select

from hub.core.state import Handover, Shift
from hub.store.queries import PAGE, Term, people_like, written_like
from hub.store.tables import handover, shift


def shifts(connection: Connection, since: int, until: int) -> list[Shift]:
    """Shifts on the roster that reach into the time between two moments (hub's wall time in ms), in order."""
    query = select(shift).where(~shift.c.removed, shift.c.ends > since, shift.c.starts < until)
    return [Shift(**row._mapping) for row in connection.execute(query.order_by(shift.c.starts, shift.c.number))]


def following(connection: Connection, now: int) -> Shift | None:
    """The next shift that begins after `now`."""
    query = select(shift).where(~shift.c.removed, shift.c.starts > now).order_by(shift.c.starts).limit(1)
    row = connection.execute(query).one_or_none()
    return Shift(**row._mapping) if row else None


def kept(connection: Connection) -> bool:
    """Whether the site has ever had a roster."""
    return bool(connection.execute(select(func.count()).select_from(shift)).scalar_one())


def handovers(
    connection: Connection, search: Iterable[Term] = (), limit: int = PAGE, before: int | None = None
) -> list[Handover]:
    """Hand-overs, newest first, with a number below `before`. Every term must fit the number, a name or the note."""
    query = select(handover).order_by(handover.c.number.desc()).limit(limit)
    for term in search:
        called = people_like(connection, term)
        either = written_like(connection, handover.c.note, term)
        either += [handover.c.given_by.in_(called), handover.c.taken_by.in_(called)]
        if term.number is not None:
            either.append(handover.c.number == term.number)
        query = query.where(or_(*either))
    if before is not None:
        query = query.where(handover.c.number < before)
    return [Handover(**row._mapping) for row in connection.execute(query)]


def waiting(connection: Connection, limit: int = PAGE) -> list[Handover]:
    """Hand-overs that nobody has taken yet, newest first."""
    query = select(handover).where(handover.c.taken_at.is_(None)).order_by(handover.c.number.desc()).limit(limit)
    return [Handover(**row._mapping) for row in connection.execute(query)]


def find(connection: Connection, number: int) -> Handover | None:
    """The hand-over of that number."""
    row = connection.execute(select(handover).where(handover.c.number == number)).one_or_none()
    return Handover(**row._mapping) if row else None
