"""When the hour sets an area that is unset: as its node decides, of which this is the twin.

The node goes by its access list, in `firmware.core.set_area.due`; here it is the document and the calendars in force.
Nothing hangs on it but what people are told.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from hub.core.calendar import area_hours
from hub.core.site import guarding
from hub.core.site.document import Area, Site
from hub.core.state import Badged, Guarded, State
from wire import messages as m
from wire import moments

MINUTE_MS = 60_000
LAST_MS = 60 * MINUTE_MS
LOOKED_BACK = 8
"""Days: an office that has not closed for longer has no hours."""

Windows = tuple[m.Window, ...]


class SetsItself(NamedTuple):
    """Wall times in ms: from `soft` on if all is normal and nobody is counted inside, at `last` in any case."""

    soft: int
    last: int


def sets_itself(state: State, site: Site, area: Area, known: Guarded, wall: int) -> SetsItself:
    """When the hour sets an area that is unset at that wall time in ms, unless something happens before."""
    hours = guarding.hours_of(site, area)
    office = guarding.closing_of(site, area) or hours
    in_time = any(area_hours.within(state, site, one, wall) for one in (office, hours))
    closes = _next_end(state, site, office, wall) if in_time else None
    if closes is None:
        closed, since = _last_end(state, site, office, wall), min(_since(state, site, known), wall)
        closes = closed if closed is not None and closed >= since else None
        if closes is None:
            return _at_least(known, SetsItself(since + LAST_MS, since + LAST_MS))
    return _at_least(known, SetsItself(closes + area.close * MINUTE_MS, closes + LAST_MS))


def _at_least(known: Guarded, times: SetsItself) -> SetsItself:
    until = known.until or 0
    return SetsItself(max(times.soft, until), max(times.last, until))


def _since(state: State, site: Site, known: Guarded) -> int:
    """When somebody was last let in out of its hours, or it was unset."""
    badged = state.find(Badged, known.area)
    times = [one for one in (badged.times if badged else ()) if one > known.since]
    return max((one for one in times if area_hours.hour(state, site, known.area, one) == "out"), default=known.since)


def _next_end(state: State, site: Site, windows: Windows, wall: int) -> int | None:
    """The wall time at which the windows of that very day are over, if that is still to come."""
    end = _end(state, site, windows, moments.at(wall, site.zone).date())
    return end if end is not None and end > wall else None


def _last_end(state: State, site: Site, windows: Windows, wall: int) -> int | None:
    """The newest wall time, not after that one, at which a day's windows were over."""
    today = moments.at(wall, site.zone).date()
    ends = (_end(state, site, windows, today - timedelta(days=back)) for back in range(LOOKED_BACK))
    return next((end for end in ends if end is not None and end <= wall), None)


def _end(state: State, site: Site, windows: Windows, day: date) -> int | None:
    ends = [one.end for one in area_hours.of_day(state, windows, day)]
    if not ends:
        return None
    return int(datetime.combine(day, time(), site.zone).timestamp() * 1000) + max(ends) * MINUTE_MS
