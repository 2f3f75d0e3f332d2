"""The night: a break-in, a call that climbs until somebody answers from a telephone, and somebody at the door."""

from __future__ import annotations

from itertools import pairwise

from demo.story import board
from demo.story.answering import WANG, ZHOU, at_the_console, finding, goes_there, rings
from demo.story.duty import ConsoleError
from demo.story.teller import Teller
from hub.core.alarms import own_table
from hub.core.alarms.ladders import LADDERS
from hub.core.state import Alarm
from hub.site_directory.hub import wall_ms
from hub.store.queries import JournalRow
from wire import messages as m

LI = 1002
"""Li Na, whom the site document names as the one to be called next."""
DOOR = "archive/corridor-door"


def break_in(teller: Teller) -> None:
    """The alarm that all this is for."""
    teller.says("Night, and nobody is about. Somebody opens the corridor door of the sealed archive")
    teller.shows("no clock was moved for the night: what is sealed is guarded alike at every hour")
    opened = wall_ms()
    alarm = teller.raised("opened-while-sealed", DOOR, lambda: teller.opens(DOOR))
    teller.expect("there is an alarm", alarm, f"{teller.delays[-1]:.2f} s after the contact" if alarm else "")
    teller.expect("the node sounds by itself", teller.wait(lambda: teller.hardware("archive-1").sounder))
    if alarm is None:
        return
    with at_the_console(teller, "it stands on the duty officers' board"):
        if not teller.wait(lambda: teller.wang.sees(alarm.number)):
            raise ConsoleError("the board does not show it")
    after = teller.now()
    _climb(teller, alarm, opened)
    board.show(teller.console, *teller.look())
    teller.closes(DOOR)
    teller.wait(lambda: not teller.alarm(alarm.number).active)
    still = teller.alarm(alarm.number)
    teller.expect("closing the door does not clear it", still.open, still.life)
    teller.says("She has woken Zhou Qiang, who goes there and shows his badge")
    goes_there(teller, "archive", ZHOU, [alarm], after)
    teller.expect("the sounder is quiet", teller.wait(lambda: not teller.hardware("archive-1").sounder))
    teller.says("He writes what he found, and Wang Fang confirms it")
    finding(teller, alarm, teller.zhou, "intrusion", "走廊门被撬，无人，已报告")
    _went_no_further(teller, alarm)


def _climb(teller: Teller, alarm: Alarm, opened: int) -> None:
    built_in = ", ".join(f"{rung.after} s" for rung in LADDERS["alarm"].rungs)
    rungs = own_table.ladder(teller.state(), "alarm").rungs
    quick = ", ".join(f"{rung.after} s" for rung in rungs)
    teller.says("Both duty officers are called, by short message, and sleep on")
    teller.shows(f"this demonstration calls the next one after {quick}; as built in it is {built_in}")
    for officer in (WANG, ZHOU):
        rings(teller, officer, opened)
    teller.says("Nobody has answered, so Li Na is called, who answers from her telephone: 1")
    rings(teller, LI, opened)
    moves = _moves(teller, alarm)
    gaps = [(now.hub_time - before.hub_time) / 1000 for before, now in pairwise(moves)]
    in_time = gaps and gaps[0] >= rungs[1].after - rungs[0].after
    teller.expect("and not before her turn", in_time, f"{gaps[0]:.1f} s after the others" if gaps else "")
    replied = wall_ms()
    teller.replies(LI, "1")
    taken = teller.wait(lambda: teller.alarm(alarm.number).acknowledged_by == LI)
    now = teller.alarm(alarm.number)
    seen = f"{((now.acknowledged_at or 0) - replied) / 1000:.1f} s after her answer, by {now.acknowledged_via}"
    teller.expect("that takes the alarm on, as her", taken and now.acknowledged_via == "sms", seen if taken else "")
    teller.expect("the network has reported every message as delivered", teller.wait(lambda: _delivered(teller, alarm)))


def _moves(teller: Teller, alarm: Alarm) -> list[JournalRow]:
    rows = teller.entries(teller.began - 1)
    return [row for row in rows if isinstance(row.message.data, m.CallMoved) and row.message.data.call == alarm.number]


def _delivered(teller: Teller, alarm: Alarm) -> bool:
    rows = [row.message.data for row in teller.entries(teller.began - 1)]
    queued = {one.notice for one in rows if isinstance(one, m.NoticeQueued) and one.call == alarm.number and one.person}
    return queued <= {one.notice for one in rows if isinstance(one, m.NoticeDelivered)}


def _went_no_further(teller: Teller, alarm: Alarm) -> None:
    """Whoever would have been next is left to sleep."""
    rows = teller.entries(teller.began - 1)
    taken = next(
        (
            row.index
            for row in rows
            if isinstance(row.message.data, m.AlarmAcknowledged) and row.message.data.alarm == alarm.number
        ),
        None,
    )
    later = [row for row in _moves(teller, alarm) if taken is not None and row.index > taken]
    teller.expect("once it was answered, nobody else was called", taken is not None and not later)
