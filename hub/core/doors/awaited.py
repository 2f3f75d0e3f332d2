"""Openings in office hours that belong to nobody's walk: a badge may still explain them.

Two go in on one badge, and leave by two openings: the second is nobody's, on an ordinary Monday. What the node has
recorded stands in the journal at once. In office hours the hub waits a minute for a badge that is granted at the area;
if none is, the opening is `opened-without-badge`, which is less urgent than `forced`. That it is at any other time, at
once, and so it is where the document names no office hours, where nobody can show a badge, and in what is sealed.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from hub.core import doubt, standing
from hub.core.alarms import life as alarm_life
from hub.core.alarms.life import Cause
from hub.core.calendar import office_hours
from hub.core.countdown import Countdown, Span
from hub.core.doors import stood
from hub.core.sealing import area as area_sealing
from hub.core.site import lookups, where
from hub.core.site.document import Site
from hub.core.state import AwaitedBadge, Entry, State
from hub.core.when import when
from wire import messages as m

WHAT = "opened-without-badge"
WAIT_MS = 60_000

Facts = Iterator[m.FactData]


def forced(state: State, site: Site, entry: Entry, record: m.Record, data: m.Forced) -> Facts:
    """A door was opened by nobody whom its node knows of."""
    area, at = where.area_of(data.point), when(state, entry, record)
    if doubt.doubted(state, record) or not _may_be_explained(state, site, area, at):
        how = stood.at(state, site, area, at)
        yield alarm_life.raise_for(state, Cause("forced", data.point, area, None, at, stood=how), entry)
        return
    known = state.find(AwaitedBadge, data.point)
    if known is None or known.due_at is None:  # whoever opens it again and again does not put off the end of the first
        yield m.BadgeAwaited(point=data.point, happened=at, wait=WAIT_MS, cause=entry.index)


def _may_be_explained(state: State, site: Site, area: str, at: int) -> bool:
    guarded = area_sealing.guarded(state.area(area))
    set_and_unset = standing.told(state, site, area) is not None
    in_hours = stood.at(state, site, area, at) == "unset" if set_and_unset else office_hours.is_open(state, site, at)
    return in_hours and bool(lookups.reader_nodes(site, area)) and not guarded


def granted(state: State, site: Site, entry: Entry, record: m.Record, data: m.Granted) -> Facts:
    """A badge explains what was opened in its area in the minute before it."""
    area, at = where.area_of(data.reader), when(state, entry, record)
    for opening in _open(state):
        if where.area_of(opening.point) == area and opening.happened <= at <= opening.happened + WAIT_MS:
            yield m.BadgeWaitOver(point=opening.point, person=data.person)


def over(state: State, _site: Site, entry: Entry, data: m.BadgeWaitOver) -> Facts:
    """No badge has come in time: raise the alarm, dated by the node's record."""
    opening = state.find(AwaitedBadge, data.point)
    if data.person is None and opening is not None:
        cause = Cause(WHAT, opening.point, where.area_of(opening.point), None, opening.happened)
        yield alarm_life.raise_for(state, cause, replace(entry, index=opening.cause, time=opening.since))


def _open(state: State) -> list[AwaitedBadge]:
    return [opening for opening in state.all(AwaitedBadge) if opening.due_at is not None]


class Waits:
    """The minutes that are running, by the monotonic clock."""

    def __init__(self) -> None:
        self._countdown: Countdown[str] = Countdown()

    def due(self, state: State, now: int, mono: int) -> Facts:
        """Whose minute is over at the hub's wall time `now`, which is `mono` on the monotonic clock, both in ms."""
        running = {one.point: Span(one.since, one.due_at) for one in _open(state) if one.due_at is not None}
        for point in self._countdown.over(running, now, mono):
            yield m.BadgeWaitOver(point=point, person=None)


# ---------------------------------------------------------------- fold


def apply_awaited(state: State, entry: Entry, data: m.BadgeAwaited, person: int | None) -> None:
    """Start waiting for a badge that explains the opening."""
    state.put(AwaitedBadge(data.point, data.happened, data.cause, entry.time, entry.time + data.wait))


def apply_over(state: State, entry: Entry, data: m.BadgeWaitOver, person: int | None) -> None:
    """Stop waiting: a badge has explained it, or none has in time."""
    opening = state.find(AwaitedBadge, data.point)
    if opening is not None:
        state.put(replace(opening, due_at=None))
