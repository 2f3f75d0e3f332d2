"""The points of the plan: from samples of terminals to levels, changes and their records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from firmware.core.chatter import ChatterFilter
from firmware.core.debounce import Change, Debounce
from firmware.core.doors import area_of
from firmware.core.effects import Contact, Reading
from firmware.core.loop import Loop
from wire.board import Board, Converter
from wire.messages import Chatter, Level, LevelChanged, Name, Place, Plan, PlanPoint
from wire.points import KINDS

Sample = Contact | Reading


class Seen(NamedTuple):
    """What a point has done. `changes`: of its debounced level; `records`: what is to be told of them."""

    point: PlanPoint
    changes: list[Change]
    records: list[LevelChanged | Chatter]


class _Point:
    def __init__(self, plan: PlanPoint, converter: Converter, level: Level) -> None:
        self.plan = plan
        self.first_at: int | None = None
        self.debounce = Debounce(level)
        self.chatter = ChatterFilter(plan.place, level)
        self._loop = Loop(converter)

    @property
    def is_sealed_loop(self) -> bool:
        """Whether this is a seal whose loop is measured."""
        return KINDS[self.plan.kind].seal and self.plan.input == "supervised"

    @property
    def ohms(self) -> int | None:
        """What the loop measures, in ohm, while it is normal."""
        measured = self._loop.measured
        return round(measured) if measured is not None and self.debounce.level == "normal" else None

    def hold_to(self, ohms: int | None) -> None:
        self._loop.baseline = ohms

    def sample(self, sample: Sample) -> Seen:
        if self.first_at is None:
            self.first_at = sample.at
        return self._seen(self.debounce.sample(self._level(sample), sample.at))

    def advance(self, now: int) -> Seen:
        seen = self._seen(self.debounce.advance(now) if self.first_at is not None else [])
        seen.records.extend(self.chatter.advance(now))
        return seen

    def _level(self, sample: Sample) -> Level:
        if isinstance(sample, Reading):
            level = self._loop.read(sample.raw, sample.at)
        else:
            level = "normal" if sample.closed else "active"
        if self.plan.normally == "closed":
            return level
        swapped: dict[Level, Level] = {"normal": "active", "active": "normal"}
        return swapped.get(level, level)

    def _seen(self, changes: list[Change]) -> Seen:
        records = [self._found(record) for change in changes for record in self.chatter.changed(change)]
        return Seen(self.plan, changes, records)

    def _found(self, record: LevelChanged | Chatter) -> LevelChanged | Chatter:
        """Marks a change that happened before the point was first read: its time is not known."""
        found = isinstance(record, LevelChanged) and self.first_at is not None and record.at <= self.first_at
        return msgspec.structs.replace(record, found=True) if found else record


class Points:
    """Every point of the plan. Until it is read, a point is taken to be normal and is not supervised.

    A point that is not normal when it is first read after a start is therefore recorded as a change from normal. One
    that is normal is not recorded: the hub takes `Started` to mean that all points of the node are normal, whatever
    they were before, unless a record after it says otherwise.
    """

    def __init__(self, board: Board) -> None:
        self.loops_failed = False
        self._converter = board.converter
        self._points: dict[Place, _Point] = {}
        self._at_terminal: dict[int, _Point] = {}
        self._samples: dict[int, Sample] = {}
        self._baselines: dict[Place, int] = {}

    def set_plan(self, plan: Plan, now: int) -> Iterator[Seen]:
        """The points are these. Each new or altered one is judged at once, by what its terminal said last."""
        old, self._points = self._points, {}
        for planned in plan.points:
            known = old.get(planned.place)
            if known and known.plan == planned:
                self._points[planned.place] = known
            else:
                level = known.chatter.recorded if known else "normal"
                self._points[planned.place] = _Point(planned, self._converter, level)
        self.hold_to(self._baselines)
        self._at_terminal = {point.plan.terminal: point for point in self._points.values()}
        for terminal, point in self._at_terminal.items():
            sample = self._samples.get(terminal)
            if sample and point.first_at is None and _fits(sample, point.plan):
                yield point.sample(sample._replace(at=now))

    def sample(self, sample: Sample) -> Seen | None:
        """A terminal says this; None when no point hangs on it."""
        self._samples[sample.terminal] = sample
        point = self._at_terminal.get(sample.terminal)
        return point.sample(sample) if point and _fits(sample, point.plan) else None

    def advance(self, now: int) -> Iterator[Seen]:
        """Time has passed."""
        for point in self._points.values():
            yield point.advance(now)

    def levels(self) -> dict[Place, Level]:
        """The level of every point that was read."""
        return {place: point.debounce.level for place, point in self._points.items() if point.first_at is not None}

    def not_normal(self, area: Name) -> bool:
        """Whether a point of the area, a button aside, is anything but normal."""
        return bool(self.open_of(area))

    def open_of(self, area: Name) -> tuple[Place, ...]:
        """Points of the area, buttons aside, that are anything but normal."""
        return tuple(
            place
            for place, point in self._points.items()
            if area_of(place) == area and point.debounce.level != "normal" and not KINDS[point.plan.kind].pressed
        )

    def seals_off(self, area: Name) -> tuple[Place, ...]:
        """Seals of the area that are not whole beyond doubt: on an ordinary day none is on."""
        seals = [place for place, point in self._points.items() if KINDS[point.plan.kind].seal]
        return tuple(place for place in seals if area_of(place) == area and not self.is_normal(place))

    def is_open(self, place: Place) -> bool:
        """Whether the point is here and not normal."""
        point = self._points.get(place)
        return point is not None and point.debounce.level != "normal"

    def is_normal(self, place: Place) -> bool:
        """Whether the point is here, has been read, and is normal beyond doubt."""
        point = self._points.get(place)
        read = point is not None and point.first_at is not None and point.debounce.settled
        return read and not self.is_open(place)

    def seal_ohms(self, area: Name) -> dict[Place, int]:
        """What the loop of each seal of the area measures now, in ohm; those that are normal."""
        points = [(place, point) for place, point in self._points.items() if area_of(place) == area]
        return {place: point.ohms for place, point in points if point.is_sealed_loop and point.ohms is not None}

    def hold_to(self, baselines: Mapping[Place, int]) -> None:
        """From now on these loops are normal only near these resistances, in ohm, and all others as ever."""
        self._baselines = dict(baselines)
        for place, point in self._points.items():
            point.hold_to(self._baselines.get(place))

    def supervised(self, area: Name) -> frozenset[Place]:
        """Points of the area that can be relied on: read, not chattering, and not behind a failed converter."""
        return frozenset(
            place
            for place, point in self._points.items()
            if area_of(place) == area
            and point.first_at is not None
            and not point.chatter.chattering
            and not (self.loops_failed and point.plan.input == "supervised")
        )


def _fits(sample: Sample, planned: PlanPoint) -> bool:
    return isinstance(sample, Reading) == (planned.input == "supervised")
