"""Planned sealings that nobody begins: told while there is time left, and given up when their window is over."""

from __future__ import annotations

from collections.abc import Iterator

from hub.core.alarms import life as alarms
from hub.core.site.document import Site
from hub.core.state import Entry, Sealing, State, Window
from wire import messages as m

GRACE_MS = 2 * 3_600_000
"""So long after its window has begun an area may still be unsealed; half of a window shorter than twice that."""
PASSED = "window-passed"
"""The reason of a sealing that was given up by time."""


def due(state: State, now: int) -> Iterator[m.FactData]:
    """What is to be said at the hub's wall time `now` (ms): a room that should be sealed and is not; a plan that is
    over. What a ceremony is under way for is left alone."""
    for sealing in list(state.all(Sealing)):
        window = state.find(Window, sealing.window) if sealing.window is not None else None
        if window is None or sealing.state not in ("planned", "checking"):
            continue
        if state.area(sealing.area).state != "unsealed":
            continue
        grace = min(GRACE_MS, (window.ends - window.starts) // 2)
        if now >= window.ends:
            yield m.SealingDropped(sealing=sealing.number, area=sealing.area, outcome="cancelled", reason=PASSED)
        elif now >= window.starts + grace and alarms.find(state, "not-sealed", sealing.area) is None:
            yield m.SealingMissed(sealing=sealing.number, area=sealing.area, window=window.number)


def missed(state: State, _site: Site, entry: Entry, data: m.SealingMissed) -> Iterator[m.FactData]:
    """It is a trouble until the area is sealed, or will not be."""
    yield alarms.raise_for(state, alarms.Cause("not-sealed", data.area, data.area, None, entry.time), entry)


def over(state: State, _site: Site, entry: Entry, data: m.Sealed | m.SealingDropped) -> Iterator[m.FactData]:
    """It is sealed, or the plan has fallen."""
    yield from alarms.return_for(state, "not-sealed", data.area, entry)
