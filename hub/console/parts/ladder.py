"""The receipt ladder of an alarm as lines of a page. What was only sent never looks like what has arrived."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from hub.console.base.render import View
from hub.console.words import names
from hub.console.words.texts import N_
from hub.core.calling.receipts import Receipt, Rung, ladder_of
from hub.core.state import Alarm, Notice

Look = Literal["done", "sent", "wrong", "next"]
"""done: somebody or something has it. sent: on its way, and nobody knows. wrong: it did not arrive. next: not yet."""

LOOKS: dict[Rung, Look] = {
    "stored": "done",
    "sounded": "done",
    "shown": "done",
    "queued": "next",
    "handed": "sent",
    "delivered": "done",
    "failed": "wrong",
    "answered": "done",
    "at-the-door": "done",
    "finding": "done",
    "confirmed": "done",
}

RUNGS: dict[Rung, str] = {
    "stored": N_("Entered in the journal"),
    "sounded": N_("The hub's sounder sounds"),
    "shown": N_("Shown on a page of the console"),
    "queued": N_("Waits to be sent"),
    "handed": N_("Sent"),
    "delivered": N_("Received"),
    "failed": N_("Not received"),
    "answered": N_("Answered"),
    "at-the-door": N_("Badge at the door"),
    "finding": N_("Finding written"),
    "confirmed": N_("Finding confirmed, closed"),
}
"""By the core's names of the rungs."""

AFTER: dict[Rung, str] = {
    "sounded": N_("the sounder has not been switched on"),
    "shown": N_("on no page yet"),
    "answered": N_("nobody has answered yet"),
    "at-the-door": N_("nobody is at the door yet"),
    "finding": N_("no finding yet"),
}
"""What is said of a rung that is still to come."""


class Line(NamedTuple):
    """One line. `at`: hub's wall time in ms, None of what is still to come; `after`: ms since the alarm was entered."""

    look: Look
    title: str
    who: str
    detail: str
    at: int | None
    after: int | None


def lines(view: View, alarm: Alarm, notices: Sequence[Notice]) -> list[Line]:
    """Every rung that is reached, by time, and below them the next ones that are not."""
    receipts = ladder_of(alarm, notices)
    settled = {one.notice for one in receipts if one.rung in ("delivered", "failed")}
    found = [_line(view, alarm, one, one.notice in settled) for one in receipts]
    if alarm.open:
        reached = {one.rung for one in receipts}
        wanted: dict[Rung, bool] = {
            "sounded": any(one.channel == "sounder" for one in notices),
            "shown": True,
            "answered": True,
            "at-the-door": alarm.area is not None,
            "finding": True,
        }
        # What happened again wants to be answered again.
        reached -= {"answered"} if alarm.unacknowledged else set()
        missing = [rung for rung, is_wanted in wanted.items() if is_wanted and rung not in reached]
        found += [Line("next", view.word(RUNGS, one), "", view.word(AFTER, one), None, None) for one in missing]
    return found


def _line(view: View, alarm: Alarm, one: Receipt, settled: bool) -> Line:
    say = view.texts.say
    title, look = view.word(RUNGS, one.rung), LOOKS[one.rung]
    details = [view.word(names.CHANNELS, one.channel)] if one.channel and one.notice else []
    if one.via:
        details.append(view.word(names.VIAS, one.via))
    if one.repeat:
        details.append(say("perhaps a second time"))
    if one.rung == "handed" and not settled:
        details.append(say("whether it was received is not known"))
    if one.detail:
        details.append(one.detail)
    return Line(look, title, view.names.person(one.person), " · ".join(details), one.at, one.at - alarm.raised_at)


def after(view: View, ms: int) -> str:
    """How long after the alarm was entered, to the second, rounded down."""
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"+{hours}:{minutes:02}:{seconds:02}" if hours else f"+{minutes}:{seconds:02}"
