"""How much a service may have journalled by asking: one that somebody has taken over fills no journal.

What its honest program never comes near is a bound; beyond it the request is refused as a whole. What was refused is
told in sums, once a minute. Pure; times are ms of a monotonic clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from hub.core.alarms import life as alarm_life
from hub.core.alarms.life import Cause
from hub.core.calling import notices
from hub.core.site.document import Site
from hub.core.state import Entry, State
from wire import messages as m

WHAT = "service-refused"
MINUTE_MS = 60_000
HOUR_MS = 3_600_000
TELL_MS = MINUTE_MS


class Most(NamedTuple):
    """How many a minute, and how many an hour."""

    minute: int
    hour: int


Kind = type[m.Data]

WAITED = Most(200, 400)
"""Two hundred facts wait in the console's file when the engine has been away (`hub.console.session.without_engine`),
and come at once."""

MOST: Mapping[m.Service, Mapping[Kind, Most]] = {
    "console": {
        m.SignedIn: WAITED,
        m.SignInFailed: WAITED,
        m.ConsoleStarted: WAITED,
        m.ConsoleStopped: WAITED,
        m.NotJudged: Most(20, 60),
    },
    "notify": {
        m.NotifyStarted: Most(60, 120),
        m.NotifyStopped: Most(60, 120),
        m.ChannelTested: Most(300, 600),
        m.AnswersRefused: Most(300, 600),
        m.EngineSilent: Most(60, 120),
        m.EngineBack: Most(60, 120),
        m.CalledMeanwhile: Most(2_000, 20_000),  # all of a long silence, at once
        m.HubStorage: Most(20, 60),
        m.NotJudged: Most(20, 60),
    },
}
"""What a service says by itself, by kind. Who is not here is root's command: it owns the database anyway."""
A_PERSON = Most(120, 1_200)
"""All together that one person asks for at such a service. Each has bounds of their own: nobody uses up another's."""
A_PERSONS: Mapping[Kind, Most] = {
    m.SignedIn: Most(30, 120),
    m.CalendarImported: Most(5, 60),  # each may have 400 KB, and is read before it is judged
}
"""Kinds of which one person asks for less."""
ONCE_EACH: frozenset[Kind] = frozenset(
    {
        m.AlarmAcknowledged,
        m.EmergencyOpened,
        m.AlarmShown,
        m.AlarmSounded,
        m.NoticeHanded,
        m.NoticeDelivered,
        m.NoticeFailed,
    }
)
"""What can be said once of each alarm, notice or sealing that there is: the engine has made all of these, and nobody
may be kept from acknowledging or from opening a door."""


_Key = tuple[m.Service, int | None, Kind | None]


class _Count(NamedTuple):
    minute: int = 0
    """Which minute it is that `in_minute` counts."""
    in_minute: int = 0
    hour: int = 0
    in_hour: int = 0


class Bounds:
    """Counts what each service has asked for. A minute and an hour are those of the clock, so that within any minute
    there may be twice as many."""

    def __init__(self) -> None:
        self._counts: dict[_Key, _Count] = {}

    def admit(self, by: m.Service, kinds: Sequence[Kind], mono: int, person: int | None = None) -> bool:
        """Whether it may ask for facts of these kinds, all of them, by itself or for a person who has proved who they
        are; they are counted if it may."""
        if by not in MOST:
            return True
        rows = MOST[by] if person is None else A_PERSONS
        wanted = Counter(kind if kind in rows else None for kind in kinds if kind not in ONCE_EACH)
        counted = {key: self._with((by, person, key), more, mono) for key, more in wanted.items()}
        for key, count in counted.items():
            most = rows[key] if key else A_PERSON
            if count.in_minute > most.minute or count.in_hour > most.hour:
                return False
        self._counts.update({(by, person, key): count for key, count in counted.items()})
        return True

    def _with(self, key: _Key, more: int, mono: int) -> _Count:
        minute, hour = mono // MINUTE_MS, mono // HOUR_MS
        known = self._counts.get(key, _Count())
        return _Count(
            minute,
            more + (known.in_minute if known.minute == minute else 0),
            hour,
            more + (known.in_hour if known.hour == hour else 0),
        )


class _Sum(NamedTuple):
    since_told: int
    told_at: int | None
    example: str


class RefusedAsks:
    """What was refused and not told yet: the first at once, further ones as sums."""

    def __init__(self) -> None:
        self._sums: dict[tuple[m.Service, m.AskRefusal], _Sum] = {}

    def add(self, by: m.Service, reason: m.AskRefusal, kind: str) -> None:
        """One more request, for a fact of this kind."""
        known = self._sums.get((by, reason), _Sum(0, None, ""))
        self._sums[by, reason] = known._replace(since_told=known.since_told + 1, example=kind)

    def due(self, mono: int, at_once: bool = False) -> Iterator[m.ServiceRefused]:
        """Sums that are to be told now."""
        for (by, reason), one in list(self._sums.items()):
            if one.since_told and (at_once or one.told_at is None or mono - one.told_at >= TELL_MS):
                yield m.ServiceRefused(service=by, reason=reason, count=one.since_told, example=one.example)

    def told(self, said: m.ServiceRefused, mono: int) -> None:
        """That is journalled."""
        key = cast(m.Service, said.service), said.reason
        known = self._sums[key]
        self._sums[key] = known._replace(since_told=known.since_told - said.count, told_at=mono)


def told(state: State, _site: Site, entry: Entry, data: m.ServiceRefused) -> Iterator[m.FactData]:
    """An honest service asks for none of it: somebody must look who is in its process. No more is made of it while
    somebody is being called for it."""
    place = notices.place(data.service)
    known = alarm_life.find(state, WHAT, place)
    if known is None or not known.unacknowledged:
        yield alarm_life.raise_for(state, Cause(WHAT, place, None, notices.site_sealing(state), entry.time), entry)
