"""Questions about notices, for the console and the command line. Nothing here writes."""

from __future__ import annotations

from sqlalchemy import Connection, select

from hub.core.state import Alarm, Notice
from hub.store import tables
from wire import messages as m

MOST = 500


def about(connection: Connection, alarm: Alarm, limit: int = MOST) -> list[Notice]:
    """Notices about an alarm, oldest first, the first `limit` of them."""
    columns = tables.notice.c
    query = (
        select(tables.notice).where(columns.queued_at >= alarm.raised_at).order_by(columns.queued_at, columns.number)
    )
    if alarm.closed_at is not None:
        query = query.where(columns.queued_at <= alarm.closed_at)
    found: list[Notice] = []
    # Which alarms a notice is about is a list in one column; there are few notices in the life of an alarm.
    for row in connection.execute(query):
        notice = Notice(**row._mapping)
        if alarm.number in notice.alarms:
            found.append(notice)
            if len(found) >= limit:
                break
    return found


def messages(connection: Connection, since: int) -> list[Notice]:
    """Notices that somebody was sent by short message, and may answer; `since`: wall time in ms."""
    columns = tables.notice.c
    query = select(tables.notice).where(columns.channel == "sms", columns.state != "queued", columns.queued_at > since)
    return [Notice(**row._mapping) for row in connection.execute(query)]


def queued(connection: Connection, channel: m.Channel) -> list[Notice]:
    """Notices that wait for a channel to take them, oldest first."""
    columns = tables.notice.c
    query = select(tables.notice).where(columns.channel == channel, columns.state == "queued").order_by(columns.number)
    return [Notice(**row._mapping) for row in connection.execute(query)]
