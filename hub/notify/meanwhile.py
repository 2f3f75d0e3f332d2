"""While the engine is silent: what it would decide about calls, decided here, in memory, on a copy of its state.

The copy is the state that the database has, and over it all that the engine has not been told. So whoever is started
anew in the middle of the silence goes on where the one before was, and so will the engine.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from msgspec.structs import replace

from hub.core.alarms import life as alarm_life
from hub.core.alarms import own_table
from hub.core.calling import answers, notices
from hub.core.calling.escalation import Escalation
from hub.core.journal.machine import Machine, Rule
from hub.core.journal.requests import Actor
from hub.core.journal.unjudged import Told
from hub.core.refusal import NotPossible
from hub.core.site.document import Site
from hub.core.state import KEYS, Alarm, Call, Notice, State
from hub.door.protocol import Answered
from hub.notify.channels.channel import Contact
from hub.notify.spool import Untold
from wire import messages as m

NOTIFY = Actor("notify")

log = logging.getLogger("strongroom.notify")


class Known(NamedTuple):
    """What was read of the hub when the engine fell silent. `size`: of its journal then; `told`: short messages that
    people may answer."""

    size: int
    state: State
    site: Site
    contacts: Mapping[int, Contact]
    told: Sequence[Notice]


class Meanwhile:
    """Calls go up their ladders here while it is `active`. For all threads; times are wall times in ms."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._known: Known | None = None
        self._escalation = Escalation()
        self._queued: dict[int, Notice] = {}
        self._seen: State | None = None
        self._followed: list[m.FactData] = []
        self._silence = 0
        """The call about the silence itself, which no journal has."""

    @property
    def active(self) -> bool:
        """Whether it is decided here."""
        return self._known is not None

    def begin(self, known: Known, since: int, untold: Sequence[Untold]) -> None:
        """The engine has been silent since then, and has not been told of this."""
        with self._lock:
            self._known, self._escalation, self._queued, self._silence = known, Escalation(), {}, 0
            facts = [fact for one in untold if not isinstance(one.request, Answered) for fact in one.request.said]
            for fact in facts:
                if isinstance(fact, m.NotifyStarted):  # the channels that there are
                    self._take(fact)
            before = [fact for fact in facts if isinstance(fact, m.CalledMeanwhile)]
            self._fall_silent(since, begun=any(fact.call is None for fact in before))
            for one in untold:
                if isinstance(one.request, Answered):
                    self.answered(one.request)
                    continue
                for fact in one.request.said:
                    if not isinstance(fact, m.EngineSilent | m.EngineBack | m.NotifyStarted):
                        self._take(fact)
            for number in {fact.call for fact in before}:
                self._tell_the_others([fact for fact in before if fact.call == number])

    def end(self) -> None:
        """The engine is back. What waits to be sent is sent, unless the engine knows that nobody needs it."""
        with self._lock:
            self._known = None

    def turn(self, mono: int) -> None:
        """Every call that is due goes on; `mono`: ms of a monotonic clock."""
        with self._lock:
            if self._known is None:
                return

            def due(state: State, site: Site) -> Iterator[m.FactData]:
                # Whatever else is due is the engine's.
                found = self._escalation.due(state, site, self._clock(), mono)
                return (fact for fact in found if isinstance(fact, m.CallMoved))

            self._decide(due)

    def look(self) -> tuple[State, Site] | None:
        """State and site as they are here: a copy, which nobody changes."""
        with self._lock:
            if self._known is None:
                return None
            if self._seen is None:
                self._seen = State()
                for kind in KEYS:
                    for row in self._known.state.all(kind):
                        self._seen.load(row)
            return self._seen, self._known.site

    def contact(self, person: int | None) -> Contact | None:
        """How a person is reached, where that is known here."""
        with self._lock:
            return self._known.contacts.get(person or 0) if self._known else None

    def queued(self, channel: m.Channel) -> list[Notice]:
        """Notices of ours that wait for a channel, oldest first; less than 0 is their number, which no journal has."""
        with self._lock:
            return [one for one in self._queued.values() if one.channel == channel]

    def settled(self, notice: Notice, failed: str = "") -> m.CalledMeanwhile | None:
        """A channel has taken a notice, or (`failed`: why) it is given up: of one of ours, what the engine is to be
        told."""
        with self._lock:
            if self._known and (here := self._known.state.find(Notice, abs(notice.number))):
                self._here()[0].put(replace(here, state="failed" if failed else "handed", handed_at=self._clock()))
            if self._queued.pop(notice.number, None) is None:
                return None
        return m.CalledMeanwhile(
            call=None if notice.call == self._silence else notice.call,
            alarms=notice.alarms,
            step=notice.step,
            round=notice.round,
            channel=notice.channel,
            person=notice.person,
            at=self._clock(),
            failed=failed,
        )

    def answered(self, message: Answered) -> None:
        """An answer counts here as well. What it does not mean, the engine says."""
        with self._lock:
            if self._known is None:
                return
            _size, state, site, contacts, told = self._known
            phones = {person: contact.phone for person, contact in contacts.items()}
            sent = [one for one in state.all(Notice) if one.channel == "sms" and one.state != "queued"]
            try:
                found = answers.taken(
                    state, site, phones, (*told, *sent), answers.Message(message.sender, message.text)
                )
            except NotPossible:
                return
            for alarm in found.alarms:
                self._take(m.AlarmAcknowledged(alarm=alarm), Actor("notify", found.person, found.roles))

    # ------------------------------------------------------------ the copy

    def _fall_silent(self, since: int, begun: bool) -> None:
        """The silence is an alarm here, which lasts: the journal will have it when it is over. `begun`: somebody was
        called for it already, so it waits to be told which rung it stands on."""
        self._take(m.EngineSilent(since=since))
        for raised in [fact for fact in self._followed if isinstance(fact, m.AlarmRaised)]:
            state, _site = self._here()
            alarm = state.find(Alarm, raised.alarm)
            ladder = own_table.answer(state, raised.what, alarm_life.column(raised.sealing, raised.stood)).ladder
            if alarm is None or ladder is None:
                return
            state.put(replace(alarm, life="active-unacknowledged", closed_at=None))
            self._silence = alarm.number
            opened = m.CallOpened(call=alarm.number, ladder=ladder, wait=1 if begun else 0, drill=False)
            self._decide(partial(_just, opened))
            if begun and (call := state.find(Call, alarm.number)):
                state.put(replace(call, since=since))

    def _tell_the_others(self, before: Sequence[m.CalledMeanwhile]) -> None:
        """Whoever stands on the rung of a call and was not told when the one before us ended."""
        state, _site = self._here()
        number = before[0].call or self._silence
        call = state.find(Call, number)
        if call is None or call.life != "ringing":
            return
        lines = tuple(sorted(call.told))
        done = {(one.channel, one.person) for one in before if (one.step, one.round) == (call.step, call.round)}
        move = m.CallMoved(call=number, step=call.step, round=call.round, why="begun", wait=None)
        ladder = own_table.ladder(state, call.ladder)

        def others(state: State, site: Site) -> Iterator[m.FactData]:
            for channel, person in notices.targets(state, site, ladder, move, self._clock()):
                if (channel, person) not in done and lines:
                    yield m.NoticeQueued(
                        notice=state.duty.next_notice,
                        call=number,
                        alarms=lines,
                        step=move.step,
                        round=move.round,
                        channel=channel,
                        person=person,
                        drill=call.drill,
                    )

        self._decide(others)

    def _take(self, fact: m.FactData, actor: Actor = NOTIFY) -> None:
        """What the engine is going to hear. What it will refuse changes nothing here either."""
        if isinstance(fact, m.CalledMeanwhile) and fact.call is None:
            state, _site = self._here()
            call = state.find(Call, self._silence)
            fact = replace(fact, call=self._silence, alarms=call.alarms if call else ())
        machine = self._machine()
        with contextlib.suppress(NotPossible), machine.state.attempt():
            machine.ask(actor, fact)
        self._followed = machine.facts

    def _decide(self, rule: Rule) -> None:
        machine = self._machine()
        machine.decide(rule)
        for fact in machine.facts:
            if isinstance(fact, m.NoticeQueued) and fact.channel != "console":
                notice = machine.state.find(Notice, fact.notice)
                if notice is not None:
                    self._queued[-notice.number] = replace(notice, number=-notice.number)
        for failure in machine.failures:
            log.error("%s could not be judged", failure.what, exc_info=failure.error)

    def _here(self) -> tuple[State, Site]:
        self._seen = None  # it is about to change
        if self._known is None:
            raise RuntimeError("the engine is not silent")
        return self._known.state, self._known.site

    def _machine(self) -> Machine:
        state, site = self._here()
        return Machine(state, _Nowhere(), lambda _version: site, site.name, "engine", self._clock(), Told())


def _just(fact: m.FactData, _state: State, _site: Site) -> Iterator[m.FactData]:
    yield fact


class _Nowhere:
    """A journal that keeps nothing."""

    size = 0

    def keep(self, note: bytes, text_hash: str, message: m.Record | m.Fact) -> int:
        return 0

    def write(self, text: bytes, text_hash: str, fact: m.Fact) -> int:
        return 0

    def find(self, node: str, life: int, seq: int) -> tuple[int, str] | None:
        return None

    def take_back(self, size: int) -> None:
        pass
