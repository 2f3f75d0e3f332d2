"""All doors of the node: which area's passages an opening belongs to, which was forced, which stands open too long."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from firmware.core.debounce import Change
from firmware.core.passage import Outcome, Passage
from wire.messages import (
    Emptied,
    Forced,
    HeldOpen,
    LeaveBy,
    LevelChanged,
    Name,
    Person,
    Place,
    Plan,
    PlanArea,
    PlanPoint,
)
from wire.points import KINDS

Inside = tuple[tuple[Name, int], ...]

HELD_S = 60
"""Seconds that a door may stand open unless the plan says otherwise."""


def area_of(place: Place) -> Name:
    """The area that a point or reader belongs to."""
    return place.partition("/")[0]


class Doors:
    """Judges openings in areas that are neither sealed nor set; in those every opening is an alarm anyway."""

    def __init__(self, is_guarded: Callable[[Name], bool], inside: Inside = ()) -> None:
        """`is_guarded`: whether an area is sealed or set; `inside`: who was in before this start, as `inside` had it
        then."""
        self._is_guarded = is_guarded
        self._before = dict(inside)
        self._since = 0
        self._passages: dict[Name, Passage] = {}
        self._points: dict[Place, PlanPoint] = {}
        self._open: dict[Place, int] = {}
        """Since when each open point stands open."""
        self._told: set[Place] = set()

    def away(self, since: int) -> None:
        """`since`: when the count of people inside was last reported, as an uptime of this boot, so possibly below 0.
        Repeated restarts must not keep somebody inside for ever."""
        self._since = since

    def set_plan(self, plan: Plan) -> list[Outcome]:
        """The doors are these. Whoever was under way in an area that is now another has not entered. Of doors that are
        new here, and of which the disk says nothing, it is told that nobody is taken to be inside."""
        outcomes: list[Outcome] = []
        self._points = {point.place: point for point in plan.points}
        self._open = {place: at for place, at in self._open.items() if place in self._points}
        old, self._passages = self._passages, {}
        for area in plan.areas:
            # Doors of the area that are wired to another node cannot be seen from here, so nobody waits for them.
            here = PlanArea(
                name=area.name,
                doors=tuple(door for door in area.doors if door in self._points),
                leave=area.leave,
                seconds=area.seconds,
            )
            known = old.get(area.name)
            if known is not None and known.area == here:
                self._passages[area.name] = old.pop(area.name)
                continue
            self._passages[area.name] = Passage(here, self._before.get(area.name, 0), self._since)
            if known is None and here.doors and area.name not in self._before:
                outcomes.append(Emptied(area=area.name, why="not-known"))
        self._before = {}
        return [*(outcome for passage in old.values() for outcome in passage.close("planned")), *outcomes]

    @property
    def inside(self) -> Inside:
        """How many are in each area that has doors here, as far as they have told."""
        return tuple((name, passage.inside) for name, passage in self._passages.items() if passage.area.doors)

    def enter(self, area: Name, person: Person, at: int) -> list[Outcome]:
        """A badge was granted."""
        passage = self._passages.get(area)
        return passage.enter(person, at, self._open.keys()) if passage else []

    def leave(self, area: Name, by: LeaveBy, person: Person | None, at: int) -> list[Outcome]:
        """Somebody wants to leave."""
        passage = self._passages.get(area)
        return passage.leave(by, person, at, self._open.keys()) if passage else []

    def changed(self, place: Place, change: Change) -> None:
        """The level of a point, also while it chatters: whether it stands open."""
        if change.now == "active":
            self._open.setdefault(place, change.at)
        else:
            self._open.pop(place, None)
            self._told.discard(place)

    def recorded(self, record: LevelChanged) -> list[Outcome | Forced]:
        """A change that was recorded: what this opening, or press of an exit button, means."""
        point = self._points[record.point]
        area = area_of(point.place)
        if record.now != "active" or self._is_guarded(area):
            return []
        if KINDS[point.kind].leave:
            by_button = area in self._passages and self._passages[area].area.leave == "button"
            return [*self.leave(area, "button", None, record.at)] if by_button else []
        outcomes: list[Outcome | Forced] = []
        explained = False
        for name, passage in self._passages.items():
            if point.place in passage.area.doors and not self._is_guarded(name):
                accepted, results = passage.opened(point.place, record.at, self._open.keys())
                explained |= accepted
                outcomes += results
        if not explained and KINDS[point.kind].passage:
            outcomes.append(Forced(point=point.place))
        return outcomes

    def close(self, area: Name, why: Literal["sealed", "set"]) -> list[Outcome]:
        """The area is guarded from now on: grants in it end, and nobody is in."""
        passage = self._passages.get(area)
        return passage.close(why) if passage else []

    def prolong(self, area: Name, person: Person, until: int) -> None:
        """Somebody who was granted may begin to enter up to then."""
        passage = self._passages.get(area)
        if passage:
            passage.prolong(person, until)

    def inside_of(self, area: Name) -> int:
        """How many are taken to be in the area, as far as its doors here tell."""
        passage = self._passages.get(area)
        return passage.inside if passage else 0

    def advance(self, now: int) -> list[Outcome | HeldOpen]:
        """Time has passed."""
        outcomes: list[Outcome | HeldOpen] = []
        for passage in self._passages.values():
            outcomes += passage.advance(now)
        for place, since in self._open.items():
            point = self._points[place]
            seconds = HELD_S if point.held is None else point.held
            held = KINDS[point.kind].passage and place not in self._told and not self._is_guarded(area_of(place))
            if held and now - since >= seconds * 1000:
                self._told.add(place)
                outcomes.append(HeldOpen(point=place, seconds=seconds))
        return outcomes
