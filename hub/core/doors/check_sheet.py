"""The check sheet of a cabinet, safe or bolt for a month (SF 702): when it was opened and closed and by whom, who has
closed up in the evening; and on days without an opening why nothing stands there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Literal, NamedTuple

from hub.core.doors.present import Present
from hub.core.doors.seen import Blind
from hub.core.sealing.intervals import Spans
from wire import messages as m

Cause = Literal["to-come", "opened", "stood-open", "blind", "partly", "sealed", "so-far", "not-opened"]


class Turn(NamedTuple):
    """The point is open, or shut, from a wall time in ms on. `found`: it was so when its node started, and nobody saw
    it turn; `present`: who may have done it."""

    at: int
    open: bool
    entry: int
    found: bool = False
    late: bool = False
    doubted: bool = False
    present: Present | None = None


class Opening(NamedTuple):
    """It was opened, and closed again unless it still is open."""

    opened: Turn
    closed: Turn | None = None


class Check(NamedTuple):
    """The area was set. `left_open`: this point was open then."""

    at: int
    by: m.SetBy
    person: int | None
    left_open: bool


class Day(NamedTuple):
    """One line of the sheet; times of it are wall times in ms. `until` is the end of the day, or now. `open_before`: it
    stood open when the day began."""

    day: date
    since: int
    until: int
    ends: int
    openings: tuple[Opening, ...] = ()
    open_before: bool = False
    blind: tuple[Blind, ...] = ()
    sealed: tuple[int, ...] = ()
    """Sealings that the area was under for some of the day."""
    check: Check | None = None
    """How it was set last on this day."""
    is_set: bool = False
    """Whether it is set at the end of the day, or now."""

    @property
    def blind_ms(self) -> int:
        """For how long nobody could see it."""
        return sum(one.until - one.since for one in self.blind)


class CheckSheet(NamedTuple):
    """The whole month of one point."""

    place: str
    first: date
    days: tuple[Day, ...]
    guarded: bool
    """Whether its area is ever set."""
    made: int
    size: int
    """Of the journal when it was made."""


CAUSES: tuple[tuple[Cause, Callable[[Day], bool]], ...] = (
    ("to-come", lambda day: day.until <= day.since),
    ("opened", lambda day: bool(day.openings)),
    ("stood-open", lambda day: day.open_before),
    ("blind", lambda day: day.blind_ms >= day.until - day.since),
    ("partly", lambda day: bool(day.blind)),
    ("sealed", lambda day: bool(day.sealed)),
    ("so-far", lambda day: day.until < day.ends),
    ("not-opened", lambda day: True),
)
"""What a day is, the first that fits: "not opened" is the last, so that nothing else is called so."""


def cause(day: Day) -> Cause:
    """What the day is."""
    return next(name for name, fits in CAUSES if fits(day))


def openings(turns: Iterable[Turn], was_open: bool) -> tuple[list[Opening], Opening | None]:
    """What was opened and closed, by the own time of each; and what stood open before, if it did. Of a doubted record
    good news does not count."""
    found: list[Opening] = []
    before = Opening(Turn(0, open=True, entry=-1)) if was_open else None
    current = before
    for turn in sorted(turns, key=lambda one: (one.at, one.entry)):
        if turn.open and current is None:
            current = Opening(turn)
            found.append(current)
        elif not turn.open and current is not None and not turn.doubted:
            closed = current._replace(closed=turn)
            if current is before:
                before = closed
            else:
                found[-1] = closed
            current = None
    return found, before


def days_of(first: date, zone: tzinfo, now: int) -> list[Day]:
    """The days of a month, empty. `first`: its first day."""
    day, found = first, []
    while day.month == first.month:
        since, ends = midnight(day, zone), midnight(day + timedelta(days=1), zone)
        found.append(Day(day, since, max(since, min(ends, now)), ends))
        day += timedelta(days=1)
    return found


def midnight(day: date, zone: tzinfo) -> int:
    """Wall time in ms at which a local day begins."""
    return int(datetime.combine(day, time(), zone).timestamp() * 1000)


def fill(
    days: Iterable[Day],
    opened: Sequence[Opening],
    before: Opening | None,
    blind: Sequence[Blind],
    checks: Sequence[Check],
    set_spans: Spans,
    sealed: Iterable[tuple[int, int, int | None]],
) -> tuple[Day, ...]:
    """The days with what happened on them. `set_spans`: from when to when the area was set; `sealed`: number, from and
    to of each sealing of it."""
    sealings = list(sealed)
    stood = [*([before] if before else []), *opened]
    return tuple(
        day._replace(
            openings=tuple(one for one in opened if day.since <= one.opened.at < day.ends),
            open_before=any(
                one.opened.at < day.since and (one.closed is None or one.closed.at > day.since) for one in stood
            ),
            blind=tuple(_clipped(blind, day.since, day.until)),
            sealed=tuple(
                n for n, begins, ends in sealings if begins < day.until and (ends is None or ends > day.since)
            ),
            check=next((one for one in reversed(checks) if day.since <= one.at < day.ends), None),
            is_set=any(begins < day.until <= ends for begins, ends in set_spans),
        )
        for day in days
    )


def _clipped(blind: Iterable[Blind], since: int, until: int) -> Iterable[Blind]:
    for one in blind:
        begins, ends = max(one.since, since), min(one.until, until)
        if begins < ends:
            yield Blind(begins, ends, one.why)
