"""Whether the office is open: by the hours of the week, and the days that the calendars in force name."""

from __future__ import annotations

from datetime import date, datetime

from hub.core import sites
from hub.core.site_document import DAYS, Site
from hub.core.state import Calendar, State


def is_closed(state: State, site: Site, wall: int) -> bool:
    """Whether a wall time in ms lies outside office hours. The lunch break lies within; without hours nothing does."""
    windows = next((schedule.windows for schedule in site.schedule if schedule.name == site.office), ())
    if not windows:
        return False
    local = datetime.fromtimestamp(wall / 1000, site.zone)
    worked = _is_worked(state, local.date())
    if worked is False:
        return True
    today = [hours for hours in windows if DAYS[local.weekday()] in hours.days]
    if worked:
        today = today or list(windows)  # a Saturday that is worked for a holiday has the hours of any other day
    if not today:
        return True
    minute = local.hour * 60 + local.minute
    opens = min(sites.minutes(hours.start) for hours in today)
    closes = max(sites.minutes(hours.end) for hours in today)
    return not opens <= minute < closes


def _is_worked(state: State, day: date) -> bool | None:
    """What the calendars in force say of a day: worked for a holiday, or off; None where they name it not. The notice
    of the later year is the newer one, and counts more."""
    for row in sorted(state.all(Calendar), key=lambda one: -one.year):
        if str(day) in row.approved_worked:
            return True
        if str(day) in row.approved_off:
            return False
    return None
