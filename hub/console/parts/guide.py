"""What the page of an area guides through: what is done and what is missing, by the core's own words for it."""

from __future__ import annotations

from typing import Literal, NamedTuple

from hub.core import kept_back, watched
from hub.core.refusal import NotPossible
from hub.core.sealing import before as before_sealing
from hub.core.sealing import course, frozen, without_a_node
from hub.core.sealing.before import Missing
from hub.core.site import lookups
from hub.core.site.document import Point as Described
from hub.core.site.document import Site
from hub.core.state import Area, CheckTick, Exemption, Frozen, Point, Sealing, SealOn, State, WalkTest, Window
from wire import messages as m
from wire.points import KINDS

Seen = Literal["seen", "half", "not", "blind"]
"""Of a point to be walked: opened and closed; opened only; neither; it cannot be seen at all."""


class Tick(NamedTuple):
    """An item of the list. `row`: who has ticked it, if somebody has of late."""

    item: m.CheckItem
    row: CheckTick | None


class Walked(NamedTuple):
    """A point that is walked, or that cannot be seen. `at`: when it was last closed, or opened."""

    point: Described
    seen: Seen
    at: int | None
    exempt: Exemption | None
    walks: bool
    """Whether it is one that is opened and closed."""


class SealLine(NamedTuple):
    """A seal. `row`: its number, if it was said of late."""

    point: Described
    row: SealOn | None
    repeated: bool


class Sealable(NamedTuple):
    """The check before a sealing. `lacks`: all that is missing; what is open is told again at the second badge."""

    ticks: list[Tick]
    walked: list[Walked]
    seals: list[SealLine]
    exempt: list[Exemption]
    odd: list[Point]
    lacks: list[Missing]
    unheard: list[str]
    """Nodes of the area that are not heard."""
    speakers: list[int]
    """Who may say a seal's number at this console."""

    def left(self, *lacks: before_sealing.Lack) -> int:
        """How many things of these kinds are missing."""
        return sum(one.lack in lacks for one in self.lacks)

    @property
    def unseen(self) -> list[Walked]:
        """What an exception can be signed for."""
        return [one for one in self.walked if one.seen != "seen" and one.exempt is None]

    @property
    def ready(self) -> bool:
        """Whether it may be ordered."""
        return not self.unheard and all(one.lack == "not-normal" for one in self.lacks)


class Read(NamedTuple):
    """A seal of a sealed area, and whether its number is that of the sealing; None: nobody has compared it."""

    point: Described
    row: SealOn
    same: bool | None


class Unsealable(NamedTuple):
    """What comes before an unsealing."""

    reads: list[Read]
    approved_by: int | None
    approved_at: int | None
    needs_approval: bool
    """A plan whose time is over approves by itself, unless a number differs."""
    unheard: list[str]

    @property
    def unread(self) -> int:
        """How many seals are still to be compared."""
        return sum(one.same is None for one in self.reads)

    @property
    def differs(self) -> bool:
        """Whether a number is another than that of the sealing."""
        return any(one.same is False for one in self.reads)

    @property
    def approved(self) -> bool:
        """Whether somebody has approved, since the numbers were compared, or nobody need."""
        return not self.needs_approval

    @property
    def ready(self) -> bool:
        """Whether it may be ordered."""
        return not self.unheard and not self.unread and self.approved


class Release(NamedTuple):
    """A sealing that has to be ended without its dead `nodes`. `may`: whether whoever reads may end it."""

    nodes: tuple[str, ...]
    may: bool


class Kept(NamedTuple):
    """Nodes that hold the area sealed otherwise than the site document says, until two people admit it: with other
    points or readers, and without badges that it names."""

    plan: tuple[str, ...]
    access: tuple[str, ...]


class Guide(NamedTuple):
    """The steps of one area's sealing or unsealing."""

    row: Area
    sealing: Sealing | None
    """The sealing that is planned, checked or under way."""
    window: Window | None
    """What it is planned for."""
    emergency: Sealing | None
    """An emergency opening that waits for signatures."""
    release: Release | None
    seal: Sealable
    unseal: Unsealable
    kept: Kept


def guide(state: State, known: watched.Known, name: str, now: int, person: int | None) -> Guide:
    """How far the sealing of an area is, for whoever reads the page."""
    site = known.site
    row = state.area(name)
    if row.state == "unsealed":
        sealing = course.of_area(state, name, "checking") or course.due(state, name, now)
        sealing = sealing or course.of_area(state, name, "planned")
    else:
        sealing = state.find(Sealing, row.sealing)
    window = state.find(Window, sealing.window) if sealing and sealing.window is not None else None
    opened = course.of_area(state, name, "opened")
    unheard = list(watched.area(known, name).nodes)
    return Guide(
        row,
        sealing,
        window,
        opened,
        _release(state, site, name, person),
        _seal(state, site, name, now, person, unheard),
        _unseal(state, site, row, unheard),
        _kept(state, site, row),
    )


def _kept(state: State, site: Site, row: Area) -> Kept:
    held = [one for one in state.all(Frozen) if one.area == row.name and one.sealing == row.sealing != 0]
    plan = tuple(sorted(one.node for one in held if kept_back.behind(state, one)))
    return Kept(plan, tuple(sorted(one.node for one in held if frozen.lacks(one, site))))


def _release(state: State, site: Site, name: str, person: int | None) -> Release | None:
    request = m.SealingReleased(sealing=0, area=name)
    try:
        nodes = without_a_node.check(state, site, request).nodes
    except NotPossible:
        return None
    try:
        without_a_node.check_second(state, site, person, request)
    except NotPossible:
        return Release(nodes, may=False)
    return Release(nodes, may=True)


def _seal(state: State, site: Site, name: str, now: int, person: int | None, unheard: list[str]) -> Sealable:
    points = [point for point in site.point if point.area == name]
    exempt = {one.place: one for one in before_sealing.exemptions(state, name, now)}
    walked = [_walked(state, point, now, exempt.get(point.place)) for point in points]
    levels = [found for point in points if (found := state.find(Point, point.place)) and found.node == point.node]
    with_account = {account.cardholder for account in site.account}
    area = site.areas.get(name)
    return Sealable(
        [_tick(state, name, item, now) for item in before_sealing.items(site, name)],
        [one for one in walked if one.walks or one.seen == "blind"],
        [_seal_line(state, point, now) for point in points if KINDS[point.kind].seal],
        list(exempt.values()),
        [found for found in levels if found.level != "normal" and lookups.guards(site, found.place)],
        before_sealing.missing(state, site, name, now),
        unheard,
        [one for one in (area.may_seal if area else ()) if one == person or one not in with_account],
    )


def _tick(state: State, name: str, item: m.CheckItem, now: int) -> Tick:
    row = state.find(CheckTick, name, item)
    return Tick(item, row if row and before_sealing.fresh(row.ticked_at, now) else None)


def _walked(state: State, point: Described, now: int, exempt: Exemption | None) -> Walked:
    walk = state.find(WalkTest, point.place)
    if walk and walk.node != point.node:
        walk = None
    seen: Seen = "not"
    at = (walk.closed_at or walk.opened_at) if walk else None
    if before_sealing.blind(state, point):
        seen = "blind"
    elif before_sealing.tested(state, point, now):
        seen = "seen"
    elif walk and walk.closed_at is None and before_sealing.fresh(walk.opened_at, now):
        seen = "half"
    return Walked(point, seen, at, exempt, KINDS[point.kind].item is not None)


def _seal_line(state: State, point: Described, now: int) -> SealLine:
    row = state.find(SealOn, point.place)
    if row is None or not before_sealing.fresh(row.said_at, now):
        return SealLine(point, None, False)
    return SealLine(point, row, before_sealing.fresh(row.repeated_at, now))


def _unseal(state: State, site: Site, row: Area, unheard: list[str]) -> Unsealable:
    reads = []
    for place in before_sealing.seals(site, row.name):
        if found := state.find(SealOn, place):
            compared = found.read_for == row.sealing and found.read_for is not None
            reads.append(Read(site.points[place], found, found.read == found.number if compared else None))
    sealing = state.find(Sealing, row.sealing)
    differs = [one for one in reads if one.same is False]
    since = max((one.row.read_at or 0 for one in differs), default=0)
    approved = sealing is not None and sealing.approved_at is not None and sealing.approved_at >= since
    planned = sealing is None or (not differs and course.over(state, sealing, state.meta.newest_time))
    return Unsealable(
        reads,
        sealing.approved_by if sealing and approved else None,
        sealing.approved_at if sealing and approved else None,
        not approved and not planned,
        unheard,
    )
