"""Orders to nodes: numbered facts, whose content is composed from the state at the time of sending."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from hub.core.calendar import office_hours as hours
from hub.core.sealing import area as sealing
from hub.core.site import lookups as sites
from hub.core.site.document import Site
from hub.core.state import Alarm, Entry, Life, OrderOut, State
from wire import messages as m
from wire.board import Board

ACCESS_VALID_MS = 7 * 24 * 3_600_000
"""How long a node decides by an access list without hearing anything newer."""
ACCESS_RENEWED_MS = 24 * 3_600_000
CLOCK_SLACK_MS = 60_000
NOT_DONE = "order-not-done"
"""The trouble of a node that does not do as it is told."""
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
        expires = now + ACCESS_VALID_MS
        return sites.access_for(site, node, version, now, expires, hours.named_days(state, site, now, expires), str)
    if kind == "sealed":
        return m.SealedAreas(areas=sealing.sealed_areas(state, site, node))
    area = state.area(name)
    if kind == "ceremony":
        under_way = area.due_at is not None and area.state.endswith("ceremony")
        seconds = min(max(0, (area.due_at or 0) - now), sealing.CEREMONY_MS) // 1000 if under_way else 0
        return m.Ceremony(
            reader=sites.ceremony_reader(site, name),
            purpose="unseal" if area.state == "unseal-ceremony" else "seal",
            sealing=area.sealing,
            seconds=seconds,
        )
    alarms = sorted(alarm.number for alarm in state.all(Alarm) if expects_responder(alarm, name))
    return m.Respond(area=name, alarms=tuple(alarms[: m.NAMED_ALARMS]))  # the others when these are attended


def expects_responder(alarm: Alarm, area: str) -> bool:
    """Whether somebody has taken this alarm of the area on, and nobody has been at the door yet."""
    taken_on = alarm.open and not alarm.life.endswith("-unacknowledged")
    return taken_on and alarm.area == area and alarm.attended_by is None


def after_start(state: State, site: Site, node: str) -> Iterator[m.FactData]:
    """What a node that starts anew may not know; what was to happen at its readers it has forgotten."""
    yield from issue(state, node, *STANDING)
    for name in sites.areas_of(site, node):
        area = state.area(name)
        if area.state.endswith("ceremony") and node == sites.ceremony_node(site, name):
            yield from issue(state, node, f"ceremony/{name}")
        if sealing.guarded(area) and any(expects_responder(alarm, name) for alarm in state.all(Alarm)):
            yield from issue(state, node, f"respond/{name}")


def renewals(state: State, now: int) -> Iterator[m.FactData]:
    """New access lists for nodes whose list is a day old, or of a time that a wrong clock has put into the future."""
    for life in list(state.all(Life)):
        if life.access_at and not -CLOCK_SLACK_MS <= now - life.access_at < ACCESS_RENEWED_MS:
            yield from issue(state, life.node, "access")


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


def drop(state: State, node: str) -> None:
    """The node's life is over: its orders are nobody's any longer."""
    for order in list(state.all(OrderOut)):
        if order.node == node and order.state == "open":
            state.put(replace(order, state="superseded"))


def apply_issued(state: State, entry: Entry, data: m.OrderIssued, person: int | None) -> None:
    """A newer order about the same takes the place of one that is still open."""
    for order in list(state.all(OrderOut)):
        if order.node == data.node and order.what == data.what and order.state == "open":
            state.put(replace(order, state="superseded"))
    state.put(OrderOut(data.node, data.order, data.life, data.what, "open", entry.time, state.meta.site_version))
    life = state.life(data.node)
    if life is not None:
        access_at = entry.time if data.what == "access" else life.access_at
        state.put(replace(life, next_order=_after(data.order), access_at=access_at))


def apply_done(state: State, entry: Entry, record: m.Record, data: m.OrderDone) -> None:
    """The order is carried out."""
    order = state.find(OrderOut, record.node, data.order)
    if order is None or order.state != "open":
        return
    state.put(replace(order, state="done"))
    life = state.life(record.node)
    if life is not None and order.what in ("plan", "access"):
        state.put(replace(life, **{order.what: order.version}))


REPEATED: tuple[m.OrderRefusal, ...] = ("other-boot", "too-late")
"""Refusals after which the same order is simply sent again, for the boot that the node is in now."""


def apply_refused(state: State, entry: Entry, record: m.Record, data: m.OrderRefused) -> None:
    """The order is not carried out, and the numbers that the node has used are not used again."""
    order = state.find(OrderOut, record.node, data.order)
    if order is not None and order.state == "open" and data.reason not in REPEATED:
        state.put(replace(order, state="refused"))
    life = state.life(record.node)
    if life is not None and life.next_order <= data.mark:
        state.put(replace(life, next_order=_after(data.mark)))


def _after(number: int) -> int:
    """The next number. A node that claims to have used up all of them has silenced only itself."""
    return min(number + 1, m.LARGEST_NUMBER)
