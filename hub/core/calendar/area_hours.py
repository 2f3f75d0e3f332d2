"""Whether it is within the hours in which one person unsets an area: as its node decides, of which this is the twin.

The node looks into its access list, by `firmware.core.hours`; here it is the document and the calendars in force.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal

from hub.core.calendar import office_hours
from hub.core.site import guarding
from hub.core.site.document import Site
from hub.core.state import State
from wire import messages as m
from wire import moments, weekdays

Hour = Literal["in", "out"]


def hour(state: State, site: Site, area: str, wall: int) -> Hour:
    """Whether a wall time in ms lies in the hours of the area; without hours nothing lies outside. One that is not
    guarded, or that the document no longer knows, has those of all others, by the office."""
    known = site.areas.get(area)
    windows = guarding.hours_of(site, known) if known else guarding.by_office(site)
    return "in" if not windows or within(state, site, windows, wall) else "out"


def within(state: State, site: Site, windows: Iterable[m.Window], wall: int) -> bool:
    """Whether a wall time in ms lies in the windows of an office."""
    local = moments.at(wall, site.zone)
    minute = local.hour * 60 + local.minute
    return any(one.start <= minute < one.end for one in of_day(state, windows, local.date()))


def of_day(state: State, windows: Iterable[m.Window], day: date) -> list[m.Window]:
    """The windows of an office on a day. On a holiday it rests, whatever its Sundays are."""
    named = office_hours.named(state, day)
    if named == "off":
        return []
    weekday = weekdays.counts_as(day, named)
    return [one for one in windows if weekday in one.days]
