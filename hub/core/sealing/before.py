"""What must be so before an area is sealed: a person's ticks, the walk test, the numbers on the seals.

The walk test: whatever opens must really have been opened and closed, and been seen, within the last hours. Doors,
gates, windows, cabinets, safes and bolts. A seal is tested by being put on; a node's lid need not be opened to be
believed; an exit button guards nothing.

What people say is for one sealing: ticks, numbers and exceptions are used up by it. What was walked holds for its
hours, as long as the node saw it all the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple, get_args

from msgspec.structs import replace

from hub.core import watched
from hub.core.alarms import life as alarm_life
from hub.core.refusal import NotPossible
from hub.core.site import lookups, where
from hub.core.site.document import Point as Described
from hub.core.site.document import Site
from hub.core.state import CheckTick, Entry, Exemption, Point, Sealing, SealOn, State, WalkTest
from hub.core.when import when
from wire import messages as m
from wire.points import KINDS

CHECK_MS = 6 * 3_600_000
"""How long a tick, a walk test, an exception or a seal's number holds, until the area is sealed."""

USED_UP = -CHECK_MS - 1
"""The time of a tick, an exception or a number that no later sealing may use: not fresh by any clock."""

EVERYWHERE: m.CheckItem = "people-out"
"""What a person ticks in every area, whatever its points: that nobody is inside."""

Lack = Literal["not-ticked", "not-tested", "blind", "not-normal", "no-number", "number-not-repeated"]


class Missing(NamedTuple):
    """One thing that is missing, and of what."""

    lack: Lack
    about: str

    def __str__(self) -> str:
        return f"{self.lack} {self.about}"


def items(site: Site, area: str) -> tuple[m.CheckItem, ...]:
    """What a person ticks in this area."""
    wanted = {EVERYWHERE, *(KINDS[point.kind].item for point in site.point if point.area == area)}
    return tuple(item for item in get_args(m.CheckItem) if item in wanted)


def seals(site: Site, area: str) -> tuple[str, ...]:
    """Places of the area's seals."""
    return tuple(point.place for point in site.point if point.area == area and KINDS[point.kind].seal)


def missing(state: State, site: Site, area: str, now: int) -> list[Missing]:
    """All that is missing before the area can be sealed at `now` (hub's wall time in ms), in one list."""
    ticks = {row.item for row in state.all(CheckTick) if row.area == area and fresh(row.ticked_at, now)}
    found = [Missing("not-ticked", item) for item in items(site, area) if item not in ticks]
    exempt = {row.place for row in exemptions(state, area, now)}
    for point in site.point:
        if point.area != area:
            continue
        if point.place not in exempt:
            if blind(state, point):
                found.append(Missing("blind", point.place))
            elif KINDS[point.kind].item and not tested(state, point, now):
                found.append(Missing("not-tested", point.place))
        row = state.find(Point, point.place)
        if lookups.guards(site, point.place) and row and row.node == point.node and row.level != "normal":
            found.append(Missing("not-normal", point.place))
        if KINDS[point.kind].seal and (lack := _number_lack(state, point.place, now)):
            found.append(Missing(lack, point.place))
    return found


def fresh(at: int | None, now: int) -> bool:
    """Whether something is of the last hours. A clock that is set meanwhile, either way, voids nothing of today."""
    return at is not None and abs(now - at) <= CHECK_MS


def tested(state: State, point: Described, now: int) -> bool:
    """Whether the point was really opened, closed, and seen, by the node that it hangs on now."""
    walk = state.find(WalkTest, point.place)
    if walk is None or walk.node != point.node or walk.opened_at is None or walk.closed_at is None:
        return False
    return fresh(walk.opened_at, now) and fresh(walk.closed_at, now)


def blind(state: State, point: Described) -> bool:
    """Whether nothing can be seen of the point now: its node is not heard, or the node's loops cannot be read."""
    life = state.life(point.node)
    if watched.of_life(life):
        return True
    fault = alarm_life.find(state, "node-fault", f"{point.node} loops")
    return point.input == "supervised" and fault is not None and fault.active


def exemptions(state: State, area: str, now: int) -> list[Exemption]:
    """Exceptions of the area that somebody has signed for the sealing to come."""
    return [row for row in state.all(Exemption) if row.area == area and fresh(row.signed_at, now)]


def number_people(state: State, site: Site, area: str) -> set[int | None]:
    """Who has said the numbers on the area's seals."""
    rows = [row for place in seals(site, area) if (row := state.find(SealOn, place))]
    return {person for row in rows for person in (row.said_by, row.repeated_by)}


def use_up(state: State, area: str) -> None:
    """Ticks, numbers and exceptions have served for a sealing of the area, or for a check that was given up."""
    for tick in [row for row in state.all(CheckTick) if row.area == area]:
        state.put(replace(tick, ticked_at=USED_UP))
    for exemption in [row for row in state.all(Exemption) if row.area == area]:
        state.put(replace(exemption, signed_at=USED_UP))
    for seal in [row for row in state.all(SealOn) if where.area_of(row.place) == area]:
        state.put(replace(seal, said_at=USED_UP))


def walk_again(state: State, node: str) -> None:
    """The node has not seen its points for a while: what was walked before that proves nothing now."""
    for walk in [row for row in state.all(WalkTest) if row.node == node]:
        state.put(WalkTest(walk.place, node))


def _number_lack(state: State, place: str, now: int) -> Lack | None:
    row = state.find(SealOn, place)
    if row is None or not fresh(row.said_at, now):
        return "no-number"
    return None if fresh(row.repeated_at, now) else "number-not-repeated"


def lines(found: list[Missing]) -> str:
    """What is missing, as the detail of a refusal."""
    return "; ".join(map(str, found))[:500]


# ---------------------------------------------------------------- what a person may ask


def check_tick(state: State, site: Site, request: m.CheckTicked) -> m.CheckTicked:
    """An item that the area has, while it is not sealed. Raises NotPossible."""
    _not_sealed(state, site, request.area)
    if request.item not in items(site, request.area):
        raise NotPossible("unknown-item", request.item)
    return request


def check_exception(state: State, site: Site, request: m.ExceptionSigned) -> m.ExceptionSigned:
    """A reason for a point of an area that is not sealed. Raises NotPossible."""
    area = where.area_of(request.point)
    _not_sealed(state, site, area)
    if request.point not in site.points:
        raise NotPossible("unknown-point", request.point)
    if not request.reason.strip():
        raise NotPossible("reason-empty", request.point)
    return request


def check_number(state: State, site: Site, request: m.SealNumber) -> m.SealNumber:
    """A seal's number, said by one who may seal and repeated alike by another. Raises NotPossible."""
    area = where.area_of(request.point)
    _not_sealed(state, site, area)
    if request.point not in seals(site, area):
        raise NotPossible("unknown-point", request.point)
    if not lookups.may_seal(site, request.said_by, area):
        raise NotPossible("no-right", str(request.said_by))
    row = state.find(SealOn, request.point)
    first = row is None or row.said_by == request.said_by or row.repeated_at is not None
    if row is not None and not first and fresh(row.said_at, state.meta.newest_time) and row.number != request.number:
        raise NotPossible("number-differs", request.point)
    return request


def check_speaker(state: State, site: Site, person: int | None, request: m.SealNumber) -> None:
    """Whoever has an account speaks for himself; for a custodian without one the duty officer types.

    Raises NotPossible.
    """
    if request.said_by != person and any(one.cardholder == request.said_by for one in site.account):
        raise NotPossible("says-it-yourself", str(request.said_by))


def check_compared(state: State, site: Site, request: m.SealCompared) -> m.SealCompared:
    """The number read off a seal of a sealed area, and whether it is that of the sealing. Raises NotPossible."""
    area = state.area(where.area_of(request.point))
    if area.state != "sealed":
        raise NotPossible(f"area-is-{area.state}", area.name)
    row = state.find(SealOn, request.point)
    if row is None or request.point not in seals(site, area.name):
        raise NotPossible("unknown-point", request.point)
    return replace(request, sealing=area.sealing, same=row.number == request.number)


def _not_sealed(state: State, site: Site, area: str) -> None:
    if area not in site.areas:
        raise NotPossible("unknown-area", area)
    if (now := state.area(area).state) != "unsealed":
        raise NotPossible(f"area-is-{now}", area)
    # The certificate of what was opened is made from the same rows, once two have signed for it.
    if any(one.area == area and one.state == "opened" for one in state.all(Sealing)):
        raise NotPossible("emergency-unsigned", area)


def not_compared(state: State, site: Site, area: str, sealing: int) -> list[str]:
    """Seals whose numbers nobody has compared yet."""
    rows = {row.place: row for row in state.all(SealOn)}
    return [place for place in seals(site, area) if place in rows and rows[place].read_for != sealing]


def differing(state: State, site: Site, area: str, sealing: int) -> list[str]:
    """Seals whose numbers are not those of the sealing."""
    rows = [row for place in seals(site, area) if (row := state.find(SealOn, place))]
    return [row.place for row in rows if row.read_for == sealing and row.read != row.number]


def compared(state: State, site: Site, entry: Entry, data: m.SealCompared) -> Iterator[m.FactData]:
    """Another number means that somebody has been at it."""
    if not data.same:
        area = where.area_of(data.point)
        cause = alarm_life.Cause("seal-number-differs", data.point, area, data.sealing, entry.time)
        yield alarm_life.raise_for(state, cause, entry)


# ---------------------------------------------------------------- fold


def apply_level(state: State, entry: Entry, record: m.Record, data: m.LevelChanged) -> None:
    """A point went open, or back to normal: that is a walk test. A cut wire is not an opening."""
    at = min(when(state, entry, record, data.at), entry.time)
    if data.now == "active":
        state.put(WalkTest(data.point, record.node, opened_at=at))
        return
    walk = state.find(WalkTest, data.point)
    closes = data.was == "active" and data.now == "normal"
    if closes and walk is not None and walk.node == record.node and walk.closed_at is None:
        state.put(replace(walk, closed_at=at))


def apply_chatter(state: State, entry: Entry, record: m.Record, data: m.Chatter) -> None:
    """A point that chatters has shown nothing; it is walked anew once it is quiet."""
    state.put(WalkTest(data.point, record.node))


def apply_fault(state: State, entry: Entry, record: m.Record, data: m.Fault) -> None:
    """While the loops cannot be read, nobody sees what is done to them."""
    if data.part == "loops" and data.failed:
        walk_again(state, record.node)


def apply_baseline(state: State, entry: Entry, record: m.Record, data: m.SealBaseline) -> None:
    """What the loops of the seals measured at the sealing, as far as their own node says it."""
    for place, ohms in data.ohms.items():
        row, point = state.find(SealOn, place), state.find(Point, place)
        if row is not None and where.area_of(place) == data.area and (point is None or point.node == record.node):
            state.put(replace(row, ohms=ohms))


def apply_ticked(state: State, entry: Entry, data: m.CheckTicked, person: int | None) -> None:
    """An item is ticked."""
    state.put(CheckTick(data.area, data.item, person, entry.time))


def apply_exception(state: State, entry: Entry, data: m.ExceptionSigned, person: int | None) -> None:
    """An exception stands for the sealing to come."""
    state.put(Exemption(data.point, where.area_of(data.point), data.reason, person, entry.time))


def apply_number(state: State, entry: Entry, data: m.SealNumber, person: int | None) -> None:
    """The first to say a number, or the second."""
    row = state.find(SealOn, data.point)
    repeats = (
        row is not None
        and row.said_by != data.said_by
        and row.repeated_at is None
        and row.number == data.number
        and fresh(row.said_at, entry.time)
    )
    if row is not None and repeats:
        state.put(replace(row, repeated_by=data.said_by, repeated_at=entry.time))
    else:
        state.put(SealOn(data.point, data.number, data.said_by, entry.time))


def apply_compared(state: State, entry: Entry, data: m.SealCompared, person: int | None) -> None:
    """What was read before the unsealing."""
    row = state.find(SealOn, data.point)
    if row is not None:
        state.put(replace(row, read=data.number, read_for=data.sealing, read_by=person, read_at=entry.time))
    sealing = state.find(Sealing, data.sealing)
    if sealing is not None and not data.same:
        state.put(replace(sealing, approved_by=None, approved_at=None))  # whoever approved did not know of it
