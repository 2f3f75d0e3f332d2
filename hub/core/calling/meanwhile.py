"""Calls that the notifying service took up their ladders while the engine was silent: what the engine makes of it."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from hub.core.alarms import own_table
from hub.core.calling import escalation
from hub.core.calling.fold import NOTICE, CallEvent, move, worked
from hub.core.refusal import NotPossible
from hub.core.site.document import Site
from hub.core.state import Call, CallLife, Entry, Notice, State
from wire import messages as m

MOVED: dict[CallLife, CallEvent] = {"waiting": "begun", "ringing": "unanswered", "answered": "not-attended"}
"""Why a call was moved on, by what it waited for."""


def check(state: State, site: Site, request: m.CalledMeanwhile) -> m.CalledMeanwhile:
    """Of a call that there is and that is not over, on a rung that it has; its number and deadline are ours to give.
    Raises NotPossible."""
    notice = state.duty.next_notice
    if request.call is None:
        return replace(request, alarms=(), notice=notice, wait=None)
    call = state.find(Call, request.call)
    if call is None or call.life == "over":
        raise NotPossible("notice-settled", str(request.call))
    last = len(own_table.ladder(state, call.ladder).rungs) - 1
    if request.step > last or (request.round and request.step != last):
        raise NotPossible("not-valid", "step")
    alarms = tuple(number for number in request.alarms if number in call.alarms)
    wait = escalation.rung(state, site, call, request.step, request.round).wait
    return replace(request, alarms=alarms, notice=notice, wait=wait)


def apply(state: State, entry: Entry, data: m.CalledMeanwhile, person: int | None) -> None:
    """A notice that went out meanwhile, or could not; its call stands where it stood, unless it has moved since."""
    taken = not data.failed
    state.put(
        Notice(
            number=data.notice,
            call=data.call or 0,
            alarms=data.alarms,
            step=data.step,
            round=data.round,
            channel=data.channel,
            person=data.person,
            state=NOTICE["queued", "handed" if taken else "failed"],
            queued_at=data.at,
            drill=False,
            handed_at=data.at if taken else None,
            failed_at=None if taken else data.at,
            attempt=1,
            detail=data.failed,
        )
    )
    state.put(replace(state.duty, next_notice=data.notice + 1))
    if taken:
        worked(state, data.channel, data.at)
    call = state.find(Call, data.call) if data.call is not None else None
    if call is None or call.life == "over":
        return
    rung: dict[str, Any] = {}
    if data.at >= call.since and (call.life == "waiting" or (data.round, data.step) > (call.round, call.step)):
        due_at = None if data.wait is None else data.at + data.wait
        rung = {"step": data.step, "round": data.round, "since": data.at, "due_at": due_at}
    lines = data.alarms if taken else ()
    move(
        state,
        call,
        MOVED[call.life],
        told=tuple(dict.fromkeys((*call.told, *lines))),
        untold=tuple(number for number in call.untold if number not in lines),
        sounded=call.sounded or (taken and data.channel == "sounder"),
        **rung,
    )
