"""Tables for people, as wide as the terminal is: nothing is cut, no word is broken, and Chinese counts as it is drawn.

What does not fit is folded within its column, at spaces; where even that is too wide, behind hyphens and slashes, too;
and on a terminal too narrow for that every row becomes lines of its own.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Sequence

from wire.plain import plain

GAP = "  "
LEAST_BESIDE = 30
"""A last column with less room than this stands below its row, where it may."""
# A time stays whole. Each Chinese character is a word for this purpose, with the marks that may not begin a line.
_CJK = "\u2e80-\u2fff\u3040-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
_MARKS = "、。，；：？！）》」』”’〉】"
_TIME = r"\d{4}-\d\d-\d\d(?: [a-z]{3})? \d\d:\d\d(?::\d\d)?"
_WORDS = rf"{_TIME}|[{_CJK}][{_MARKS}]*|[^\s{_CJK}]+[{_MARKS}]*|\s+"
_PARTS = rf"{_TIME}|[{_CJK}][{_MARKS}]*|[^\s{_CJK}/,-]*[/,-]+|[^\s{_CJK}/,-]+[{_MARKS}]*|\s+"
"""What is not taken apart, as regular expressions; not compiled, since most tables fit."""

Row = Sequence[object]


def show(headings: Sequence[str], rows: Iterable[Row], below: bool = False) -> None:
    """Print a table. `below`: the last column may stand below its row."""
    cells = [[_as_shown(plain(str(cell))) for cell in row] for row in rows]
    for line in lines(headings, cells, room(), below):
        print(line)
    if not cells:
        print("none")


def _as_shown(text: str) -> str:
    """What a terminal that cannot show a character gets in its place is wider than that."""
    encoding = sys.stdout.encoding or "utf-8"
    return text if text.isascii() else text.encode(encoding, "backslashreplace").decode(encoding)


def room() -> int | None:
    """How wide it may be: as COLUMNS says, or as the terminal is; None where it goes to a file or another program."""
    if os.environ.get("COLUMNS", "").isdigit() or sys.stdout.isatty():
        return shutil.get_terminal_size().columns
    return None


def lines(headings: Sequence[str], rows: Sequence[Sequence[str]], room: int | None, below: bool = False) -> list[str]:
    """The table, line by line."""
    whole = [headings, *rows]
    natural = _natural(whole)
    if room is None or _taken(natural) <= room:
        return [line for row in whole for line in _row(row, natural, _WORDS)]
    below = below and room - _taken(natural[:-1]) - len(GAP) < LEAST_BESIDE
    fitted = _fitted([row[:-1] for row in whole] if below else whole, room)
    if fitted is None:
        return [line for row in rows for line in _apart(headings, row, room)]
    if not below:
        return [line for row in whole for line in _row(row, *fitted)]
    found = _row(headings[:-1], *fitted)
    indent = " " * (fitted[0][0] + len(GAP))
    for row in rows:
        found += _row(row[:-1], *fitted)
        found += [f"{indent}{line}" for line in _folded(row[-1], room - len(indent), _PARTS) if line]
    return found


def _fitted(whole: Sequence[Sequence[str]], room: int) -> tuple[Sequence[int], str] | None:
    """Widths of the columns, and where their cells may be folded; None where they cannot stand side by side."""
    natural = _natural(whole)
    if _taken(natural) <= room:
        return natural, _WORDS
    for pieces in (_WORDS, _PARTS):
        least = [max(_longest(row[at], pieces) for row in whole) for at in range(len(natural))]
        if _taken(least) <= room:
            return _shared_out(least, natural, room - _taken(least)), pieces
    return None


def width(text: str) -> int:
    """Columns that a text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def _columns(sign: str) -> int:
    """A character of Chinese takes two; a mark above another, or what nobody sees, takes none."""
    if unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def _natural(whole: Sequence[Sequence[str]]) -> list[int]:
    return [max(width(row[at]) for row in whole) for at in range(len(whole[0]))]


def _taken(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _shared_out(least: Sequence[int], natural: Sequence[int], spare: int) -> list[int]:
    """Room for each column: who lacks least is served first, so that one long column does not fold all others."""
    widths = list(least)
    lacking = sorted(range(len(widths)), key=lambda at: natural[at] - least[at])
    for served, at in enumerate(lacking):
        given = min(natural[at] - least[at], spare // (len(lacking) - served))
        widths[at] += given
        spare -= given
    return widths


def _row(row: Sequence[str], widths: Sequence[int], pieces: str) -> list[str]:
    cells = [_folded(cell, wide, pieces) for cell, wide in zip(row, widths, strict=True)]
    deep = max(map(len, cells))
    return [
        GAP.join(_padded(cell[at] if at < len(cell) else "", wide) for cell, wide in zip(cells, widths, strict=True))
        .rstrip()
        for at in range(deep)
    ]  # fmt: skip


def _apart(headings: Sequence[str], row: Sequence[str], room: int) -> list[str]:
    names = max(map(width, headings)) + len(GAP)
    found = []
    for heading, cell in zip(headings, row, strict=True):
        if not cell:
            continue
        first, *more = _folded(cell, max(room - names, 1), _PARTS)
        found += [f"{_padded(heading, names)}{first}".rstrip(), *(f"{' ' * names}{line}" for line in more)]
    return [*found, ""]


def _folded(text: str, room: int, pieces: str) -> list[str]:
    """The lines of a text; a piece that is wider than there is room has a line of its own."""
    if width(text) <= room:
        return [text]
    found, line = [], ""
    for piece in re.findall(pieces, text):
        if width(line) + width(piece.rstrip()) <= room:
            line += piece
        else:
            found.append(line.rstrip())
            line = piece.lstrip()
    return [one for one in (*found, line.rstrip()) if one]


def _longest(text: str, pieces: str) -> int:
    return max((width(piece) for piece in re.findall(pieces, text) if not piece.isspace()), default=0)


def _padded(text: str, wide: int) -> str:
    return text + " " * (wide - width(text))
