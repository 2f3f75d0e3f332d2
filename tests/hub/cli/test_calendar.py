"""`strongroom calendar …` as a person types it, and as a program reads it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import hub
from hub.cli.main import exits
from hub.core.refusal import NotPossible
from hub.documents.calendar import NotUsable
from hub.store.calendars import CalendarDamaged
from tests.support.door import open_door
from tests.support.hub import Clock, make_hub
from tests.support.terminal import Result, type_in
from wire.command_line.run import Failure

FILE = Path(hub.__file__).parent / "documents" / "calendars" / "2026.toml"
Type = Callable[..., Result]


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Type]:
    """Types a command at the demonstration's hub, on 10 January 2026."""
    monkeypatch.setenv("COLUMNS", "200")
    clock = Clock(int(datetime(2026, 1, 10, tzinfo=UTC).timestamp() * 1000))
    monkeypatch.setattr("hub.site_directory.hub.wall_ms", clock)
    house = make_hub(tmp_path, clock)

    def run(*words: str | Path, keyboard: str = "") -> Result:
        return type_in("--dir", house.hub.layout.root, "calendar", *map(str, words), keyboard=keyboard)

    with open_door(house):
        yield run


@pytest.fixture
def approved(typed: Type) -> Type:
    """The same, with the calendar of 2026 in force."""
    assert typed("import", FILE, "--as", "zhaomin").exit_code == 0
    assert typed("approve", "2026", "--as", "liuyang", keyboard="y\n").exit_code == 0
    return typed


def answer(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refused(result: Result, kind: type[Exception], words: str) -> None:
    assert isinstance(result.exception, kind), result.output
    assert words in str(result.exception)


def spoilt(tmp_path: Path, old: str, new: str) -> Path:
    file = tmp_path / "2026.toml"
    file.write_text(FILE.read_text("utf-8").replace(old, new, 1), "utf-8")
    return file


def test_a_right_calendar_is_shown_for_comparison(typed: Type) -> None:
    result = typed("check", FILE)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "国办发明电〔2025〕7号" in result.stdout
    assert "no mistakes" in result.stdout
    assert answer(typed("check", FILE, "--json")) == {"file": str(FILE), "mistakes": [], "remarks": []}


def test_each_mistake_is_a_line_that_begins_with_its_place(typed: Type, tmp_path: Path) -> None:
    result = typed("check", spoilt(tmp_path, "[2026-01-04]", "[2026-01-05]"))
    assert (result.exit_code, result.stdout) == (65, "")
    assert result.stderr.startswith("holiday 1 (元旦), work: 2026-01-05 is a Monday")
    assert result.stderr.count("\n") == 1
    programs = json.loads(typed("check", tmp_path / "2026.toml", "--json").stdout)
    assert [one["place"] for one in programs["mistakes"]] == ["holiday 1 (元旦), work"]


def test_what_is_odd_is_remarked_upon_and_is_no_mistake(typed: Type, tmp_path: Path) -> None:
    result = typed("check", spoilt(tmp_path, "to = 2026-10-07", "to = 2026-10-06"))
    assert result.exit_code == 0
    assert [line.split(": ")[1] for line in result.stderr.splitlines()] == [
        "calendar",
        "library chinesecalendar",
        "library holidays",
    ]


def test_nothing_in_a_calendar_reaches_the_terminal_as_a_command(typed: Type, tmp_path: Path) -> None:
    escape = 'zh = "\\u001b[2J", en = "[red]x[/red]"'
    result = typed("check", spoilt(tmp_path, 'zh = "元旦", en = "New Year"', escape))
    assert result.exit_code == 65
    assert "U+001B" in result.output
    assert "\x1b" not in result.output


def test_a_missing_file_and_a_file_that_is_no_text_are_told_apart(typed: Type, tmp_path: Path) -> None:
    assert isinstance(typed("check", tmp_path / "none.toml").exception, FileNotFoundError)
    (tmp_path / "gb.toml").write_bytes("year = 2026 # 元旦".encode("gb18030"))
    result = typed("check", tmp_path / "gb.toml")
    assert result.exit_code == 65
    assert "save it as UTF-8" in result.stderr


def test_two_people_put_a_calendar_in_force(typed: Type) -> None:
    assert "waits for approval" not in typed("show").stdout
    result = typed("import", FILE, "--as", "zhaomin")
    assert "strongroom calendar approve 2026" in result.stdout
    (standing,) = [one for one in answer(typed("show", "--json"))["years"] if one["year"] == 2026]
    assert standing["state"] == "UNPUBLISHED, version 1 waits for approval"
    refused(typed("show", "2026"), Failure, "UNPUBLISHED")
    result = typed("approve", "2026", "--as", "liuyang", keyboard="y\n")
    assert "春节" in result.stdout, "it is shown before it is approved"
    assert "in force" in result.stdout
    shown = answer(typed("show", "2026", "--json"))
    assert (shown["state"], shown["imported_by"], shown["approved_by"]) == ("in force", 1006, 1005)
    assert shown["calendar"]["holiday"][1]["from"] == "2026-02-15"


def test_who_says_no_approves_nothing(typed: Type) -> None:
    typed("import", FILE, "--as", "zhaomin")
    assert typed("approve", "2026", "--as", "liuyang", keyboard="n\n").exit_code == 1
    refused(typed("show", "2026"), Failure, "UNPUBLISHED")


def test_who_has_compared_the_file_names_it_by_its_hash(typed: Type) -> None:
    typed("import", FILE, "--as", "zhaomin")
    other = hashlib.sha256(b"another file").hexdigest()
    refused(typed("approve", "2026", "--as", "liuyang", "--sha256", other), Failure, "nothing is approved")
    refused(typed("show", "2026"), Failure, "UNPUBLISHED")
    own = hashlib.sha256(FILE.read_bytes()).hexdigest()
    assert typed("approve", "2026", "--as", "liuyang", "--sha256", own).exit_code == 0
    assert typed("show", "2026").exit_code == 0


def test_who_may_not_approve_is_not_even_asked(typed: Type) -> None:
    typed("import", FILE, "--as", "liuyang")
    result = typed("approve", "2026", "--as", "liuyang", keyboard="y\n")
    refused(result, NotPossible, "same-person")
    assert result.stdout == ""
    refused(typed("approve", "2027", "--as", "liuyang"), Failure, "no calendar of 2027 is imported")
    refused(typed("approve", "2026", "--as", "nobody"), Failure, "there is no account 'nobody'")


def test_a_calendar_with_mistakes_is_not_imported(typed: Type, tmp_path: Path) -> None:
    file = spoilt(tmp_path, "[2026-01-04]", "[2026-01-05]")
    refused(typed("import", file, "--as", "zhaomin"), NotUsable, "calendar check")


def test_every_refusal_has_an_exit_code() -> None:
    assert {exits()[kind] for kind in (NotPossible, NotUsable, CalendarDamaged)} == {65}


def test_the_year_is_drawn_with_its_holidays_and_its_working_weekends(approved: Type) -> None:
    drawn = approved("show", "2026").stdout
    assert "2026-02" in drawn
    for day in ("14+", "15*", "28+", "20+", "10+"):
        assert day in drawn
    assert "16+" not in drawn


def test_windows_are_proposed_to_the_minute(approved: Type) -> None:
    proposed = answer(approved("propose", "2026", "--json"))
    assert proposed["timezone"] == "Asia/Shanghai"
    windows = [(one["starts"], one["ends"]) for one in proposed["windows"]]
    assert windows[1] == ("2026-02-14T09:30:00.000Z", "2026-02-24T00:30:00.000Z")
    assert windows[6] == ("2026-09-30T09:30:00.000Z", "2026-10-08T00:30:00.000Z")
    assert windows[-1] == ("2026-12-31T09:30:00.000Z", None)
    assert proposed["windows"][-1]["unpublished"] == [2027]
    table = approved("propose").stdout
    assert "2026-02-14 sat 17:30  2026-02-24 tue 08:30  春节 Spring Festival" in table
    assert "open" in table.splitlines()[-2]
    assert "Asia/Shanghai" in table.splitlines()[-1]
    assert "2027 is UNPUBLISHED" in table.splitlines()[-2]
    assert len(answer(approved("propose", "--weekends", "--json"))["windows"]) > 40


def test_nothing_is_proposed_for_a_year_that_is_unpublished(approved: Type) -> None:
    refused(approved("propose", "2027"), Failure, "2027 is UNPUBLISHED")
    refused(approved("plan", "2027-02-08", "--as", "liuyang"), Failure, "2027 is UNPUBLISHED")


def test_without_any_calendar_that_is_said(typed: Type) -> None:
    assert "no year has an approved calendar" in typed("propose").stdout
    assert "no window is planned" in typed("show").stdout


def test_a_proposed_window_is_planned_by_any_day_off_in_it(approved: Type) -> None:
    result = approved("plan", "2026-02-20", "--as", "liuyang", "--area", "archive")
    assert result.exit_code == 0, result.exception
    assert result.stdout == "window 1 is planned: archive, 2026-02-14 17:30 to 2026-02-24 08:30\n"


def test_an_open_side_is_closed_by_whoever_plans(approved: Type) -> None:
    begin = ("--from", "2026-12-31 17:30")
    refused(approved("plan", *begin, "--title", "元旦", "--as", "liuyang"), Failure, "when?")
    result = approved("plan", *begin, "--to", "2027-01-04 08:30", "--title", "元旦", "--as", "liuyang")
    assert "2026-12-31 17:30 to 2027-01-04 08:30" in result.stdout


def test_a_window_that_is_over_is_not_planned(approved: Type) -> None:
    refused(approved("plan", "2026-01-02", "--from", "2025-12-31 17:30", "--as", "liuyang"), NotPossible, "window-past")


def test_a_day_that_is_worked_lies_in_no_window(approved: Type) -> None:
    refused(approved("plan", "2026-02-14", "--as", "liuyang"), Failure, "lies in no window")
    refused(approved("plan", "tomorrow", "--as", "liuyang"), Failure, "is no day")


def test_a_window_of_ones_own_needs_times_and_a_title(approved: Type) -> None:
    refused(approved("plan", "--as", "liuyang", "--title", "x"), Failure, "when?")
    times = ("--from", "2026-03-04 17:30", "--to", "2026-03-12 08:30")
    refused(approved("plan", *times, "--as", "liuyang"), Failure, "what for?")
    refused(approved("plan", "--from", "soon", "--to", "later", "--as", "liuyang"), Failure, "is no time")
    refused(approved("plan", *times, "--title", "搬迁", "--as", "sunli"), NotPossible, "not-allowed")
    result = approved("plan", *times, "--title", "搬迁", "--as", "wangfang")
    assert result.stdout.startswith("window 1 is planned: archive, cipher-room, computer-room")
    (window,) = answer(approved("show", "--json"))["windows"]
    assert (window["title"], window["planned_by"]) == ("搬迁", 1003)
    assert "2026-03-04" in approved("show").stdout


def test_a_cancelled_window_is_planned_no_more(approved: Type) -> None:
    approved("plan", "--from", "2026-03-04 17:30", "--to", "2026-03-12 08:30", "--title", "搬迁", "--as", "wangfang")
    assert approved("cancel", "1", "--reason", "推迟", "--as", "liuyang").exit_code == 0
    assert answer(approved("show", "--json"))["windows"] == []
    refused(approved("cancel", "1", "--reason", "推迟", "--as", "liuyang"), NotPossible, "window-not-planned")
