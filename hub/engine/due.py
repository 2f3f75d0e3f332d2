"""Facts that follow from time passing: silent nodes, ceremonies that run out, old access lists, sums of bad
messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Protocol

from hub.core.calendar import facts as calendar_facts
from hub.core.calling import roster
from hub.core.calling.escalation import Escalation
from hub.core.doors.awaited import Waits
from hub.core.journal import compared
from hub.core.journal.machine import Rule, has_news
from hub.core.nodes import hub_disk, order_content
from hub.core.nodes.bad_messages import BadMessages
from hub.core.nodes.broker_link import BrokerLink
from hub.core.nodes.floods import Floods
from hub.core.nodes.held_database import HeldDatabase
from hub.core.nodes.hub_clock import HubClock
from hub.core.nodes.hub_disk import Disk
from hub.core.nodes.liveness import Liveness
from hub.core.nodes.order_watch import OrderWatch
from hub.core.nodes.progress import Progress
from hub.core.nodes.witnesses import Witnesses
from hub.core.rules import asked, each
from hub.core.sealing import missed
from hub.core.sealing.long_kept_back import LongKeptBack
from hub.core.sealing.timeouts import CeremonyTimeouts
from hub.core.site.document import Site
from hub.core.state import State
from hub.ledger.comparing import Compared
from hub.service import Outcome
from wire import messages as m

RTC_MS = 60_000
"""How often the machine's own clock is read."""
MOMENT_MS = 5_000
"""So long after a silence of ours nobody is called for what was overdue by then: the notifying service has called
people meanwhile, and tells us whom."""
SILENT_MS = 10_000
"""As long as that service waits before it does (hub.notify.engine_watch)."""
STALL_MS = 2_000
"""A turn of the engine takes a quarter of a second. In what is longer than this, nobody was listened to."""


class Decides(Protocol):
    """The door at which what follows from the time goes in (`hub.service.Service`)."""

    def decide(self, rule: Rule) -> Outcome: ...


class Watch:
    """What the engine has in memory about its nodes, and the facts that come of it. Times: ms of a monotonic clock."""

    def __init__(
        self,
        boot: str,
        mono: int,
        disk: Callable[[], Disk] | None = None,
        clock: HubClock | None = None,
        rtc: Callable[[], int | None] = lambda: None,
        compared: Callable[[int], Compared | None] = lambda _mono: None,
    ) -> None:
        """`disk` looks at the disk of the database; without it nobody does, and without `clock` nobody at the hub's.
        `rtc` reads the machine's own clock, in ms since 1970; `compared` is asked what has come of comparing the saved
        rows with the journal."""
        self.liveness = Liveness(boot, mono)
        self.progress = Progress()
        self.orders = OrderWatch()
        self.bad_messages = BadMessages()
        self.floods = Floods(mono)
        self.deadlines = CeremonyTimeouts()
        self.waits = Waits()
        self.kept_back = LongKeptBack()
        self.escalation = Escalation()
        self._disk = disk
        self.held = HeldDatabase()
        self.witnesses = Witnesses()
        self.broker = BrokerLink(mono)
        self.liveness.broker_lost()  # until it is connected for the first time
        self.witnesses.broker_lost()
        self.clock = clock
        self._rtc = rtc
        self._compared = compared
        self._rtc_at = mono
        self._looked_at = mono
        self._calls_at = mono

    def give_a_moment(self, mono: int) -> None:
        """We were away: let the notifying service say whom it has called, before anybody is called again."""
        self._calls_at = mono + MOMENT_MS

    def broker_lost(self, reason: str, mono: int) -> None:
        """Without the broker no node can be heard: count no silence."""
        self.broker.lost(reason, mono)
        self.liveness.broker_lost()
        self.witnesses.broker_lost()

    def broker_back(self, mono: int) -> None:
        """Everybody gets a whole interval again, however short it was."""
        self.broker.back(mono)
        self.liveness.broker_back(mono)
        self.witnesses.broker_back(mono)

    def _excuse(self, mono: int) -> None:
        """While we stood still ourselves, nobody was silent."""
        stalled, self._looked_at = mono - self._looked_at, mono
        if stalled > STALL_MS:
            self.liveness.stalled(stalled, mono)
            self.progress.stalled(stalled, mono)
            self.orders.stalled(stalled, mono)
            self.witnesses.stalled(stalled, mono)
        if stalled > SILENT_MS:
            self.give_a_moment(mono)

    def look(
        self, service: Decides, state: State, site: Site, now: int, mono: int, real: int | None = None
    ) -> Outcome | None:
        """Bring what has come due to the service. None when that was nothing.

        `real`: ms since the machine's start, times of suspension included.
        """
        self._excuse(mono)
        if self.clock and real is not None and mono >= self._rtc_at:
            self._rtc_at = mono + RTC_MS
            self.clock.rtc(self._rtc(), now, real)
        told = asked(
            partial(self.held.due, now, mono),
            partial(self.broker.due, now, mono),
            partial(self.clock.due, now, real) if self.clock and real is not None else partial(iter, ()),
            partial(self.liveness.changes, state, site, mono),
            partial(self.progress.stuck, state, mono),
            partial(self.orders.overdue, state, self.liveness, mono),
            partial(self.bad_messages.due, mono),
            partial(self.floods.due, state, mono),
        )
        calls = mono >= self._calls_at
        disk = self._disk() if self._disk else None  # not inside the transaction
        rows = self._compared(mono)

        def due(current: State, _site: Site) -> Iterator[m.FactData]:
            return each(
                told,
                partial(self.escalation.due, current, site, now, mono) if calls else partial(iter, ()),
                partial(self.deadlines.due, current, now, mono),
                partial(self.waits.due, current, now, mono),
                partial(self.kept_back.due, current, now, mono),
                partial(order_content.renewals, current, now),
                partial(calendar_facts.unpublished, current, now),
                partial(roster.due, current, site, now),
                partial(missed.due, current, now),
                partial(hub_disk.changes, current, disk) if disk else partial(iter, ()),
                partial(compared.found, current, rows.count, rows.named) if rows else partial(iter, ()),
                partial(self.witnesses.due, current, now, mono),
            )

        # Asked again inside the transaction, of the state there.
        return service.decide(due) if has_news(state, site, due) else None
