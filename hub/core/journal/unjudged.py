"""Entries over which a rule of ours has failed: each is kept, the failure is reported once, and nothing waits for
it."""

from __future__ import annotations

from collections.abc import Iterator
from traceback import walk_tb

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


class RuleFailed(Exception):
    """A rule has raised `error` over something; whatever follows from that is to be taken back."""

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error


def refusal(what: str) -> NotPossible:
    """The refusal of a request over which a rule has failed."""
    return NotPossible("not-judged", what)


def statement(state: State, place: str, what: str, error: BaseException) -> m.NotJudged | None:
    """The fact that something of this kind could not be judged. None while somebody is being called for just that."""
    known = alarm_life.find(state, WHAT, place)
    if known is not None and known.unacknowledged:
        return None
    return m.NotJudged(place=place, what=what, why=_why(error))


def _why(error: BaseException) -> str:
    """Which failure, and in which function; nothing of what it was about, which may be anybody's name."""
    frames = [frame.f_code.co_name for frame, _line in walk_tb(error.__traceback__)]
    return f"{type(error).__name__} in {frames[-1] if frames else 'no function'}"[:500]


def told(state: State, site: Site, entry: Entry, data: m.NotJudged) -> Iterator[m.FactData]:
    """Somebody must look at what no rule could: it may have been a door. Urgent where something is sealed."""
    number = node_follows.sealing_of(state, site, data.place) or notices.site_sealing(state)
    yield alarm_life.raise_for(state, Cause(WHAT, data.place, None, number, entry.time), entry)
