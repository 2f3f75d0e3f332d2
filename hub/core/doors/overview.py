"""How an area is guarded on ordinary days, at a glance: one answer for every page and for the command line.

A set area of which nothing fresh is known is not watched, and is never said to be set.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from hub.core.calendar import area_hours
from hub.core.doors import by_time
from hub.core.doors.by_time import SetsItself
from hub.core.site import guarding, lookups
from hub.core.site.document import Outside, Site
from hub.core.state import Allowed, Area, Badged, Calendar, Guarded, Row, State
from hub.core.watched import Seen
from wire import messages as m
from wire import moments

KINDS: tuple[type[Row], ...] = (Area, Badged, Calendar, Guarded, Allowed)
"""All that the answer follows from, beside the site document."""

How = Literal["unset", "set", "sealed", "not-watched", "not-told"]
"""`sealed`: that, or on the way there or back; `not-watched`: nothing fresh is known of it; `not-told`: the node at its
reader has not said yet how it stands."""


class Overview(NamedTuple):
    """A guarded area. `today`: the hours of this day in which one of `opens` unsets it; out of them it takes two, or is
    told, as `outside` says."""

    row: Guarded
    how: How
    hour: area_hours.Hour
    sets_itself: SetsItself | None
    """When the hour sets it, unless something happens before; None of one that is not known to be unset."""
    opens: tuple[int, ...]
    outside: Outside
    today: tuple[m.Window, ...]
    allowed: tuple[Allowed, ...]
    """Who may unset it alone out of its hours, and when, as far as that is not over; the earliest first."""
    stays: int | None
    """Until when somebody stays, who has said so: wall time in ms."""


def of(state: State, site: Site, name: str, seen: Seen, now: int) -> Overview | None:
    """How it stands at a wall time in ms, `seen` being what of it is watched; None of an area that is never set."""
    area = site.areas.get(name)
    if area is None or not guarding.is_set(site, area):
        return None
    known = state.find(Guarded, name) or Guarded(name)
    how = _how(state, site, known, seen)
    hours = guarding.hours_of(site, area)
    allowed = [one for one in state.all(Allowed) if one.area == name and one.until > now]
    return Overview(
        known,
        how,
        area_hours.hour(state, site, name, now),
        by_time.sets_itself(state, site, area, known, now) if how == "unset" else None,
        guarding.who_opens(area),
        guarding.outside(area),
        tuple(area_hours.of_day(state, hours, moments.at(now, site.zone).date())),
        tuple(sorted(allowed, key=lambda one: (one.since, one.person))),
        known.until if how == "unset" and known.until is not None and known.until > now else None,
    )


def _how(state: State, site: Site, known: Guarded, seen: Seen) -> How:
    if state.area(known.area).state != "unsealed":
        return "sealed"
    if seen.whole or lookups.ceremony_node(site, known.area) in seen.nodes:
        return "not-watched"
    return known.state if known.number else "not-told"
