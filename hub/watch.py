"""What comes due by itself: silent nodes, ceremonies that run out, lists that grow old, sums of bad messages."""

from __future__ import annotations

from collections.abc import Iterator

from hub.core import calendar_facts, orders, roster
from hub.core.deadlines import Deadlines
from hub.core.escalation import Escalation
from hub.core.liveness import Liveness
from hub.core.progress import Progress
from hub.core.site_document import Site
from hub.core.state import State
from hub.core.tally import Tally
from hub.service import Outcome, Service
from wire import messages as m


class Watch:
    """What the engine has in memory about its nodes, and the facts that come of it. Times: ms of a monotonic clock."""

    def __init__(self, boot: str, mono: int) -> None:
        self.liveness = Liveness(boot, mono)
        self.progress = Progress()
        self.tally = Tally()
        self.deadlines = Deadlines()
        self.escalation = Escalation()

    def look(self, service: Service, state: State, site: Site, now: int, mono: int) -> Outcome | None:
        """Bring what has come due to the service. None when that was nothing."""
        told = [
            *self.liveness.changes(state, site, mono),
            *self.progress.stuck(state, mono),
            *self.tally.due(mono),
        ]

        def due(current: State) -> Iterator[m.FactData]:
            yield from self.deadlines.due(current, now, mono)
            yield from orders.renewals(current, now)
            yield from calendar_facts.unpublished(current, now)
            yield from self.escalation.due(current, now, mono)
            yield from roster.due(current, now)

        if not told and not any(True for _ in due(state)):
            return None

        def rules(current: State, _site: Site) -> Iterator[m.FactData]:
            yield from told
            yield from due(current)  # asked again, of the state inside the transaction

        return service.decide(rules)
