"""What the check sheet and the closing list are made from: read out of the journal by its indexes, and nothing kept.

What happened is read by its own time, and of what lasts also the last word before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, select

from hub.core.doors import check_sheet, closing_list, seen
from hub.core.doors.check_sheet import Check, CheckSheet, Turn
from hub.core.doors.closing_list import LISTED, ClosingList, Line
from hub.core.doors.seen import Blind, Told
from hub.core.site import guarding, lookups, where
from hub.core.site.document import Site
from hub.core.when import happened
from hub.store import certificates, entries, queries, who_opened
from hub.store.entries import LEVELS, Streams
from hub.store.queries import JournalRow
from hub.store.tables import journal
from wire import messages as m

DAY_MS = 86_400_000
AHEAD_DAYS = 14
"""So long after a day whoever unset the area next is looked for: a holiday."""
FAULTS_BEFORE = 50
_TURNS = ("area-set", "area-unset")
_OF_NODE = ("node-silent", "node-back", "node-revoked")
_BY_NODE = ("started", "fault", "overflow", "cannot-fill", "rolled-back")
_OF_HUB = ("engine-started", "broker-lost", "broker-back")
_LISTED = tuple(kind.__struct_config__.tag for kind in LISTED)


class _Read(NamedTuple):
    """Entries in the order of the journal, and which of them are doubted."""

    rows: list[JournalRow]
    doubted: frozenset[int]

    def records(self) -> Iterator[tuple[JournalRow, m.Record]]:
        for row in self.rows:
            if (record := row.record) is not None:
                yield row, record


# ---------------------------------------------------------------- the sheets


class Now(NamedTuple):
    """Wall time in ms, and up to when the engine was at work, as far as whoever asks knows: nothing later is known."""

    time: int
    known: int = seen.FOR_EVER


def checks(connection: Connection, site: Site, place: str, first: date, at: Now) -> CheckSheet:
    """The check sheet of a point for the month that begins with this day."""
    now = at.time
    days = check_sheet.days_of(first, site.zone, now)
    since, ends = days[0].since, days[-1].ends
    area, point = where.area_of(place), site.points[place]
    read = _read(connection, site, area, [place], [point.node], since, ends + DAY_MS)
    turns, was_open = _turns(connection, site, area, read, place, since - DAY_MS)
    opened, before = check_sheet.openings(turns, was_open)
    until = days[0].since if now < since else min(now, ends)
    blind = seen.blind(_seen_point(site, place), list(_told(connection, read)), since, until, now, at.known)
    sealed = [
        (one.number, one.sealed_at, one.ended_at)
        for one in certificates.sealed_between(connection, since, ends)
        if one.area == area and one.sealed_at is not None
    ]
    spans = seen.spans_of(_set_turns(read, area))
    filled = check_sheet.fill(days, opened, before, blind, list(_checks(read, place)), spans, sealed)
    guarded = guarding.is_set(site, site.areas[area]) or bool(spans)
    return CheckSheet(place, first, filled, guarded, now, queries.size(connection))


def closing(connection: Connection, site: Site, area: str, day: date, at: Now) -> ClosingList:
    """The closing list of an area for a day, with what was left open and when nobody could see it."""
    now = at.time
    found = closings(connection, site, day, now, [area])[0]
    points = [one.place for one in site.point if one.area == area and lookups.guards(site, one.place)]
    ends = found.opened.at if found.opened else min(now, found.ends)
    ends = max(found.since, ends)
    read = _read(connection, site, area, points, lookups.nodes_of(site, area), found.since, ends + DAY_MS)
    told = list(_told(connection, read))
    spans = _set_spans(found, ends)
    blind = {
        place: [
            Blind(max(one.since, begins), min(one.until, stops), one.why)
            for one in seen.blind(_seen_point(site, place), told, found.since, ends, now, at.known)
            for begins, stops in spans
            if one.since < stops and begins < one.until
        ]
        for place in points
    }
    last = found.closing
    left: tuple[closing_list.LeftOpen, ...] = ()
    if found.is_set:
        when = last.at if last else found.since
        named = last.data.left_open if last and isinstance(last.data, m.AreaSet) else ()
        left = closing_list.left_open(when, named, _levels(read, points))
    return found._replace(left=left, unseen=closing_list.unseen(blind))


def closings(
    connection: Connection, site: Site, day: date, now: int, areas: Iterable[str] | None = None
) -> list[ClosingList]:
    """The lists of a day in short, of every area that is ever set, or of these."""
    since, ends = check_sheet.midnight(day, site.zone), check_sheet.midnight(day + timedelta(days=1), site.zone)
    wanted = list(areas) if areas is not None else [one.name for one in site.area if guarding.is_set(site, one)]
    of_areas = _lines(connection, wanted, since, ends)
    size = queries.size(connection)
    sealings = [one for one in certificates.sealed_between(connection, since, ends) if one.sealed_at is not None]
    found = []
    for name in wanted:
        lines, set_before = of_areas[name]
        of_day = tuple(one for one in lines if since <= one.at < ends)
        known = lookups.area(site, name)
        guarded = (known is not None and guarding.is_set(site, known)) or set_before or bool(of_day)
        until = max(since, min(ends, now))
        one = ClosingList(
            name, day, since, until, ends, guarded, set_before, of_day,
            sealed=tuple(
                each.number
                for each in sealings
                if each.area == name and (each.sealed_at or 0) < until and (each.ended_at or until) >= until
            ),
            size=size,
            made=now,
        )  # fmt: skip
        after = one.closing.at if one.closing else since if one.is_set and not one.sealed else None
        opened = [
            each for each in lines if isinstance(each.data, m.AreaUnset) and after is not None and each.at > after
        ]
        found.append(one._replace(opened=opened[0] if opened else None))
    return found


# ---------------------------------------------------------------- reading


def _read(
    connection: Connection, site: Site, area: str, points: Sequence[str], nodes: Sequence[str], since: int, until: int
) -> _Read:
    """All that bears on these points of an area, from a day before on."""
    since -= DAY_MS
    low = entries.first_of(connection, since)
    lasting: Streams = [
        *([journal.c.place == place, journal.c.kind == kind] for place in points for kind in LEVELS),
        *([journal.c.place == area, journal.c.kind == kind] for kind in _TURNS),
        *([journal.c.place == node, journal.c.kind == kind] for node in nodes for kind in _OF_NODE),
    ]
    by_nodes: Streams = [[journal.c.kind == kind, entries.by_one_of(nodes)] for kind in _BY_NODE]
    streams = [
        *lasting,
        *by_nodes,
        [journal.c.place == area, journal.c.kind == "watch-while-set"],
        *([journal.c.kind == kind] for kind in _OF_HUB),
    ]
    before = {index for stream in lasting for index in entries.last_before(connection, stream, low, 1)}
    for node in nodes:
        of_node = entries.by_one_of([node])
        before.update(entries.last_before(connection, [journal.c.kind == "started", of_node], low, 1))
        before.update(entries.last_before(connection, [journal.c.kind == "fault", of_node], low, FAULTS_BEFORE))
    indexes = sorted({*before, *entries.told_between(connection, streams, since, until)})
    rows = queries.read(connection, indexes)
    return _Read(rows, queries.doubted(connection, rows))


def _told(connection: Connection, read: _Read) -> Iterator[Told]:
    """As the core wants them."""
    for row in read.rows:
        try:
            message = row.message
        except ValueError:
            continue  # what this version cannot read costs its own line
        before = None
        if isinstance(message, m.Record):
            data = message.data
            if isinstance(data, m.Started):
                before = _made(connection, message, message.seq - 1)
            elif isinstance(data, m.CannotFill):
                before = _made(connection, message, data.first - 1)
        yield Told(message, row.hub_time, row.index in read.doubted, before)


def _made(connection: Connection, record: m.Record, seq: int) -> int | None:
    """When another record of the same life was made; None if there is none."""
    query = select(journal.c.idx).where(
        journal.c.author == record.node, journal.c.life == record.life, journal.c.seq == seq
    )
    found = queries.read(connection, list(connection.execute(query).scalars()))
    other = found[0].record if found else None
    return happened(other, found[0].hub_time) if other else None


def _turns(
    connection: Connection, site: Site, area: str, read: _Read, place: str, since: int
) -> tuple[list[Turn], bool]:
    """When the point was opened and closed, and whether it was open before that."""
    turns: list[Turn] = []
    for row, record in read.records():
        data, doubted = record.data, row.index in read.doubted
        if isinstance(data, m.LevelChanged) and data.point == place and data.now in ("normal", "active"):
            at = happened(record, row.hub_time, data.at)
            turns.append(Turn(at, data.now == "active", row.index, data.found, row.late, doubted))
        elif isinstance(data, m.Chatter) and data.point == place:
            begins, ends = (happened(record, row.hub_time, one) for one in (data.since, data.until))
            turns.append(Turn(begins, True, row.index, False, row.late, doubted))
            if data.level == "normal":
                turns.append(Turn(ends, False, row.index, False, row.late, doubted))
    turns.sort(key=lambda one: (one.at, one.entry))
    earlier = [one for one in turns if one.at < since]
    turns = turns[len(earlier) :]
    times = [one.at for one in turns]
    if times:
        presence = who_opened.read(connection, site, area, min(times), max(times) + 1)
        node = site.points[place].node
        turns = [one._replace(present=presence.at(one.at, node)) for one in turns]
    return turns, bool(earlier) and earlier[-1].open


def _checks(read: _Read, place: str) -> Iterator[Check]:
    sets = [(happened(record, row.hub_time), record.data) for row, record in read.records()]
    for at, data in sorted(sets, key=lambda one: one[0]):
        if isinstance(data, m.AreaSet) and data.area == where.area_of(place):
            yield Check(at, data.by, data.person, place in data.left_open)


def _set_turns(read: _Read, area: str) -> list[tuple[int, bool]]:
    """When the area was set and unset, by records that count."""
    return [
        (happened(record, row.hub_time), isinstance(record.data, m.AreaSet))
        for row, record in read.records()
        if isinstance(record.data, m.AreaSet | m.AreaUnset)
        and record.data.area == area
        and not (isinstance(record.data, m.AreaUnset) and row.index in read.doubted)
    ]


def _levels(read: _Read, points: Sequence[str]) -> dict[str, list[tuple[int, m.Level]]]:
    found: dict[str, list[tuple[int, m.Level]]] = {place: [] for place in points}
    for row, record in read.records():
        data = record.data
        if isinstance(data, m.LevelChanged) and data.point in found:
            found[data.point].append((happened(record, row.hub_time, data.at), data.now))
        elif isinstance(data, m.Chatter) and data.point in found:
            found[data.point].append((happened(record, row.hub_time, data.until), data.level))
    return {place: sorted(changes) for place, changes in found.items()}


def _lines(connection: Connection, areas: Sequence[str], since: int, ends: int) -> dict[str, tuple[list[Line], bool]]:
    """Of each area what happened from a day's beginning on, and whether it was set then."""
    low = entries.first_of(connection, since - DAY_MS)
    turns = [[journal.c.place == area, journal.c.kind == kind] for area in areas for kind in _TURNS]
    streams: Streams = [[journal.c.kind == kind] for kind in _LISTED]
    if len(areas) == 1:
        streams = [[journal.c.place == areas[0], *stream] for stream in streams]
    before = {index for stream in turns for index in entries.last_before(connection, stream, low, 1)}
    indexes = entries.told_between(connection, streams, since - DAY_MS, ends + AHEAD_DAYS * DAY_MS)
    rows = queries.read(connection, sorted({*before, *indexes}))
    doubted = queries.doubted(connection, rows)
    found: dict[str, list[Line]] = {area: [] for area in areas}
    for row in rows:
        if (record := row.record) is not None and isinstance(record.data, LISTED) and record.data.area in found:
            at = happened(record, row.hub_time)
            line = Line(at, row.index, record.data, row.late, row.index in doubted)
            found[record.data.area].append(line)
    return {area: _from(lines, since) for area, lines in found.items()}


def _from(lines: list[Line], since: int) -> tuple[list[Line], bool]:
    lines.sort(key=lambda one: (one.at, one.entry))
    earlier = [one for one in lines if one.at < since and isinstance(one.data, m.AreaSet | m.AreaUnset)]
    return [one for one in lines if one.at >= since], bool(earlier) and isinstance(earlier[-1].data, m.AreaSet)


def _set_spans(of: ClosingList, ends: int) -> list[tuple[int, int]]:
    turns = [
        (one.at, isinstance(one.data, m.AreaSet)) for one in of.lines if isinstance(one.data, m.AreaSet | m.AreaUnset)
    ]
    turns = [(of.since, True), *turns] if of.set_before else turns
    return [(begins, min(stops, ends)) for begins, stops in seen.spans_of(turns) if begins < ends]


def _seen_point(site: Site, place: str) -> seen.Point:
    point = site.points[place]
    return seen.Point(place, point.node, point.area, point.input == "supervised")
