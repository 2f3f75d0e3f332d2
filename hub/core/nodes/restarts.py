"""Detects an engine that crashes repeatedly, which automatic restarts would hide."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from hub.core.alarms import life as alarm_life
from hub.core.alarms.life import Cause
from hub.core.calling import notices
from hub.core.state import Entry, State
from wire import messages as m

IN_A_ROW = 3
WITHIN_MS = 600_000
"""This many starts within this time, none after an orderly stop, are a trouble. A flickering power supply makes one or
two."""
PLACE = "hub"


def often(state: State, entry: Entry) -> Iterator[m.FactData]:
    """Raise the trouble of repeated restarts."""
    starts = state.meta.restarts
    if len(starts) == IN_A_ROW and all(abs(entry.time - start) <= WITHIN_MS for start in starts):
        cause = Cause("engine-restarts", PLACE, None, notices.site_sealing(state), entry.time)
        yield alarm_life.raise_for(state, cause, entry)


def apply_started(state: State, entry: Entry, data: m.EngineStarted, person: int | None) -> None:
    """One more start, unless it is the first there is, or the engine was told to stop before."""
    meta = state.meta
    if data.silent_since is not None and not meta.stopped:
        state.put(replace(meta, restarts=(*meta.restarts, entry.time)[-IN_A_ROW:]))
    else:
        state.put(replace(meta, restarts=(), stopped=False))


def apply_stopped(state: State, entry: Entry, data: m.EngineStopped, person: int | None) -> None:
    """Note an orderly stop."""
    state.put(replace(state.meta, stopped=True))
