"""Planned sealings that nobody begins: reported while there is time left, dropped when their window is over."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hub.core.alarms import life as alarm_life
from hub.core.rules import each
from hub.core.site.document import Site
from hub.core.state import Entry, Sealing, State, Window
from wire import messages as m

GRACE_MS = 2 * 3_600_000
"""Grace period: two hours, or half the window if that is shorter."""
PASSED = "window-passed"
"""Reason of a sealing that was dropped because its window had passed."""


def due(state: State, now: int) -> Iterator[m.FactData]:
    """What is to be said at the hub's wall time `now` (ms): a room that should be sealed and is not; a plan that is
    over. What a ceremony is under way for is left alone."""
    yield from each(*(partial(_due, state, sealing, now) for sealing in list(state.all(Sealing))))


def _due(state: State, sealing: Sealing, now: int) -> Iterator[m.FactData]:
    window = state.find(Window, sealing.window) if sealing.window is not None else None
    if window is None or sealing.state not in ("planned", "checking"):
        return
    if state.area(sealing.area).state != "unsealed":
        return
    grace = min(GRACE_MS, (window.ends - window.starts) // 2)
    if now >= window.ends:
        yield m.SealingDropped(sealing=sealing.number, area=sealing.area, outcome="cancelled", reason=PASSED)
    elif now >= window.starts + grace and alarm_life.find(state, "not-sealed", sealing.area) is None:
        yield m.SealingMissed(sealing=sealing.number, area=sealing.area, window=window.number)


def missed(state: State, _site: Site, entry: Entry, data: m.SealingMissed) -> Iterator[m.FactData]:
    """Raise a trouble, which lasts until the area is sealed or the plan dropped."""
    yield alarm_life.raise_for(state, alarm_life.Cause("not-sealed", data.area, data.area, None, entry.time), entry)


def over(state: State, _site: Site, entry: Entry, data: m.Sealed | m.SealingDropped) -> Iterator[m.FactData]:
    """End that trouble: the area is sealed, or the plan is dropped."""
    yield from alarm_life.return_for(state, "not-sealed", data.area, entry)
