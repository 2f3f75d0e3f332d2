"""Figures about alarms: how many, how often people are called, how long until somebody answers. Arithmetic only.

What is a drill is counted apart and never among the real. After EEMUA 191 and ISA-18.2: more than ten in ten minutes is
a flood, in which nobody can look at each any more. Times are hub's wall times in ms.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, tzinfo
from typing import Literal, NamedTuple

from wire.messages import AlarmClass

Step = Literal["month", "quarter"]
MONTHS: dict[Step, int] = {"month": 1, "quarter": 3}

FLOOD_MS = 600_000
FLOOD_FROM = 11
"""This many alarms within FLOOD_MS are a flood."""
WORST = 10
LIMITS_MS = (60_000, 180_000, 300_000)
"""Within what time answers are counted; the ladders go on to the next people at these times."""
CALLS_A_SHIFT = 2
"""More than these disturb a shift."""
ANSWERED: frozenset[AlarmClass] = frozenset({"alarm", "tamper"})
"""Classes that somebody must answer; a trouble may mend itself."""


class Span(NamedTuple):
    """From `starts` to before `ends`."""

    starts: int
    ends: int

    def has(self, at: int) -> bool:
        """Whether the moment lies in it."""
        return self.starts <= at < self.ends


class Raised(NamedTuple):
    """An alarm or trouble: when it was raised, when it happened again, when somebody first answered."""

    what: str
    klass: AlarmClass
    place: str
    at: int
    again: tuple[int, ...] = ()
    answered_at: int | None = None

    @property
    def drill(self) -> bool:
        """Whether it was one by arrangement."""
        return self.what == "drill"


class Called(NamedTuple):
    """People were called."""

    at: int
    drill: bool


class Watch(NamedTuple):
    """A shift of the roster."""

    person: int
    span: Span


class Rows(NamedTuple):
    """What the figures are made from."""

    raised: Sequence[Raised]
    called: Sequence[Called]
    shifts: Sequence[Watch]


class Shift(NamedTuple):
    """A shift that has begun, and how often people were called in it."""

    person: int
    span: Span
    calls: int


class Flood(NamedTuple):
    """More than anybody can look at. `size`: alarms and troubles in it, each also when it happened again."""

    span: Span
    size: int


class Share(NamedTuple):
    """Of `of` alarms, so many were answered within a limit."""

    met: int
    of: int

    @property
    def percent(self) -> int | None:
        """Rounded down: 100 means every one."""
        return 100 * self.met // self.of if self.of else None


class Answers(NamedTuple):
    """How alarms were answered. Times in ms from the entry of the alarm to that of the first answer."""

    alarms: int
    waiting: int
    """Alarms that nobody has answered."""
    p50: int | None
    p95: int | None
    within: tuple[Share, ...]
    """By LIMITS_MS. Who has not answered yet, and still has time to, is not counted."""


class Figures(NamedTuple):
    """The figures of one period."""

    span: Span
    alarms: int
    troubles: int
    calls: int
    outside: int
    """Calls at times at which nobody had a shift."""
    shifts: tuple[Shift, ...]
    floods: tuple[Flood, ...]
    worst: tuple[tuple[str, int], ...]
    """Places by how often something happened there, the worst first."""
    answers: Answers
    drills: Answers

    @property
    def a_shift(self) -> float | None:
        """Calls for each shift, on average."""
        return sum(one.calls for one in self.shifts) / len(self.shifts) if self.shifts else None

    @property
    def disturbed(self) -> int:
        """Shifts with more calls than CALLS_A_SHIFT."""
        return sum(one.calls > CALLS_A_SHIFT for one in self.shifts)


def figures(rows: Rows, span: Span, now: int) -> Figures:
    """The figures of a period, as they stand at `now`. An alarm belongs to the period in which it was raised, a shift
    to that in which it begins."""
    real = [one for one in rows.raised if not one.drill]
    within = [one for one in real if span.has(one.at)]
    calls = [one.at for one in rows.called if not one.drill]
    in_period = [at for at in calls if span.has(at)]
    begun = [one for one in rows.shifts if span.has(one.span.starts) and one.span.starts <= now]
    moments = sorted(at for one in real for at in (one.at, *one.again) if span.has(at))
    return Figures(
        span,
        alarms=sum(one.klass in ANSWERED for one in within),
        troubles=sum(one.klass not in ANSWERED for one in within),
        calls=len(in_period),
        outside=sum(not any(one.span.has(at) for one in rows.shifts) for at in in_period),
        shifts=tuple(Shift(one.person, one.span, sum(map(one.span.has, calls))) for one in begun),
        floods=tuple(floods(moments)),
        worst=tuple(worst(real, span)),
        answers=answers([one for one in within if one.klass in ANSWERED], now),
        drills=answers([one for one in rows.raised if one.drill and span.has(one.at)], now),
    )


def floods(moments: Sequence[int]) -> Iterable[Flood]:
    """Rows of moments of which any FLOOD_FROM that follow one another lie within FLOOD_MS, as long as they go on.
    `moments` are in order."""
    begin = end = None
    for last in range(FLOOD_FROM - 1, len(moments)):
        first = last - FLOOD_FROM + 1
        if moments[last] - moments[first] >= FLOOD_MS:
            continue
        if begin is not None and end is not None and first > end:
            yield Flood(Span(moments[begin], moments[end]), end - begin + 1)
            begin = None
        begin, end = first if begin is None else begin, last
    if begin is not None and end is not None:
        yield Flood(Span(moments[begin], moments[end]), end - begin + 1)


def worst(raised: Iterable[Raised], span: Span) -> list[tuple[str, int]]:
    """Where something happened most often in the period, at most WORST places."""
    counts = Counter(one.place for one in raised for at in (one.at, *one.again) if span.has(at))
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:WORST]


def answers(raised: Sequence[Raised], now: int) -> Answers:
    """How these were answered."""
    waits = sorted(one.answered_at - one.at for one in raised if one.answered_at is not None)
    return Answers(
        len(raised),
        len(raised) - len(waits),
        rank(waits, 50),
        rank(waits, 95),
        tuple(_share(raised, waits, limit, now) for limit in LIMITS_MS),
    )


def _share(raised: Sequence[Raised], waits: Sequence[int], limit: int, now: int) -> Share:
    due = sum(one.answered_at is not None or now - one.at > limit for one in raised)
    return Share(sum(wait <= limit for wait in waits), due)


def rank(values: Sequence[int], percent: int) -> int | None:
    """The smallest value that so many per cent of all do not exceed (nearest rank). `values` are in order."""
    return values[-(-percent * len(values) // 100) - 1] if values else None


# ---------------------------------------------------------------- periods


def periods(step: Step, last: date, count: int, zone: tzinfo) -> list[Span]:
    """The `count` months or quarters up to the one of `last`, oldest first, in local time."""
    months = MONTHS[step]
    newest = (last.year * 12 + last.month - 1) // months
    return [
        Span(_start(one * months, zone), _start((one + 1) * months, zone))
        for one in range(newest - count + 1, newest + 1)
    ]


def _start(month: int, zone: tzinfo) -> int:
    return int(datetime.combine(date(month // 12, month % 12 + 1, 1), time(), zone).timestamp() * 1000)
