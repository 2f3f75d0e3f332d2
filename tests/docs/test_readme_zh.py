"""The Chinese README tells the same as the English one: the same commands, links and names in the same order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENGLISH, CHINESE = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh.md"))
LINK = re.compile(r"\]\(([^)\s]+)\)")


def commands(page: str) -> list[str]:
    """Lines of code without their comments, which are translated."""
    lines = [line for line in page.splitlines() if line.startswith("    ")]
    return [bare for line in lines if (bare := re.split(r"\s*#", line)[0].strip())]


def links(page: str) -> list[str]:
    return [target for target in LINK.findall(page) if not target.startswith("README")]


def names(page: str) -> list[str]:
    """What stands between backticks within sentences and tables."""
    prose = "\n".join(line for line in page.splitlines() if not line.startswith("    "))
    return re.findall(r"`([^`]+)`", prose)


def headings(page: str) -> list[str]:
    return re.findall(r"^(#+) ", page, re.MULTILINE)


def rows(page: str) -> list[str]:
    """First cells of tables."""
    return re.findall(r"^\| (`[^|]+?) \|", page, re.MULTILINE)


@pytest.mark.parametrize("part", [commands, links, names, headings, rows])
def test_both_have_the_same(part: object) -> None:
    assert callable(part)
    assert part(CHINESE) == part(ENGLISH)
    assert part(ENGLISH)


def test_each_leads_to_the_other() -> None:
    assert "README.zh.md" in LINK.findall(ENGLISH)
    assert "README.md" in LINK.findall(CHINESE)


def test_every_command_is_explained_in_chinese() -> None:
    explained = re.findall(r"^ {4}.*?#\s*(.+)$", CHINESE, re.MULTILINE)
    assert all(re.search(r"[\u4e00-\u9fff]", one) for one in explained)
    assert len(explained) == len(re.findall(r"^ {4}.*?#\s*(.+)$", ENGLISH, re.MULTILINE))
