"""A node refuses what would weaken a sealing, or end it without badges: somebody else may be speaking in our name.

Only where two people have shown their badges a moment ago, and the node's patience with them was over first, is it no
more than an unsealing that came to nothing. What the node holds instead stands in its refusal, and counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from hub.core import order_numbers
from hub.core.alarms import life as alarm_life
from hub.core.sealing import after_restore
from hub.core.sealing import area as area_sealing
from hub.core.site import lookups
from hub.core.site.document import Site
from hub.core.state import Entry, OrderOut, State
from hub.core.when import when
from wire import messages as m

REASONS: frozenset[m.OrderRefusal] = frozenset({"frozen", "no-permit", "no-word", "let-go"})


def refused(state: State, site: Site, entry: Entry, record: m.Record, data: m.OrderRefused) -> Iterator[m.FactData]:
    """What follows from a refusal for one of these reasons."""
    order = state.find(OrderOut, record.node, data.order)
    kind, name = order_numbers.about(order.what) if order else ("", "")
    area = state.area(name) if kind == "sealed" else None
    holds = next((one for one in data.sealed if area and one.area == area.name), None)
    if area is not None and _came_to_nothing(area.state, area.word, data.reason):
        detail = f"{record.node}: {data.reason}"
        yield m.SealingCancelled(sealing=area.sealing, area=area.name, reason="node-refused", detail=detail)
    elif data.reason != "let-go" and not _came_too_late(order, data.reason):
        held = holds or next(iter(data.sealed), None)
        place = held.area if held else None
        cause = alarm_life.Cause(
            "seal-order-refused",
            record.node,
            place,
            held.sealing if held else None,
            when(state, entry, record),
            told=_told(order, data.reason),
        )
        yield alarm_life.raise_for(state, cause, entry)
    if area is not None and holds is not None and record.node in lookups.nodes_of(site, area.name):
        yield from _adopt(state, area.name, holds, record.node)


def _came_to_nothing(state: str, word: str, reason: m.OrderRefusal) -> bool:
    return (state == "unsealing" and not word and reason == "no-permit") or (state == "arming" and reason == "let-go")


TOLD: Mapping[str, m.Told] = {
    "plan": "plan",
    "access": "list",
    "sealed": "release",
    "quiet": "quiet",
    "ceremony": "ceremony",
}
"""What an order told a node, by its kind."""


def _told(order: OrderOut | None, reason: m.OrderRefusal) -> m.Told:
    """What the node has refused; of an order that this hub has not given nobody here knows."""
    if order is None:
        return "foreign"
    kind, _ = order_numbers.about(order.what)
    return "sealing" if (kind, reason) == ("sealed", "frozen") else TOLD.get(kind, "foreign")


def _came_too_late(order: OrderOut | None, reason: m.OrderRefusal) -> bool:
    """A plan or list that two people had admitted. The node holds what it held, and the officer is told so."""
    return order is not None and order.what in order_numbers.STANDING and reason == "no-permit"


def _adopt(state: State, name: str, holds: m.SealedArea, node: str) -> Iterator[m.FactData]:
    """What a node holds, and this hub does not, is sealed until two people have ended it."""
    if (state.area(name).state, "adopt") in area_sealing.SEAL:
        yield m.SealingAdopted(sealing=holds.sealing, area=name, node=node)


# ---------------------------------------------------------------- fold


def apply(state: State, entry: Entry, record: m.Record, data: m.OrderRefused) -> None:
    """A sealing under a number that is over at the node: this hub, put back from a backup, counts on from beyond."""
    if data.reason == "let-go":
        beyond = state.meta.next_sealing + after_restore.MOST_FORGOTTEN
        state.put(replace(state.meta, next_sealing=min(beyond, m.LARGEST_NUMBER)))
