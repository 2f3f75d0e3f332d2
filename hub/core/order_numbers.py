"""Orders to nodes are numbered facts. What an order says is composed when it is sent (nodes/order_content.py)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec.structs import replace

from hub.core import kept_back
from hub.core.state import Entry, Frozen, OrderOut, OrderState, State
from wire import messages as m

NOT_DONE = "order-not-done"
"""The trouble of a node that does not do as it is told."""
STANDING = ("plan", "access")
"""Orders that are sent whenever a node may not know them: its terminals, and who may enter."""

OrderEvent = Literal["issue", "supersede", "done", "refused"]

ORDER: dict[tuple[OrderState | None, OrderEvent], OrderState] = {
    (None, "issue"): "open",
    ("open", "supersede"): "superseded",
    ("open", "done"): "done",
    ("open", "refused"): "refused",
}
"""The life of an order; None: there is no such order yet. What is not in this table changes nothing."""


def about(what: str) -> tuple[str, str]:
    """Of which kind an order is, and the area that it is about; "" for one about the node itself."""
    kind, _, area = what.partition("/")
    return kind, area


def issue(state: State, node: str, *whats: str) -> Iterator[m.FactData]:
    """Numbers for new orders to a node; none for one that is not enrolled or is revoked, nor for a plan that it would
    refuse."""
    for what in whats:
        life = state.life(node)
        if life is not None and not life.revoked and not (what == "plan" and kept_back.is_kept_back(state, node)):
            yield m.OrderIssued(node=node, life=life.life, order=life.next_order, what=what)


def remaining(state: State, node: str) -> list[OrderOut]:
    """Orders of the node of which nobody knows yet what became of them, the oldest first."""
    found = (one for one in state.all(OrderOut) if one.node == node and one.state == "open")
    return sorted(found, key=lambda one: one.number)


def refused(state: State, node: str, data: m.OrderRefused) -> Iterator[m.FactData]:
    """A node that knows higher numbers than the hub (which was put back from a backup) is told again above them."""
    order = state.find(OrderOut, node, data.order)
    if data.reason == "old-number" and order is not None and order.state == "refused":
        yield from issue(state, node, order.what)


# ---------------------------------------------------------------- fold


def _move(state: State, order: OrderOut, event: OrderEvent) -> None:
    if (order.state, event) in ORDER:
        state.put(replace(order, state=ORDER[order.state, event]))


def keep_back(state: State, area: str) -> None:
    """Nodes of the area that would refuse their plan now are not sent it any more."""
    nodes = {row.node for row in state.all(Frozen) if row.area == area and kept_back.behind(state, row)}
    for order in list(state.all(OrderOut)):
        if order.node in nodes and order.what == "plan":
            _move(state, order, "supersede")


def drop(state: State, node: str) -> None:
    """The node's life is over: its orders are nobody's any longer."""
    for order in list(state.all(OrderOut)):
        if order.node == node:
            _move(state, order, "supersede")


def apply_issued(state: State, entry: Entry, data: m.OrderIssued, person: int | None) -> None:
    """Store an order; it replaces an open one about the same thing."""
    for order in list(state.all(OrderOut)):
        if order.node == data.node and order.what == data.what:
            _move(state, order, "supersede")
    state.put(
        OrderOut(
            node=data.node,
            number=data.order,
            life=data.life,
            what=data.what,
            state=ORDER[None, "issue"],
            issued_at=entry.time,
            version=state.meta.site_version,
        )
    )
    life = state.life(data.node)
    if life is not None:
        access_at = entry.time if data.what == "access" else life.access_at
        state.put(replace(life, next_order=_after(data.order), access_at=access_at))


def apply_done(state: State, entry: Entry, record: m.Record, data: m.OrderDone) -> None:
    """Close an order that was carried out."""
    order = state.find(OrderOut, record.node, data.order)
    if order is None or order.state != "open":
        return
    _move(state, order, "done")
    life = state.life(record.node)
    if life is not None and order.what in ("plan", "access"):
        state.put(replace(life, **{order.what: order.version}))


REPEATED: tuple[m.OrderRefusal, ...] = ("other-boot", "too-late")
"""Refusals after which the same order is simply sent again, for the boot that the node is in now."""


def apply_refused(state: State, entry: Entry, record: m.Record, data: m.OrderRefused) -> None:
    """Close a refused order, and skip the numbers that the node has used."""
    order = state.find(OrderOut, record.node, data.order)
    if order is not None and data.reason not in REPEATED:
        _move(state, order, "refused")
    life = state.life(record.node)
    if life is not None and life.next_order <= data.mark:
        state.put(replace(life, next_order=_after(data.mark)))


def _after(number: int) -> int:
    """The next number. A node that claims to have used up all of them has silenced only itself."""
    return min(number + 1, m.LARGEST_NUMBER)
