"""Orders to nodes: numbered facts, whose content is composed from the state at the time of sending."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from hub.core import sealing, sites
from hub.core.site_document import Site
from hub.core.state import Alarm, Entry, Life, OrderOut, State
from wire import messages as m
from wire.board import Board

ACCESS_VALID_MS = 7 * 24 * 3_600_000
"""How long a node decides by an access list without hearing anything newer."""
ACCESS_RENEWED_MS = 24 * 3_600_000
STANDING = ("plan", "access", "sealed")
"""What every node is told whenever it may not know it: its terminals, who may enter, what is sealed."""


def issue(state: State, node: str, *whats: str) -> Iterator[m.FactData]:
    """Numbers for new orders to a node; none for one that is not enrolled or is revoked."""
    for what in whats:
        life = state.life(node)
        if life is not None and not life.revoked:
            yield m.OrderIssued(node=node, life=life.life, order=life.next_order, what=what)


def compose(state: State, site: Site, board: Board, node: str, what: str, now: int) -> m.OrderData:
    """What an order says now. `now`: hub's wall time in ms."""
    kind, _, name = what.partition("/")
    version = state.meta.site_version
    if kind == "plan":
        return sites.plan_for(site, node, version, board)
    if kind == "access":
        return sites.access_for(site, node, version, now, now + ACCESS_VALID_MS, str)
    if kind == "sealed":
        return m.SealedAreas(areas=sealing.sealed_areas(state, site, node))
    area = state.area(name)
    if kind == "ceremony":
        seconds = max(0, area.due_at - now) // 1000 if area.due_at and area.state.endswith("ceremony") else 0
        return m.Ceremony(
            reader=sites.ceremony_reader(site, name),
            purpose="unseal" if area.state == "unseal-ceremony" else "seal",
            sealing=area.sealing,
            seconds=seconds,
        )
    alarms = tuple(alarm.number for alarm in state.all(Alarm) if expects_responder(alarm, name))
    return m.Respond(area=name, alarms=alarms)


def expects_responder(alarm: Alarm, area: str) -> bool:
    """Whether somebody has taken this alarm of the area on, and nobody has been at the door yet."""
    return alarm.open and alarm.area == area and alarm.life.endswith("-acknowledged") and alarm.attended_by is None


def renewals(state: State, now: int) -> Iterator[m.FactData]:
    """New access lists for nodes whose list is a day old."""
    for life in list(state.all(Life)):
        if life.access_at and now - life.access_at >= ACCESS_RENEWED_MS:
            yield from issue(state, life.node, "access")


def refused(state: State, node: str, data: m.OrderRefused) -> Iterator[m.FactData]:
    """A node that knows higher numbers than the hub (which was put back from a backup) is told again above them."""
    order = state.find(OrderOut, node, data.order)
    if data.reason == "old-number" and order is not None and order.state == "refused":
        yield from issue(state, node, order.what)


# ---------------------------------------------------------------- fold


def apply_issued(state: State, entry: Entry, data: m.OrderIssued, person: int | None) -> None:
    """A newer order about the same takes the place of one that is still open."""
    for order in list(state.all(OrderOut)):
        if order.node == data.node and order.what == data.what and order.state == "open":
            state.put(replace(order, state="superseded"))
    state.put(OrderOut(data.node, data.order, data.life, data.what, "open", entry.time))
    life = state.life(data.node)
    if life is not None:
        access_at = entry.time if data.what == "access" else life.access_at
        state.put(replace(life, next_order=data.order + 1, access_at=access_at))


def apply_done(state: State, entry: Entry, record: m.Record, data: m.OrderDone) -> None:
    """The order is carried out."""
    order = state.find(OrderOut, record.node, data.order)
    if order is not None and order.state == "open":
        state.put(replace(order, state="done"))


REPEATED: tuple[m.OrderRefusal, ...] = ("other-boot", "too-late")
"""Refusals after which the same order is simply sent again, for the boot that the node is in now."""


def apply_refused(state: State, entry: Entry, record: m.Record, data: m.OrderRefused) -> None:
    """The order is not carried out, and the numbers that the node has used are not used again."""
    order = state.find(OrderOut, record.node, data.order)
    if order is not None and order.state == "open" and data.reason not in REPEATED:
        state.put(replace(order, state="refused"))
    life = state.life(record.node)
    if life is not None and life.next_order <= data.mark:
        state.put(replace(life, next_order=data.mark + 1))
