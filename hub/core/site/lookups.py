"""What the rest of the hub asks of the site document: look-ups, and what each node is told of it.

A look-up never fails: it answers also for what only an older document knew, since late records may speak of points
that are no longer there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta

from hub.core.site import guarding
from hub.core.site.document import HELD_S, Area, Cardholder, Grant, Point, Reader, Site
from wire import messages as m
from wire import moments
from wire.board import Board
from wire.bounds import LATEST_WALL
from wire.points import KINDS


def area(site: Site, name: str) -> Area | None:
    """The area of that name."""
    return site.areas.get(name)


def point(site: Site, place: str) -> Point | None:
    """The point at `area/name`."""
    return site.points.get(place)


def reader(site: Site, place: str) -> Reader | None:
    """The reader at `area/name`."""
    return site.readers.get(place)


def cardholder(site: Site, number: int) -> Cardholder | None:
    """The person of that number."""
    return site.cardholders.get(number)


def areas_of(site: Site, node: str) -> tuple[str, ...]:
    """Names of the areas that the node has a point or reader of."""
    return site.node_areas.get(node, ())


def nodes_of(site: Site, area: str) -> tuple[str, ...]:
    """Names of the nodes that have a point or reader of the area."""
    return site.area_nodes.get(area, ())


def kind_of(site: Site, place: str) -> m.PointKind:
    """Kind of the point; one that the document no longer knows is judged as the commonest, a door."""
    point = site.points.get(place)
    return point.kind if point else "door"


def guards(site: Site, place: str) -> bool:
    """Whether the point must be normal for its area to be sealed. A button need not."""
    point = site.points.get(place)
    return point is not None and not KINDS[point.kind].pressed


def may_seal(site: Site, person: int, area: str) -> bool:
    """Whether the person is one of those who may seal the area."""
    return area in site.areas and person in site.areas[area].may_seal


def seal_roles(site: Site, person: int, area: str) -> frozenset[str]:
    """In which of the two roles of a sealing a person may stand: `duty` with an account for it; `custodian` without
    one, or as the keeper of the area."""
    duty = any("duty" in account.roles for account in site.account if account.cardholder == person)
    keeper = area in site.areas and site.areas[area].keeper == person
    return frozenset({"duty"} if duty else ()) | frozenset({"custodian"} if keeper or not duty else ())


def in_two_roles(site: Site, area: str, one: int, other: int) -> bool:
    """Whether the two stand for both roles: one answers for what is inside, one for the watch over it."""
    return len(seal_roles(site, one, area) | seal_roles(site, other, area)) == 2


def responds(site: Site, person: int, area: str) -> bool:
    """Whether the person is one of those who attend the area in alarm."""
    return area in site.areas and person in site.areas[area].responders


def reader_nodes(site: Site, area: str) -> frozenset[str]:
    """Names of the nodes that have a reader of the area, and so may tell of badges there."""
    return frozenset(reader.node for reader in site.area_readers.get(area, ()))


def ceremony_reader(site: Site, area: str) -> str:
    """Place of the reader at which the area is sealed: its first one outside. Empty if there is none."""
    found = site.outside_readers.get(area)
    return found.place if found else ""


def ceremony_node(site: Site, area: str) -> str:
    """Name of the node of that reader. Empty if there is none."""
    found = site.outside_readers.get(area)
    return found.node if found else ""


# ---------------------------------------------------------------- what a node is told


def plan_for(site: Site, node: str, version: int, board: Board) -> m.Plan:
    """What is connected to the node. The document must have passed `rules.check` with this board."""
    inputs = {terminal.number: terminal.input for terminal in board.terminal}
    return m.Plan(
        version=version,
        points=tuple(_plan_point(one, inputs[one.terminal]) for one in site.point if one.node == node),
        readers=tuple(
            m.PlanReader(place=one.place, port=one.port, inside=one.inside) for one in site.reader if one.node == node
        ),
        areas=tuple(_plan_area(site, site.areas[name], node) for name in areas_of(site, node)),
    )


def _plan_point(point: Point, input: m.InputKind) -> m.PlanPoint:
    return m.PlanPoint(
        place=point.place,
        kind=point.kind,
        terminal=point.terminal,
        input=input,
        normally=point.normally,
        held=(point.held or HELD_S) if KINDS[point.kind].passage else None,
    )


def _plan_area(site: Site, area: Area, node: str) -> m.PlanArea:
    # A node that guards only a window of the area knows the area, so that it can hold it sealed, but judges no passage.
    doors = [f"{area.name}/{door}" for door in area.doors]
    here = tuple(door for door in doors if site.points[door].node == node)
    return m.PlanArea(name=area.name, doors=here, leave=area.leave, seconds=area.seconds)


def access_for(
    site: Site,
    node: str,
    version: int,
    now_ms: int,
    expires_ms: int,
    days: Mapping[str, m.DayNamed],
    credential_of: Callable[[str], str],
    approvals: Iterable[m.Approval] = (),
) -> m.AccessList:
    """Who may enter, unset, seal and attend the node's areas. Times are wall times in ms; `days` as on the list. Of the
    `approvals` those of the node's areas are on it that are not over, the earliest first, as many as a list may have.

    `credential_of` turns a badge number into its credential, the HMAC under the site's badge key.
    Everybody with a badge is on it, also those without any right here, so that a refusal can say who it was and why
    (`no-grant`, not `unknown`). Rights in areas that the node does not guard are left out.
    """
    areas = frozenset(areas_of(site, node))
    offset = moments.at(now_ms, site.zone).utcoffset() or timedelta()
    grants = [grant for grant in site.grant if areas.intersection(grant.areas)]
    used = {grant.schedule for grant in grants}
    approved = [one for one in approvals if one.area in areas and one.until > now_ms]
    return m.AccessList(
        version=version,
        expires=expires_ms,
        utc_offset=offset // timedelta(minutes=1),
        schedules={one.name: tuple(hours.window for hours in one.windows) for one in site.schedule if one.name in used},
        holders=tuple(_holder(site, holder, areas, credential_of) for holder in site.cardholder if holder.badges),
        days=dict(days),
        guards=guarding.guards_for(site, node),
        approvals=tuple(sorted(approved, key=lambda one: one.since)[: m.MOST_APPROVALS]),
    )


def _holder(site: Site, holder: Cardholder, areas: frozenset[str], credential_of: Callable[[str], str]) -> m.Holder:
    here = [area for area in site.area if area.name in areas]
    return m.Holder(
        person=holder.number,
        credentials=tuple(credential_of(badge) for badge in holder.badges),
        grants=tuple(
            m.Grant(area=name, schedule=grant.schedule, ends=_end(site, grant))
            for grant in site.grants_of.get(holder.number, ())
            for name in grant.areas
            if name in areas
        ),
        seals=tuple(area.name for area in here if holder.number in area.may_seal),
        responds=tuple(area.name for area in here if holder.number in area.responders),
        opens=tuple(
            area.name for area in here if guarding.is_guarded(site, area) and holder.number in guarding.who_opens(area)
        ),
    )


_COUNTED = date(1970, 1, 2), date(9999, 12, 28)
"""Days whose end is a wall time in every zone."""


def _end(site: Site, grant: Grant) -> int | None:
    """Wall time in ms at which the day `ends` is over, by the site's clock."""
    if grant.ends is None:
        return None
    if not _COUNTED[0] <= grant.ends <= _COUNTED[1]:
        return 0 if grant.ends < _COUNTED[0] else LATEST_WALL
    midnight = datetime.combine(grant.ends + timedelta(days=1), time(), site.zone)
    return int(midnight.astimezone(UTC).timestamp() * 1000)
