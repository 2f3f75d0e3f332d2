"""Which entries of the journal fit a question, newest or oldest first, found by its indexes alone however long it is.

A question is answered by streams: each is one range of one index, already in the order of the entries, and no more of
it is read than a page. What many values fit (kinds, people, places) is a stream for each; the other conditions are
asked of the rows that a stream brings, and kept from the planner, which would otherwise sort half the journal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Column, ColumnElement, Connection, String, and_, false, func, or_, select, type_coerce

from hub.core.when import AHEAD_MS
from hub.store.tables import journal

MANY = 60
"""With more streams than these a condition is not worth following; it is asked of the rows of each kind instead."""
FEW = 5000
"""Of a time in which no more was said than this, all is looked at, by the time in the entries."""

LEVELS = ("level", "chatter")
"""Kinds of record that say that something was opened or closed."""

Streams = list[list[ColumnElement[bool]]]
"""Each the conditions that lead along one index."""


class Fit(NamedTuple):
    """What a word of a search may mean: an entry fits by its person, its place or its kind."""

    people: frozenset[int] = frozenset()
    places: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()


class Wanted(NamedTuple):
    """Which entries: `after` < index < `before`; of these kinds (None: any), and of what is opened at some places; at a
    place or in an area; about a person; by an author; said from `since` on and before `until`; and fitting every word
    of a search."""

    after: int = -1
    before: int | None = None
    kinds: tuple[str, ...] | None = None
    place: str | None = None
    person: int | None = None
    author: str | None = None
    since: int | None = None
    until: int | None = None
    search: tuple[Fit, ...] = ()
    opened: tuple[str, ...] = ()
    """Points whose openings and closings are wanted beside the kinds."""

    def has(self, place: str, kind: str) -> bool:
        """Whether such entries are wanted at a place."""
        return self.kinds is None or kind in self.kinds or (kind in LEVELS and place in self.opened)


def find(connection: Connection, wanted: Wanted, limit: int, newest_first: bool = True) -> list[int]:
    """Indexes of the first `limit` entries that fit."""
    where = _filters(wanted)
    few = _few_by_time(connection, wanted)
    if few is not None:
        query = select(journal.c.idx).where(*where, journal.c.idx + 0 > wanted.after)
        if wanted.before is not None:
            query = query.where(journal.c.idx + 0 < wanted.before)
        found = [index for stream in few for index in connection.execute(query.where(*stream)).scalars()]
        return sorted(found, reverse=newest_first)[:limit]
    return merged(
        connection, [[*stream, *where] for stream in _streams(connection, wanted)], wanted, limit, newest_first
    )


def merged(
    connection: Connection, streams: Streams, wanted: Wanted, limit: int, newest_first: bool = True
) -> list[int]:
    """The first `limit` of the entries that any of the streams brings, between the bounds of `wanted`."""
    low, high = wanted.after, wanted.before
    found: list[int] = []
    order = journal.c.idx.desc() if newest_first else journal.c.idx.asc()
    for stream in streams:
        query = select(journal.c.idx).where(*stream, journal.c.idx > low)
        if high is not None:
            query = query.where(journal.c.idx < high)
        more = connection.execute(query.order_by(order).limit(limit)).scalars()
        found = sorted({*found, *more}, reverse=newest_first)[:limit]
        if len(found) == limit:  # of what is left, only what comes before the last of these is of use
            low, high = (found[-1], high) if newest_first else (low, found[-1])
    return found


def told_between(connection: Connection, streams: Streams, since: int, until: int) -> list[int]:
    """Indexes of what these streams bring of a time, in order: what was said then by its own clock, and what was heard
    then, as a clock may be wrong. Wall times in ms; `until` is not within. What was told late is there too: nothing is
    heard before it happens, so that all of it lies behind one place in the journal."""
    low = first_of(connection, since)
    said, heard = _aside_number(journal.c.said_time), _aside_number(journal.c.hub_time)
    of_then = or_((said >= since) & (said < until), (heard >= since) & (heard < until))
    found: list[int] = []
    for stream in streams:
        query = select(journal.c.idx).where(*stream, journal.c.idx >= low, of_then).order_by(journal.c.idx)
        found += connection.execute(query).scalars()
    return sorted(found)


def last_before(connection: Connection, stream: list[ColumnElement[bool]], index: int, limit: int) -> list[int]:
    """Indexes of the last entries that a stream brings before one of that index."""
    query = select(journal.c.idx).where(*stream, journal.c.idx < index).order_by(journal.c.idx.desc()).limit(limit)
    return list(connection.execute(query).scalars())


def by_one_of(authors: Sequence[str]) -> ColumnElement[bool]:
    """Whether one of these has said it, asked of the rows of a stream that leads elsewhere."""
    return _aside(journal.c.author).in_(authors)


def first_of(connection: Connection, time: int) -> int:
    """Index of the first entry that may tell of a wall time in ms or later, found by halving: when each was heard."""
    time -= AHEAD_MS
    low, high = 0, int(connection.execute(select(func.max(journal.c.idx))).scalar() or 0) + 1
    while low < high:
        middle = (low + high) // 2
        heard = connection.execute(select(journal.c.hub_time).where(journal.c.idx == middle)).scalar()
        if heard is not None and heard < time:
            low = middle + 1
        else:
            high = middle
    return low


def places(connection: Connection, within: str | None = None) -> Iterator[str]:
    """Every place that an entry is about, or those of an area with itself, from step to step along the index."""
    column, after = journal.c.place, "" if within is None else f"{within}/"
    if within is not None:
        yield within
    while True:
        query = select(column).where(column > after).order_by(column).limit(1)
        if within is not None:
            query = query.where(column < f"{within}0")  # "0" comes after "/"
        found = connection.execute(query).scalar()
        if found is None:
            return
        yield found
        after = found


def _few_by_time(connection: Connection, wanted: Wanted) -> Streams | None:
    """Streams by the time in the entries, which are in no order, if all that they bring is few enough to be sorted."""
    if wanted.kinds is None or (wanted.since is None and wanted.until is None):
        return None
    said: list[ColumnElement[bool]] = []
    if wanted.since is not None:
        said.append(journal.c.said_time >= wanted.since)
    if wanted.until is not None:
        said.append(journal.c.said_time < wanted.until)
    kinds = dict.fromkeys((*wanted.kinds, *(LEVELS if wanted.opened else ())))
    streams = [[journal.c.kind == kind, *said] for kind in kinds]
    left = FEW
    for stream in streams:
        some = select(journal.c.said_time).where(*stream).limit(left + 1).subquery()
        left -= connection.execute(select(func.count()).select_from(some)).scalar_one()
        if left < 0:
            return None
    return streams


def _streams(connection: Connection, wanted: Wanted) -> Streams:
    """The shortest way to what is wanted."""
    kinds = None if wanted.kinds is None else tuple(dict.fromkeys(wanted.kinds))
    if wanted.person is not None:
        return [[journal.c.person == wanted.person]]
    if wanted.place is not None:
        return _at(connection, places(connection, wanted.place), wanted)
    ways = [_way(connection, fit, wanted) for fit in wanted.search]
    if ways and len(shortest := min(ways, key=len)) <= MANY:
        return shortest
    if wanted.author is not None:
        return [[journal.c.author == wanted.author]]
    if kinds is None:
        return [[]]
    return [*([journal.c.kind == kind] for kind in kinds), *_opened(wanted.opened)]


def _opened(places: Sequence[str]) -> Streams:
    """What was opened and closed at these points, however often a door is."""
    if len(LEVELS) * len(places) > MANY:
        return [[journal.c.kind == kind] for kind in LEVELS]
    return [[journal.c.place == place, journal.c.kind == kind] for place in places for kind in LEVELS]


def _way(connection: Connection, fit: Fit, wanted: Wanted) -> Streams:
    known = fit.kinds if wanted.kinds is None else fit.kinds.intersection(wanted.kinds)
    found: Streams = [[journal.c.kind == kind] for kind in sorted(known)]
    if wanted.opened and fit.kinds.intersection(LEVELS):
        found += _opened(wanted.opened)
    found += [[journal.c.person == person] for person in sorted(fit.people)]
    if len(found) + len(fit.places) > MANY:
        return [[]] * (MANY + 1)
    return found + _at(connection, sorted(fit.places), wanted)


def _at(connection: Connection, places: Iterable[str], wanted: Wanted) -> Streams:
    """The kinds of entry that there are at each place: the index of places has the kind second."""
    found: Streams = []
    for place in places:
        after = ""
        here = select(journal.c.kind).where(journal.c.place == place).order_by(journal.c.kind).limit(1)
        while (kind := connection.execute(here.where(journal.c.kind > after)).scalar()) is not None:
            if wanted.has(place, kind):
                found.append([journal.c.place == place, journal.c.kind == kind])
            after = kind
    return found


def _filters(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What is asked of the rows that a stream brings."""
    found: list[ColumnElement[bool]] = []
    if wanted.kinds is not None:
        kind = _aside(journal.c.kind)
        opened = and_(kind.in_(LEVELS), _aside(journal.c.place).in_(wanted.opened)) if wanted.opened else false()
        found.append(or_(kind.in_(wanted.kinds), opened))
    if wanted.author is not None:
        found.append(_aside(journal.c.author) == wanted.author)
    if wanted.person is not None and wanted.place is not None:
        place = _aside(journal.c.place)
        found.append((place == wanted.place) | place.startswith(f"{wanted.place}/", autoescape=True))
    if wanted.since is not None:
        found.append(_aside_number(journal.c.said_time) >= wanted.since)
    if wanted.until is not None:
        found.append(_aside_number(journal.c.said_time) < wanted.until)
    found.extend(_fits(fit) for fit in wanted.search)
    return found


def _fits(fit: Fit) -> ColumnElement[bool]:
    return or_(
        false(),
        *([_aside_number(journal.c.person).in_(sorted(fit.people))] if fit.people else []),
        *([_aside(journal.c.place).in_(sorted(fit.places))] if fit.places else []),
        *([_aside(journal.c.kind).in_(sorted(fit.kinds))] if fit.kinds else []),
    )


def _aside(column: Column[Any]) -> ColumnElement[str]:
    """The text, as an expression that no index leads to."""
    return type_coerce(column.op("||")(""), String)


def _aside_number(column: Column[Any]) -> ColumnElement[int]:
    return column + 0
