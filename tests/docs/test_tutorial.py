"""What the documents tell a reader to type can be typed, and where they point there is something."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.commands import all_commands, why_not

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "hardware").glob("*.md"),
        ROOT / "systemd" / "README.md",
    ]
)
GENERATED = {ROOT / "docs" / "reference" / "command-line.md"}
STOPS = {"|", ">", "<", "&&", "&", ";"}


def commands_of(page: Path) -> Iterator[tuple[int, list[str]]]:
    """Line numbers and words after `strongroom` of every command in a block of a page."""
    fence = ""
    for number, line in enumerate(page.read_text("utf-8").splitlines(), 1):
        if line.strip().startswith("```"):
            fence = "" if fence else line.strip()
        # A fence without a language is output: "strongroom: …" there is what it answers.
        elif fence[3:] or (not fence and re.match(r" {4,}\S", line)):
            typed = re.match(r"\s*(?:sudo |\$ )?(?:\./|/\S*/)?strongroom(\s.*)?$", line)
            if typed:
                words = shlex.split(re.split(r"\s#", typed[1] or "")[0])
                end = next((at for at, word in enumerate(words) if word in STOPS), len(words))
                yield number, words[:end]


def anchors_of(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", [page for page in PAGES if page not in GENERATED], ids=lambda page: page.name)
def test_every_command_line_can_be_typed(page: Path) -> None:
    wrong = {
        f"{page.name}:{number}: strongroom {' '.join(words)}": why
        for number, words in commands_of(page)
        if "…" not in words and "COMMAND" not in words and (why := why_not(words))
    }
    assert not wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_within_a_sentence_exist(page: Path) -> None:
    known = {words[:length] for words in (one.words for one in all_commands()) for length in range(len(words) + 1)}
    options = {option.name for one in all_commands() for option in one.options} | {"--dir", "--help", "--version"}
    options |= {"--long", "--bare"}  # of `test`, which the script hands on to tests/run
    for quoted in re.findall(r"`(?:\./)?strongroom ([^`]+)`", page.read_text("utf-8")):
        words = quoted.split()
        words = words[2:] if words[0] == "--dir" else words
        plain = tuple(word for word in words[:2] if re.fullmatch(r"[a-z]+", word))
        assert plain in known or plain[:1] in {one.words for one in all_commands()}, quoted
        assert {word for word in words if word.startswith("--")} <= options, quoted


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (page.parent / file).resolve() if file else page
        assert there.exists(), f"{page}: {target}"
        assert not anchor or anchor in anchors_of(there), f"{page}: {target}"


def test_the_tutorial_is_made_of_commands() -> None:
    assert len(list(commands_of(ROOT / "docs" / "tutorial" / "a-first-day.md"))) > 30


@pytest.mark.parametrize(
    "words",
    ["seal archive", "node enroll x", "journal --jsn", "alarms close 1 --as", "sim open", "site init bureau"],
)
def test_a_line_that_cannot_be_typed_is_found(words: str) -> None:
    assert why_not(words.split())
