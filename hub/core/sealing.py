"""Sealing, first form: two different people, two badges, then every node's word that the order is on its disk.

SEAL is the whole life of an area as a table; what is not in it is refused and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec.structs import replace

from hub.core import sites
from hub.core.refusal import NotPossible
from hub.core.site_document import Site
from hub.core.state import Area, Entry, Point, SealState, State
from wire import messages as m

SECOND_BADGE_MS = 20_000
"""The second person's badge counts up to 20 s after the first (Bosch two-man rule: about 19 s), by the node's clock."""
CEREMONY_MS = 300_000
ARMING_MS = 120_000

SealEvent = Literal["order-seal", "order-unseal", "two-badges", "all-confirmed", "cancel"]

SEAL: dict[tuple[SealState, SealEvent], SealState] = {
    ("unsealed", "order-seal"): "seal-ceremony",
    ("seal-ceremony", "two-badges"): "arming",
    ("arming", "all-confirmed"): "sealed",
    ("seal-ceremony", "cancel"): "unsealed",
    ("arming", "cancel"): "unsealed",
    ("sealed", "order-unseal"): "unseal-ceremony",
    ("unseal-ceremony", "two-badges"): "unsealing",
    ("unsealing", "all-confirmed"): "unsealed",
    ("unseal-ceremony", "cancel"): "sealed",
    ("unsealing", "cancel"): "sealed",
}

ON_NODES: dict[SealState, bool] = {
    "unsealed": False,
    "seal-ceremony": False,
    "arming": True,
    "sealed": True,
    "unseal-ceremony": True,
    "unsealing": False,
}
"""Whether the nodes of an area in this state are told that it is sealed."""


def guarded(area: Area) -> bool:
    """Whether the area counts as sealed: an unsealing that is not finished leaves it so."""
    return area.state in ("sealed", "unseal-ceremony", "unsealing")


def sealed_areas(state: State, site: Site, node: str) -> tuple[m.SealedArea, ...]:
    """What a node is to hold sealed, by the state of its areas."""
    areas = [state.area(name) for name in sites.areas_of(site, node)]
    return tuple(m.SealedArea(area=area.name, sealing=area.sealing) for area in areas if ON_NODES[area.state])


# ---------------------------------------------------------------- what a person may ask


def order(state: State, site: Site, request: m.SealingOrdered) -> m.SealingOrdered:
    """The order with the number of its sealing. Raises NotPossible."""
    if not any(area.name == request.area for area in site.area):
        raise NotPossible("unknown-area", request.area)
    area = state.area(request.area)
    event: SealEvent = "order-seal" if request.purpose == "seal" else "order-unseal"
    if (area.state, event) not in SEAL:
        raise NotPossible(f"area-is-{area.state}", request.area)
    for node in sites.nodes_of(site, request.area):
        life = state.life(node)
        if life is None or life.revoked or life.silent or not life.boot:
            raise NotPossible("node-not-heard", node)
    sealing = state.meta.next_sealing if request.purpose == "seal" else area.sealing
    return replace(request, sealing=sealing)


def cancel(state: State, request: m.SealingCancelled) -> m.SealingCancelled:
    """The cancellation with the number of the sealing under way. Raises NotPossible."""
    area = state.area(request.area)
    if (area.state, "cancel") not in SEAL:
        raise NotPossible(f"area-is-{area.state}", request.area)
    return replace(request, sealing=area.sealing)


# ---------------------------------------------------------------- what follows from a fact


def presented(state: State, site: Site, entry: Entry, record: m.Record, data: m.Presented) -> Iterator[m.FactData]:
    """A badge at a reader where a ceremony is under way."""
    name = data.reader.split("/")[0]
    area = state.area(name)
    in_time = record.boot == area.first_boot and 0 <= data.at - area.first_mono <= SECOND_BADGE_MS
    first = area.first_person if in_time else None
    refusal = _badge_refusal(site, area, data.person, first)
    yield m.SealingBadge(
        sealing=area.sealing,
        area=name,
        person=data.person,
        counted=0 if refusal else 1 if first is None else 2,
        refusal=refusal,
        boot=record.boot,
        mono=data.at,
        cause=entry.index,
    )
    if not refusal and first is not None and data.person is not None:
        yield _arming(state, site, area, (first, data.person))


BadgeRefusal = Literal["", "unknown", "no-right", "same-person", "no-ceremony"]


def _badge_refusal(site: Site, area: Area, person: int | None, first: int | None) -> BadgeRefusal:
    if area.state not in ("seal-ceremony", "unseal-ceremony"):
        return "no-ceremony"
    if person is None:
        return "unknown"
    if not sites.may_seal(site, person, area.name):
        return "no-right"
    return "same-person" if person == first else ""


def _arming(state: State, site: Site, area: Area, people: tuple[int, int]) -> m.FactData:
    """The step after the second badge; an area is not sealed over an open door."""
    not_normal = sorted(
        point.place
        for point in state.all(Point)
        if point.place.split("/")[0] == area.name and point.level != "normal" and sites.guards(site, point.place)
    )
    if area.state == "seal-ceremony" and not_normal:
        detail = ", ".join(not_normal)[:500]
        return m.SealingCancelled(sealing=area.sealing, area=area.name, reason="not-normal", detail=detail)
    purpose: Literal["seal", "unseal"] = "seal" if area.state == "seal-ceremony" else "unseal"
    nodes = sites.nodes_of(site, area.name)
    return m.SealingArming(sealing=area.sealing, area=area.name, purpose=purpose, people=people, nodes=nodes)


def holding(
    state: State, site: Site, entry: Entry, node: str, sealed: tuple[m.SealedArea, ...]
) -> Iterator[m.FactData]:
    """A node has recorded which areas are sealed on its disk: that may be the word that was waited for."""
    for name in sites.areas_of(site, node):
        area = state.area(name)
        if area.state not in ("arming", "unsealing") or node not in area.waiting:
            continue
        held = m.SealedArea(area=name, sealing=area.sealing) in sealed
        if held == ON_NODES[area.state]:
            yield m.SealingConfirmed(sealing=area.sealing, area=name, node=node, cause=entry.index)


def confirmed(state: State, data: m.SealingConfirmed) -> Iterator[m.FactData]:
    """Once the last node has confirmed, the area is what was ordered."""
    area = state.area(data.area)
    if not area.waiting and area.state == "arming":
        yield m.Sealed(sealing=area.sealing, area=area.name)
    elif not area.waiting and area.state == "unsealing":
        yield m.Unsealed(sealing=area.sealing, area=area.name)


def overdue(state: State, now: int) -> Iterator[m.FactData]:
    """Ceremonies and armings whose time has run out."""
    for area in list(state.all(Area)):
        if area.due_at is not None and area.due_at <= now:
            waiting = ", ".join(area.waiting)
            yield m.SealingCancelled(sealing=area.sealing, area=area.name, reason="timeout", detail=waiting)


def not_held(state: State, site: Site, node: str, sealed: tuple[m.SealedArea, ...]) -> list[Area]:
    """Areas of a node that count as sealed while the node, started anew, does not hold them so."""
    areas = [state.area(name) for name in sites.areas_of(site, node)]
    return [
        area
        for area in areas
        if area.state in ("sealed", "unseal-ceremony")
        and m.SealedArea(area=area.name, sealing=area.sealing) not in sealed
    ]


# ---------------------------------------------------------------- fold


def _move(state: State, name: str, event: SealEvent, time: int, due: int | None, **changes: object) -> None:
    area = state.area(name)
    if (area.state, event) in SEAL:
        moved = replace(area, state=SEAL[area.state, event], since=time, due_at=due, **changes)
        state.put(moved)


def apply_ordered(state: State, entry: Entry, data: m.SealingOrdered, person: int | None) -> None:
    """A ceremony begins."""
    event: SealEvent = "order-seal" if data.purpose == "seal" else "order-unseal"
    _move(
        state,
        data.area,
        event,
        entry.time,
        entry.time + CEREMONY_MS,
        sealing=data.sealing,
        ordered_by=person,
        first_person=None,
        first_mono=0,
        first_boot="",
        people=(),
    )
    if data.purpose == "seal":
        state.put(replace(state.meta, next_sealing=data.sealing + 1))


def apply_badge(state: State, entry: Entry, data: m.SealingBadge, person: int | None) -> None:
    """The first badge of two is kept; the second is in the arming that follows."""
    if data.counted == 1:
        area = state.area(data.area)
        state.put(replace(area, first_person=data.person, first_mono=data.mono, first_boot=data.boot))


def apply_arming(state: State, entry: Entry, data: m.SealingArming, person: int | None) -> None:
    """Two badges: now the nodes."""
    _move(
        state,
        data.area,
        "two-badges",
        entry.time,
        entry.time + ARMING_MS,
        people=data.people,
        waiting=data.nodes,
    )


def apply_confirmed(state: State, entry: Entry, data: m.SealingConfirmed, person: int | None) -> None:
    """One node fewer to wait for."""
    area = state.area(data.area)
    state.put(replace(area, waiting=tuple(node for node in area.waiting if node != data.node)))


def apply_finished(state: State, entry: Entry, data: m.Sealed | m.Unsealed, person: int | None) -> None:
    """The area is what was ordered."""
    _move(state, data.area, "all-confirmed", entry.time, None)


def apply_cancelled(state: State, entry: Entry, data: m.SealingCancelled, person: int | None) -> None:
    """As before."""
    _move(state, data.area, "cancel", entry.time, None, waiting=(), first_person=None)
