"""What a sealing rests on, as it stood when the area was sealed; and what would be a change of it.

Two people have sealed the area by these points, for these badges. Whoever has the hub could send another plan, list,
number or order. What is removed from the access list holds at once; what is added counts when the area is let go.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from msgspec.structs import replace

from firmware.core.access import holder_of
from firmware.core.doors import area_of
from firmware.core.held import Held
from wire import messages as m
from wire.messages import (
    AccessList,
    Credential,
    Frozen,
    FrozenPerson,
    Holder,
    Name,
    Plan,
    PlanPoint,
    PlanReader,
    Seal,
)


def freeze(order: Seal, node: Name, plan: Plan | None, access: AccessList | None) -> Held:
    """What this node, of that name, holds of the area from now on."""
    points, readers = _hanging(order.area, plan)
    return Held(
        area=order.area,
        sealing=order.sealing,
        reader=order.reader_node,
        here=order.reader_node == node,
        firm=order.firm,
        people=tuple(_people(order.area, access)),
        points=points,
        readers=readers,
        keys=order.keys,
    )


def completed(held: Held, plan: Plan | None, access: AccessList | None) -> Held:
    """An area that was sealed by a version which froze nothing: it rests on what this node knows now."""
    made = freeze(Seal(area=held.area, sealing=held.sealing, reader_node="node", keys={}, firm=True), "", plan, access)
    outside = any(not reader.inside for reader in made.readers)
    return replace(made, reader=None, here=outside)


def changed(held: Held, data: Plan | AccessList, change: int) -> Held:
    """The same sealing resting on this plan, resp. on the people of this list, as two people have admitted."""
    if isinstance(data, Plan):
        points, readers = _hanging(held.area, data)
        return replace(held, points=points, readers=readers, plan_by=change)
    return replace(held, people=tuple(_people(held.area, data)), list_by=change)


def record(held: Held) -> Frozen:
    """What the node signs of it."""
    digest = hashlib.sha256(m.encode(replace(held, firm=True, changes=0, over=0))).hexdigest()
    return Frozen(
        area=held.area,
        sealing=held.sealing,
        reader_node=held.reader or None,
        people=held.people,
        hash=digest,
        change=max(held.plan_by, held.list_by) or None,
    )


def is_changed(held: Held, plan: Plan) -> bool:
    """Whether a plan has not all points and readers of the area as they were. Further ones take nothing away."""
    points = {one.place: _what_counts(one) for one in plan.points}
    readers = set(plan.readers)
    return any(points.get(one.place) != _what_counts(one) for one in held.points) or any(
        one not in readers for one in held.readers
    )


def is_extended(held: Held, plan: Plan) -> bool:
    """Whether a plan has further points or readers of the area."""
    points, readers = _hanging(held.area, plan)
    return len(points) > len(held.points) or len(readers) > len(held.readers)


def ends_it(held: Held, plan: Plan) -> bool:
    """Whether a plan takes away the last reader at which two people could end the sealing."""
    return held.here and all(one.inside for one in _hanging(held.area, plan)[1])


def is_widened(held: Held, access: AccessList) -> bool:
    """Whether badges would count at the area that did not when it was sealed."""
    seals = {(one.person, badge) for one in held.people if one.seals for badge in one.credentials}
    responds = {(one.person, badge) for one in held.people if one.responds for badge in one.credentials}
    return any(
        (held.area in one.seals and (one.person, badge) not in seals)
        or (held.area in one.responds and (one.person, badge) not in responds)
        for one in access.holders
        for badge in one.credentials
    )


def holder(
    people: tuple[FrozenPerson, ...], area: Name, access: AccessList | None, credential: Credential
) -> Holder | None:
    """Whose badge this is by the list of today, with those rights at the area alone that were frozen for it, too."""
    today = holder_of(access, credential)
    if today is None:
        return None
    known = next((one for one in people if credential in one.credentials and one.person == today.person), None)
    return replace(
        today,
        seals=(area,) if known and known.seals and area in today.seals else (),
        responds=(area,) if known and known.responds and area in today.responds else (),
    )


def _hanging(area: Name, plan: Plan | None) -> tuple[tuple[PlanPoint, ...], tuple[PlanReader, ...]]:
    points = tuple(one for one in plan.points if area_of(one.place) == area) if plan else ()
    return points, tuple(one for one in plan.readers if area_of(one.place) == area) if plan else ()


def _what_counts(point: PlanPoint) -> tuple[object, ...]:
    return point.terminal, point.kind, point.input, point.normally


def _people(area: Name, access: AccessList | None) -> Iterator[FrozenPerson]:
    badges = people = 0
    for one in access.holders if access else ():
        seals, responds = area in one.seals, area in one.responds
        if not (seals or responds):
            continue
        badges, people = badges + len(one.credentials), people + 1
        if badges <= m.MOST_FROZEN_BADGES and people <= m.MOST_FROZEN:
            yield FrozenPerson(person=one.person, credentials=one.credentials, seals=seals, responds=responds)
