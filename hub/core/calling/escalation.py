"""Calling people until somebody has answered: what moves a call up its ladder, and what ends it.

A call is opened by an alarm, has one line for each alarm of the same cause, and rings until every line is acknowledged;
then it waits until somebody was at the door. Its deadlines are columns. Everything it does is an entry of the journal.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Literal

from msgspec.structs import replace

from hub.core.alarms import closing, own_table
from hub.core.alarms import life as alarm_life
from hub.core.alarms.ladders import Ladder
from hub.core.calling import notices
from hub.core.calling.fold import call_of, open_lines
from hub.core.countdown import Countdown, Span
from hub.core.rules import each
from hub.core.site.document import Site
from hub.core.state import Alarm, Call, Entry, State
from wire import messages as m

GROUP_MS = 10_000
"""Alarms of one cause come within this time of the first."""
MORE_MS = 5_000
"""New lines are batched and sent this long after the first."""
MOST_LINES = 1000

Need = Literal["ring", "attend", "nothing"]
Facts = Iterator[m.FactData]


def need(state: State, call: Call, ladder: Ladder) -> Need:
    """What a call is waiting for."""
    lines = open_lines(state, call)
    if any(line.unacknowledged for line in lines):
        return "ring"
    if ladder.attend is not None and any(line.attended_by is None for line in lines):
        return "attend"
    return "nothing"


# ---------------------------------------------------------------- what follows from facts


def raised(state: State, alarm_number: int, now: int) -> Facts:
    """A new alarm opens a call, or becomes a line of one that began within GROUP_MS."""
    alarm = state.find(Alarm, alarm_number)
    if alarm is None or not alarm.open:
        return
    answer = own_table.answer(state, alarm.what, alarm_life.column(alarm.sealing, alarm.stood))
    if answer.ladder is None:
        return
    call = _same_cause(state, alarm, answer.ladder, now)
    # Each trouble has its whole delay to be mended in; an alarm is told with the first.
    wait = answer.delay * 1000 if alarm.klass == "trouble" else 0
    if call is not None:
        yield m.CallJoined(call=call.number, alarm=alarm.number, wait=wait)
    else:
        wait = answer.delay * 1000
        yield m.CallOpened(call=alarm.number, ladder=answer.ladder, wait=wait, drill=alarm.what == "drill")


def _same_cause(state: State, alarm: Alarm, ladder: str, now: int) -> Call | None:
    for call in state.all(Call):
        if call.life not in ("waiting", "ringing") or call.ladder != ladder or call.drill or alarm.what == "drill":
            continue
        if not 0 <= now - call.opened_at <= GROUP_MS or len(call.alarms) >= MOST_LINES:
            continue
        if any(_one_cause(line, alarm) for line in open_lines(state, call)):
            return call
    return None


def _one_cause(line: Alarm, alarm: Alarm) -> bool:
    return line.what == alarm.what or (alarm.area is not None and line.area == alarm.area)


def again(state: State, alarm_number: int, now: int) -> Facts:
    """An alarm that happened again must be acknowledged again."""
    call = call_of(state, alarm_number)
    if call is None:
        yield from raised(state, alarm_number, now)
    elif call.life == "answered":
        yield _move(state, call, 0, 0, "begun")
    elif call.life == "ringing" and alarm_number not in (*call.told, *call.untold):
        # Somebody had taken this line on, and believes it to be in hand: it is told anew. Not so each time it repeats.
        yield m.CallJoined(call=call.number, alarm=alarm_number, wait=0)


def heard_again(state: State, site: Site) -> Facts:
    """A node is back: calls that were left because no door could tell wait for somebody there, as after an answer."""
    for call in list(state.all(Call)):
        attend = own_table.ladder(state, call.ladder).attend
        if call.life == "answered" and call.due_at is None and attend is not None and _can_be_shown(state, site, call):
            yield m.CallAnswered(call=call.number, wait=attend * 1000)


def _can_be_shown(state: State, site: Site, call: Call) -> bool:
    """Whether a badge at a door could still end the call: whoever is there, and cannot show it, is not called back."""
    waiting = (line for line in open_lines(state, call) if line.attended_by is None)
    return any(not life.silent for line in waiting for life in closing.at_the_door(site, state.life, line))


def opened(state: State, site: Site, entry: Entry, data: m.CallOpened) -> Facts:
    """Move a call without a delay to its first rung at once."""
    call = state.find(Call, data.call)
    if call is not None and data.wait == 0:
        yield _move(state, call, 0, 0, "begun")


def settled(state: State, alarm_number: int) -> Facts:
    """After an alarm was acknowledged, attended, closed or mended: answer or end its call, if nothing is left."""
    call = call_of(state, alarm_number)
    if call is None:
        return
    ladder = own_table.ladder(state, call.ladder)
    wants = need(state, call, ladder)
    if wants == "nothing":
        yield m.CallEnded(call=call.number)
    elif wants == "attend" and call.life != "answered" and ladder.attend is not None:
        yield m.CallAnswered(call=call.number, wait=ladder.attend * 1000)


def moved(state: State, site: Site, entry: Entry, data: m.CallMoved) -> Facts:
    """A call has moved to a rung: notify the people of that rung of all lines still open."""
    call = state.find(Call, data.call)
    if call is None:
        return
    ladder = own_table.ladder(state, call.ladder)
    lines = open_lines(state, call)
    waiting = [line.number for line in lines if line.unacknowledged]
    unattended = [line.number for line in lines if line.attended_by is None]
    alarms = tuple(sorted(waiting or unattended)[: m.MOST_LINES])
    if not alarms:
        return
    for channel, person in notices.targets(state, site, ladder, data, entry.time):
        yield m.NoticeQueued(
            notice=state.duty.next_notice,
            call=call.number,
            alarms=alarms,
            step=data.step,
            round=data.round,
            channel=channel,
            person=person,
            drill=call.drill,
        )


# ---------------------------------------------------------------- what falls due


class Escalation:
    """The deadlines of calls and notices, run down by the monotonic clock."""

    def __init__(self) -> None:
        self._calls: Countdown[tuple[int, str]] = Countdown()
        self._notices = notices.NoticeTimeouts()

    def due(self, state: State, site: Site, now: int, mono: int) -> Facts:
        """What is to be done at the hub's wall time `now`, which is `mono` on the monotonic clock, both in ms."""
        running: dict[tuple[int, str], Span] = {}
        for call in state.all(Call):
            if call.life == "over":
                continue
            if call.due_at is not None:
                running[call.number, "rung"] = Span(call.since, call.due_at)
            if call.untold and call.life == "ringing":
                running[call.number, "more"] = Span(call.untold_since, call.untold_since + MORE_MS)
        over = self._calls.over(running, now, mono)
        # One call that cannot be judged keeps nobody else from being called.
        yield from each(
            *(partial(_goes_on, state, site, number, what) for number, what in over),
            partial(self._notices.due, state, now, mono),
        )


def _goes_on(state: State, site: Site, number: int, what: str) -> Facts:
    call = state.find(Call, number)
    if call is not None and call.life != "over":
        yield from _rung(state, site, call) if what == "rung" else _more(call)


def _rung(state: State, site: Site, call: Call) -> Facts:
    move = _next(state, call)
    if move.round == 0:
        yield from _more(call)  # whom the next rung does not tell would never hear of lines that came just now
    yield _attended_again(state, site, call, move)


def _attended_again(state: State, site: Site, call: Call, move: m.CallMoved) -> m.CallMoved:
    """The same; an answered call of which no door can tell goes no further once everybody was told."""
    everybody = move.round or move.step == len(own_table.ladder(state, call.ladder).rungs) - 1
    if call.life == "answered" and everybody and not _can_be_shown(state, site, call):
        return replace(move, wait=None)
    return move


def _next(state: State, call: Call) -> m.CallMoved:
    ladder = own_table.ladder(state, call.ladder)
    if call.life == "waiting":
        return _move(state, call, 0, 0, "begun")
    why: MoveReason = "not-attended" if call.life == "answered" else "unanswered"
    last = len(ladder.rungs) - 1
    if call.step < last and call.round == 0:
        return _move(state, call, call.step + 1, 0, why)
    return _move(state, call, last, call.round + 1, "once-more" if why == "unanswered" else why)


MoveReason = Literal["begun", "unanswered", "not-attended", "once-more", "more-lines"]


def _move(state: State, call: Call, step: int, round_: int, why: MoveReason) -> m.CallMoved:
    ladder = own_table.ladder(state, call.ladder)
    rungs = ladder.rungs
    following = step + 1 < len(rungs) and round_ == 0
    wait = rungs[step + 1].after - rungs[step].after if following else ladder.again
    return m.CallMoved(call=call.number, step=step, round=round_, why=why, wait=wait * 1000)


def rung(state: State, site: Site, call: Call, step: int, round_: int) -> m.CallMoved:
    """That a call stands on a rung, and for how long."""
    return _attended_again(state, site, call, _move(state, call, step, round_, "begun"))


def _more(call: Call) -> Facts:
    if call.untold and call.life == "ringing":
        yield m.CallMoved(call=call.number, step=call.step, round=call.round, why="more-lines", wait=None)
