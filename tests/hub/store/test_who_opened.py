"""What is opened stands in the access log, with those who were there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.reports.words import Words
from hub.store import looking, queries, who_opened
from hub.store.queries import Term
from tests.support.hub import House, make_hub
from wire import messages as m


@pytest.fixture
def house(tmp_path: Path) -> House:
    return make_hub(tmp_path, nodes=("archive-1", "cipher-1", "computer-1"))


def log(house: House, *terms: Term, **named: Any) -> list[str]:
    def ask(connection: Any) -> list[str]:
        site = looking.look(connection)[1]
        words = Words("zh", site, queries.people(connection))
        found = who_opened.access_log(connection, site, terms, **named)
        return [f"{one.row.kind} {words.who(one.present) if one.present else one.row.person}" for one in found.lines]

    lines: list[str] = house.read(ask)
    return lines


def two_go_in(house: House) -> None:
    archive = house.node("archive-1")
    for at, person in enumerate((1001, 1002), 1):
        archive.grants("archive/reader", person)
        archive.says(m.Entered(area="archive", person=person, inside=at))


def test_a_cabinet_is_opened_by_one_of_those_inside(house: House) -> None:
    two_go_in(house)
    house.node("archive-1").opens("archive/cabinet-1")
    assert log(house)[0] == "level 二人之一：张伟、李娜（二人均在内）"


def test_a_door_and_a_window_are_no_lines_of_the_log(house: House) -> None:
    archive = house.node("archive-1")
    archive.opens("archive/corridor-door")
    archive.opens("archive/cabinet-1")
    assert log(house) == ["level 未知有人在内"]
    assert log(house, area="archive") == ["level 未知有人在内"]
    assert log(house, area="computer-room") == []


def test_a_name_finds_what_was_opened_while_that_person_was_there(house: House) -> None:
    two_go_in(house)
    house.node("archive-1").opens("archive/cabinet-1")
    house.clock.forward(60)
    house.node("archive-1").says(m.Left(area="archive", by="reader", inside=1, person=1002))
    house.node("archive-1").closes("archive/cabinet-1")
    assert log(house, Term("李娜"))[:2] == ["left 1002", "level 二人之一：张伟、李娜（二人均在内）"]
    assert log(house, Term("张伟"))[:2] == ["level 一人：张伟", "level 二人之一：张伟、李娜（二人均在内）"]
    assert log(house, Term("王芳")) == []


def test_what_a_node_says_that_is_doubted_names_nobody(house: House) -> None:
    house.node("cipher-1").says(m.Entered(area="archive", person=1001, inside=1))
    house.node("archive-1").opens("archive/cabinet-1")
    assert log(house)[0] == "level 未知有人在内"


def test_a_late_record_counts_by_its_own_time(house: House) -> None:
    archive = house.node("archive-1")
    house.clock.forward(3 * 3600)
    archive.opens("archive/cabinet-1", ago=600)
    archive.says(m.Entered(area="archive", person=1001, inside=1), ago=1200)
    archive.says(m.Left(area="archive", by="button", inside=0), ago=300)
    assert log(house)[2] == "level 一人：张伟"


def test_the_log_goes_on_where_the_page_ends(house: House) -> None:
    two_go_in(house)
    for _ in range(4):
        house.node("archive-1").opens("archive/cabinet-1")
        house.node("archive-1").closes("archive/cabinet-1")

    def pages(connection: Any) -> list[int]:
        site, before, found = looking.look(connection)[1], None, []
        while True:
            page = who_opened.access_log(connection, site, [Term("李娜")], before=before, limit=3)
            found += [one.row.index for one in page.lines]
            if page.more is None:
                return found
            before = page.more

    found = house.read(pages)
    assert found == sorted(set(found), reverse=True)
    assert len(found) == 10
