"""What the database knows of set and unset areas: how each stands, and what came of an officer's wish."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, select

from hub.core import state, watched
from hub.core.doors import overview
from hub.core.doors.overview import Overview
from hub.core.site import lookups
from hub.core.site.document import Site
from hub.store import queries, rows
from hub.store.queries import JournalRow
from hub.store.tables import order_out as _order
from wire import messages as m

ANSWERS = ("area-set", "set-refused", "set-cancelled", "set-extended")
"""Kinds of record by which a node answers what an officer asks."""
ANSWERS_READ = 20
SHOWN_MS = 3_600_000
"""What was asked longer ago stands in the journal alone."""


class Wish(NamedTuple):
    """The newest that an officer has asked of an area: what its node has recorded since, the first first, and how far
    the order to it is; None before there was one."""

    row: JournalRow
    answers: list[JournalRow]
    order: state.OrderState | None


def areas(connection: Connection, known: watched.Known, now: int) -> dict[str, Overview]:
    """How every area stands that is ever set, by name, in the order of the document."""
    stand = rows.load(connection, overview.KINDS)
    found = {
        area.name: overview.of(stand, known.site, area.name, watched.area(known, area.name), now)
        for area in known.site.area
    }
    return {name: one for name, one in found.items() if one is not None}


def wish(connection: Connection, site: Site, area: str, now: int) -> Wish | None:
    """What was asked of an area last, and what came of it; None where that was long before a wall time in ms."""
    asked = queries.journal(connection, kind="guard-requested", place=area, newest_first=True, limit=1)
    if not asked or now - asked[0].hub_time > SHOWN_MS:
        return None
    answers = queries.journal(connection, asked[0].index, ANSWERS_READ, kind=ANSWERS, place=area)
    orders = select(_order.c.state).where(
        _order.c.node == lookups.ceremony_node(site, area),
        _order.c.what == f"guard-asked/{area}",
        _order.c.issued_at >= asked[0].hub_time,
    )
    newest = connection.execute(orders.order_by(_order.c.number.desc()).limit(1)).scalar()
    return Wish(asked[0], answers, newest)


def answer(found: Wish) -> m.Data | None:
    """The record by which the node has answered; None: there is none yet. Others try at its reader meanwhile."""
    act = getattr(found.row.data, "act", None)
    return next((row.data for row in found.answers if _answers(act, row.data, found.row.person)), None)


def _answers(act: str | None, data: m.Data | None, person: int | None) -> bool:
    if act == "extend":
        return isinstance(data, m.SetExtended) and data.by == "console"
    if isinstance(data, m.SetRefused | m.SetCancelled):
        return data.person == person
    return isinstance(data, m.AreaSet)
