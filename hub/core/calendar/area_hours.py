"""Whether it is within the hours in which one person unsets an area: as its node decides, of which this is the twin.

The node looks into its access list, by `firmware.core.hours`; here it is the document and the calendars in force.
"""

from __future__ import annotations

from typing import Literal

from hub.core.calendar import office_hours
from hub.core.site import guarding
from hub.core.site.document import Site
from hub.core.state import State
from wire import moments, weekdays

Hour = Literal["in", "out"]


def hour(state: State, site: Site, area: str, wall: int) -> Hour:
    """Whether a wall time in ms lies in the hours of the area; without hours nothing lies outside. One that is not
    guarded, or that the document no longer knows, has those of all others, by the office."""
    known = site.areas.get(area)
    windows = guarding.hours_of(site, known) if known else guarding.by_office(site)
    if not windows:
        return "in"
    local = moments.at(wall, site.zone)
    named = office_hours.named(state, local.date())
    weekday, minute = weekdays.counts_as(local.date(), named), local.hour * 60 + local.minute
    within = named != "off" and any(weekday in one.days and one.start <= minute < one.end for one in windows)
    return "in" if within else "out"
