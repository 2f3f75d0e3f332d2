"""Whether the office is open: by the hours of the week, and the days that the calendars in force name."""

from __future__ import annotations

from datetime import date, timedelta

from hub.core.site.document import Site
from hub.core.state import Calendar, State
from wire import messages as m
from wire import moments, weekdays

_DAY = timedelta(days=1)


def is_closed(state: State, site: Site, wall: int) -> bool:
    """Whether a wall time in ms lies outside office hours. The lunch break lies within; without hours nothing does."""
    if site.office_span is None:
        return False
    local = moments.at(wall, site.zone)
    said = named(state, local.date())
    if said == "off":
        return True  # an office rests on a holiday, whatever its Sundays are
    today = site.office_days[weekdays.counts_as(local.date(), said)]
    if said == "worked":
        today = today or site.office_span  # an office that has no hours on Mondays works all the same
    if today is None:
        return True
    return not today.opens <= local.hour * 60 + local.minute < today.closes


def is_open(state: State, site: Site, wall: int) -> bool:
    """Whether a wall time in ms lies within office hours. Without hours nothing does."""
    return bool(site.office) and not is_closed(state, site, wall)


def named(state: State, day: date) -> m.DayNamed | None:
    """What the calendars in force say of a day; None where they name it not. The notice of the later year is the newer
    one, and counts more."""
    for row in sorted(state.all(Calendar), key=lambda one: -one.year):
        if str(day) in row.approved_worked:
            return "worked"
        if str(day) in row.approved_off:
            return "off"
    return None


def named_days(state: State, site: Site, first: int, last: int) -> dict[str, m.DayNamed]:
    """The local days that the calendars name, from a wall time in ms to another. A day more on either side: the clock
    that asks may be a little off, or the local time change."""
    day, end = (moments.at(wall, site.zone).date() for wall in (first, last))
    found: dict[str, m.DayNamed] = {}
    day -= _DAY
    while day <= end + _DAY:
        if said := named(state, day):
            found[str(day)] = said
        day += _DAY
    return found
