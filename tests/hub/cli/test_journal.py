"""The journal at a terminal: the newest entries, all of them when asked for, and no empty answer to a slip."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hub.cli import journal
from hub.store import queries
from tests.support.hub import Clock, House, make_hub
from tests.support.terminal import Result, type_in
from wire import messages as m
from wire.command_line.run import Failure

Type = Callable[..., Result]
ROOT = Path(__file__).parents[3]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A site in China; the machine that somebody sits at stands elsewhere."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("TZ", "America/New_York")
    at = datetime(2026, 2, 11, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    house = make_hub(tmp_path, Clock(int(at.timestamp() * 1000)))
    node = house.node("archive-1")
    for _ in range(60):
        node.says(m.Denied(reader="archive/reader", credential="0" * 64, person=1004, reason="no-grant", sealing=None))
    return house


@pytest.fixture
def typed(house: House) -> Type:
    root = str(house.hub.layout.root)
    return lambda *words: type_in("--dir", root, "journal", *map(str, words))


def entries(result: Result) -> list[int]:
    """Numbers of the entries that were shown to a person."""
    assert result.exit_code == 0, (result.output, result.exception)
    words = [line.split() for line in result.stdout.splitlines()]
    return [int(line[0]) for line in words if line and line[0].isdigit()]


def size(house: House) -> int:
    return int(house.read(queries.size))


def test_the_newest_fifty_and_a_line_that_says_so(house: House, typed: Type) -> None:
    shown = typed()
    count = size(house)
    assert entries(shown) == list(range(count - 50, count))
    assert "the newest 50 entries; --last N shows more, --all shows all" in shown.stderr


def test_all_of_them_are_plain_lines(house: House, typed: Type) -> None:
    shown = typed("--all")
    assert entries(shown) == list(range(size(house)))
    assert shown.stderr == ""
    line = next(line for line in shown.stdout.splitlines() if "  denied  " in line)
    assert "2026-02-11 10:30:00" in line
    assert "archive/reader" in line


def test_what_a_program_reads_is_whole_unless_it_asks_for_less(house: House, typed: Type) -> None:
    rows = [json.loads(line)["index"] for line in typed("--json").stdout.splitlines()]
    assert rows == list(range(size(house)))
    assert len(typed("--json", "--last", 3).stdout.splitlines()) == 3


@pytest.mark.parametrize("last", [1, 7, 50, 60, 61, 10_000])
def test_the_newest_of_those_that_were_asked_for(
    typed: Type, house: House, monkeypatch: pytest.MonkeyPatch, last: int
) -> None:
    monkeypatch.setattr(journal, "CHUNK", 20)  # so that pieces meet
    monkeypatch.setattr(journal, "TABLE", 55)
    wanted = entries(typed("--all", "--kind", "denied"))
    assert len(wanted) == 60
    assert entries(typed("--kind", "denied", "--last", last)) == wanted[-last:]


def test_from_an_entry_on_there_is_no_limit(house: House, typed: Type) -> None:
    assert entries(typed("--after", 3)) == list(range(4, size(house)))


@pytest.mark.parametrize(
    ("option", "slip", "says"),
    [
        ("--place", "archvie", "there is no place 'archvie' (did you mean 'archive'?); areas: archive, cipher-room"),
        ("--place", "archive/corridor-dor", "there is no place 'archive/corridor-dor'"),
        ("--node", "archive-9", "there is no node 'archive-9' (did you mean 'archive-1'?); nodes: archive-1"),
        ("--kind", "forcd", "there is no kind of entry 'forcd'"),
    ],
)
@pytest.mark.parametrize("more", [(), ("--json",), ("--follow",), ("--last", "3")])
def test_a_slip_is_told_as_one(typed: Type, option: str, slip: str, says: str, more: tuple[str, ...]) -> None:
    failure = typed(option, slip, *more).exception
    assert isinstance(failure, Failure)
    assert says in str(failure)
    assert failure.code == os.EX_DATAERR


@pytest.mark.parametrize(
    ("option", "known"), [("--place", "cipher-room"), ("--node", "computer-1"), ("--kind", "left")]
)
def test_what_exists_and_has_no_entry_yet_is_an_empty_answer(typed: Type, option: str, known: str) -> None:
    shown = typed(option, known)
    assert shown.exit_code == 0
    assert entries(shown) in ([], entries(typed(option, known, "--all")))


def test_times_are_the_sites_wherever_the_machine_stands(typed: Type, house: House) -> None:
    root = str(house.hub.layout.root)
    for words in (["access"], ["journal", "--last", "3"]):
        shown = type_in("--dir", root, *words)
        assert "2026-02-11 10:30:00" in shown.stdout


# ---------------------------------------------------------------- any terminal


def strongroom(*words: str, encoding: str = "utf-8") -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    return subprocess.run(
        [sys.executable, "-P", "-m", "hub", *words], capture_output=True, cwd=ROOT, env=environment, check=False
    )


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "gbk", "utf-8"])
def test_a_terminal_that_cannot_show_chinese_gets_readable_lines(house: House, encoding: str) -> None:
    house.node("archive-1").grants("archive/reader", 1001)
    root = str(house.hub.layout.root)
    shown = strongroom("--dir", root, "access", "--last", "1", encoding=encoding)
    assert shown.returncode == 0, shown.stderr
    assert b"Traceback" not in shown.stderr
    name = "张伟" if encoding in ("gbk", "utf-8") else r"\u5f20\u4f1f"
    assert name in shown.stdout.decode(encoding)


def test_usage_names_the_command_that_people_type(house: House) -> None:
    assert strongroom("--help").stdout.startswith(b"Usage: strongroom ")
    slip = strongroom("journal", "--lastt", "3").stderr.decode()
    assert slip == (
        "strongroom: there is no option '--lastt' (did you mean '--last'?); see: strongroom journal --help\n"
    )


def test_it_says_its_version() -> None:
    said = strongroom("--version")
    assert said.returncode == 0
    assert said.stdout.startswith(b"strongroom 0.")


@pytest.mark.parametrize("how", [(), ("--all",), ("--json",)])
def test_what_a_node_says_writes_no_entry_of_its_own_on_the_terminal(house: House, typed: Type, how: Any) -> None:
    """Whoever holds a node's keys says what he likes in it: control characters, too, once JSON is read."""
    said = "\x1b[1A\x1b[2K\n   9999  2026-02-11 10:30:00  engine  node-back  cipher-1\r\x9b2J\u202e"
    house.node("archive-1").says(m.Fault(part="camera", failed=True, detail=said))
    shown = typed(*how)
    assert shown.exit_code == 0
    assert "camera" in shown.stdout
    assert not {"\x1b", "\x9b", "\u202e", "\r"} & set(shown.stdout)
    assert not [line for line in shown.stdout.splitlines() if line.split()[:1] == ["9999"]]
    if how == ("--json",):
        data = [json.loads(line)["data"] for line in shown.stdout.splitlines()]
        assert said in [one.get("detail") for one in data]


def test_what_follows_reaches_another_program_at_once(house: House) -> None:
    command = [sys.executable, "-P", "-m", "hub", "--dir", str(house.hub.layout.root), "journal", "--follow", "--json"]
    environment = {**os.environ, "PYTHONUNBUFFERED": ""}
    following = subprocess.Popen([*command, "--last", "1"], stdout=subprocess.PIPE, cwd=ROOT, env=environment)
    assert following.stdout
    try:
        ready, _, _ = select.select([following.stdout], [], [], 30)
        assert ready
        assert json.loads(following.stdout.readline())["kind"]
    finally:
        following.kill()
        following.communicate()
