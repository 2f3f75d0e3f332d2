"""What stands on the pages, and what their forms do, without JavaScript."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from hub.console.base.console import Console
from hub.console.pages import board
from hub.core.site.document import Site
from hub.core.state import Alarm
from hub.store import alarm_list, queries
from tests.hub.console.visitor import Visitor, text_of
from tests.support.hub import House, seal
from wire import messages as m


@pytest.fixture
def since() -> int:
    """Within office hours: a safe may be opened, and is before it is sealed."""
    return int(datetime(2026, 2, 11, 10, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() * 1000)


@pytest.fixture
def wang(visitor: Visitor) -> Visitor:
    """王芳, who has the duty, signed in in English."""
    visitor.signs_in("wangfang")
    return visitor


def console_of(visitor: Visitor) -> Console:
    assert isinstance(visitor.client.app, Starlette)
    console = visitor.client.app.state.console
    assert isinstance(console, Console)
    return console


def alarm(house: House, number: int = 1) -> Alarm:
    found: Alarm = house.read(lambda connection: alarm_list.alarm(connection, number))
    return found


# ---------------------------------------------------------------- the board


def test_an_ordinary_day(wang: Visitor) -> None:
    page = text_of(wang.sees("/"))
    assert "No alarms" in page
    assert "Sealed: 0 of 3 areas" in page
    assert "No troubles" in page


def test_everything_sealed_and_normal(wang: Visitor, house: House) -> None:
    seal(house, "archive", "archive-1")
    seal(house, "cipher-room", "cipher-1", 1002, 1008)
    assert "Sealed: 2 of 3 areas" in text_of(wang.sees("/"))
    seal(house, "computer-room", "computer-1", 1006, 1008)
    assert "All sealed, all normal" in text_of(wang.sees("/"))


def test_a_door_that_opens_while_sealed_says_what_where_and_when(wang: Visitor, house: House) -> None:
    sealing = seal(house, "archive", "archive-1")
    house.node("archive-1").opens("archive/corridor-door", sealing)
    page = text_of(wang.sees("/"))
    assert "1 open alarm 1 not acknowledged" in page
    assert "Urgent Opened while sealed Archive · Corridor door No. 1" in page
    assert "still so, nobody has answered" in page
    assert "Corridor door: open" in page


def test_troubles_stand_apart_from_alarms(wang: Visitor, house: House) -> None:
    house.fact(m.NodeSilent(node="cipher-1", last_heard=None, sealed=()))
    page = text_of(wang.sees("/"))
    assert "No alarm, 1 trouble" in page
    assert "Open alarms" not in page
    assert "Node silent · Cipher room node" in page


def test_the_most_urgent_comes_first_and_what_nobody_has_answered_before_the_rest(wang: Visitor, house: House) -> None:
    archive = house.node("archive-1")
    archive.says(m.HeldOpen(point="archive/iron-gate", seconds=60))
    archive.says(m.Forced(point="archive/corridor-door"))
    archive.says(m.Forced(point="archive/security-door"))
    house.fact(m.AlarmAcknowledged(alarm=3), "console", 1003, "duty")
    numbers = re.findall(r'<a id="alarm-(\d)"', wang.sees("/").text)
    assert numbers == ["2", "3", "1"]


def test_every_open_alarm_counts_however_few_are_listed(wang: Visitor, house: House) -> None:
    computer = house.node("computer-1")
    computer.says(m.HeldOpen(point="computer-room/door", seconds=60))
    of_archive = 0
    for point in house.engine.look()[1].point:
        if point.area != "computer-room" and point.kind != "exit-button":
            house.node(point.node).level(point.place, "normal", "short")
            of_archive += point.area == "archive"
    for door in ("corridor-door", "iron-gate", "security-door"):
        house.node("archive-1").says(m.HeldOpen(point=f"archive/{door}", seconds=60))
        house.node("archive-1").denies("archive/reader", 1004, "no-grant")
    every = len(house.read(lambda connection: alarm_list.alarms(connection, open_only=True)))
    assert every > 17
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(board, "ALARMS_SHOWN", 5)
        page = text_of(wang.sees("/"))
    assert f"{every} open alarms {every} not acknowledged" in page
    assert f"Archive Not sealed {of_archive + 3} open alarms" in page
    assert "Computer room Not sealed 1 open alarm" in page
    assert f"Archive Not sealed {of_archive + 3} open alarms" in text_of(wang.sees("/areas"))


def test_a_trouble_of_an_area_is_not_called_an_alarm(wang: Visitor, house: House) -> None:
    house.node("archive-1").says(m.Chatter(point="archive/cabinet-1", level="normal", edges=30, since=0, until=10_000))
    page = text_of(wang.sees("/areas/archive"))
    assert "1 open trouble: Input chatters" in page
    assert "open alarm" not in page
    assert 'class="banner is-alarm"' not in wang.sees("/areas/archive").text


def test_how_many_are_inside(wang: Visitor, house: House) -> None:
    house.node("archive-1").says(m.Entered(area="archive", person=1001, inside=1))
    house.node("archive-1").says(m.Entered(area="archive", person=1002, inside=2))
    assert "2 people inside · Keeper: 张伟" in text_of(wang.sees("/"))


def test_every_node_shows_how_long_ago_it_was_heard(wang: Visitor, house: House) -> None:
    live = console_of(wang).live
    assert text_of(wang.sees("/")).count("not heard yet") == 3
    here = m.Here(
        uptime=1, seq=1, hash="", freed=1, levels={}, sealed=(), sounding=True, plan=1, access=1, mark=0, echo=None,
        checkpoint=None,
    )  # fmt: skip
    live.heard_node("archive-1", here)
    house.clock.forward(7)
    page = text_of(wang.sees("/"))
    assert "Archive node heard · 7 s · sounder on" in page
    house.clock.forward(9)
    live.heard_engine()
    assert "Archive node late · 16 s" in text_of(wang.sees("/"))
    house.fact(m.NodeSilent(node="archive-1", last_heard=house.clock() - 16_000, sealed=()))
    assert "Archive node silent · Not watched since 10:00" in text_of(wang.sees("/"))


def test_an_engine_that_is_silent_comes_before_everything_else(wang: Visitor, house: House) -> None:
    live = console_of(wang).live
    live.heard_engine()
    assert "No alarms" in text_of(wang.sees("/"))
    house.clock.forward(11)
    page = text_of(wang.sees("/"))
    assert "The hub's engine is silent" in page
    assert "Engine heard 11 s" in page


def test_a_database_that_another_process_holds_comes_before_everything_else_too(wang: Visitor, house: House) -> None:
    live, said = console_of(wang).live, "Another process holds the hub's database"
    live.heard_engine(held=6_000)
    assert said in text_of(wang.sees("/"))
    assert f"{said} Nothing new is kept meanwhile." in text_of(wang.sees("/areas"))
    house.clock.forward(11)
    assert said not in text_of(wang.sees("/")), "an engine that is silent says nothing more"
    live.heard_engine()
    assert "No alarms" in text_of(wang.sees("/"))
    assert said not in text_of(wang.sees("/areas"))


def test_a_hub_without_a_site_document_still_shows_a_board(wang: Visitor, house: House) -> None:
    console = console_of(wang)
    console.access._site = (
        console.access._site[0],
        Site(name="demo", title="", timezone="UTC", hub=()),
    )
    house.change(lambda connection: connection.exec_driver_sql("UPDATE meta SET site_version = 77"))
    assert wang.sees("/").status_code == 200


# ---------------------------------------------------------------- one alarm


def test_the_officer_is_told_what_happened_what_to_do_and_whom_to_call(wang: Visitor, house: House) -> None:
    sealing = seal(house, "archive", "archive-1")
    house.node("archive-1").opens("archive/corridor-door", sealing)
    page = text_of(wang.sees("/alarms/1"))
    assert "Something was opened in an area that is sealed." in page
    assert "Go there with a second person." in page
    assert "张伟 +8613800000001 archive custodian · keeper of the area" in page
    assert "周强 +8613800000008 duty officer · goes there in an alarm" in page
    assert "刘洋 +8613800000005 security officer" in page
    assert page.count("王芳") == 1  # nobody calls herself
    assert 'href="tel:+8613800000001"' in wang.sees("/alarms/1").text


def test_whoever_may_only_read_is_told_no_telephone_number(visitor: Visitor, house: House) -> None:
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    visitor.signs_in("sunli")
    page = text_of(visitor.sees("/alarms/1"))
    assert "张伟 archive custodian" in page
    assert "+86" not in page


def test_from_the_alarm_to_the_finding(wang: Visitor, house: House) -> None:
    archive = house.node("archive-1")
    archive.level("archive/lid", "normal", "active")

    assert wang.does("/alarms/1/acknowledge", **{"from": "board"}).headers["location"] == "/"
    assert alarm(house).acknowledged_by == 1003
    assert "Once it is over, the finding can be written here." in text_of(wang.sees("/alarms/1"))

    answer = wang.does("/alarms/1/close", cause="forgotten", finding="走廊门没有锁好，已锁上。")
    assert answer.status_code == 409
    assert "What caused the alarm still is so." in text_of(answer)

    archive.level("archive/lid", "active", "normal")
    answer = wang.does("/alarms/1/close", cause="forgotten", finding="  走廊门没有锁好，已锁上。\r\n两人在场。 ")
    assert answer.headers["location"] == "/alarms/1"
    assert (alarm(house).life, alarm(house).finding) == ("closed", "走廊门没有锁好，已锁上。\n两人在场。")
    page = text_of(wang.sees("/alarms/1"))
    assert "Forgotten: door or window left open 走廊门没有锁好，已锁上。 两人在场。" in page
    for step in ("Alarm raised", "Acknowledged", "Cause is over", "Closed with a finding"):
        assert step in page[page.index("History") :]


def test_an_alarm_of_a_sealed_room_says_what_is_missing_until_two_people_have_closed_it(
    wang: Visitor, app: Starlette, house: House
) -> None:
    archive = house.node("archive-1")
    sealing = seal(house, "archive", "archive-1")
    archive.opens("archive/corridor-door", sealing)
    archive.closes("archive/corridor-door", sealing)
    wang.does("/alarms/1/acknowledge")
    page = text_of(wang.sees("/alarms/1"))
    assert "Still missing: a responder's badge at the reader of" in page
    found = {"cause": "forgotten", "finding": "走廊门没有锁好，\r\n已锁上。"}
    answer = wang.does("/alarms/1/finding", **found)
    assert answer.status_code == 409
    assert "A responder must hold a badge to the reader at the door first" in text_of(answer)

    archive.says(m.Attended(reader="archive/reader", credential="0" * 64, person=1001, alarms=(1,)))
    assert "Still missing: the finding, and a second person." in text_of(wang.sees("/alarms/1"))
    assert wang.does("/alarms/1/finding", **found).headers["location"] == "/alarms/1"
    assert "Still missing: a second person" in text_of(wang.sees("/alarms/1"))
    answer = wang.does("/alarms/1/close", **found)
    assert answer.status_code == 409
    assert "Another person must confirm it." in text_of(answer)

    liu = Visitor(TestClient(app, base_url="https://console.local"), house.hub.settings.console.port)
    liu.signs_in("liuyang", language="zh")
    page = text_of(liu.sees("/alarms/1"))
    assert "走廊门没有锁好， 已锁上。 确认该处置结论并关闭" in page
    assert liu.does("/alarms/1/close", **found).headers["location"] == "/alarms/1"
    assert (alarm(house).life, alarm(house).found_by, alarm(house).closed_by) == ("closed", 1003, 1005)


def test_acknowledging_twice_says_why_not(wang: Visitor, house: House) -> None:
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    wang.does("/alarms/1/acknowledge")
    answer = wang.does("/alarms/1/acknowledge", **{"from": "board"})
    assert answer.status_code == 409
    assert "Somebody has already acknowledged this alarm." in text_of(answer)
    assert 'id="board"' in answer.text


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"cause": "forgotten", "finding": "好"}, "Write what you found, in at least four characters."),
        ({"cause": "", "finding": "门没有锁好"}, "Choose a cause from the list."),
        ({"cause": "ghosts", "finding": "门没有锁好"}, "Choose a cause from the list."),
    ],
)
def test_a_finding_that_says_nothing_is_refused_and_kept_on_the_page(
    wang: Visitor, house: House, form: dict[str, str], why: str
) -> None:
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    wang.does("/alarms/1/acknowledge")
    answer = wang.does("/alarms/1/close", **form)
    assert answer.status_code in (400, 409)
    assert why in text_of(answer)
    assert form["finding"] in answer.text
    assert alarm(house).life == "returned-acknowledged"


def test_a_refusal_is_said_in_chinese_to_whoever_reads_chinese(visitor: Visitor, house: House) -> None:
    visitor.signs_in("wangfang", language="zh")
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    visitor.does("/alarms/1/acknowledge")
    assert "该报警已有人确认。" in text_of(visitor.does("/alarms/1/acknowledge"))


def test_a_name_in_a_finding_is_shown_until_it_is_erased(wang: Visitor, house: House) -> None:
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    wang.does("/alarms/1/acknowledge")
    wang.does("/alarms/1/close", cause="forgotten", finding="张伟忘记锁门")
    assert alarm(house).finding == "#1001忘记锁门"
    assert "张伟忘记锁门" in text_of(wang.sees("/alarms/1"))
    assert "No. 1 " in text_of(wang.sees("/alarms?all=1&q=张伟"))
    house.change(lambda connection: connection.exec_driver_sql("DELETE FROM person WHERE number = 1001"))
    assert "#1001忘记锁门" in text_of(wang.sees("/alarms/1"))
    assert "Nothing was found." in text_of(wang.sees("/alarms?all=1&q=张伟"))


def test_the_second_person_confirms_a_finding_with_a_name_in_it(wang: Visitor, app: Starlette, house: House) -> None:
    archive = house.node("archive-1")
    sealing = seal(house, "archive", "archive-1")
    archive.opens("archive/corridor-door", sealing)
    archive.closes("archive/corridor-door", sealing)
    archive.says(m.Attended(reader="archive/reader", credential="0" * 64, person=1001, alarms=(1,)))
    wang.does("/alarms/1/acknowledge")
    wang.does("/alarms/1/finding", cause="forgotten", finding="张伟忘记锁门")
    liu = Visitor(TestClient(app, base_url="https://console.local"), house.hub.settings.console.port)
    liu.signs_in("liuyang")
    page = liu.sees("/alarms/1").text
    assert "张伟忘记锁门" in page
    form = dict(re.findall(r'name="(cause|finding)" value="([^"]*)"', page))
    assert liu.does("/alarms/1/close", **form).headers["location"] == "/alarms/1"
    assert alarm(house).life == "closed"


def test_an_alarm_that_was_looked_at_has_been_shown(wang: Visitor, house: House) -> None:
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    wang.sees("/alarms/1")
    assert alarm(house).shown_at == house.clock()
    assert "Shown on a page of the console" in text_of(wang.sees("/alarms/1"))
    size = house.read(queries.size)
    wang.sees("/alarms/1")
    assert house.read(queries.size) == size


def test_what_people_write_is_never_taken_for_a_page(wang: Visitor, house: House) -> None:
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    wang.does("/alarms/1/acknowledge")
    wang.does("/alarms/1/close", cause="test", finding="<script>alert(1)</script>{{ 7*7 }}")
    page = wang.sees("/alarms/1").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in page
    assert "<b>" not in wang.sees("/access?q=<b>").text


def test_the_list_of_alarms_is_searched_and_paged(wang: Visitor, house: House) -> None:
    archive = house.node("archive-1")
    for number in range(1, queries.PAGE + 3):
        archive.says(m.Forced(point="archive/corridor-door"))
        house.fact(m.AlarmAcknowledged(alarm=number), "console", 1003, "duty")
        house.fact(
            m.AlarmClosed(alarm=number, finding_cause="test", finding=f"演练第{number}次"), "console", 1003, "duty"
        )
    house.node("cipher-1").says(m.HeldOpen(point="cipher-room/door", seconds=30))
    numbers = re.compile(r'<a id="alarm-(\d+)"')
    assert numbers.findall(wang.sees("/alarms").text) == ["53"]
    first = wang.sees("/alarms?all=1")
    assert len(numbers.findall(first.text)) == queries.PAGE
    older = re.search(r'href="(/alarms\?[^"]*before=\d+)"', first.text)
    assert older
    assert numbers.findall(wang.sees(older[1].replace("&amp;", "&")).text) == ["3", "2", "1"]
    assert numbers.findall(wang.sees("/alarms?all=1&q=演练第7次").text) == ["7"]
    assert numbers.findall(wang.sees("/alarms?all=1&q=held").text) == ["53"]
    assert numbers.findall(wang.sees("/alarms?all=1&q=cipher+held").text) == ["53"]
    assert numbers.findall(wang.sees("/alarms?all=1&q=机要室").text) == []  # that is its name in Chinese


# ---------------------------------------------------------------- the access log


@pytest.fixture
def busy(house: House) -> House:
    """A morning."""
    archive, computer = house.node("archive-1"), house.node("computer-1")
    archive.grants("archive/reader", 1001)
    archive.says(m.Entered(area="archive", person=1001, inside=1))
    archive.says(m.Left(area="archive", by="free", inside=0))
    archive.denies("archive/reader", 1004, "no-grant")
    computer.denies("computer-room/reader", None, "unknown")
    computer.says(m.HeldOpen(point="computer-room/door", seconds=61), ago=120)
    computer.says(m.Fault(part="mains", failed=True, detail=""))  # is no part of this log
    return house


def rows(visitor: Visitor, query: str = "") -> list[str]:
    table = re.findall(r'<tr class="is-.*?</tr>', visitor.sees(f"/access?{query}").text, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in table]


def test_the_access_log_says_who_came_and_went(wang: Visitor, busy: House) -> None:
    log = rows(wang)
    assert len(log) == 6
    assert "told late Door held open unknown Computer room · Computer room door open for more than 61 s" in log[0]
    assert "Denied unknown Computer room · Computer room reader badge not known" in log[1]
    assert "Denied 陈杰 1004 Archive · Archive reader no right to enter here" in log[2]
    assert "Left unknown Archive freely" in log[3]
    assert "Entered 张伟 1001 Archive" in log[4]
    assert "Granted 张伟 1001 Archive · Archive reader" in log[5]


def test_an_area_that_is_taken_to_be_empty_is_about_no_person(wang: Visitor, house: House) -> None:
    house.node("archive-1").says(m.Emptied(area="archive", why="stay-over"))
    assert "unknown" not in rows(wang)[0]


def test_the_access_log_marks_what_is_doubted(wang: Visitor, house: House) -> None:
    house.node("archive-1").grants("archive/reader", 1001)
    house.node("cipher-1").grants("archive/reader", 1001)
    log = rows(wang)
    assert "Granted doubted 张伟 1001" in log[0]
    assert "doubted" not in log[1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=张伟", 2),
        ("q=1004", 1),
        ("q=denied", 2),
        ("q=denied+computer", 1),
        ("q=archive+reader", 2),
        ("q=nobody-such", 0),
        ("q=%25", 0),
        ("area=archive", 4),
        ("area=computer-room", 2),
        ("area=nowhere", 6),
        ("from=2000-01-01&to=2000-12-31", 0),
        ("from=2000-01-01", 6),
        ("from=rubbish&to=9999-12-31", 6),
        ("before=abc", 6),
        ("before=0", 0),
        ("before=99999999999999999999", 6),
        ("q=99999999999999999999999999", 0),
    ],
)
def test_the_access_log_is_searched(wang: Visitor, busy: House, query: str, found: int) -> None:
    assert len(rows(wang, query)) == found


def test_whoever_reads_chinese_searches_in_chinese(visitor: Visitor, busy: House) -> None:
    visitor.signs_in("wangfang", language="zh")
    assert len(rows(visitor, "q=拒绝")) == 2
    assert len(rows(visitor, "q=计算机房")) == 2
    assert len(rows(visitor, "q=拒绝 档案室")) == 1


def test_a_long_log_is_read_page_by_page(wang: Visitor, house: House) -> None:
    for _ in range(queries.PAGE + 5):
        house.node("archive-1").grants("archive/reader", 1001)
    first = wang.sees("/access?q=张伟").text
    older = re.search(r'href="(/access\?[^"]*before=\d+)"', first)
    assert older
    assert len(rows(wang, "q=张伟")) == queries.PAGE
    assert len(rows(wang, older[1].replace("&amp;", "&").partition("?")[2])) == 5


def test_a_name_that_was_erased_leaves_the_number(wang: Visitor, busy: House) -> None:
    busy.change(lambda connection: connection.exec_driver_sql("DELETE FROM person WHERE number = 1001"))
    assert any("Person 1001" in row for row in rows(wang))


def test_an_entry_is_shown_as_it_was_signed(wang: Visitor, busy: House) -> None:
    note = busy.read(lambda connection: queries.journal(connection, kind="granted"))[0]
    page = wang.sees(f"/journal/{note.index}").text
    assert "strongroom/demo/archive-1/record" in page
    assert "&#34;kind&#34;:&#34;granted&#34;" in page


def test_no_text_from_elsewhere_turns_the_order_of_what_stands_beside_it_on_a_page(visitor: Visitor) -> None:
    page = visitor.signs_in("\u202eevihcra\x1b", "wrong")
    assert 'value="evihcra' in page.text
    assert not {"\u202e", "\x1b"} & set(page.text)
