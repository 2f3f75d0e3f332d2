"""The sheets of a real journal: a closing list and a check sheet, and how long they take."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from hub.core.doors import check_sheet, closing_list
from hub.core.doors.check_sheet import CheckSheet
from hub.core.doors.closing_list import ClosingList
from hub.core.site.document import Site
from hub.reports import sheet_rows
from hub.reports.words import Words
from hub.store import looking, queries, sheets
from hub.store.sheets import Now
from tests.support.closing import AREA, CABINET, OTHER, Room, days
from tests.support.hub import Clock, House, make_hub, seal
from wire import messages as m

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = date(2026, 3, 1)
MONDAY, TUESDAY, WEDNESDAY = days(date(2026, 3, 2), 3)
T = TypeVar("T")


@pytest.fixture
def house(tmp_path: Path) -> House:
    began = int(datetime(2026, 3, 1, 0, 0, tzinfo=ZONE).timestamp() * 1000)
    return make_hub(tmp_path, Clock(began), nodes=("archive-1", "cipher-1", "computer-1"))


@pytest.fixture
def room(house: House) -> Room:
    return Room(house)


def ask(house: House, question: Callable[[Connection, Site], T]) -> T:
    found: T = house.read(lambda connection: question(connection, looking.look(connection)[1]))
    return found


def sheet(room: Room, place: str = CABINET) -> CheckSheet:
    now = room.house.clock()
    return ask(room.house, lambda connection, site: sheets.checks(connection, site, place, FIRST, Now(now)))


def rows(room: Room, day: date, place: str = CABINET) -> list[tuple[str, ...]]:
    """The rows of one day, without its name."""

    def question(connection: Connection, site: Site) -> list[tuple[str, ...]]:
        words = Words("en", site, queries.people(connection))
        found = sheets.checks(connection, site, place, FIRST, Now(room.house.clock()))
        only = found._replace(days=(found.days[day.day - 1],))
        return [row.cells[1:] for row in sheet_rows.checks(only, words)]

    return ask(room.house, question)


def closing(room: Room, day: date) -> ClosingList:
    now = room.house.clock()
    return ask(room.house, lambda connection, site: sheets.closing(connection, site, AREA, day, Now(now)))


def said(room: Room, day: date) -> sheet_rows.Tables:
    def question(connection: Connection, site: Site) -> sheet_rows.Tables:
        words = Words("en", site, queries.people(connection))
        return sheet_rows.closing(sheets.closing(connection, site, AREA, day, Now(room.house.clock())), words)

    return ask(room.house, question)


# ---------------------------------------------------------------- check sheet


def test_a_day_with_an_opening_says_who_may_have_and_who_has_checked(room: Room) -> None:
    room.ordinary_day(MONDAY)
    room.to(TUESDAY, "07:00")
    assert rows(room, MONDAY) == [
        ("08:05", "one of two: 张伟, 李娜 (both were inside)", "08:07", "the same", "17:32 李娜", "")
    ]


def test_a_day_without_one_is_not_opened_and_today_is_not_so_far(room: Room) -> None:
    room.ordinary_day(MONDAY, opened=0)
    room.to(TUESDAY, "07:00")
    assert rows(room, MONDAY)[0][0] == "not opened"
    assert rows(room, TUESDAY)[0][0] == "not opened so far"
    assert rows(room, WEDNESDAY)[0][0] == ""


def test_a_night_without_watch_records_is_blind_and_never_called_not_opened(room: Room) -> None:
    room.ordinary_day(MONDAY, opened=0)
    room.to(MONDAY, "22:32")
    room.blinks()
    room.to(TUESDAY, "01:00")
    room.watches_again()
    room.to(TUESDAY, "07:00")
    first, second = rows(room, MONDAY)[0], rows(room, TUESDAY)[0]
    assert (first[0], first[-1]) == (
        "blind in part, else not seen open",
        "blind 22:32–24:00 (no watch record while set)",
    )
    assert (second[0], second[-1]) == (
        "blind in part, else not seen open",
        "blind 00:00–01:00 (no watch record while set)",
    )


def test_a_node_that_is_silent_is_blind_until_its_records_come(room: Room) -> None:
    room.ordinary_day(MONDAY, opened=0)
    room.to(TUESDAY, "00:00")
    last = room.house.clock()
    room.house.clock.forward(60)
    room.house.fact(m.NodeSilent(node="archive-1", last_heard=last, sealed=()))
    room.blinks()
    room.to(WEDNESDAY, "09:00")
    assert rows(room, TUESDAY)[0] == (
        "blind", "", "", "", "still set", "blind all day (node silent, its records are still to come)"
    )  # fmt: skip


def test_what_stood_open_over_night_stands_on_both_days(room: Room) -> None:
    room.to(MONDAY, "07:40")
    room.unset(1001)
    room.to(MONDAY, "16:00")
    room.opens()
    room.to(MONDAY, "18:30")
    room.set(None, "time", left_open=(CABINET,))
    room.to(TUESDAY, "09:00")
    room.closes()
    room.to(WEDNESDAY, "07:00")
    assert rows(room, MONDAY)[0][:5] == (
        "16:00", "one, 张伟", "03-03 09:00", "nobody known to be inside", "18:30 by the hour, this was left open",
    )  # fmt: skip
    assert rows(room, TUESDAY)[0][0] == "stood open from before"


def test_what_is_told_late_stands_on_its_own_day(room: Room) -> None:
    room.to(MONDAY, "08:00")
    room.node.says(m.Entered(area=AREA, person=1001, inside=1))
    room.to(TUESDAY, "09:00")
    room.node.opens(CABINET, ago=24 * 3600)
    assert rows(room, MONDAY)[0][:2] == ("09:00", "one, 张伟 [told late]")


def test_a_sealed_day_refers_to_the_certificate(room: Room, house: House) -> None:
    room.to(MONDAY, "09:00")
    seal(house, AREA, "archive-1")
    room.to(WEDNESDAY, "09:00")
    first = rows(room, TUESDAY)[0]
    assert (first[0], first[-1]) == ("sealed, see its certificate", "sealed, no. 1")


# ---------------------------------------------------------------- closing list


def test_the_closing_list_of_an_evening_that_did_not_go_well(room: Room) -> None:
    room.to(MONDAY, "07:40")
    room.unset(1001)
    until = int(datetime(2026, 3, 2, 20, tzinfo=ZONE).timestamp() * 1000)
    room.to(MONDAY, "17:35")
    room.node.says(m.SetExtended(area=AREA, until=until, by="badge", person=1001))
    room.to(MONDAY, "19:40")
    room.opens(OTHER)
    room.to(MONDAY, "19:50")
    room.node.says(m.SetRefused(area=AREA, person=1001, points=(OTHER,)))
    room.to(MONDAY, "20:15")
    room.node.says(m.NotSet(area=AREA, points=(OTHER,), inside=1))
    room.to(MONDAY, "21:00")
    room.set(None, "time", left_open=(OTHER,))
    room.to(TUESDAY, "07:41")
    room.unset(1002, 1003, by="two", until=until)
    room.to(TUESDAY, "07:50")
    room.closes(OTHER)
    found = said(room, MONDAY)
    assert found.verdict == "set at 21:00"
    assert found.lines == [
        ("07:40", "unset", "张伟", "badge"),
        ("17:35", "extended", "张伟", "until 20:00"),
        ("19:50", "refused", "张伟", "open: Iron cabinet 2"),
        ("20:15", "not set at its hour", "", "open: Iron cabinet 2; 1 taken to be inside"),
        ("21:00", "set", "", "by the hour; left open: Iron cabinet 2"),
    ]
    assert found.opened == [("03-03 07:41", "unset", "李娜, 王芳", "badges of two people; until 20:00")]
    assert found.left == [("Iron cabinet 2", "open", "19:40", "03-03 07:50")]
    assert found.blind == []


def test_an_area_that_nobody_has_set_says_so_once_the_day_is_over(room: Room) -> None:
    room.ordinary_day(MONDAY)
    room.to(TUESDAY, "07:40")
    room.unset(1001)
    room.to(TUESDAY, "16:00")
    assert said(room, TUESDAY).verdict == "not set yet"
    room.to(WEDNESDAY, "07:00")
    found = said(room, TUESDAY)
    assert (found.verdict, found.bad) == ("NOT SET", True)
    assert rows(room, TUESDAY)[0][4] == "NOT SET"


def test_what_was_blind_while_it_was_set_names_its_points(room: Room) -> None:
    room.ordinary_day(MONDAY)
    room.to(MONDAY, "22:32")
    room.blinks()
    room.to(TUESDAY, "01:00")
    room.watches_again()
    room.to(TUESDAY, "07:40")
    room.unset(1001)
    ((span, why, points),) = said(room, MONDAY).blind
    assert (span, why) == ("22:32 – 03-03 01:00", "no watch record while set")
    assert "Iron cabinet 1" in points


def test_a_day_on_which_it_stayed_set(room: Room) -> None:
    room.ordinary_day(MONDAY)
    room.to(WEDNESDAY, "07:40")
    room.unset(1001)
    found = closing(room, TUESDAY)
    assert closing_list.verdict(found) == "set"
    assert found.opened is not None
    assert found.opened.at > found.ends


def test_all_areas_of_a_day_in_short(room: Room, house: House) -> None:
    room.ordinary_day(MONDAY)
    room.to(TUESDAY, "07:00")
    areas = [AREA, "cipher-room"]
    found = ask(house, lambda connection, site: sheets.closings(connection, site, MONDAY, house.clock(), areas))
    assert [closing_list.verdict(one) for one in found] == ["set", "not-guarded"]


# ---------------------------------------------------------------- how long it takes


def test_a_month_of_a_busy_cabinet_is_there_in_less_than_a_second(room: Room) -> None:
    for day in days(date(2026, 3, 2), 28):
        room.ordinary_day(day, opened=40)
    room.to(date(2026, 3, 31), "08:00")
    sheet(room)  # once, for what is made only once
    took = min(_seconds(lambda: sheet(room)) for _ in range(3))
    found = sheet(room)
    assert sum(len(day.openings) for day in found.days) == 28 * 40
    assert check_sheet.cause(found.days[0]) == "not-opened"
    assert took < 1


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
