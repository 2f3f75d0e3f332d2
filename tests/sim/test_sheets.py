"""What real nodes record of ordinary days: whoever opens a cabinet was inside, and a night that they watch is seen."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from hub.core.doors import check_sheet, present, seen
from hub.core.doors.check_sheet import Turn
from hub.core.doors.present import Presence
from hub.core.doors.seen import Blind, Told
from tests.sim.clockwork import HOUR, MINUTE
from tests.sim.test_odd_days import MONDAY, TUESDAY, comes, goes, moves
from tests.sim.year import Year, at
from wire import messages as m

CABINET = "archive/cabinet-1"


class OneRoom(Year):
    """From Monday to Tuesday: all is set, and nobody comes but those of a test."""

    def _day(self, *_: object) -> None:
        pass


def an_ordinary_monday() -> OneRoom:
    year = OneRoom(3, MONDAY, TUESDAY)
    comes(year, MONDAY, 8)
    comes(year, MONDAY, 8.5, 1003)
    moves(year, MONDAY, 9, CABINET, True)
    moves(year, MONDAY, 9.1, CABINET, False)
    goes(year, MONDAY, 16.9)
    goes(year, MONDAY, 17)
    year.world.start(year.people.close_up("archive", 1001), at(MONDAY, 17.1))
    comes(year, TUESDAY, 8)
    goes(year, TUESDAY, 8.2)
    return year


def told(year: OneRoom) -> list[Told]:
    """The journal as a reader of it has it. Hours in which all is calm are passed over by the simulation: what a node
    did not read then is no gap."""
    found: list[Told] = []
    newest: dict[str, int] = {}
    for entry in year.house.paper.entries:
        message = entry.message
        if isinstance(message, m.Record) and isinstance(message.data, m.WatchWhileSet):
            message = replace(message, data=replace(message.data, gaps=()))
        before = newest.get(message.node) if isinstance(message, m.Record) else None
        found.append(Told(message, entry.time, before=before if isinstance(message.data, m.Started) else None))
        if isinstance(message, m.Record):
            newest[message.node] = message.wall
    return found


def blind(year: OneRoom, day: date) -> dict[str, tuple[Blind, ...]]:
    """When each point of the archive was not seen on a day."""
    site = year.house.paper.site
    points = [one for one in site.point if one.area == "archive"]
    entries = told(year)
    return {
        one.place: seen.blind(
            seen.Point(one.place, one.node, one.area, one.input == "supervised"),
            entries,
            at(day, 0),
            min(at(day, 24), year.world.now),
            year.world.now,
        )
        for one in points
    }


def records(year: OneRoom) -> list[tuple[m.Record, int]]:
    entries = year.house.paper.entries
    return [(one.message, one.time) for one in entries if isinstance(one.message, m.Record)]


def was_set(year: OneRoom) -> list[str]:
    return [one.data.by for one, _ in records(year) if isinstance(one.data, m.AreaSet) and one.data.area == "archive"]


def test_a_night_that_is_watched_is_seen() -> None:
    year = an_ordinary_monday()
    year.world.run(at(TUESDAY, 8.5))
    assert "badge" in was_set(year)
    assert set(blind(year, MONDAY).values()) == set(blind(year, TUESDAY).values()) == {()}


def test_a_node_that_was_off_for_an_hour_is_blind_from_its_last_watch_record_on() -> None:
    year = an_ordinary_monday()
    node = year.house.nodes["archive-1"]
    year.world.at(at(MONDAY, 20), node.stop)
    year.world.at(at(MONDAY, 21), node.boot)
    year.world.run(at(MONDAY, 21.1))
    newest = max(record.wall for record, _ in records(year) if record.boot == "archive-1-boot-1")
    for pieces in blind(year, MONDAY).values():
        assert abs(pieces[0].since - newest) < MINUTE
        assert at(MONDAY, 21) <= pieces[-1].until <= at(MONDAY, 21) + MINUTE


def test_a_hub_that_was_away_for_an_evening_has_missed_nothing() -> None:
    year = an_ordinary_monday()
    year.world.start(year.hub_restarts(3 * HOUR), at(MONDAY, 18))
    year.world.run(at(TUESDAY, 8.5))
    assert set(blind(year, MONDAY).values()) == set(blind(year, TUESDAY).values()) == {()}


def test_whoever_was_inside_may_have_opened_it() -> None:
    year = an_ordinary_monday()
    year.world.run(at(TUESDAY, 8.5))
    moves_of = [one for record, heard in records(year) if (one := present.move(record, heard))]
    of_area = [one for one in moves_of if one.node == "archive-1"]
    turns = [
        Turn(record.wall, record.data.now == "active", number)
        for number, (record, _) in enumerate(records(year))
        if isinstance(record.data, m.LevelChanged) and record.data.point == CABINET
    ]
    opened, _ = check_sheet.openings(turns, was_open=False)
    assert Presence(of_area, "inside").at(opened[-1].opened.at, "archive-1").people == (1001, 1003)
