"""What a rule of ours has failed over: an entry stands, the one right behind it says so, and nothing waits for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from traceback import walk_tb
from typing import NamedTuple

from hub.core.alarms import life as alarm_life
from hub.core.alarms.life import Cause
from hub.core.calling import notices
from hub.core.nodes import follows as node_follows
from hub.core.refusal import NotPossible
from hub.core.site.document import Site
from hub.core.state import Entry, State
from wire import messages as m

WHAT = "record-not-judged"
REFUSAL = "not-judged"
AGAIN_MS = 3_600_000
"""What the hub fails over by itself at every turn is told again after so long."""


class RuleFailed(Exception):
    """A rule has raised `error` over something; whatever follows from that is to be taken back."""

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error


def refusal(what: str) -> NotPossible:
    """The refusal of a request over which a rule has failed."""
    return NotPossible("not-judged", what)


class Failure(NamedTuple):
    """What a rule of ours has failed over, of which place, and with which part of it."""

    what: str
    place: str
    part: m.FailedPart
    error: Exception

    @property
    def why(self) -> str:
        """Which failure, and in which function; nothing of what it was about, which may be anybody's name."""
        frames = [frame.f_code.co_name for frame, _line in walk_tb(self.error.__traceback__)]
        return f"{type(self.error).__name__} in {frames[-1] if frames else 'no function'}"[:500]

    @property
    def statement(self) -> m.NotJudged:
        """The fact that it was not judged."""
        return m.NotJudged(place=self.place, what=self.what, why=self.why, part=self.part)


class Told:
    """Which failures were told within the hour: what fails again at every turn is told once. Times: wall, in ms."""

    def __init__(self, told: Mapping[m.NotJudged, int] | None = None) -> None:
        self._told: dict[m.NotJudged, int] = dict(told or {})

    def copy(self) -> Told:
        """Another, for what may not come to be."""
        return Told(self._told)

    def lately(self, failure: Failure, now: int) -> bool:
        """Whether the same was told within the hour."""
        at = self._told.get(failure.statement)
        return at is not None and 0 <= now - at < AGAIN_MS

    def add(self, failure: Failure, now: int) -> None:
        """It was told."""
        self._told = {one: at for one, at in self._told.items() if 0 <= now - at < AGAIN_MS}
        self._told[failure.statement] = now


def each(error: Exception) -> Iterator[Exception]:
    """Each of the errors that were raised together."""
    if isinstance(error, ExceptionGroup):
        for one in error.exceptions:
            yield from each(one)
    else:
        yield error


def told(state: State, site: Site, entry: Entry, data: m.NotJudged) -> Iterator[m.FactData]:
    """Somebody must look at what no rule could: it may have been a door. Urgent where something is sealed. While
    somebody is being called for just that, no more is made of it."""
    known = alarm_life.find(state, WHAT, data.place)
    if known is not None and known.unacknowledged:
        return
    number = node_follows.sealing_of(state, site, data.place) or notices.site_sealing(state)
    yield alarm_life.raise_for(state, Cause(WHAT, data.place, None, number, entry.time), entry)
