"""What officers ask of the everyday guard: to set an area now, to leave it unset longer, to let somebody open up alone.

Nothing that is asked here unsets an area: that takes people at its reader.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from hub.core import order_numbers, standing
from hub.core.refusal import NotPossible
from hub.core.site import guarding, lookups
from hub.core.site.document import Grant, Site
from hub.core.state import Allowed, Entry, Guarded, State
from wire import messages as m
from wire import moments, weekdays

LONGEST_MS = 24 * 3_600_000
"""For how long somebody may be allowed to open up alone."""

Facts = Iterator[m.FactData]


def check_request(state: State, site: Site, request: m.GuardRequested) -> m.GuardRequested:
    """Of an area that is set and unset, and is unset now. Raises NotPossible."""
    _check_area(site, request.area)
    sealing = state.area(request.area).state
    if sealing != "unsealed":
        raise NotPossible(f"area-is-{sealing}", request.area)
    standing.check_unset(state, site, request.area)
    return request


def check_allowed(state: State, site: Site, request: m.UnsettingAllowed) -> m.UnsettingAllowed:
    """Somebody who opens the area and has a grant for it at that time; within a day. Raises NotPossible."""
    _check_area(site, request.area)
    if request.person not in guarding.who_opens(site.areas[request.area]):
        raise NotPossible("opens-it-not", request.area)
    if not request.cause.strip():
        raise NotPossible("cause-empty", request.area)
    if not 0 < request.until - request.since <= LONGEST_MS or request.until <= state.meta.newest_time:
        raise NotPossible("no-such-time", request.area)
    grants = [one for one in site.grants_of.get(request.person, ()) if request.area in one.areas]
    if not any(_holds(site, one, request.since) for one in grants):
        raise NotPossible("no-grant-then", request.area)
    return request


def check_who_allows(state: State, site: Site, person: int | None, request: m.UnsettingAllowed) -> None:
    """The keeper of the area or a security officer, about somebody else. Raises NotPossible."""
    if person == request.person:
        raise NotPossible("approved-by-yourself", request.area)
    security = any("security" in one.roles for one in site.account if one.cardholder == person)
    keeper = request.area in site.areas and site.areas[request.area].keeper == person
    if not (security or keeper):
        raise NotPossible("not-allowed", m.kind_of(request))


def check_forbidden(state: State, site: Site, request: m.UnsettingForbidden) -> m.UnsettingForbidden:
    """What was allowed, and is not over. Raises NotPossible."""
    known = state.find(Allowed, request.area, request.person)
    if known is None or known.until <= state.meta.newest_time:
        raise NotPossible("nothing-allowed", request.area)
    return request


def _check_area(site: Site, area: str) -> None:
    if area not in site.areas:
        raise NotPossible("unknown-area", area)
    if not guarding.is_set(site, site.areas[area]):
        raise NotPossible("not-guarded", area)


def _holds(site: Site, grant: Grant, wall: int) -> bool:
    """Whether a grant lets in at a wall time in ms, holidays aside: those the node knows."""
    local = moments.at(wall, site.zone)
    if grant.ends is not None and local.date() > grant.ends:
        return False
    if grant.schedule is None:
        return True
    windows = [one.window for one in site.schedules[grant.schedule].windows] if grant.schedule in site.schedules else []
    weekday, minute = weekdays.counts_as(local.date(), None), local.hour * 60 + local.minute
    return any(weekday in one.days and one.start <= minute < one.end for one in windows)


def approvals(state: State) -> list[m.Approval]:
    """All that is allowed, for the lists of the nodes."""
    return [
        m.Approval(area=one.area, person=one.person, since=one.since, until=one.until) for one in state.all(Allowed)
    ]


# ---------------------------------------------------------------- follows


def requested(state: State, site: Site, entry: Entry, data: m.GuardRequested) -> Facts:
    """The node of the area's reader is told."""
    yield from order_numbers.issue(state, lookups.ceremony_node(site, data.area), f"guard-asked/{data.area}")


def checking(state: State, site: Site, entry: Entry, data: m.SealingChecking) -> Facts:
    """People look at the area before it is sealed: the hour does not set it meanwhile."""
    if standing.told(state, site, data.area) is not None:
        yield from order_numbers.issue(state, lookups.ceremony_node(site, data.area), f"guard-asked/{data.area}")


def allowed(state: State, site: Site, entry: Entry, data: m.UnsettingAllowed | m.UnsettingForbidden) -> Facts:
    """The node of the area's reader has it on its list before it begins."""
    yield from order_numbers.issue(state, lookups.ceremony_node(site, data.area), "access")


# ---------------------------------------------------------------- fold


def apply_requested(state: State, entry: Entry, data: m.GuardRequested, person: int | None) -> None:
    """What is asked, for the order that says so."""
    known = state.find(Guarded, data.area) or Guarded(data.area)
    state.put(replace(known, asked=data.act, asked_by=person))


def apply_checking(state: State, entry: Entry, data: m.SealingChecking, person: int | None) -> None:
    """Whoever looks at an area before it is sealed stays there."""
    known = state.find(Guarded, data.area)
    if known is not None:
        state.put(replace(known, asked="extend", asked_by=person))


def apply_allowed(state: State, entry: Entry, data: m.UnsettingAllowed, person: int | None) -> None:
    """Somebody may open up alone. What was allowed them there before is over."""
    state.put(Allowed(data.area, data.person, data.since, data.until, person))


def apply_forbidden(state: State, entry: Entry, data: m.UnsettingForbidden, person: int | None) -> None:
    """They may not any more."""
    known = state.find(Allowed, data.area, data.person)
    if known is not None:
        state.put(replace(known, until=min(known.until, entry.time)))
