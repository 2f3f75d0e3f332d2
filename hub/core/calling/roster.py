"""The roster: who answers now, where it has a gap, and one duty officer handing over to the next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from msgspec.structs import replace

from hub.core import watched
from hub.core.alarms import life as alarm_life
from hub.core.refusal import NotPossible
from hub.core.sealing import area as area_sealing
from hub.core.site import where
from hub.core.site.document import Site
from hub.core.state import Alarm, Area, Entry, Handover, Shift, State
from wire import messages as m

AHEAD_MS = 7 * 24 * 3_600_000
"""How long ahead a gap is a trouble."""
LONGEST_SHIFT_MS = 31 * 24 * 3_600_000
PLACE = where.of_hub("roster")
DUTY_ROLES = frozenset({"duty", "security"})
"""Roles of those who may have a shift: whoever answers must be allowed to acknowledge."""


class OnDuty(NamedTuple):
    """Who answers at a time. `gap`: the roster names nobody, so it is everybody in the role duty."""

    people: tuple[int, ...]
    stand_ins: tuple[int, ...]
    gap: bool


def in_role(site: Site, *roles: str) -> tuple[int, ...]:
    """People with an account in one of these roles, in the order of the document."""
    return tuple(account.cardholder for account in site.account if set(roles) & set(account.roles))


def on_duty(state: State, site: Site, now: int) -> OnDuty:
    """Who answers at the hub's wall time `now`. Whoever has no account any more counts for nobody."""
    known = in_role(site, *DUTY_ROLES)
    current = (one for one in counting(state.all(Shift), site) if one.starts <= now < one.ends)
    shifts = sorted(current, key=lambda one: one.number)
    everybody = in_role(site, "duty")
    if not shifts:
        return OnDuty(everybody, everybody, gap=True)
    people = tuple(dict.fromkeys(one.person for one in shifts))
    stand_ins = tuple(dict.fromkeys(one.stand_in for one in shifts if one.stand_in in known and one.stand_in))
    # With no stand-in named, the other duty officers stand in.
    return OnDuty(people, stand_ins or tuple(one for one in everybody if one not in people), gap=False)


def gaps(state: State, site: Site, now: int) -> list[tuple[int, int]]:
    """Times in the next seven days that nobody has. A site that has never kept a roster has none: all are called."""
    shifts = list(state.all(Shift))
    return uncovered(counting(shifts, site), now, now + AHEAD_MS) if shifts else []


def counting(shifts: Iterable[Shift], site: Site) -> list[Shift]:
    """Shifts that are on the roster, of people who have an account for it: nobody else is called."""
    known = in_role(site, *DUTY_ROLES)
    return [one for one in shifts if not one.removed and one.person in known]


def uncovered(shifts: Iterable[Shift], starts: int, ends: int) -> list[tuple[int, int]]:
    """Times between two moments (hub's wall time in ms) that none of these shifts covers."""
    found: list[tuple[int, int]] = []
    covered = starts
    for shift in sorted(shifts, key=lambda one: one.starts):
        if shift.starts >= ends:
            break
        if shift.starts > covered:
            found.append((covered, shift.starts))
        covered = max(covered, shift.ends)
    if covered < ends:
        found.append((covered, ends))
    return found


# ---------------------------------------------------------------- what a person may ask


def check_add(state: State, site: Site, request: m.ShiftAdded) -> m.ShiftAdded:
    """The shift under its number. Raises NotPossible."""
    known = in_role(site, *DUTY_ROLES)
    for person in (request.person, request.stand_in):
        if person is not None and person not in known:
            raise NotPossible("not-a-duty-officer", str(person))
    if request.person == request.stand_in:
        raise NotPossible("stand-in-same", str(request.person))
    if not 0 < request.ends - request.starts <= LONGEST_SHIFT_MS:
        raise NotPossible("shift-empty")
    if request.ends <= state.meta.newest_time:
        raise NotPossible("shift-past")
    for other in state.all(Shift):
        if not other.removed and request.starts < other.ends and other.starts < request.ends:
            raise NotPossible("shift-overlaps", str(other.number))
    return replace(request, shift=1 + max((one.number for one in state.all(Shift)), default=0))


def check_remove(state: State, _site: Site, request: m.ShiftRemoved) -> m.ShiftRemoved:
    """A shift that is on the roster. Raises NotPossible."""
    shift = state.find(Shift, request.shift)
    if shift is None or shift.removed:
        raise NotPossible("shift-unknown", str(request.shift))
    return request


def check_draft(state: State, site: Site, request: m.HandoverDrafted) -> m.HandoverDrafted:
    """What is handed over: drafted from the state, whatever the request says but its note."""
    number = 1 + max((one.number for one in state.all(Handover)), default=0)
    return replace(draft(state, site, request.note), handover=number)


def draft(state: State, site: Site, note: str = "") -> m.HandoverDrafted:
    """What stands open now: alarms, sealed areas, nodes that are not heard."""
    areas = sorted(state.all(Area), key=lambda one: one.name)
    return m.HandoverDrafted(
        handover=0,
        alarms=tuple(sorted(alarm.number for alarm in state.all(Alarm) if alarm.open))[-m.MOST_LINES :],
        sealed=tuple(m.SealedArea(area=one.name, sealing=one.sealing) for one in areas if area_sealing.guarded(one)),
        silent=tuple(sorted(one.name for one in site.node if watched.of_life(state.life(one.name)))),
        note=note,
    )


def check_taken(state: State, _site: Site, request: m.HandoverTaken) -> m.HandoverTaken:
    """A hand-over that nobody has taken yet. Raises NotPossible."""
    handover = state.find(Handover, request.handover)
    if handover is None or handover.taken_at is not None:
        raise NotPossible("handover-unknown", str(request.handover))
    return request


def check_taker(state: State, site: Site, person: int | None, request: m.HandoverTaken) -> None:
    """Nobody hands over to themselves. Raises NotPossible."""
    handover = state.find(Handover, request.handover)
    if handover is not None and handover.given_by == person:
        raise NotPossible("handover-same", str(request.handover))


# ---------------------------------------------------------------- what falls due


def due(state: State, site: Site, now: int) -> Iterator[m.FactData]:
    """Report a gap ahead once, and end its trouble when it has passed. `now`: hub's wall time in ms."""
    known = alarm_life.find(state, "roster-gap", PLACE)
    found = gaps(state, site, now)
    if found and known is None:
        yield m.RosterGap(starts=found[0][0], ends=found[0][1])
    elif not found and known is not None and known.active:
        yield m.AlarmReturned(alarm=known.number, cause=known.cause)


def gap(state: State, _site: Site, entry: Entry, data: m.RosterGap) -> Iterator[m.FactData]:
    """Raise a trouble, which lasts until the roster is complete."""
    yield alarm_life.raise_for(state, alarm_life.Cause("roster-gap", PLACE, None, None, entry.time), entry)


def added(state: State, site: Site, entry: Entry, data: m.ShiftAdded) -> Iterator[m.FactData]:
    """End the trouble if no gap is left."""
    if not gaps(state, site, entry.time):
        yield from alarm_life.return_for(state, "roster-gap", PLACE, entry)


# ---------------------------------------------------------------- fold


def apply_added(state: State, entry: Entry, data: m.ShiftAdded, person: int | None) -> None:
    """Store the shift."""
    state.put(Shift(data.shift, data.person, data.stand_in, data.starts, data.ends, added_by=person))


def apply_removed(state: State, entry: Entry, data: m.ShiftRemoved, person: int | None) -> None:
    """Mark the shift as removed; it stays on record."""
    shift = state.find(Shift, data.shift)
    if shift is not None:
        state.put(replace(shift, removed=True, removed_by=person))


def apply_drafted(state: State, entry: Entry, data: m.HandoverDrafted, person: int | None) -> None:
    """Store the draft, which the giver signs by drafting it."""
    sealed = tuple(one.area for one in data.sealed)
    state.put(Handover(data.handover, person, entry.time, data.alarms, sealed, data.silent, data.note))


def apply_taken(state: State, entry: Entry, data: m.HandoverTaken, person: int | None) -> None:
    """Note who has taken over."""
    handover = state.find(Handover, data.handover)
    if handover is not None and handover.taken_at is None:
        state.put(replace(handover, taken_by=person, taken_at=entry.time))
