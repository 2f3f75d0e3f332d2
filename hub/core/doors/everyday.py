"""The guard of ordinary nights: what is opened outside office hours by nobody who has shown a badge.

Outside office hours the opening of a cabinet, window, safe or bolt is an alarm unless a badge was granted at its area
in the hour before; in the hour after closing one of that day's office hours will do, as people put things away. How
many are taken to be inside changes nothing: two may go in on one badge, and a count that is too high would be silence.
One alarm an area: what else is opened there joins it, and it is over when all that is guarded there is shut. A time is
always that of the opening, by the node's clock, however late it is told.
"""

from __future__ import annotations

from collections.abc import Iterator

from hub.core import doubt, standing
from hub.core.alarms import life as alarm_life
from hub.core.alarms import of_points
from hub.core.alarms.kinds import Column
from hub.core.alarms.life import Cause
from hub.core.calendar import office_hours
from hub.core.doors import stood
from hub.core.sealing import course
from hub.core.site import guarding, lookups, where
from hub.core.site.document import Area, Site
from hub.core.site.mistakes import Mistake, Mistakes
from hub.core.state import Alarm, Badged, Entry, Point, State
from hub.core.when import when
from wire import messages as m
from wire import moments
from wire.points import KINDS

BADGE_MS = 3_600_000
"""A granted badge explains openings in its area for this long."""
CLOCKS_MS = 10_000
"""Difference allowed between two nodes' clocks: an opening may appear to precede the badge that it follows."""
MOST_BADGES = 32
"""Badges that are remembered of an area: those of a night and a day at least, as the ones between are left out."""

Facts = Iterator[m.FactData]


def guarded_points(site: Site, area: str) -> tuple[str, ...]:
    """Places of what is guarded in an area."""
    return tuple(point.place for point in site.point if point.area == area and KINDS[point.kind].everyday)


def not_guarded(site: Site) -> Mistakes:
    """Remarks on areas where nothing is guarded on ordinary nights."""
    areas = [area for area in site.area if guarded_points(site, area.name)]
    if not site.office:
        if any(not guarding.hours_of(site, area) for area in areas):
            sentence = "without office hours nothing is guarded on ordinary nights; name the schedule of the office"
            yield Mistake("site, office", sentence)
        return
    for area in areas:
        if not guarding.is_guarded(site, area):
            how = "has no reader" if area.guard is None else "has guard = false"
            sentence = f"it {how}, so its cabinets, windows and safes are not guarded on ordinary nights"
            yield Mistake(f"area {area.name}, guard", sentence)


def told(
    state: State,
    site: Site,
    entry: Entry,
    record: m.Record,
    data: m.LevelChanged | m.Chatter,
    at: int,
    column: Column,
) -> Facts:
    """A point's level, by a record of what happened `at` a wall time, when its area stood so. A doubted one is bad news
    all the same, and no good news."""
    if not KINDS[lookups.kind_of(site, data.point)].everyday:
        return
    level = data.level if isinstance(data, m.Chatter) else data.now
    if doubt.doubted(state, record):
        since = at
    else:
        row = state.find(Point, data.point)
        since = row.since if row else at
    newly = isinstance(data, m.LevelChanged) or since == at
    if level == "active" and newly and column in ("unset", "out"):
        # What stood open before its node was started was opened then, and is told of as of now.
        yield from _opened(state, site, entry, data.point, since, Cause("", data.point, None, None, at))
    elif level == "normal":
        yield from over(state, site, entry, where.area_of(data.point))


def beaten(state: State, site: Site, entry: Entry, data: m.BeatContradicts) -> Facts:
    """A point's level, by a beat: its record is still to come."""
    column = stood.of_beat(state, site, data.point, data.sealing, entry.time)
    if data.level == "active" and column in ("unset", "out"):
        cause = Cause("", data.point, None, None, entry.time, foretold=True)
        yield from _opened(state, site, entry, data.point, entry.time, cause)
    elif data.level == "normal":
        yield from over(state, site, entry, where.area_of(data.point))


def _opened(state: State, site: Site, entry: Entry, place: str, since: int, cause: Cause) -> Facts:
    area = lookups.area(site, where.area_of(place))
    if area is None or not KINDS[lookups.kind_of(site, place)].everyday or not _by_nobody(state, site, area, since):
        return
    what = of_points.alarm_of_level(lookups.kind_of(site, place), "active", "out")
    if what is None:
        return
    first = next((one.place for one in _open(state, area.name) if one.what == what), place)
    how: m.Stood = "out" if standing.told(state, site, area.name) else "unset"
    yield alarm_life.raise_for(state, cause._replace(what=what, place=first, area=area.name, stood=how), entry)


def over(state: State, site: Site, entry: Entry, area: str) -> Facts:
    """Something is shut: the area's alarm is over once all is."""
    standing = _open(state, area)
    rows = (state.find(Point, place) for place in guarded_points(site, area)) if standing else ()
    if any(row is not None and row.known != "normal" for row in rows):
        return
    for alarm in standing:
        yield from alarm_life.return_for(state, alarm.what, alarm.place, entry)


def _open(state: State, area: str) -> list[Alarm]:
    return [one for one in state.all(Alarm) if one.open and one.what in of_points.EVERYDAY and one.area == area]


def _by_nobody(state: State, site: Site, area: Area, at: int) -> bool:
    return (
        guarding.is_guarded(site, area)
        and _is_out(state, site, area.name, at)
        and not _badge_answers(state, site, area.name, at)
        and not course.is_checked(state, area.name, at)
    )


def _is_out(state: State, site: Site, area: str, at: int) -> bool:
    """Whether nobody ought to be there: out of the hours of an area that is set and unset, else of the office."""
    if standing.told(state, site, area) is None:
        return office_hours.is_closed(state, site, at)
    return stood.at(state, site, area, at) == "out"


def _badge_answers(state: State, site: Site, area: str, at: int) -> bool:
    """Whether a badge was granted at the area in time."""
    row = state.find(Badged, area)
    times = [granted for granted in row.times if granted - CLOCKS_MS <= at] if row else []
    return any(at <= granted + BADGE_MS or _clears_up(state, site, granted, at) for granted in times)


def _clears_up(state: State, site: Site, granted: int, at: int) -> bool:
    """Whether the office has closed within the hour, and the badge was shown while it was open on that day."""
    same_day = moments.at(granted, site.zone).date() == moments.at(at, site.zone).date()
    return (
        same_day
        and not office_hours.is_closed(state, site, granted)
        and not office_hours.is_closed(state, site, at - BADGE_MS)
    )


# ---------------------------------------------------------------- fold


def apply_granted(state: State, entry: Entry, record: m.Record, data: m.Granted) -> None:
    """A badge was granted."""
    _badged(state, where.area_of(data.reader), when(state, entry, record))


def apply_arming(state: State, entry: Entry, data: m.SealingArming, person: int | None) -> None:
    """Two have shown their badges to seal or unseal: whoever unseals a bank of cabinets opens them next."""
    if data.purpose != "change":
        _badged(state, data.area, entry.time)


def _badged(state: State, area: str, time: int) -> None:
    known = state.find(Badged, area)
    state.put(Badged(area, thinned((*(known.times if known else ()), time))))


def thinned(times: tuple[int, ...]) -> tuple[int, ...]:
    """These times in order, without those that answer for nothing that their neighbours do not answer for."""
    kept: list[int] = []
    for time in sorted(times):
        if len(kept) > 1 and time - kept[-2] <= BADGE_MS:
            kept.pop()
        kept.append(time)
    return tuple(kept[-MOST_BADGES:])
