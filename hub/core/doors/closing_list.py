"""The closing list of an area for a day (SF 701): when it was set, by whom and how, what stood in the way, what was
left open, who has unset it next, and when nobody could see it meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

from hub.core.doors.seen import Blind
from wire import messages as m

Verdict = Literal["not-guarded", "to-come", "sealed", "set", "not-over", "not-set"]

LISTED = (
    m.AreaSet,
    m.AreaUnset,
    m.SetExtended,
    m.SetRefused,
    m.SetCancelled,
    m.NotSet,
    m.SomebodyInside,
    m.SomebodyOut,
)
"""What stands on it, line by line."""
Listed = (
    m.AreaSet | m.AreaUnset | m.SetExtended | m.SetRefused | m.SetCancelled | m.NotSet | m.SomebodyInside
    | m.SomebodyOut
)  # fmt: skip


class Line(NamedTuple):
    """What a record says, at its own wall time in ms."""

    at: int
    entry: int
    data: Listed
    late: bool = False
    doubted: bool = False


class LeftOpen(NamedTuple):
    """A point that was not normal when the area was set. `until`: None while it still is not."""

    place: str
    level: m.Level
    since: int
    until: int | None


class NotSeen(NamedTuple):
    """Points that nobody could see while the area was set."""

    blind: Blind
    places: tuple[str, ...]


class ClosingList(NamedTuple):
    """One area on one local day, from `since` to `ends`; `until` is that or now. `opened`: by whom it was unset after
    it was set last; `set_before`: it was set when the day began."""

    area: str
    day: date
    since: int
    until: int
    ends: int
    guarded: bool
    """Whether it is ever set."""
    set_before: bool
    lines: tuple[Line, ...] = ()
    opened: Line | None = None
    left: tuple[LeftOpen, ...] = ()
    unseen: tuple[NotSeen, ...] = ()
    sealed: tuple[int, ...] = ()
    """Sealings that it was under when the day ended."""
    size: int = 0
    made: int = 0

    @property
    def closing(self) -> Line | None:
        """How it was set last on this day, if nobody has unset it after that on the same day."""
        turns = [one for one in self.lines if isinstance(one.data, m.AreaSet | m.AreaUnset)]
        return turns[-1] if turns and isinstance(turns[-1].data, m.AreaSet) else None

    @property
    def is_set(self) -> bool:
        """Whether it is set at the end of the day, or now."""
        turns = [one for one in self.lines if isinstance(one.data, m.AreaSet | m.AreaUnset)]
        return isinstance(turns[-1].data, m.AreaSet) if turns else self.set_before


def verdict(of: ClosingList) -> Verdict:
    """How the day has ended, in a word."""
    if of.until <= of.since:
        return "to-come"
    if of.sealed:
        return "sealed"
    if not of.guarded:
        return "not-guarded"
    if of.is_set:
        return "set"
    return "not-over" if of.until < of.ends else "not-set"


def left_open(
    at: int, named: Iterable[str], levels: Mapping[str, Sequence[tuple[int, m.Level]]]
) -> tuple[LeftOpen, ...]:
    """What was not normal when the area was set, at a wall time in ms. `named`: what its node says; `levels`: of each
    point the times at which it changed, in order, and to what."""
    found: list[LeftOpen] = []
    of_node = frozenset(named)
    for place, changes in levels.items():
        standing = [one for one in changes if one[0] <= at]
        since, level = standing[-1] if standing else (at, "normal")
        if level == "normal" and place not in of_node:
            continue
        if level == "normal":
            since, level = at, "active"
        until = next((time for time, now in changes if time > at and now == "normal"), None)
        found.append(LeftOpen(place, level, since, until))
    return tuple(found)


def unseen(blind: Mapping[str, Sequence[Blind]]) -> tuple[NotSeen, ...]:
    """Blind times, each with all the points that it is that of."""
    together: dict[Blind, list[str]] = {}
    for place, pieces in blind.items():
        for one in pieces:
            together.setdefault(one, []).append(place)
    return tuple(NotSeen(one, tuple(places)) for one, places in sorted(together.items()))
