"""Who is inside, and wrong tries at readers: folds what the nodes have decided at the doors."""

from __future__ import annotations

from msgspec.structs import replace

from hub.core.site import where
from hub.core.state import Entry, State
from wire import messages as m

DENIED_LIMIT = 5
"""Wrong tries in a row that raise an alarm (GB 50396-2007, 5.1: at the fifth at the latest)."""


def tries_exhausted(state: State, data: m.Denied) -> bool:
    """Whether this refusal, already counted, reaches the limit and raises an alarm."""
    denied = state.area(where.area_of(data.reader)).denied
    return data.reason != "set" and denied > 0 and denied % DENIED_LIMIT == 0


def apply_denied(state: State, entry: Entry, record: m.Record, data: m.Denied) -> None:
    """Count a wrong try. A badge while sealed is an alarm by itself; whoever is refused since the area is set waits for
    somebody who opens it."""
    if data.sealing is None and data.reason != "set":
        area = state.area(where.area_of(data.reader))
        state.put(replace(area, denied=area.denied + 1))


def apply_granted(state: State, entry: Entry, record: m.Record, data: m.Granted) -> None:
    """A right try resets the count of wrong ones."""
    area = state.area(where.area_of(data.reader))
    if area.denied:
        state.put(replace(area, denied=0))


def apply_inside(state: State, entry: Entry, record: m.Record, data: m.Entered | m.Left | m.Emptied) -> None:
    """How many are inside is what the node says, whatever was said before: it alone knows when it forgets somebody."""
    inside = 0 if isinstance(data, m.Emptied) else data.inside
    state.put(replace(state.area(data.area), inside=inside))
