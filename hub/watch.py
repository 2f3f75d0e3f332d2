"""What comes due by itself: silent nodes, ceremonies that run out, lists that grow old, sums of bad messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hub.core import orders, sealing
from hub.core.liveness import Liveness
from hub.core.progress import Progress
from hub.core.site_document import Site
from hub.core.state import State
from hub.core.tally import Tally
from hub.service import Outcome, Service
from wire import messages as m

DEADLINES: tuple[Callable[[State, int], Iterator[m.FactData]], ...] = (sealing.overdue, orders.renewals)
"""Rules of the state and the hub's wall time alone; asked again inside the transaction that carries them out."""


class Watch:
    """What the engine has in memory about its nodes, and the facts that come of it. Times: ms of a monotonic clock."""

    def __init__(self, boot: str, mono: int) -> None:
        self.liveness = Liveness(boot, mono)
        self.progress = Progress()
        self.tally = Tally()

    def look(self, service: Service, state: State, site: Site, now: int, mono: int) -> Outcome | None:
        """Bring what has come due to the service. None when that was nothing."""
        told = [
            *self.liveness.changes(state, site, mono),
            *self.progress.stuck(state, mono),
            *self.tally.due(mono),
        ]
        due = [rule for rule in DEADLINES if any(True for _ in rule(state, now))]
        if not told and not due:
            return None

        def rules(current: State, _site: Site) -> Iterator[m.FactData]:
            yield from told
            for rule in due:
                yield from rule(current, now)

        return service.decide(rules)
