"""Who sends a notice: a row is claimed by a conditional update that changes just one row, for a limited time.

A worker that dies in the middle leaves `sending` set, so whoever comes next knows that it may have been sent.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import ColumnElement, Engine, and_, delete, insert, or_, select, update

from hub.core.state import Notice
from hub.store import session
from hub.store.tables import notice as notices
from hub.store.tables import notice_lease as leases
from wire import messages as m


class Claim(NamedTuple):
    """A notice that is ours to send. `repeat`: the attempt before ended nobody knows how."""

    notice: Notice
    attempt: int
    repeat: bool


class Leases:
    """The table of notices that are being sent. Times are wall times in ms."""

    def __init__(self, database: Engine, worker: str) -> None:
        self._database = database
        self._worker = worker

    def claim(self, channel: m.Channel, now: int, lease_ms: int) -> Claim | None:
        """The oldest notice of the channel that nobody is sending, or None."""
        free = or_(leases.c.until.is_(None), leases.c.until <= now)
        query = (
            select(notices, leases.c.attempt.label("tried"), leases.c.sending.label("unsure"))
            .select_from(notices.outerjoin(leases, leases.c.notice == notices.c.number))
            .where(notices.c.channel == channel, notices.c.state == "queued", free)
            .order_by(notices.c.number)
            .limit(1)
        )
        with session.reading(self._database) as connection:
            if connection.execute(query).first() is None:
                return None  # so that an idle worker locks nobody out
        with session.writing(self._database) as connection:
            found = connection.execute(query).first()
            if found is None:
                return None
            row = dict(found._mapping)
            tried, unsure = row.pop("tried"), bool(row.pop("unsure"))
            number = row["number"]
            if tried is None:
                tried = 0
                empty = {"notice": number, "worker": "", "until": 0, "attempt": 0, "sending": False}
                connection.execute(insert(leases).values(empty))
            claimed = connection.execute(
                update(leases)
                .where(leases.c.notice == number, leases.c.until <= now, leases.c.attempt == tried)
                .values(worker=self._worker, until=now + lease_ms, attempt=tried + 1, sending=True)
            )
            return Claim(Notice(**row), tried + 1, unsure) if claimed.rowcount == 1 else None

    def again(self, claim: Claim, at: int) -> None:
        """It was certainly not sent: anybody may try it again from then on."""
        with session.writing(self._database) as connection:
            connection.execute(update(leases).where(self._ours(claim)).values(until=at, sending=claim.repeat))

    def done(self, claim: Claim) -> None:
        """What became of it stands in the journal."""
        with session.writing(self._database) as connection:
            connection.execute(delete(leases).where(self._ours(claim)))

    def take_over(self) -> None:
        """We alone run, so whoever held a lease is dead. What was being sent will be sent again, as a repeat."""
        with session.writing(self._database) as connection:
            connection.execute(update(leases).values(until=0))

    def _ours(self, claim: Claim) -> ColumnElement[bool]:
        return and_(
            leases.c.notice == claim.notice.number,
            leases.c.worker == self._worker,
            leases.c.attempt == claim.attempt,
        )
