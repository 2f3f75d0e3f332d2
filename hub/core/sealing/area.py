"""How an area stands: two different people in two roles, two badges, then every node's word that it is on its disk.

SEAL is the whole life of an area as a table; what is not in it is refused and changes nothing. The course of each
sealing, from plan to certificate, is `hub.core.sealing.course`; what must be so before is `before` and `after`.
It is long since the table, and every fact by which an area is moved through it, are read side by side.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec.structs import replace

from hub.core import order_numbers, standing, watched
from hub.core.refusal import NotPossible
from hub.core.sealing import after as after_sealing
from hub.core.sealing import before as before_sealing
from hub.core.sealing import course, frozen
from hub.core.site import lookups, where
from hub.core.site.document import Site
from hub.core.state import Area, Entry, Point, SealState, State
from wire import messages as m

SECOND_BADGE_MS = 20_000
"""The second person's badge counts up to 20 s after the first (Bosch two-man rule: about 19 s), by the node's clock."""
CEREMONY_MS = 300_000
ARMING_MS = 120_000

SealEvent = Literal[
    "order-seal",
    "order-unseal",
    "order-change",
    "two-badges",
    "all-confirmed",
    "cancel",
    "let-go",
    "emergency",
    "release",
    "adopt",
]

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
    ("sealed", "order-change"): "change-ceremony",
    ("change-ceremony", "two-badges"): "changing",
    ("changing", "all-confirmed"): "sealed",
    ("change-ceremony", "cancel"): "sealed",
    ("changing", "cancel"): "sealed",
    ("change-ceremony", "let-go"): "unsealing",
    ("changing", "let-go"): "unsealing",
    ("change-ceremony", "emergency"): "unsealing",
    ("changing", "emergency"): "unsealing",
    ("sealed", "let-go"): "unsealing",
    ("unseal-ceremony", "let-go"): "unsealing",
    ("unsealing", "let-go"): "unsealing",
    ("sealed", "emergency"): "unsealing",
    ("unseal-ceremony", "emergency"): "unsealing",
    ("unsealing", "emergency"): "unsealing",
    ("unsealing", "release"): "unsealed",
    ("unsealed", "adopt"): "sealed",
    ("seal-ceremony", "adopt"): "sealed",
}
"""`let-go`: the node at whose reader the badges were shown holds it no longer; from there on nothing falls back.
`adopt`: a node holds it sealed that this hub does not, as when it was put back from a backup."""

ON_NODES: dict[SealState, bool] = {
    "unsealed": False,
    "seal-ceremony": False,
    "arming": True,
    "sealed": True,
    "unseal-ceremony": True,
    "unsealing": False,
    "change-ceremony": True,
    "changing": True,
}
"""Whether the nodes of an area in this state are told that it is sealed."""

EVENTS: dict[m.Purpose, SealEvent] = {"seal": "order-seal", "unseal": "order-unseal", "change": "order-change"}
CEREMONIES: dict[SealState, m.Purpose] = {
    "seal-ceremony": "seal",
    "unseal-ceremony": "unseal",
    "change-ceremony": "change",
}
"""What badges are shown for at the area's reader, in the states in which they are."""


def whole(area: Area) -> bool:
    """Whether every node of the area is to hold it sealed, whatever is asked for at its reader meanwhile."""
    return ON_NODES[area.state] and area.state != "arming"


def guarded(area: Area) -> bool:
    """Whether the area counts as sealed: an unsealing that is not finished leaves it so."""
    return whole(area) or area.state == "unsealing"


def sealed_areas(state: State, site: Site, node: str) -> tuple[m.SealedArea, ...]:
    """What a node is to hold sealed, by the state of its areas."""
    areas = [state.area(name) for name in lookups.areas_of(site, node)]
    return tuple(m.SealedArea(area=area.name, sealing=area.sealing) for area in areas if ON_NODES[area.state])


def held(state: State, site: Site, node: str) -> tuple[m.SealedArea, ...]:
    """What a node does hold sealed, as far as it has said, and beats the faster for."""
    areas = [state.area(name) for name in lookups.areas_of(site, node)]
    return tuple(m.SealedArea(area=area.name, sealing=area.sealing) for area in areas if _holds(area, node))


def _holds(area: Area, node: str) -> bool:
    if area.state == "arming":
        return node not in area.waiting
    return whole(area) or (area.state == "unsealing" and node in area.waiting)


# ---------------------------------------------------------------- what a person may ask


def order(state: State, site: Site, request: m.SealingOrdered) -> m.SealingOrdered:
    """The order with the number of its sealing. Raises NotPossible."""
    if not any(area.name == request.area for area in site.area):
        raise NotPossible("unknown-area", request.area)
    area = state.area(request.area)
    if (area.state, EVENTS[request.purpose]) not in SEAL:
        raise NotPossible(f"area-is-{area.state}", request.area)
    if request.purpose == "seal":
        standing.check_unset(state, site, request.area)
    for node in lookups.nodes_of(site, request.area):
        life = state.life(node)
        if watched.of_life(life):
            raise NotPossible("node-not-heard", node)
    now = state.meta.newest_time
    if request.purpose == "unseal":
        frozen.check_reader(state, site, area)
        after_sealing.check_order(state, site, area, request.cause)
        return replace(request, sealing=area.sealing)
    if request.purpose == "change":
        frozen.check_reader(state, site, area)
        frozen.check_change(state, area, request.cause)
        return replace(request, sealing=area.sealing)
    # What is open is told at the second badge, when it counts: people are still closing things when they order.
    lacks = [one for one in before_sealing.missing(state, site, area.name, now) if one.lack != "not-normal"]
    if lacks:
        raise NotPossible("not-ready", before_sealing.lines(lacks))
    return replace(request, sealing=course.next_number(state, area.name, now))


def cancel(state: State, site: Site, request: m.SealingCancelled) -> m.SealingCancelled:
    """The cancellation with the number of the sealing under way. Raises NotPossible."""
    area = state.area(request.area)
    if (area.state, "cancel") not in SEAL:
        raise NotPossible(f"area-is-{area.state}", request.area)
    if course.of_area(state, request.area, "opened") and area.state == "unsealing":
        raise NotPossible("emergency", request.area)
    if area.word and area.state == "unsealing":
        raise NotPossible("let-go", request.area)
    missing = ", ".join(area.waiting)[:500] if area.state == "changing" else ""
    return replace(request, sealing=area.sealing, reason="by-hand", detail=missing)


# ---------------------------------------------------------------- what follows from a fact


def presented(state: State, site: Site, entry: Entry, record: m.Record, data: m.Presented) -> Iterator[m.FactData]:
    """A badge at a reader where a ceremony is under way."""
    name = where.area_of(data.reader)
    area = state.area(name)
    in_time = record.boot == area.first_boot and 0 <= data.at - area.first_mono <= SECOND_BADGE_MS
    first = area.first_person if in_time else None
    refusal = (
        _badge_refusal(site, area, data, first)
        or ("" if frozen.counts(state, record.node, area, data.credential) else "no-right")
        or _role_refusal(state, site, entry, area, data.person, first)
    )
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
        yield _arming(state, site, entry, area, (first, data.person))


BadgeRefusal = Literal["", "unknown", "no-right", "same-person", "same-role", "signed-exception", "no-ceremony"]


def _badge_refusal(site: Site, area: Area, data: m.Presented, first: int | None) -> BadgeRefusal:
    # A badge that was shown for an earlier ceremony, and comes late, is none for this one.
    purpose = CEREMONIES.get(area.state)
    if purpose is None or data.ceremony != area.sealing or data.purpose not in (None, purpose):
        return "no-ceremony"
    if data.person is None:
        return "unknown"
    if not lookups.may_seal(site, data.person, area.name):
        return "no-right"
    return "same-person" if data.person == first else ""


def _role_refusal(
    state: State, site: Site, entry: Entry, area: Area, person: int | None, first: int | None
) -> BadgeRefusal:
    """Two roles, and neither of them whoever has signed an exception for this sealing."""
    if area.state == "seal-ceremony":
        signers = {row.signed_by for row in before_sealing.exemptions(state, area.name, entry.time)}
        if person in signers:
            return "signed-exception"
    if first is not None and person is not None and not lookups.in_two_roles(site, area.name, first, person):
        return "same-role"
    return ""


def _arming(state: State, site: Site, entry: Entry, area: Area, people: tuple[int, int]) -> m.FactData:
    """The step after the second badge."""
    nodes, purpose = lookups.nodes_of(site, area.name), CEREMONIES[area.state]
    if purpose == "change":
        nodes = (lookups.ceremony_node(site, area.name),)
    if purpose != "seal":
        return m.SealingArming(sealing=area.sealing, area=area.name, purpose=purpose, people=people, nodes=nodes)
    if open_points := _not_normal(state, site, area):
        return _over_open_door(area, open_points)
    lacks = before_sealing.missing(state, site, area.name, entry.time)
    speakers = before_sealing.number_people(state, site, area.name)
    if lacks or not speakers <= set(people):
        detail = before_sealing.lines(lacks) or "the seals' numbers were said by others"
        return m.SealingCancelled(sealing=area.sealing, area=area.name, reason="not-ready", detail=detail)
    exceptions = tuple(row.place for row in before_sealing.exemptions(state, area.name, entry.time))
    return m.SealingArming(
        sealing=area.sealing, area=area.name, purpose="seal", people=people, nodes=nodes, exceptions=exceptions
    )


def _not_normal(state: State, site: Site, area: Area) -> list[str]:
    """Points that an area cannot be sealed over. What a point's former node has said of it counts no longer."""
    return sorted(
        row.place
        for row in state.all(Point)
        if row.level != "normal"
        and (point := lookups.point(site, row.place))
        and (point.area, point.node) == (area.name, row.node)
        and lookups.guards(site, row.place)
    )


def _over_open_door(area: Area, open_points: list[str]) -> m.FactData:
    detail = ", ".join(open_points)[:500]
    return m.SealingCancelled(sealing=area.sealing, area=area.name, reason="not-normal", detail=detail)


def holding(
    state: State, site: Site, entry: Entry, node: str, sealed: tuple[m.SealedArea, ...]
) -> Iterator[m.FactData]:
    """A node has recorded which areas are sealed on its disk: that may be the word that was waited for."""
    for name in lookups.areas_of(site, node):
        area = state.area(name)
        if area.state not in ("arming", "unsealing") or node not in area.waiting:
            continue
        held = m.SealedArea(area=name, sealing=area.sealing) in sealed
        if held == ON_NODES[area.state]:
            yield m.SealingConfirmed(sealing=area.sealing, area=name, node=node, cause=entry.index)


def confirmed(state: State, site: Site, entry: Entry, data: m.SealingConfirmed) -> Iterator[m.FactData]:
    """Once the last node has confirmed, the area is what was ordered; unless something was opened since the badges."""
    area = state.area(data.area)
    if not area.waiting and area.state == "arming":
        open_points = _not_normal(state, site, area)
        yield _over_open_door(area, open_points) if open_points else m.Sealed(sealing=area.sealing, area=area.name)
    elif not area.waiting and area.state == "unsealing":
        yield m.Unsealed(sealing=area.sealing, area=area.name)
    elif not area.waiting and area.state == "changing" and area.admits:
        yield m.SealingChanged(sealing=area.sealing, area=area.name)


def timed_out(area: Area) -> m.FactData:
    """The time of a ceremony or an arming has run out. What has been let go is waited for all the same."""
    if area.word and area.state == "unsealing":
        return m.UnsealingWaits(sealing=area.sealing, area=area.name, nodes=area.waiting)
    waiting = ", ".join(area.waiting)[:500]
    return m.SealingCancelled(sealing=area.sealing, area=area.name, reason="timeout", detail=waiting)


def not_held(state: State, site: Site, node: str, sealed: tuple[m.SealedArea, ...]) -> list[Area]:
    """Areas of a node that count as sealed while the node, started anew, does not hold them so."""
    areas = [state.area(name) for name in lookups.areas_of(site, node)]
    return [area for area in areas if whole(area) and m.SealedArea(area=area.name, sealing=area.sealing) not in sealed]


# ---------------------------------------------------------------- fold


def move(state: State, name: str, event: SealEvent, time: int, due: int | None, **changes: object) -> None:
    """One step of an area at the hub's wall time `time`, given up at `due`, if the table has it."""
    area = state.area(name)
    if (area.state, event) in SEAL:
        moved = replace(area, state=SEAL[area.state, event], since=time, due_at=due, **changes)
        if area.state == "changing":
            moved = replace(moved, permit="", admits=0)
        state.put(moved)
        if area.state == "changing":
            order_numbers.keep_back(state, name)


def apply_ordered(state: State, entry: Entry, data: m.SealingOrdered, person: int | None) -> None:
    """Begin the badge ceremony."""
    move(
        state,
        data.area,
        EVENTS[data.purpose],
        entry.time,
        entry.time + CEREMONY_MS,
        sealing=data.sealing,
        ordered_by=person,
        first_person=None,
        first_mono=0,
        first_boot="",
        people=(),
        waiting=(),
        **({"word": "", "loud": False, "came": "", "change": 0} if data.purpose == "seal" else {}),
    )
    if data.purpose == "seal":
        course.order_seal(state, entry, data, person)
    elif data.purpose == "unseal":
        course.order_unseal(state, data)


def apply_badge(state: State, entry: Entry, data: m.SealingBadge, person: int | None) -> None:
    """The first badge of two is kept; the second is in the arming that follows."""
    if data.counted == 1:
        area = state.area(data.area)
        state.put(replace(area, first_person=data.person, first_mono=data.mono, first_boot=data.boot))


def apply_arming(state: State, entry: Entry, data: m.SealingArming, person: int | None) -> None:
    """Both badges are shown: wait for the nodes to confirm."""
    move(
        state,
        data.area,
        "two-badges",
        entry.time,
        entry.time + ARMING_MS,
        people=data.people,
        waiting=data.nodes,
    )
    course.arming(state, entry, data)


def apply_confirmed(state: State, entry: Entry, data: m.SealingConfirmed, person: int | None) -> None:
    """Remove the node from those waited for."""
    area = state.area(data.area)
    state.put(replace(area, waiting=tuple(node for node in area.waiting if node != data.node)))


def apply_finished(state: State, entry: Entry, data: m.Sealed | m.Unsealed, person: int | None) -> None:
    """Set the area to the ordered state."""
    if isinstance(data, m.Sealed):
        before_sealing.use_up(state, data.area)
    move(state, data.area, "all-confirmed", entry.time, None)
    course.finished(state, entry, data.sealing, isinstance(data, m.Sealed))


def apply_cancelled(state: State, entry: Entry, data: m.SealingCancelled, person: int | None) -> None:
    """Put the area back into its state before the ceremony."""
    course.came_to_nothing(state, state.area(data.area))
    move(state, data.area, "cancel", entry.time, None, waiting=(), first_person=None)


def apply_emergency(state: State, entry: Entry, data: m.EmergencyOpened, person: int | None) -> None:
    """Unseal at once, and wait for the nodes without a time limit: nothing seals the area again by itself."""
    course.emergency(state, entry, data, person)
    move(state, data.area, "emergency", entry.time, None, waiting=data.nodes, first_person=None, loud=True)


def apply_released(state: State, entry: Entry, data: m.SealingReleased) -> None:
    """Stop waiting for the nodes."""
    move(state, data.area, "release", entry.time, None, waiting=())
    course.finished(state, entry, data.sealing, sealed=False)
