"""Answering for an alarm: taken on, somebody at the door, a finding by one person, and a second one's word to it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence

from demo.story.duty import ConsoleError, DutyOfficer
from demo.story.teller import DUTY, Officer, Teller
from hub.core.refusal import NotPossible
from hub.core.state import Alarm
from wire import messages as m

WANG, ZHOU = 1003, 1008
SECOND = Officer(ZHOU, "zhouqiang")
"""Zhou Qiang."""


@contextlib.contextmanager
def at_the_console(teller: Teller, sentence: str) -> Iterator[None]:
    """It is expected that the console does this."""
    try:
        yield
    except ConsoleError as error:
        teller.expect(sentence, held=False, seen=error)
    else:
        teller.expect(sentence, held=True)


def acknowledge(teller: Teller, alarm: Alarm) -> None:
    """Wang Fang takes it on."""
    request = m.AlarmAcknowledged(alarm=alarm.number)
    _at_the_console_or_else(teller, DUTY, lambda: teller.wang.acknowledge(alarm.number), request)


def goes_there(teller: Teller, area: str, person: int, alarms: Sequence[Alarm], after: int) -> None:
    """Somebody shows a badge at the door; `after`: an entry from before these alarms were taken on."""
    reader = f"{area}/reader"
    node = teller.names.places[reader]
    # The node learns of each alarm that somebody has taken on, and from then on takes badges for an answer.
    teller.wait(lambda: teller.orders_done(node, "respond", after) and not teller.ordered(node))
    teller.badge(reader, person)
    at_the_door = [one.number for one in alarms if one.area == area]
    attended = teller.wait(lambda: all(teller.alarm(number).attended_by == person for number in at_the_door))
    teller.expect("somebody at the door is on record", attended)


def rings(teller: Teller, person: int, since: int) -> None:
    """Somebody's telephone rings; what has come on it `since` a wall time in ms is shown, too."""
    there = teller.wait(lambda: teller.telephone(person, since))
    for message in teller.telephone(person, since):
        seconds = (message.at - since) / 1000
        teller.shows(f"{teller.person(person)}, {seconds:.1f} s after the opening: {message.text}")
    teller.expect(f"the telephone of {teller.person(person)} rings", there)


def found_by_one(teller: Teller, alarm: Alarm, cause: m.FindingCause, text: str) -> None:
    """Wang Fang writes what was found, which closes an alarm of a room that was not sealed."""
    closed = m.AlarmClosed(alarm=alarm.number, finding_cause=cause, finding=text)
    _at_the_console_or_else(teller, DUTY, lambda: teller.wang.close(alarm.number, cause, text), closed)
    teller.expect("her finding closes it", teller.wait(lambda: not teller.alarm(alarm.number).open))


def finding(teller: Teller, alarm: Alarm, writer: DutyOfficer, cause: m.FindingCause, text: str) -> None:
    """One of the two duty officers writes what was found; it is closed only when the other one confirms just that."""
    first, second = (DUTY, SECOND) if writer is teller.wang else (SECOND, DUTY)
    confirmer = teller.zhou if writer is teller.wang else teller.wang
    written = m.FindingWritten(alarm=alarm.number, finding_cause=cause, finding=text)
    closed = m.AlarmClosed(alarm=alarm.number, finding_cause=cause, finding=text)
    _at_the_console_or_else(teller, first, lambda: writer.write_finding(alarm.number, cause, text), written)
    teller.wait(lambda: teller.alarm(alarm.number).found_by == first.person)
    try:
        teller.asks(closed, by=first)
    except NotPossible as refusal:
        teller.expect("whoever wrote the finding cannot confirm it", teller.alarm(alarm.number).open, refusal.reason)
    else:
        teller.expect("whoever wrote the finding cannot confirm it", held=False)
    _at_the_console_or_else(teller, second, lambda: confirmer.close(alarm.number, cause, text), closed)
    teller.wait(lambda: not teller.alarm(alarm.number).open)
    after = teller.alarm(alarm.number)
    by = f"written by {after.found_by}, confirmed by {after.closed_by}"
    held = not after.open and (after.found_by, after.closed_by) == (first.person, second.person)
    teller.expect("it is closed by the word of two", held, by)


def _at_the_console_or_else(teller: Teller, who: Officer, act: Callable[[], None], request: m.FactData) -> None:
    """Were the console down, they would do it at the command line."""
    try:
        act()
    except ConsoleError as error:
        teller.expect("the console takes it", held=False, seen=error)
        teller.asks(request, by=who)
