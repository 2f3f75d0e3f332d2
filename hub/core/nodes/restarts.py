"""Detects an engine, a service or a node that crashes repeatedly, which automatic restarts would hide."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from hub.core.alarms import life as alarm_life
from hub.core.alarms.life import Cause
from hub.core.calling import notices
from hub.core.sealing import area as area_sealing
from hub.core.site.document import Site
from hub.core.state import Entry, Run, State
from hub.core.when import when
from wire import messages as m

IN_A_ROW = 3
WITHIN_MS = 600_000
"""This many starts within this time, none after an orderly stop, are a trouble. A flickering power supply makes one or
two."""
PLACE = "hub"
BOOTS = IN_A_ROW + 1
"""Of a node, which does not say that it was told to stop, so many: its power may have been taken away by hand."""

Facts = Iterator[m.FactData]


def _are_often(starts: Sequence[int], least: int, now: int) -> bool:
    return len(starts) == least and all(abs(now - start) <= WITHIN_MS for start in starts)


# ---------------------------------------------------------------- the engine


def often(state: State, entry: Entry) -> Facts:
    """Raise the trouble of repeated restarts."""
    if _are_often(state.meta.restarts, IN_A_ROW, entry.time):
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


# ---------------------------------------------------------------- the services beside it

Fold = Callable[[State, Entry, Any, int | None], None]


def service_started(service: m.Service) -> Fold:
    """One more start of it, unless it is the first there is, or it was told to stop before."""

    def fold(state: State, entry: Entry, _data: m.Data, _person: int | None) -> None:
        run = state.find(Run, service) or Run(service)
        starts = () if run.stopped else (*run.restarts, entry.time)[-IN_A_ROW:]
        state.put(Run(service, starts, stopped=False))

    return fold


def service_stopped(service: m.Service) -> Fold:
    """Note an orderly stop."""

    def fold(state: State, _entry: Entry, _data: m.Data, _person: int | None) -> None:
        state.put(Run(service))

    return fold


def service_often(service: m.Service) -> Callable[[State, Site, Entry, Any], Facts]:
    """Raise the trouble of its repeated restarts; no more is made of it while somebody is being called for it."""
    place = notices.place(service)

    def follows(state: State, _site: Site, entry: Entry, _data: m.Data) -> Facts:
        run = state.find(Run, service) or Run(service)
        if _are_often(run.restarts, IN_A_ROW, entry.time):
            yield from _quietly(state, "service-restarts", place, notices.site_sealing(state), entry.time, entry)

    return follows


# ---------------------------------------------------------------- nodes


def node_started(state: State, entry: Entry, record: m.Record, data: m.Started) -> None:
    """One more boot, at the time that the node gives: it may tell of many at once, long after."""
    life = state.life(record.node)
    if life is not None:
        state.put(replace(life, starts=(*life.starts, when(state, entry, record))[-BOOTS:]))


def node_often(state: State, site: Site, entry: Entry, record: m.Record, data: m.Started) -> Facts:
    """Raise the trouble of its repeated boots."""
    life, now = state.life(record.node), when(state, entry, record)
    if life is not None and _are_often(life.starts, BOOTS, now):
        held = [one.sealing for one in data.sealed if area_sealing.guarded(state.area(one.area))]
        yield from _quietly(state, "node-restarts", record.node, min(held, default=None), now, entry)


def _quietly(state: State, what: str, place: str, sealing: int | None, happened: int, entry: Entry) -> Facts:
    known = alarm_life.find(state, what, place)
    if known is None or not known.unacknowledged:
        yield alarm_life.raise_for(state, Cause(what, place, None, sealing, happened), entry)
