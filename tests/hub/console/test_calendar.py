"""The calendar's page: the month drawn, a year brought in by two people, windows planned and cancelled."""

from __future__ import annotations

import html
import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, update

from hub.core.journal.requests import Actor
from hub.core.state import Calendar, Window
from hub.documents import calendar as calendar_file
from hub.store import tables
from tests.hub.console.visitor import ORIGIN, TAG, Visitor, text_of
from tests.support.databases import without_guards
from tests.support.hub import House, seal

CHINA = ZoneInfo("Asia/Shanghai")
OF_2026 = (Path(__file__).parents[3] / "hub" / "documents" / "calendars" / "2026.toml").read_bytes()
LIU, ZHAO = "liuyang", "zhaomin"
PLAN = {"title": "搬迁", "starts": "2026-03-04T17:30", "ends": "2026-03-12T08:30", "areas": ["archive"]}


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=CHINA).timestamp() * 1000)


@pytest.fixture
def since() -> int:
    return at("2026-02-11T10:00")


def imports(visitor: Visitor, document: bytes = OF_2026) -> str:
    """Choose a file and send it, as a browser does. Returns the address of the next page, or the text of this one."""
    answer = visitor.client.post(
        "/calendar/import",
        data={"csrf": visitor.token()},
        files={"document": ("2026.toml", document, "application/toml")},
        headers={"Origin": ORIGIN},
        follow_redirects=False,
    )
    return answer.headers.get("location") or text_of(answer)


def calendar_of_2026(house: House) -> None:
    """In force by two people."""
    service = house.service()
    calendar_file.bring_in(service, Actor("console", 1006, frozenset({"administrator"})), OF_2026)
    row = service.look()[0].find(Calendar, 2026)
    assert row
    service.act(Actor("console", 1005, frozenset({"security"})), calendar_file.approval(row))


def approves(visitor: Visitor, year: int = 2026) -> str:
    """Approve just what the page shows. Returns the address of the next page, or the text of this one."""
    page = visitor.sees(f"/calendar/{year}").text
    shown = {name: re.search(rf'name="{name}" value="(\w+)"', page) for name in ("version", "sha256")}
    answer = visitor.does(
        f"/calendar/{year}/approve", **{name: found[1] if found else "" for name, found in shown.items()}
    )
    return answer.headers.get("location") or text_of(answer)


@pytest.fixture
def in_force(visitor: Visitor, house: House) -> Visitor:
    """The calendar of 2026, imported by the administrator and approved by the security officer, who is signed in."""
    calendar_of_2026(house)
    visitor.signs_in(LIU)
    return visitor


def day(visitor: Visitor, number: int, month: str = "2026-02") -> str:
    """What stands on a day of a month."""
    page = visitor.sees(f"/calendar?month={month}").text.partition("<tbody>")[2].partition("</tbody>")[0]
    found = [cell for cell in page.split("<td ")[1:] if "is-outside" not in cell]
    return " ".join(html.unescape(TAG.sub(" ", "<td " + found[number - 1])).split())


def windows(house: House) -> list[Window]:
    return list(house.engine.look()[0].all(Window))


# ---------------------------------------------------------------- a year


def test_a_year_without_a_calendar_is_unpublished_and_nothing_is_guessed(visitor: Visitor) -> None:
    visitor.signs_in("wangfang")
    page = text_of(visitor.sees("/calendar?month=2026-02"))
    assert "2026 is UNPUBLISHED: it has no approved calendar, and nothing is guessed." in page
    assert "Nothing is proposed" in page
    assert day(visitor, 17) == "17"


def test_one_imports_and_another_approves(visitor: Visitor, house: House) -> None:
    visitor.signs_in(LIU)
    assert imports(visitor) == "/calendar/2026"
    page = text_of(visitor.sees("/calendar/2026"))
    assert "Spring Festival 2026-02-15 Sun 2026-02-23 Mon 9 2026-02-14 Sat , 2026-02-28 Sat" in page
    assert "Version 1 waits for the second person." in page
    assert "You have imported it. A security officer, another person, approves it here." in page
    assert "a version waits for the second person" in text_of(visitor.sees("/calendar"))
    row = house.engine.look()[0].find(Calendar, 2026)
    assert row
    approval = {"version": "1", "sha256": row.sha256}
    assert "This takes a second person" in text_of(visitor.does("/calendar/2026/approve", **approval))

    visitor.signs_in("wangfang")
    assert visitor.does("/calendar/2026/approve", **approval).status_code == 403
    row = house.engine.look()[0].find(Calendar, 2026)
    assert row
    assert not row.approved


def test_what_was_approved_is_in_force_and_drawn(in_force: Visitor) -> None:
    page = text_of(in_force.sees("/calendar"))
    assert "2026 in force 赵敏 2026-02-11 10:00 刘洋 2026-02-11 10:00" in page
    assert day(in_force, 14).startswith("14 workday")
    assert day(in_force, 15).startswith("15 day off Spring Festival")
    assert day(in_force, 11) == "11"
    assert day(in_force, 14).endswith("Spring Festival proposed 17:30")
    assert day(in_force, 24).endswith("Spring Festival proposed 08:30")


def test_another_version_than_was_shown_is_not_approved(visitor: Visitor, house: House) -> None:
    visitor.signs_in(ZHAO)
    imports(visitor)
    shown = {"version": "1", "sha256": "0" * 64}
    imports(visitor, OF_2026 + b"\n# mended\n")
    visitor.signs_in(LIU)
    assert "Another version of this calendar" in text_of(visitor.does("/calendar/2026/approve", **shown))
    assert visitor.does("/calendar/2026/approve", version="x", sha256="y").status_code == 404
    assert visitor.does("/calendar/2027/approve", **shown).status_code == 404
    assert approves(visitor) == "/calendar#years"


def test_mistakes_keep_a_calendar_out_and_each_is_named(visitor: Visitor, house: House) -> None:
    visitor.signs_in(ZHAO)
    wrong = OF_2026.replace(b"2026-02-28]", b"2026-02-27]").replace(b"to = 2026-10-07", b"to = 2026-09-07")
    page = imports(visitor, wrong)
    assert "has mistakes, and was not imported" in page
    assert "2026-02-27 is a Friday" in page
    assert "holiday 7 (国庆节) : ends (2026-09-07) before it begins (2026-10-01)" in page
    assert "not UTF-8" in imports(visitor, OF_2026.decode().encode("gb18030"))
    assert "Choose the file" in imports(visitor, b"")
    visitor.signs_in(ZHAO, language="zh")
    page = imports(visitor, OF_2026.replace(b"to = 2026-10-07", b"till = 2026-10-07"))
    assert "缺少此项；请写 to = 不加引号的日期，如 2035-12-31" in page
    assert "没有此项；此处可用：name, from, to, work" in page
    assert "不符合 TOML 格式：" in imports(visitor, b"year = ")
    assert house.engine.look()[0].find(Calendar, 2026) is None


def test_what_is_odd_is_put_before_the_two_people(visitor: Visitor) -> None:
    visitor.signs_in(ZHAO)
    odd = OF_2026.replace(b"to = 2026-02-23 ", b"to = 2026-02-22 ")
    assert imports(visitor, odd) == "/calendar/2026"
    page = text_of(visitor.sees("/calendar/2026"))
    assert "fewer than the 13 statutory ones" in page
    assert "library chinesecalendar : 2026-02-23" in page  # asked in a process of its own
    visitor.signs_in(LIU, language="zh")
    page = text_of(visitor.sees("/calendar/2026"))
    assert "少于法定的 13 天；是否有节日或日期写错？" in page
    assert "2026-02-23 在此为上班日，而比对库不同；请对照通知" in page


def test_who_may_not_import_sees_no_form_for_it(visitor: Visitor) -> None:
    for login in ("wangfang", "sunli"):
        visitor.signs_in(login)
        assert "/calendar/import" not in visitor.sees("/calendar").text
        assert "Your role may read here, but not act. Nothing was changed." in imports(visitor)
        assert visitor.sees("/calendar/2026").status_code == 404


# ---------------------------------------------------------------- windows


def test_a_proposed_window_is_made_a_plan(in_force: Visitor, house: House) -> None:
    path = re.search(r'href="(/calendar/plan[^"]+2026-02-14[^"]*)"', in_force.sees("/calendar").text)
    assert path
    form = in_force.sees(html.unescape(path[1])).text
    assert 'name="starts" type="datetime-local" required value="2026-02-14T17:30"' in form
    assert 'name="ends" type="datetime-local" required value="2026-02-24T08:30"' in form
    assert form.count(" checked") == 3
    filled = {"title": "春节", "starts": "2026-02-14T17:30", "ends": "2026-02-24T08:30", "areas": ["archive"]}
    assert in_force.does("/calendar/plan", **filled).headers["location"] == "/calendar?month=2026-02#windows"
    (window,) = windows(house)
    assert (window.areas, window.starts, window.ends) == (("archive",), at("2026-02-14T17:30"), at("2026-02-24T08:30"))
    assert "春节 planned 17:30" in day(in_force, 14)
    # The other two areas are still only proposed, and just they are ticked.
    assert "Not planned yet: Cipher room, Computer room" in text_of(in_force.sees("/calendar"))
    form = in_force.sees(html.unescape(path[1])).text
    assert form.count(" checked") == 2


def test_a_window_of_ones_own_needs_no_calendar(visitor: Visitor, house: House) -> None:
    visitor.signs_in("wangfang")
    assert visitor.does("/calendar/plan", **PLAN).status_code == 303
    assert [one.title for one in windows(house)] == ["搬迁"]
    refused = visitor.does("/calendar/plan", **PLAN)
    assert "Another window is planned for the same area at the same time." in text_of(refused)
    assert 'value="2026-03-04T17:30"' in refused.text
    nothing = visitor.does("/calendar/plan", **{**PLAN, "areas": []})
    assert "Choose at least one area, and from when to when." in text_of(nothing)
    assert "Choose at least one area" in text_of(visitor.does("/calendar/plan", **{**PLAN, "ends": "later"}))
    assert len(windows(house)) == 1


def test_a_window_is_cancelled_with_a_reason_and_stays_on_record(visitor: Visitor, house: House) -> None:
    visitor.signs_in("wangfang")
    visitor.does("/calendar/plan", **PLAN)
    assert "Write why." in text_of(visitor.does("/calendar/windows/1/cancel", reason=" "))
    assert visitor.does("/calendar/windows/1/cancel", reason="通知改了").status_code == 303
    assert not windows(house)[0].planned
    assert "No window is planned." in text_of(visitor.sees("/calendar?month=2026-03"))
    assert "Cancelled by 王芳 · 2026-02-11 10:00: 通知改了" in text_of(visitor.sees("/calendar?past=1"))


def test_planned_windows_are_searched(visitor: Visitor) -> None:
    visitor.signs_in("wangfang")
    visitor.does("/calendar/plan", **PLAN)
    other = {**PLAN, "title": "Inspection", "areas": ["cipher-room", "computer-room"]}
    visitor.does("/calendar/plan", **other)

    def found(text: str) -> list[str]:
        return re.findall(r'<li id="window-(\d+)"', visitor.sees(f"/calendar?q={text}").text)

    assert found("") == ["1", "2"]
    assert found("搬迁") == ["1"]
    assert found("cipher") == ["2"]
    assert found("inspection archive") == []


def test_an_auditor_reads_and_plans_nothing(visitor: Visitor, house: House) -> None:
    visitor.signs_in("sunli")
    assert "Duty officers and security officers plan windows." in text_of(visitor.sees("/calendar/plan"))
    assert visitor.does("/calendar/plan", **PLAN).status_code == 403
    assert visitor.does("/calendar/windows/1/cancel", reason="x").status_code == 403
    assert windows(house) == []


def test_a_sealing_is_drawn_on_the_days_that_it_lasts(visitor: Visitor, house: House) -> None:
    seal(house, "archive", "archive-1")
    house.clock.forward(3 * 86_400)
    visitor.signs_in("sunli")
    assert day(visitor, 10) == "10"
    assert day(visitor, 11) == "11 Archive sealed 10:00"
    assert day(visitor, 12) == "12 Archive sealed"
    assert "Archive sealed" in day(visitor, 14)
    assert day(visitor, 15) == "15"


@pytest.mark.parametrize("month", ["2001-01", "2198-12", "0001-01", "9999-12", "soon"])
def test_any_month_can_be_asked_for(visitor: Visitor, month: str) -> None:
    visitor.signs_in("sunli")
    assert visitor.sees(f"/calendar?month={month}").status_code == 200


def test_a_stored_calendar_that_was_changed_is_named_and_everything_else_is_shown(
    visitor: Visitor, house: House
) -> None:
    calendar_of_2026(house)

    def forge(connection: Connection) -> None:
        without_guards(connection, "calendar_document")
        connection.execute(update(tables.calendar_document).values(document="forged"))

    house.change(forge)
    visitor.signs_in(LIU)
    for address in ("/calendar", "/calendar/2026"):
        page = text_of(visitor.sees(address))
        assert "The stored calendar of 2026 is not the one that was approved" in page
        assert "2026 is UNPUBLISHED" in page
        assert "damaged, counts for nothing" in page
        assert "Write down the notice, and import it" in page
    assert visitor.sees("/calendar/plan").status_code == 200
    assert visitor.sees("/").status_code == 200
