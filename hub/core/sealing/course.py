"""The course of a sealing, from plan to certificate, as a table; what is not in it changes nothing.

The badge ceremonies lie within it: that of sealing within `checking`, that of unsealing within `unsealing`. How the
area itself stands meanwhile, and what its nodes are told, is the table of `hub.core.sealing.area`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from msgspec.structs import replace

from hub.core import standing
from hub.core.refusal import NotPossible
from hub.core.sealing import before as before_sealing
from hub.core.site.document import Site
from hub.core.state import Alarm, Area, Entry, Sealing, SealingState, State, Window
from wire import messages as m

CourseEvent = Literal[
    "plan",
    "begin-check",
    "postpone",
    "cancel",
    "two-badges",
    "fall-back",
    "all-confirmed",
    "opened",
    "order-unseal",
    "fall-back-breached",
    "emergency",
    "two-signatures",
]

COURSE: dict[tuple[SealingState | None, CourseEvent], SealingState] = {
    (None, "plan"): "planned",
    (None, "begin-check"): "checking",
    ("planned", "begin-check"): "checking",
    ("planned", "postpone"): "postponed",
    ("planned", "cancel"): "cancelled",
    ("checking", "postpone"): "postponed",
    ("checking", "cancel"): "cancelled",
    ("checking", "two-badges"): "arming",
    ("arming", "fall-back"): "checking",
    ("arming", "cancel"): "cancelled",
    ("arming", "all-confirmed"): "sealed",
    ("sealed", "opened"): "breached",
    ("sealed", "order-unseal"): "unsealing",
    ("breached", "order-unseal"): "unsealing",
    ("unsealing", "fall-back"): "sealed",
    ("unsealing", "fall-back-breached"): "breached",
    ("unsealing", "all-confirmed"): "closed",
    ("sealed", "emergency"): "opened",
    ("breached", "emergency"): "opened",
    ("unsealing", "emergency"): "opened",
    ("opened", "two-signatures"): "closed",
}
"""None: there is no such sealing yet. `opened`: by an emergency, and closed only when two people have signed for it."""

EARLY_MS = 24 * 3_600_000
"""A sealing that is ordered so long before its planned window begins, or later, is that of the window."""

WALK_MS = 3_600_000
"""How long the walk through an area may take, counted from the beginning of its check."""

BREACH = ("opened-while-sealed", "seal-broken")
"""Alarms that are openings: the certificate counts them."""

SIGNATURES = 2


# ---------------------------------------------------------------- look-ups


def of_area(state: State, area: str, *states: SealingState) -> Sealing | None:
    """The area's newest sealing that is in one of these states."""
    found = [one for one in state.all(Sealing) if one.area == area and one.state in states]
    return max(found, key=lambda one: one.number, default=None)


def next_number(state: State, area: str, now: int) -> int:
    """Number that a sealing of the area has when it is ordered now (wall time in ms).

    One that was tried and came to nothing leaves its number behind: a badge that was shown for that try, and is
    delivered late, must not count for this one.
    """
    under_way = of_area(state, area, "checking") or due(state, area, now)
    return under_way.number if under_way and not under_way.tried else state.meta.next_sealing


def due(state: State, area: str, now: int) -> Sealing | None:
    """The planned sealing of the area whose time has come."""
    for one in state.all(Sealing):
        window = state.find(Window, one.window) if one.window is not None else None
        if one.area == area and one.state == "planned" and window and window.starts - EARLY_MS <= now < window.ends:
            return one
    return None


def is_checked(state: State, area: str, now: int) -> bool:
    """Whether somebody walks through the area now to seal it, and so opens what is else not opened at this hour."""
    sealing = of_area(state, area, "checking")
    return sealing is not None and sealing.checked_at is not None and 0 <= now - sealing.checked_at <= WALK_MS


def over(state: State, sealing: Sealing, now: int) -> bool:
    """Whether the planned time of a sealing is over at `now`: whoever planned it has approved of unsealing then."""
    window = state.find(Window, sealing.window) if sealing.window is not None else None
    return window is not None and now >= window.ends


# ---------------------------------------------------------------- what a person may ask


def check_begin(state: State, site: Site, request: m.SealingChecking) -> m.SealingChecking:
    """A check of an area that is not sealed, under the number of its sealing. Raises NotPossible."""
    if request.area not in site.areas:
        raise NotPossible("unknown-area", request.area)
    if (now := state.area(request.area).state) != "unsealed":
        raise NotPossible(f"area-is-{now}", request.area)
    standing.check_unset(state, site, request.area)
    if of_area(state, request.area, "checking"):
        raise NotPossible("checking-already", request.area)
    return replace(request, sealing=next_number(state, request.area, state.meta.newest_time))


def check_drop(state: State, _site: Site, request: m.SealingDropped) -> m.SealingDropped:
    """A sealing that has not come to badges yet. Raises NotPossible."""
    sealing = state.find(Sealing, request.sealing)
    event: CourseEvent = "postpone" if request.outcome == "postponed" else "cancel"
    badges = sealing is not None and state.area(sealing.area).state != "unsealed" and sealing.state == "checking"
    if sealing is None or sealing.state == "arming" or badges or (sealing.state, event) not in COURSE:
        raise NotPossible("sealing-not-planned", str(request.sealing))
    if not request.reason.strip():
        raise NotPossible("reason-empty", str(request.sealing))
    return replace(request, area=sealing.area)


# ---------------------------------------------------------------- what follows


def planned(state: State, site: Site, entry: Entry, data: m.WindowPlanned) -> Iterator[m.FactData]:
    """A window is a plan for each of its areas."""
    for area in data.areas:
        yield m.SealingPlanned(sealing=state.meta.next_sealing, area=area, window=data.window)


def window_cancelled(state: State, site: Site, entry: Entry, data: m.WindowCancelled) -> Iterator[m.FactData]:
    """What was planned for it falls; what is sealed already stays so."""
    for one in list(state.all(Sealing)):
        if one.window == data.window and one.state == "planned":
            yield m.SealingDropped(sealing=one.number, area=one.area, outcome="cancelled", reason=data.reason)


# ---------------------------------------------------------------- fold


def move(state: State, number: int, event: CourseEvent, **changes: Any) -> None:
    """One step of a sealing, if the table has it."""
    sealing = state.find(Sealing, number)
    if sealing is not None and (sealing.state, event) in COURSE:
        state.put(replace(sealing, state=COURSE[sealing.state, event], **changes))


def _begin(state: State, number: int, event: CourseEvent, area: str, index: int, **columns: Any) -> None:
    """A new sealing, by the entry of that index."""
    state.put(Sealing(number=number, area=area, state=COURSE[None, event], began=index, **columns))
    state.put(replace(state.meta, next_sealing=max(state.meta.next_sealing, number + 1)))


def apply_planned(state: State, entry: Entry, data: m.SealingPlanned, person: int | None) -> None:
    """A new sealing, planned."""
    _begin(state, data.sealing, "plan", data.area, entry.index, window=data.window, adhoc=False)


def apply_checking(state: State, entry: Entry, data: m.SealingChecking, person: int | None) -> None:
    """Begin the check."""
    if state.find(Sealing, data.sealing) is None:
        window = _leave_behind(state, data.area, data.sealing)
        _begin(state, data.sealing, "begin-check", data.area, entry.index, window=window, adhoc=False)
    else:
        move(state, data.sealing, "begin-check")
    if sealing := state.find(Sealing, data.sealing):
        state.put(replace(sealing, checked_at=entry.time))


def apply_dropped(state: State, entry: Entry, data: m.SealingDropped, person: int | None) -> None:
    """Drop the sealing; its checks must be made again for the next one."""
    if (one := state.find(Sealing, data.sealing)) and one.state == "checking":
        before_sealing.use_up(state, one.area)
    move(state, data.sealing, "postpone" if data.outcome == "postponed" else "cancel", cause=data.reason)


def _leave_behind(state: State, area: str, number: int) -> int | None:
    """The number of a try that came to nothing is given up; its window goes over to the next."""
    tried = of_area(state, area, "checking")
    if tried is None or tried.number == number:
        return None
    move(state, tried.number, "cancel", cause=f"tried again as {number}")
    return tried.window


def order_seal(state: State, entry: Entry, data: m.SealingOrdered, person: int | None) -> None:
    """The badge ceremony of a sealing begins."""
    if state.find(Sealing, data.sealing) is None:
        before = of_area(state, data.area, "checking")
        window = _leave_behind(state, data.area, data.sealing)
        _begin(state, data.sealing, "begin-check", data.area, entry.index, window=window, adhoc=before is None)
    else:
        move(state, data.sealing, "begin-check")
    known = state.find(Sealing, data.sealing)
    if known is not None:
        state.put(replace(known, tried=True, ordered_by=person))


def order_unseal(state: State, data: m.SealingOrdered) -> None:
    """The badge ceremony of an unsealing begins."""
    move(state, data.sealing, "order-unseal", cause=data.cause)


def arming(state: State, entry: Entry, data: m.SealingArming) -> None:
    """The second badge was shown."""
    if data.purpose == "seal":
        move(state, data.sealing, "two-badges", people=data.people, exceptions=data.exceptions)
    elif data.purpose == "change":
        return  # it stays sealed
    elif sealing := state.find(Sealing, data.sealing):
        state.put(replace(sealing, unsealed_by=data.people, ended_at=entry.time))


def let_go(state: State, entry: Entry, data: m.Released) -> None:
    """The node at the reader has seen two badges and let go, also where the hub had given the unsealing up."""
    move(state, data.sealing, "order-unseal")
    sealing = state.find(Sealing, data.sealing)
    if sealing is not None and sealing.ended_at is None:
        state.put(replace(sealing, unsealed_by=data.people or (), ended_at=entry.time))


def finished(state: State, entry: Entry, number: int, sealed: bool) -> None:
    """The nodes have confirmed."""
    if sealed:
        move(state, number, "all-confirmed", sealed_at=entry.time, sealed_index=entry.index)
    elif sealing := state.find(Sealing, number):
        state.put(replace(sealing, unsealed_at=entry.time))
        move(state, number, "all-confirmed")
        close(state, number)


def close(state: State, number: int) -> None:
    """An emergency opening is closed once the nodes have unsealed and two people have signed."""
    sealing = state.find(Sealing, number)
    if sealing is not None and sealing.unsealed_at is not None and len(sealing.signed) >= SIGNATURES:
        move(state, number, "two-signatures")


def emergency(state: State, entry: Entry, data: m.EmergencyOpened, person: int | None) -> None:
    """Mark the sealing as opened by an emergency."""
    move(state, data.sealing, "emergency", emergency_by=person, cause=data.reason, ended_at=entry.time)


def came_to_nothing(state: State, area: Area) -> None:
    """A ceremony or an arming has failed; `area` is the row before that."""
    sealing = state.find(Sealing, area.sealing)
    if sealing is None or area.state in ("change-ceremony", "changing"):
        return
    if area.state in ("unseal-ceremony", "unsealing"):
        state.put(replace(sealing, unsealed_by=(), ended_at=None))
        move(state, area.sealing, "fall-back-breached" if sealing.openings else "fall-back")
    else:
        move(state, area.sealing, "cancel" if sealing.adhoc else "fall-back")


def apply_alarm(state: State, entry: Entry, data: m.AlarmRaised | m.AlarmRepeated, person: int | None) -> None:
    """Count an alarm of the area in its sealing."""
    alarm = state.find(Alarm, data.alarm)
    if alarm is not None:
        count_alarm(state, alarm.what, alarm.sealing)


def count_alarm(state: State, what: str, number: int | None) -> None:
    """An alarm under a sealing."""
    sealing = state.find(Sealing, number) if number is not None else None
    if sealing is None:
        return
    breach = what in BREACH
    state.put(replace(sealing, alarms=sealing.alarms + 1, openings=sealing.openings + breach))
    if breach:
        move(state, sealing.number, "opened")
