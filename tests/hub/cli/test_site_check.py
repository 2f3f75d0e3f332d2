"""`strongroom site check FILE` as somebody at a terminal meets it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import demo
from hub.core.nodes.hub_disk import Disk
from hub.engine import disk
from tests.support.terminal import Result, type_in
from wire.command_line.run import Failure

DEMO = Path(demo.__file__).parent / "site" / "site.toml"


def check(*words: str | Path) -> Result:
    result = type_in("site", "check", *map(str, words))
    assert result.exception is None or isinstance(result.exception, Failure)
    return result


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    file = tmp_path / "site.toml"
    text = DEMO.read_text("utf-8").replace("terminal = 10", "terminal = 9", 1).replace("keeper = 1006\n", "")
    file.write_text(text, "utf-8")
    return file


def test_a_right_document_is_praised_in_one_line() -> None:
    result = check(DEMO)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"{DEMO}: no mistakes. 3 areas, 17 points, 3 nodes, 8 cardholders\n"


def test_every_mistake_has_a_line_of_its_own_that_begins_with_its_place(spoilt: Path) -> None:
    result = check(spoilt)
    assert (result.exit_code, result.stdout) == (os.EX_DATAERR, "")
    assert [line.split(": ")[0] for line in result.stderr.splitlines()] == [
        "area computer-room, keeper",
        "point archive/iron-gate, terminal",
    ]


def test_a_program_gets_one_object(spoilt: Path) -> None:
    result = check("--json", spoilt)
    answer = json.loads(result.stdout)
    assert result.exit_code == os.EX_DATAERR
    assert [mistake["place"] for mistake in answer["mistakes"]] == [
        "area computer-room, keeper",
        "point archive/iron-gate, terminal",
    ]
    assert json.loads(check("--json", DEMO).stdout) == {"file": str(DEMO), "mistakes": [], "remarks": []}


def test_a_slip_in_the_toml_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text('name = "demo"\ntitle = "示范局\n', "utf-8")
    result = check(tmp_path / "site.toml")
    assert result.exit_code == os.EX_DATAERR
    assert "(at line 2, column" in result.stderr


def test_a_grant_that_is_over_is_remarked_upon(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(DEMO.read_text("utf-8").replace("2035-12-31", "2020-12-31"), "utf-8")
    result = check(tmp_path / "site.toml")
    assert result.exit_code == 0
    assert result.stderr.startswith("remark: grant 4 (cardholder 1004), ends: 2020-12-31 is past")


def test_what_may_not_be_meant_of_the_everyday_guard_is_remarked_upon(tmp_path: Path) -> None:
    text = DEMO.read_text("utf-8").replace('leave = "button"', 'leave = "button"\nguard = false\nopens = [1001]')
    (tmp_path / "site.toml").write_text(text, "utf-8")
    result = check(tmp_path / "site.toml")
    assert result.exit_code == 0
    assert "remark: area cipher-room, opens: with guard = false nobody sets or unsets it" in result.stderr


def test_a_missing_file_is_one_line_and_its_own_exit_code(tmp_path: Path) -> None:
    result = check(tmp_path / "none.toml")
    assert result.exit_code == os.EX_NOINPUT
    assert str(result.exception) == f"{tmp_path}/none.toml: No such file or directory"


def test_a_folder_is_no_document(tmp_path: Path) -> None:
    assert check(tmp_path).exit_code == os.EX_NOINPUT


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"\0", "name = '档案'".encode("gb18030")])
def test_a_file_of_something_else_is_explained(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "site.toml").write_bytes(content)
    result = check(tmp_path / "site.toml")
    assert result.exit_code == os.EX_DATAERR
    assert result.stderr


def test_nothing_in_the_document_reaches_the_terminal_as_a_command(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text('"\\u001b[2J" = 1\nname = "\\u001b[31m"\n', "utf-8")
    assert "\x1b" not in check(tmp_path / "site.toml").stderr


def test_a_file_name_that_is_not_text_does_no_harm(tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"\xff.toml")
    file.write_bytes(DEMO.read_bytes())
    assert check(file).exit_code == check("--json", file).exit_code == 0


@pytest.mark.parametrize("code", ["202E", "200B", "001B", "000A"])
def test_a_title_or_a_name_with_a_character_that_nobody_sees_is_refused_and_the_character_named(
    tmp_path: Path, code: str
) -> None:
    """They go into short messages, mails, logs and papers, where one turns the order of all that is behind it."""
    text = DEMO.read_text("utf-8")
    for before in ('name = "张伟"', 'zh = "示范局"'):
        assert before in text
        (tmp_path / "site.toml").write_text(text.replace(before, before[:-1] + f"\\u{code}" + before[-1:], 1), "utf-8")
        result = check(tmp_path / "site.toml")
        assert result.exit_code == os.EX_DATAERR
        assert f"has a character that nobody sees: U+{code}" in result.stderr


@pytest.mark.parametrize(
    "text", ["name" + ".a" * 5000 + " = 1", "[[area]]\nname" + ".a" * 5000 + " = 1", "x = " + "[" * 300 + "]" * 300]
)
def test_tables_deep_within_each_other_are_a_mistake_of_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "site.toml").write_text(text, "utf-8")
    result = check(tmp_path / "site.toml")
    assert result.exit_code == os.EX_DATAERR
    assert result.stderr == "document: this is not TOML: too many brackets within each other\n"


def test_no_site_is_made_on_a_disk_that_holds_no_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[Path] = []

    def small(folder: Path) -> Disk:
        looked.append(folder)
        return Disk(12_000_000, 12_000_000)

    monkeypatch.setattr(disk, "look", small)
    words = ["--dir", str(tmp_path / "new" / "site"), "site", "init", "bureau", "--host", "127.0.0.1"]
    result = type_in(*words)
    assert isinstance(result.exception, disk.TooSmall)
    assert looked == [tmp_path], "of the folder that will hold it"
    assert not list(tmp_path.iterdir())
