"""The everyday guard of all areas of the node: what is set, and what an opening in it means.

The node of an area's reader decides (`area_guard`); any other follows its word, records and does not sound. What is set
judges no passage: every opening is an alarm, and is stamped with the number under which the area was set. How an area
stands is on disk, and in force before the first input is judged.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

from firmware.core.area_guard import AreaGuard, Around
from firmware.core.debounce import Change
from firmware.core.doors import area_of
from firmware.core.effects import Effect
from firmware.core.presented import Served, Shown, When
from firmware.core.set_watch import SetWatches
from firmware.core.stands import Stands
from wire import messages as m
from wire.points import KINDS


class Everyday:
    """All areas of the node that are guarded on ordinary days."""

    def __init__(self, saved: tuple[Stands, ...], around: Around) -> None:
        self._saved = {one.area: one for one in saved}
        self._around = around
        self._areas: dict[m.Name, AreaGuard] = {}
        self._plan: m.Plan | None = None
        self._sealed: frozenset[m.Name] = frozenset()
        self._watches = SetWatches(around.points)

    # ------------------------------------------------------------ what is so

    @property
    def stands(self) -> tuple[Stands, ...]:
        """How each area stands, as it is kept on disk; what is not guarded any more as it stood last."""
        return (*self._saved.values(), *(one.stands for one in self._areas.values()))

    @property
    def guards(self) -> tuple[m.GuardedArea, ...]:
        """What the hub is told of it."""
        return tuple(one.stands.told for one in self._areas.values())

    @property
    def set_areas(self) -> frozenset[m.Name]:
        """Every area that is set, and not sealed on top of that."""
        return frozenset(name for name, one in self._areas.items() if one.is_set)

    def is_set(self, area: m.Name) -> bool:
        """Whether the area is set, and not sealed on top of that."""
        return area in self._areas and self._areas[area].is_set

    def decides(self, area: m.Name) -> bool:
        """Whether this node sets and unsets the area."""
        return area in self._areas and self._areas[area].rule.decides

    def follows(self, area: m.Name) -> bool:
        """Whether another node does."""
        return area in self._areas and not self._areas[area].rule.decides

    # ------------------------------------------------------------ what it is told

    def start(self, access: m.AccessList | None, sealed: frozenset[m.Name], when: When) -> Iterator[Effect]:
        """What is in force from disk. An area of which the disk says nothing is set."""
        self._sealed = sealed
        if access:
            yield from self._take(access, None, when)

    def set_plan(self, plan: m.Plan) -> None:
        """The readers outside and the doors are these."""
        self._plan = plan
        here = {point.place for point in plan.points}
        doors = {area.name: tuple(door for door in area.doors if door in here) for area in plan.areas}
        outside = [(area_of(reader.place), reader.port) for reader in plan.readers if not reader.inside]
        for name, guard in self._areas.items():
            guard.doors = doors.get(name, ())
            guard.ports = tuple(port for area, port in outside if area == name)

    def planned(self, plan: m.Plan, before: m.Plan | None) -> None:
        """A new plan. A seal that it brings to an area that is set is not on."""
        known = {point.place for point in before.points} if before else set()
        for point in plan.points:
            guard = self._areas.get(area_of(point.place))
            if guard is not None and guard.is_set and KINDS[point.kind].seal and point.place not in known:
                guard.not_yet(point.place)

    def take(self, access: m.AccessList, before: m.AccessList | None, when: When) -> Iterator[Effect]:
        """A new list. What it guards anew was in use until now, if this node had a list before."""
        yield from self._take(access, before, when)

    def _take(self, access: m.AccessList, before: m.AccessList | None, when: When) -> Iterator[Effect]:
        old, self._areas = self._areas, {}
        guarded = {one.area for one in before.guards} if before else set()
        begun: list[AreaGuard] = []
        unknown: list[AreaGuard] = []
        for rule in access.guards:
            known, stands = old.pop(rule.area, None), self._saved.pop(rule.area, None)
            if known is None:
                blank = Stands(area=rule.area, state="unset", number=0, since=when.wall)
                known = AreaGuard(rule, access, stands or blank, self._around)
                if before and rule.area not in guarded:
                    begun.append(known)
                elif stands is None:
                    unknown.append(known)
            known.rule, known.access, known.sealed = rule, access, rule.area in self._sealed
            self._areas[rule.area] = known
        for name, dropped in old.items():
            # Its number goes on where it is guarded again.
            self._saved[name] = dropped.stands
            if dropped.is_set:
                yield from self._around.sounder.quiet_area(name, "unset")
        if self._plan:
            self.set_plan(self._plan)
        for one in (*begun, *unknown):
            if not one.rule.decides:
                one.presume("unset" if one in begun else "set", when)
            elif not one.sealed:
                yield from one.unset("begun", (), None, when) if one in begun else one.set("not-known", None, when)

    def seal(self, area: m.Name) -> None:
        """The area is sealed."""
        self._sealed |= {area}
        if area in self._areas:
            self._areas[area].seal()

    def let_go(self, area: m.Name, over: bool, when: When) -> Iterator[Effect]:
        """The area is sealed no longer. `over`: it was firmly so, or was opened in an emergency."""
        self._sealed -= {area}
        guard = self._areas.get(area)
        if guard is None or not guard.sealed:
            return
        if guard.rule.decides:
            yield from guard.let_go(over, when)
        else:
            guard.sealed = False

    def follow(self, order: m.Guard, when: When) -> Iterator[Effect]:
        """The node of the area's reader has said how it stands."""
        yield from self._areas[order.area].follow(order, when)

    def ask(self, order: m.GuardAsked, when: When) -> Iterator[Effect]:
        """An officer at the console wants something of it."""
        yield from self._areas[order.area].asked(order, when)

    # ------------------------------------------------------------ what happens

    def badge(self, shown: Shown, when: When) -> Generator[Effect, None, Served]:
        """What a badge outside changes, before it is judged for entry, and what it has served for by that."""
        guard = self._deciding(area_of(shown.reader.place))
        if guard is None or guard.sealed:
            return "nothing"
        return (yield from guard.badge(shown, when))

    def attend(self, reader: m.Place, credential: m.Credential, holder: m.Holder) -> Iterator[Effect]:
        """Whether somebody is there about what was opened while the area is set. To be asked before `badge`."""
        guard = self._deciding(area_of(reader))
        if guard is not None:
            yield from guard.attend(reader, credential, holder)

    def shut_in(self, area: m.Name, when: When) -> Iterator[Effect]:
        """Somebody shows a badge at the reader inside."""
        guard = self._deciding(area)
        if guard is not None:
            yield from guard.shut_in("reader", when)

    def wants_out(self, record: m.LevelChanged | m.Chatter, kind: m.PointKind, when: When) -> Iterator[Effect]:
        """Whether this change of a point of that kind says that somebody is shut in. To be asked before `guarded`."""
        guard = self._deciding(area_of(record.point))
        seen = isinstance(record, m.LevelChanged) and record.now == "active" and not record.found
        if guard is not None and guard.is_set and seen and isinstance(record, m.LevelChanged):
            yield from guard.wants_out(record, KINDS[kind].leave, when)

    def guarded(self, record: m.LevelChanged | m.Chatter, kind: m.PointKind, at: int) -> int | None:
        """The number under which the record's point, of that kind, is guarded; None: it is not."""
        guard = self._areas.get(area_of(record.point))
        return guard.guarded(record.point, at) if guard is not None and not KINDS[kind].pressed else None

    def changed(self, point: m.PlanPoint, change: Change) -> Iterator[Effect]:
        """A point's level has changed."""
        guard = self._areas.get(area_of(point.place))
        if guard is not None and not KINDS[point.kind].pressed:
            silent = KINDS[point.kind].silent and change.now == "active"
            yield from guard.changed(point.place, change.now, change.at, silent=silent)

    def opened(self, place: m.Place, forced: bool, when: When) -> Iterator[Effect]:
        """A door was opened; `forced`: by nobody whom the node knows of."""
        for guard in self._areas.values():
            if place in guard.doors and guard.rule.decides and not guard.is_set and not guard.sealed:
                yield from guard.opened(forced, when)

    def pressed(self, place: m.Place, when: When) -> Iterator[Effect]:
        """The button for closing up was pressed."""
        guard = self._deciding(area_of(place))
        if guard is not None:
            yield from guard.pressed(when)

    def not_entered(self, area: m.Name, person: m.Person, when: When) -> Iterator[Effect]:
        """Somebody who was granted has not gone in."""
        guard = self._deciding(area)
        if guard is not None:
            yield from guard.not_entered(person, when)

    def sampled(self, place: m.Place, at: int) -> None:
        """A point was read."""
        self._watches.sampled(place, at)
        guard = self._areas.get(area_of(place))
        if guard is not None:
            guard.read(place)

    def watched(self, now: int) -> Iterator[Effect]:
        """What is set now is watched, and nothing else."""
        numbers = {name: guard.stands.number for name, guard in self._areas.items() if guard.is_set}
        yield from self._watches.over(numbers, now)

    def advance(self, when: When) -> Iterator[Effect]:
        """Time has passed."""
        yield from self._watches.advance(when.mono)
        for guard in self._areas.values():
            if guard.rule.decides:
                yield from guard.advance(when)

    def _deciding(self, area: m.Name) -> AreaGuard | None:
        guard = self._areas.get(area)
        return guard if guard is not None and guard.rule.decides else None
