"""Whether every node could be told what a site document says: an order that no node opens is a mistake of the document.

Composed as `nodes/order_content.py` does, with every number as large as it may become.
"""

from __future__ import annotations

from collections.abc import Iterator

from hub.core.site import lookups
from hub.core.site.document import Site
from hub.core.site.mistakes import Mistake, Mistakes
from wire import messages as m
from wire.board import Board

MOST = m.LARGEST_COUNT
SIGNED = 256
"""Bytes that a signature takes, with the name of its key, and a little more."""
DAYS: dict[str, m.DayNamed] = {f"2026-10-{day:02}": "worked" for day in range(1, 11)}
"""An access list holds for a week and names a day more on either side."""
CREDENTIAL = "0" * 64
LARGEST_PERSON = 10**9


def check(site: Site, board: Board) -> Mistakes:
    """A mistake for each node and order that would be too large. The document must have no other mistake."""
    most = m.RULES[m.Order].largest
    badges = sum(1 for holder in site.cardholder if holder.badges)
    for node in site.node:
        for what, data in _orders(site, board, node.name):
            size = _size(site, node.name, data)
            if size > most:
                yield Mistake(
                    f"node {node.name}",
                    f"its {what} would have {size} bytes, and a node takes {most}: there are {badges} people with a "
                    f"badge and {len(site.grant)} grants; take out people and grants that are over",
                )


def _orders(site: Site, board: Board, node: str) -> Iterator[tuple[str, m.OrderData]]:
    yield "plan", lookups.plan_for(site, node, MOST, board)
    yield (
        "access list",
        lookups.access_for(site, node, MOST, 0, MOST, DAYS, lambda _badge: CREDENTIAL, most_approvals(site, node)),
    )


def most_approvals(site: Site, node: str) -> tuple[m.Approval, ...]:
    """As many as a list may have, for the node's area with the longest name."""
    area = max(lookups.areas_of(site, node), key=len, default="")
    return (m.Approval(area=area, person=LARGEST_PERSON, since=MOST, until=MOST),) * m.MOST_APPROVALS


def _size(site: Site, node: str, data: m.OrderData) -> int:
    order = m.Order(v=1, site=site.name, node=node, life=MOST, boot="0" * 32, number=MOST, until=MOST, data=data)
    return len(m.encode(order)) + SIGNED
