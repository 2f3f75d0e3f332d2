"""The access log: who came and went, and beside it what was opened, by which of those who were there.

Who may have opened something is worked out when it is asked for, from the records of the day before on: late ones take
their place by their own time, and nothing has to be kept in step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from hub.core.doors import everyday, present
from hub.core.doors.present import By, Move, Presence, Present
from hub.core.site.document import Site
from hub.core.site.where import area_of
from hub.core.when import happened
from hub.store import entries, queries
from hub.store.entries import LEVELS
from hub.store.queries import PAGE, JournalRow, Term
from hub.store.tables import journal
from wire import messages as m

OPENED_KINDS: tuple[m.PointKind, ...] = ("cabinet", "safe", "bolt")
"""What people open who are in an area: its doors and windows tell of themselves."""
DAY_MS = 86_400_000
LOOK_BACK_MS = DAY_MS
"""So long before an opening somebody may have come who has opened it; of whom came earlier the count alone is told."""
LOOKED_THROUGH = 400
"""Openings that are looked through for a name before a page ends."""
_INSIDE = ("entered", "left", "emptied", "area-set")
_BADGES = ("granted", "presented")


class Logged(NamedTuple):
    """A line of the log, and of an opening or closing those who were there."""

    row: JournalRow
    present: Present | None = None


class Log(NamedTuple):
    """A page, newest first. `more`: the index before which the next one begins; None at the end."""

    lines: list[Logged]
    more: int | None


def opened_points(site: Site, area: str | None = None) -> tuple[str, ...]:
    """Places of what people open, in one area or in all."""
    return tuple(one.place for one in site.point if one.kind in OPENED_KINDS and area in (None, one.area))


def access_log(
    connection: Connection,
    site: Site,
    search: Sequence[Term] = (),
    *,
    area: str | None = None,
    since: int | None = None,
    until: int | None = None,
    before: int | None = None,
    limit: int = PAGE,
) -> Log:
    """One page of the log. Every term must fit the name of somebody who was there, the number, place or kind."""
    opened = opened_points(site, area)
    found = queries.access_log(
        connection, search, opened=opened, area=area, since=since, until=until, before=before, limit=limit + 1
    )
    there: dict[int, Present] = {}
    ends = None
    if opened and any(queries.people_like(connection, term) for term in search):
        named, there, ends = _by_name(connection, site, search, area, since, until, before, limit + 1)
        found = sorted({row.index: row for row in (*found, *named)}.values(), key=lambda row: -row.index)
        found = [row for row in found if ends is None or row.index >= ends]
    there |= who(connection, site, [row for row in found[:limit] if row.index not in there])
    more = found[limit - 1].index if len(found) > limit else ends
    return Log([Logged(row, there.get(row.index)) for row in found[:limit]], more)


def _by_name(
    connection: Connection,
    site: Site,
    search: Sequence[Term],
    area: str | None,
    since: int | None,
    until: int | None,
    before: int | None,
    limit: int,
) -> tuple[list[JournalRow], dict[int, Present], int | None]:
    """Openings at which somebody was who is called so. The last is where the looking ended, if it had to."""
    names = [frozenset(queries.people_like(connection, term)) for term in search]
    others = [term for term, people in zip(search, names, strict=True) if not people]
    wanted = [people for people in names if people]
    found: list[JournalRow] = []
    there: dict[int, Present] = {}
    for _ in range(LOOKED_THROUGH // PAGE):
        some = queries.access_log(
            connection, others, kinds=(), opened=opened_points(site, area), area=area, since=since, until=until,
            before=before, limit=PAGE,
        )  # fmt: skip
        of_these = who(connection, site, some)
        fit = [row for row in some if _were_there(of_these.get(row.index), wanted)]
        found += fit
        there |= {row.index: of_these[row.index] for row in fit}
        if len(some) < PAGE or len(found) >= limit:
            return found, there, None
        before = some[-1].index
    return found, there, before


def _were_there(those: Present | None, wanted: Iterable[frozenset[int]]) -> bool:
    return those is not None and all(people.intersection(those.people) for people in wanted)


def who(connection: Connection, site: Site, rows: Iterable[JournalRow]) -> dict[int, Present]:
    """Of openings and closings those who were there, by the index of the entry."""
    by_day: dict[tuple[str, int], list[tuple[JournalRow, int]]] = defaultdict(list)
    for row in rows:
        at = time_of(row) if row.kind in LEVELS else None
        if at is not None and row.place is not None:
            by_day[area_of(row.place), at // DAY_MS].append((row, at))
    found: dict[int, Present] = {}
    for (area, day), those in by_day.items():
        presence = read(connection, site, area, day * DAY_MS, (day + 1) * DAY_MS)
        found |= {row.index: presence.at(at, row.author) for row, at in those}
    return found


def read(connection: Connection, site: Site, area: str, since: int, until: int) -> Presence:
    """Who was in an area from one wall time in ms to another."""
    by: By = "inside" if area not in site.areas or site.areas[area].doors else "badge"
    streams = [[journal.c.place == area, journal.c.kind == kind] for kind in _INSIDE]
    if by == "badge":
        readers = [one.place for one in site.area_readers.get(area, ())]
        streams += [[journal.c.place == place, journal.c.kind == kind] for place in readers for kind in _BADGES]
    indexes = entries.told_between(connection, streams, since - LOOK_BACK_MS, until + everyday.CLOCKS_MS)
    return Presence(moves(connection, queries.read(connection, indexes)), by)


def moves(connection: Connection, rows: Sequence[JournalRow]) -> list[Move]:
    """What these entries say of who is there. A doubted one says nothing of anybody."""
    doubted = queries.doubted(connection, rows)
    records = [(row, row.record) for row in rows if row.index not in doubted]
    found = [present.move(record, row.hub_time) for row, record in records if record is not None]
    return [one for one in found if one is not None]


def time_of(row: JournalRow) -> int | None:
    """When something was opened or closed; None for what this version cannot read."""
    record = row.record
    if record is None:
        return None
    data = record.data
    at = data.at if isinstance(data, m.LevelChanged) else data.until if isinstance(data, m.Chatter) else None
    return happened(record, row.hub_time, at)
