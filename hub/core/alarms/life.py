"""The state of each alarm: raising, repeating, acknowledging, closing. Tables first, the rules that read them below.

It is long since every step of an alarm is read side by side.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from msgspec.structs import replace

from hub.core.alarms import own_table
from hub.core.alarms.kinds import KINDS, Column, Duration
from hub.core.refusal import NotPossible
from hub.core.site.document import Site
from hub.core.state import Alarm, AlarmLife, Area, Entry, Sealing, State
from wire import messages as m

LifeEvent = Literal[
    "again", "again-momentary", "returned", "mended", "acknowledged", "acknowledged-trouble", "found", "closed"
]

LIFE: dict[tuple[AlarmLife, LifeEvent], AlarmLife] = {
    ("active-unacknowledged", "again"): "active-unacknowledged",
    ("active-acknowledged", "again"): "active-unacknowledged",
    ("returned-unacknowledged", "again"): "active-unacknowledged",
    ("returned-acknowledged", "again"): "active-unacknowledged",
    ("finding-written", "again"): "active-unacknowledged",
    ("returned-unacknowledged", "again-momentary"): "returned-unacknowledged",
    ("returned-acknowledged", "again-momentary"): "returned-unacknowledged",
    ("finding-written", "again-momentary"): "returned-unacknowledged",
    ("active-unacknowledged", "returned"): "returned-unacknowledged",
    ("active-acknowledged", "returned"): "returned-acknowledged",
    ("active-unacknowledged", "mended"): "closed",
    ("active-acknowledged", "mended"): "closed",
    ("active-unacknowledged", "acknowledged"): "active-acknowledged",
    ("returned-unacknowledged", "acknowledged"): "returned-acknowledged",
    ("active-unacknowledged", "acknowledged-trouble"): "active-acknowledged",
    ("returned-unacknowledged", "acknowledged-trouble"): "closed",
    ("returned-acknowledged", "found"): "finding-written",
    ("finding-written", "found"): "finding-written",
    ("returned-acknowledged", "closed"): "closed",
    ("finding-written", "closed"): "closed",
}
"""Whatever is not in this table is refused and changes nothing. An alarm that is still active cannot be closed.
A trouble is `mended` when its cause is over, and one that is over needs no more than to be acknowledged. Which alarms
take the way through `finding-written` is in `hub.core.alarms.closing`."""

BORN: dict[Duration, AlarmLife] = {
    "lasts": "active-unacknowledged",
    "momentary": "returned-unacknowledged",
    "mended": "closed",
}
"""The first state of an alarm, by its duration."""

REFUSALS: dict[tuple[AlarmLife, LifeEvent], str] = {
    ("active-acknowledged", "acknowledged"): "already-acknowledged",
    ("returned-acknowledged", "acknowledged"): "already-acknowledged",
    ("finding-written", "acknowledged"): "already-acknowledged",
    ("active-unacknowledged", "found"): "not-acknowledged",
    ("returned-unacknowledged", "found"): "not-acknowledged",
    ("active-acknowledged", "found"): "still-active",
    ("active-unacknowledged", "closed"): "not-acknowledged",
    ("returned-unacknowledged", "closed"): "not-acknowledged",
    ("active-acknowledged", "closed"): "still-active",
}
"""Why a person's step is refused; a closed alarm refuses all with `closed`."""


class Cause(NamedTuple):
    """Something that calls for an alarm: which, where, and when by the clock of whoever saw it."""

    what: str
    place: str
    area: str | None
    sealing: int | None
    happened: int
    foretold: bool = False
    """Reported by a beat, before its record has come."""
    told: m.Told = ""
    """What a node has refused to do."""
    nodes: tuple[str, ...] = ()
    """Nodes that are missing."""
    stood: m.Stood = "unset"
    """How the area stood, unless it was sealed."""


def column(sealing: int | None, stood: m.Stood) -> Column:
    """The column of the table of alarms that holds."""
    return "sealed" if sealing is not None else stood


FORETOLD_MS = 2_000
"""Node and hub may be so far apart about when something happened that a beat and a record both tell of."""
LATE_MS = 30_000
"""What a node tells later than this after it happened is shown as late."""


def find(state: State, what: str, place: str) -> Alarm | None:
    """The open alarm of that kind at that place; of several, the newest."""
    return max(_open(state, what, place), key=lambda one: one.number, default=None)


def _open(state: State, what: str, place: str) -> list[Alarm]:
    return [alarm for alarm in state.all(Alarm) if alarm.open and alarm.what == what and alarm.place == place]


def _again(state: State, cause: Cause) -> Alarm | None:
    """The open alarm that the cause belongs to. What happens under a sealing is that sealing's: it must not pass for
    one more of something harmless that was left open before; nor what happens in an area that is set for what was told
    of while it was not. All that is told under numbers of sealings that there
    never were is one, or a node could make as many alarms as there are numbers."""
    priority = _priority(state, cause)
    known = [
        one
        for one in _open(state, cause.what, cause.place)
        if _is_of(state, cause.sealing, one.sealing) and (one.priority <= priority or cause.stood == one.stood)
    ]
    return max(known, key=lambda one: one.number, default=None)


def _priority(state: State, cause: Cause) -> int:
    return own_table.answer(state, cause.what, column(cause.sealing, cause.stood)).priority


def _is_of(state: State, told: int | None, known: int | None) -> bool:
    if told is None or told == known:
        return True
    return known is not None and not _has_been(state, told) and not _has_been(state, known)


def _has_been(state: State, sealing: int) -> bool:
    """Whether an area is, or was, sealed under this number, be it one that a backup has forgotten."""
    return state.find(Sealing, sealing) is not None or any(area.sealing == sealing for area in state.all(Area))


def check_acknowledging(state: State, site: Site, data: m.AlarmAcknowledged) -> m.FactData:
    """Check that this person may acknowledge the alarm. Raises NotPossible."""
    check(state, data.alarm, "acknowledged")
    return data


def raise_for(state: State, cause: Cause, entry: Entry) -> m.FactData:
    """The fact that an alarm is raised, or that one which is still open has happened again, or that its record has come
    after a beat had told of it."""
    known = _again(state, cause)
    awaited = known and known.foretold and not cause.foretold
    if known and awaited and (known.active or cause.happened <= known.last_happened + FORETOLD_MS):
        return m.AlarmRecorded(alarm=known.number, happened=cause.happened, cause=entry.index)
    if known:
        return m.AlarmRepeated(
            alarm=known.number,
            happened=cause.happened,
            cause=entry.index,
            foretold=cause.foretold,
            told=cause.told,
            nodes=cause.nodes,
        )
    kind = KINDS[cause.what]
    return m.AlarmRaised(
        alarm=state.meta.next_alarm,
        what=cause.what,
        klass=kind.klass,
        priority=_priority(state, cause),
        place=cause.place,
        area=cause.area,
        sealing=cause.sealing,
        happened=cause.happened,
        late=entry.time - cause.happened > LATE_MS,
        cause=entry.index,
        foretold=cause.foretold,
        told=cause.told,
        nodes=cause.nodes,
        stood=cause.stood,
    )


def return_for(state: State, what: str, place: str, entry: Entry) -> Iterator[m.FactData]:
    """The facts that what had caused alarms is over, for those that are active for it."""
    for known in _open(state, what, place):
        if known.active:
            yield m.AlarmReturned(alarm=known.number, cause=entry.index)


def check(state: State, number: int, event: LifeEvent) -> Alarm:
    """The alarm, if a person may do this to it now. Raises NotPossible."""
    alarm = state.find(Alarm, number)
    if alarm is None or not alarm.open:
        raise NotPossible("alarm-closed", str(number))
    if (alarm.life, event) not in LIFE:
        raise NotPossible(REFUSALS[alarm.life, event], str(number))
    return alarm


# ---------------------------------------------------------------- fold


def _step(state: State, number: int, event: LifeEvent, **changes: Any) -> None:
    """One step of an alarm, if the table has it."""
    alarm = state.find(Alarm, number)
    if alarm is not None and (alarm.life, event) in LIFE:
        state.put(replace(alarm, life=LIFE[alarm.life, event], **changes))


def _closing(alarm: Alarm, event: LifeEvent, **columns: Any) -> dict[str, Any]:
    """The columns, if this event closes the alarm."""
    return columns if LIFE.get((alarm.life, event)) == "closed" else {}


def apply_raised(state: State, entry: Entry, data: m.AlarmRaised, person: int | None) -> None:
    """A new alarm."""
    duration = KINDS[data.what].duration
    state.put(
        Alarm(
            number=data.alarm,
            what=data.what,
            klass=data.klass,
            priority=data.priority,
            place=data.place,
            area=data.area,
            sealing=data.sealing,
            life=BORN[duration],
            happened=data.happened,
            last_happened=data.happened,
            raised_at=entry.time,
            closed_at=entry.time if BORN[duration] == "closed" else None,
            late=data.late,
            cause=data.cause,
            foretold=int(data.foretold),
            told=data.told,
            nodes=data.nodes,
            stood=data.stood,
        )
    )
    state.put(replace(state.meta, next_alarm=data.alarm + 1))


def apply_repeated(state: State, entry: Entry, data: m.AlarmRepeated, person: int | None) -> None:
    """Count the repetition: the alarm must be acknowledged and attended again, and a finding is void."""
    alarm = state.find(Alarm, data.alarm)
    if alarm is not None and alarm.open:
        _step(
            state,
            data.alarm,
            "again" if KINDS[alarm.what].duration == "lasts" else "again-momentary",
            count=alarm.count + 1,
            last_happened=data.happened,
            foretold=alarm.foretold + 1 if data.foretold else 0,
            told=data.told,
            nodes=data.nodes,
            found_by=None,
            found_at=None,
            finding_cause=None,
            finding=None,
            attended_by=None,
            attended_at=None,
        )


def apply_recorded(state: State, entry: Entry, data: m.AlarmRecorded, person: int | None) -> None:
    """The record of what a beat had reported has come. Acknowledging and attending stay as they are."""
    alarm = state.find(Alarm, data.alarm)
    if alarm is not None and alarm.open:
        first = data.happened if alarm.count == 1 else alarm.happened
        last = data.happened if alarm.foretold <= 1 else alarm.last_happened
        state.put(replace(alarm, happened=first, last_happened=last, foretold=max(0, alarm.foretold - 1)))


def apply_returned(state: State, entry: Entry, data: m.AlarmReturned, person: int | None) -> None:
    """The cause is over. A trouble is mended by that; an alarm stays latched."""
    alarm = state.find(Alarm, data.alarm)
    if alarm is not None:
        event: LifeEvent = "mended" if alarm.klass == "trouble" else "returned"
        _step(state, data.alarm, event, **_closing(alarm, event, closed_at=entry.time))


def apply_acknowledged(state: State, entry: Entry, data: m.AlarmAcknowledged, person: int | None) -> None:
    """A person has taken it on. A trouble that is over needs no more than that; an alarm wants a finding."""
    alarm = state.find(Alarm, data.alarm)
    if alarm is not None:
        event: LifeEvent = "acknowledged-trouble" if alarm.klass == "trouble" else "acknowledged"
        _step(
            state,
            data.alarm,
            event,
            acknowledged_by=person,
            acknowledged_at=data.at or entry.time,
            acknowledged_via=data.via,
            **_closing(alarm, event, closed_by=person, closed_at=entry.time),
        )


def apply_attended(state: State, entry: Entry, data: m.AlarmAttended, person: int | None) -> None:
    """Somebody is at the door."""
    alarm = state.find(Alarm, data.alarm)
    if alarm is not None and alarm.open and alarm.attended_by is None:
        state.put(replace(alarm, attended_by=data.person, attended_at=entry.time))


def apply_found(state: State, entry: Entry, data: m.FindingWritten, person: int | None) -> None:
    """A finding is written, and waits for a second person. The last one that is written counts."""
    _step(
        state,
        data.alarm,
        "found",
        found_by=person,
        found_at=entry.time,
        finding_cause=data.finding_cause,
        finding=data.finding,
    )


def apply_closed(state: State, entry: Entry, data: m.AlarmClosed, person: int | None) -> None:
    """A finding is written, or confirmed: this alone closes an alarm."""
    _step(
        state,
        data.alarm,
        "closed",
        closed_by=person,
        closed_at=entry.time,
        finding_cause=data.finding_cause,
        finding=data.finding,
    )


def apply_shown(state: State, entry: Entry, data: m.AlarmShown, person: int | None) -> None:
    """A page that somebody had open has shown it."""
    alarm = state.find(Alarm, data.alarm)
    if alarm is not None and alarm.open and alarm.shown_at is None:
        state.put(replace(alarm, shown_at=entry.time))


def apply_sounded(state: State, entry: Entry, data: m.AlarmSounded, person: int | None) -> None:
    """The hub's sounder was switched on for it."""
    alarm = state.find(Alarm, data.alarm)
    if alarm is not None and alarm.open and alarm.sounded_at is None:
        state.put(replace(alarm, sounded_at=entry.time))
