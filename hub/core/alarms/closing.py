"""What closing an alarm takes: one person's finding; or somebody at the door, a finding, and a second person.

The gravest alarms of a sealed area are not cleared from afar before somebody has looked, nor by one person alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from hub.core.alarms import life as alarm_life
from hub.core.alarms.life import LifeEvent
from hub.core.refusal import NotPossible
from hub.core.site.document import Site
from hub.core.state import Alarm, AlarmLife, Life, State
from wire import messages as m

BARRED: dict[tuple[bool, AlarmLife, LifeEvent], str] = {
    (True, "returned-acknowledged", "closed"): "takes-two",
    (False, "returned-acknowledged", "found"): "takes-one",
}
"""Which of the two closing events in LIFE is refused, by whether the alarm takes two people."""

SHORTEST_FINDING = 4
"""Characters of the shortest finding that says anything (two Chinese words)."""

LifeOf = Callable[[str], Life | None]
"""The life of a node by its name."""


def takes_two(alarm: Alarm) -> bool:
    """Whether it takes two people and a badge at the door: the urgent alarms of a sealing, also when it has ended. A
    drill is an alarm of no sealing, and a trouble needs no finding."""
    return alarm.klass != "trouble" and alarm.sealing is not None and alarm.priority == 1


def expects_responder(alarm: Alarm, area: str) -> bool:
    """Whether somebody has taken this alarm of the area on, and nobody has been at the door yet."""
    taken_on = alarm.open and not alarm.unacknowledged
    return taken_on and alarm.area == area and alarm.attended_by is None


def lacks_badge(site: Site, life_of: LifeOf, alarm: Alarm) -> bool:
    """Whether somebody must first be at the door, and can show it."""
    return takes_two(alarm) and alarm.attended_by is None and _walk_can_be_shown(site, life_of, alarm)


def _walk_can_be_shown(site: Site, life_of: LifeOf, alarm: Alarm) -> bool:
    """Whether the alarm's area has a reader whose node may still speak."""
    return any(True for _ in at_the_door(site, life_of, alarm))


def at_the_door(site: Site, life_of: LifeOf, alarm: Alarm) -> Iterator[Life]:
    """The nodes that may tell of a badge at a reader of the alarm's area."""
    for node in {reader.node for reader in site.reader if reader.area == alarm.area}:
        life = life_of(node)
        if life is not None and not life.revoked:
            yield life


def counts_as_attended(alarm: Alarm, now: int, at: int) -> bool:
    """Whether a badge at the door counts for it. `at`: when that was; `now`: when the hub hears of it, in ms. One that
    is told late, and was before the alarm last happened, does not. What happened after `now` is a wrong clock's."""
    return alarm.open and alarm.attended_by is None and not at < alarm.last_happened <= now


# ---------------------------------------------------------------- what a person may ask


def check_finding(state: State, site: Site, data: m.FindingWritten) -> m.FindingWritten:
    """The first person's finding. Raises NotPossible."""
    _check(state, site, data, "found")
    return data


def check_closing(state: State, site: Site, data: m.AlarmClosed) -> m.AlarmClosed:
    """One person's finding, or the second person's word to just the finding that is written. Raises NotPossible."""
    alarm = _check(state, site, data, "closed")
    if takes_two(alarm) and (data.finding_cause, data.finding) != (alarm.finding_cause, alarm.finding):
        raise NotPossible("finding-changed", str(data.alarm))
    return replace(data, found_by=alarm.found_by)


def check_second(state: State, site: Site, person: int | None, data: m.AlarmClosed) -> None:
    """Whoever has written a finding does not confirm it. Raises NotPossible."""
    alarm = state.find(Alarm, data.alarm)
    if alarm is not None and alarm.found_by is not None and alarm.found_by == person:
        raise NotPossible("written-by-yourself", str(data.alarm))


def _check(state: State, site: Site, data: m.FindingWritten | m.AlarmClosed, event: LifeEvent) -> Alarm:
    if len(data.finding.strip()) < SHORTEST_FINDING:
        raise NotPossible("finding-empty", str(data.alarm))
    alarm = alarm_life.check(state, data.alarm, event)
    barred = BARRED.get((takes_two(alarm), alarm.life, event))
    if barred is not None:
        raise NotPossible(barred, str(data.alarm))
    if lacks_badge(site, state.life, alarm):
        raise NotPossible("not-attended", str(data.alarm))
    return alarm
