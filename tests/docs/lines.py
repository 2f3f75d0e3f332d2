"""Lines of documentation: at most 120 characters, except tables, code and a link that stands alone."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

WIDTH = 120
UNBREAKABLE = re.compile(r"\|| {4}|\s*([-*] |\d+\. )?\[[^]]*\]\([^)]*\)$")


def prose(page: str) -> Iterator[tuple[int, str]]:
    """Lines that can be broken, with their indexes from 0."""
    fenced = False
    for index, line in enumerate(page.split("\n")):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced and not UNBREAKABLE.match(line):
            yield index, line


def too_long(page: str) -> list[str]:
    """Lines that should have been broken."""
    return [line for _, line in prose(page) if len(line) > WIDTH]


def folded(page: str) -> str:
    """A page made by a program, with its long lines broken."""
    lines = page.split("\n")
    for index, line in prose(page):
        if len(line) > WIDTH:
            lines[index] = textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines)
