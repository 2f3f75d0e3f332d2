"""Saved rows that are not what the journal folds to: somebody has changed them, or a disk has. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from hub.core.alarms import life as alarm_life
from hub.core.calling import notices
from hub.core.site.document import Site
from hub.core.state import Entry, State
from wire import messages as m

ALARM = "rows-differ"


def found(state: State, count: int, named: tuple[str, ...]) -> Iterator[m.FactData]:
    """So many rows differ, these among them: what is to be said of it, once, and once that it is over."""
    known = alarm_life.find(state, ALARM, "hub")
    if (count > 0) != (known is not None and known.active):
        yield m.RowsDiffer(count=count, example="; ".join(named)[:500])


def told(state: State, site: Site, entry: Entry, data: m.RowsDiffer) -> Iterator[m.FactData]:
    """Raise or end the alarm."""
    if data.count:
        cause = alarm_life.Cause(ALARM, "hub", None, notices.site_sealing(state), entry.time)
        yield alarm_life.raise_for(state, cause, entry)
    else:
        yield from alarm_life.return_for(state, ALARM, "hub", entry)
