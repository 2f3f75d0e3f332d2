"""The closing list and the check sheet at the console and at the terminal, and as A4 pages."""

from __future__ import annotations

import contextlib
import re
import zlib
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.hub.console.visitor import Visitor, text_of
from tests.support.closing import AREA, CABINET, OTHER, Room
from tests.support.hub import House
from tests.support.terminal import type_in
from wire import messages as m
from wire.command_line.run import Failure

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
LIST = f"area={AREA}&day={MONDAY}"
SHEET = f"point={CABINET}&month=2026-03"


@pytest.fixture
def since() -> int:
    return int(datetime(2026, 3, 2, 7, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() * 1000)


@pytest.fixture
def night(house: House) -> House:
    """A Monday on which a cabinet was opened once, and another was left open; it is Tuesday, and all is set."""
    room = Room(house)
    room.to(MONDAY, "07:40")
    room.unset(1001, 1002)
    room.to(MONDAY, "09:00")
    room.opens()
    house.clock.forward(60)
    room.closes()
    room.to(MONDAY, "18:00")
    room.opens(OTHER)
    room.to(MONDAY, "18:30")
    room.node.says(m.SetRefused(area=AREA, person=1001, points=(OTHER,)))
    room.to(MONDAY, "19:00")
    room.set(None, "time", left_open=(OTHER,))
    room.to(TUESDAY, "07:00")
    room.watches()
    return house


def test_the_closing_list_says_what_stood_in_the_way(visitor: Visitor, night: House) -> None:
    visitor.signs_in("sunli")
    page = text_of(visitor.sees(f"/sheets/closing?{LIST}"))
    assert "set at 19:00" in page
    assert "18:30 refused 张伟 open: Iron cabinet 2" in page
    assert "Iron cabinet 2 open 18:00 still open" in page


def test_the_check_sheet_says_who_may_have_opened_it(visitor: Visitor, night: House) -> None:
    visitor.signs_in("wangfang", language="zh")
    page = text_of(visitor.sees(f"/sheets/checks?{SHEET}"))
    assert "2 一 09:00 二人之一：张伟、李娜（二人均在内） 09:01 同上 19:00 到时自动" in page
    assert "3 二 至今未打开" in page


def test_the_first_page_leads_to_every_sheet(visitor: Visitor, night: House) -> None:
    visitor.signs_in("sunli")
    page = visitor.sees(f"/sheets?day={MONDAY}")
    assert CABINET in page.text
    assert 'href="/sheets"' in visitor.sees("/areas").text


@pytest.mark.parametrize("path", [f"closing/pdf?{LIST}", f"checks/pdf?{SHEET}"])
def test_each_is_one_sheet_of_a4(visitor: Visitor, night: House, path: str) -> None:
    visitor.signs_in("sunli")
    answer = visitor.sees(f"/sheets/{path}")
    assert answer.headers["content-type"] == "application/pdf"
    assert sizes(answer.content) == [(595, 842)]


def sizes(made: bytes) -> list[tuple[int, int]]:
    plain = made
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made, re.DOTALL):
        with contextlib.suppress(zlib.error):
            plain += zlib.decompress(stream)
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", plain)
    return [(round(float(a)), round(float(b))) for a, b in boxes]


@pytest.mark.parametrize(
    "path",
    [
        "closing",
        "closing?area=vault&day=2026-03-02",
        f"closing?area={AREA}",
        "checks",
        f"checks?point={CABINET}",
        "checks?point=archive/corridor-door&month=2026-03",
    ],
)
def test_what_there_is_no_sheet_of_is_not_there(visitor: Visitor, night: House, path: str) -> None:
    visitor.signs_in("sunli")
    assert visitor.sees(f"/sheets/{path}").status_code == 404


def test_the_terminal_says_the_same(night: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "240")
    root = night.hub.layout.root
    shown = type_in("--dir", root, "sheet", "closing", AREA, "--day", str(MONDAY)).output
    assert "set at 19:00" in shown
    assert "Iron cabinet 2" in shown
    shown = type_in("--dir", root, "sheet", "checks", CABINET, "--month", "2026-03", "--language", "zh").output
    assert "二人之一：张伟、李娜（二人均在内）" in shown
    made = tmp_path / "sheet.pdf"
    type_in("--dir", root, "sheet", "checks", CABINET, "--month", "2026-03", "--pdf", str(made))
    assert made.read_bytes().startswith(b"%PDF-")
    assert "none" in type_in("--dir", root, "sheet", "closing").output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("sheet closing vault", "there is no area 'vault'"),
        ("sheet closing archive --day monday", "'monday' is no day"),
        ("sheet checks archive/corridor-door", "there is no cabinet, safe or bolt 'archive/corridor-door'"),
        (f"sheet checks {CABINET} --month 2026", "'2026' is no month"),
    ],
)
def test_a_slip_of_the_pen_is_told(night: House, words: str, says: str) -> None:
    refusal = type_in("--dir", night.hub.layout.root, *words.split()).exception
    assert isinstance(refusal, Failure)
    assert says in str(refusal)
