"""The receipt ladder of an alarm: who was told, by what, and what is known to have arrived, in order. Pure.

"Handed" is what a channel has taken; only "delivered", "answered" and what follows say that anybody knows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from hub.core.state import Alarm, Notice
from wire import messages as m

Rung = Literal[
    "stored",
    "shown",
    "sounded",
    "queued",
    "handed",
    "delivered",
    "failed",
    "answered",
    "at-the-door",
    "finding",
    "confirmed",
]
ORDER: tuple[Rung, ...] = (
    "stored",
    "sounded",
    "shown",
    "queued",
    "handed",
    "delivered",
    "failed",
    "answered",
    "at-the-door",
    "finding",
    "confirmed",
)


class Receipt(NamedTuple):
    """One line of the ladder. `at`: hub's wall time in ms."""

    rung: Rung
    at: int
    channel: m.Channel | None = None
    person: int | None = None
    via: m.Via | None = None
    notice: int | None = None
    repeat: bool = False
    detail: str = ""


def ladder_of(alarm: Alarm, notices: Iterable[Notice]) -> list[Receipt]:
    """Every rung that is reached, by time. `notices`: those about this alarm; a console's are its "shown"."""
    found = [Receipt("stored", alarm.raised_at)]
    if alarm.shown_at is not None:
        found.append(Receipt("shown", alarm.shown_at, "console"))
    if alarm.sounded_at is not None:
        found.append(Receipt("sounded", alarm.sounded_at, "sounder"))
    for notice in notices:
        if alarm.number in notice.alarms and notice.channel not in ("console", "sounder"):
            found.extend(_of_notice(notice))
    if alarm.acknowledged_at is not None:
        found.append(
            Receipt("answered", alarm.acknowledged_at, person=alarm.acknowledged_by, via=alarm.acknowledged_via)
        )
    if alarm.attended_at is not None:
        found.append(Receipt("at-the-door", alarm.attended_at, person=alarm.attended_by))
    if alarm.found_at is not None:
        found.append(Receipt("finding", alarm.found_at, person=alarm.found_by))
    if alarm.closed_at is not None and alarm.finding is not None:
        rung: Rung = "finding" if alarm.found_at is None else "confirmed"
        found.append(Receipt(rung, alarm.closed_at, person=alarm.closed_by))
    return sorted(found, key=lambda one: (one.at, ORDER.index(one.rung), one.notice or 0))


def _of_notice(notice: Notice) -> Iterable[Receipt]:
    def receipt(rung: Rung, at: int, detail: str = "") -> Receipt:
        return Receipt(rung, at, notice.channel, notice.person, None, notice.number, notice.repeat, detail)

    if notice.state == "queued":
        yield receipt("queued", notice.queued_at)
    if notice.handed_at is not None:
        yield receipt("handed", notice.handed_at)
    if notice.delivered_at is not None:
        yield receipt("delivered", notice.delivered_at)
    if notice.failed_at is not None:
        yield receipt("failed", notice.failed_at, notice.detail)
