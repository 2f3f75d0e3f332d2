"""Ending a sealing whose node is dead: after an emergency opening, by a second person in the other role, on the hub
alone. The nodes that never said that they have unsealed stand in the certificate."""

from __future__ import annotations

from msgspec.structs import replace

from hub.core.refusal import NotPossible
from hub.core.sealing import area as area_sealing
from hub.core.sealing import course
from hub.core.site.document import Site
from hub.core.state import Entry, Sealing, State
from wire import messages as m

ROLES = frozenset({"duty", "security"})
"""The two who end it stand for both."""


def check(state: State, _site: Site, request: m.SealingReleased) -> m.SealingReleased:
    """With the nodes that have not confirmed, none of which is heard. Raises NotPossible."""
    area = state.area(request.area)
    opened = course.of_area(state, request.area, "opened")
    if area.state != "unsealing" or opened is None:
        raise NotPossible("no-emergency", request.area)
    for node in area.waiting:
        life = state.life(node)
        if life is not None and not life.revoked and not life.silent:
            raise NotPossible("node-still-heard", node)
    return replace(request, sealing=area.sealing, nodes=area.waiting)


def check_second(state: State, site: Site, person: int | None, request: m.SealingReleased) -> None:
    """Not whoever opened it, and of the two one has the duty and one answers for security. Raises NotPossible."""
    opened = course.of_area(state, request.area, "opened")
    if opened is None:
        return
    if opened.emergency_by == person:
        raise NotPossible("opened-by-yourself", request.area)
    both = {role for one in site.account if one.cardholder in (opened.emergency_by, person) for role in one.roles}
    if not both >= ROLES:
        raise NotPossible("same-role", request.area)


def apply(state: State, entry: Entry, data: m.SealingReleased, person: int | None) -> None:
    """Unsealed, as far as the hub is concerned. What the nodes are told stands: one that comes back obeys it."""
    known = state.find(Sealing, data.sealing)
    if known is not None:
        state.put(replace(known, unconfirmed=data.nodes, unsealed_by=(person,) if person is not None else ()))
    area_sealing.apply_released(state, entry, data)
