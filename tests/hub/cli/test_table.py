"""Tables at a terminal: nothing is cut, no word is broken, no line is too wide."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from hub.cli.table import lines, width

HEADINGS = ("entry", "time", "by", "what")
ROWS = [
    ["39", "2026-11-30 12:23:18", "cipher-1", "order 2, what access, sealed ()"],
    ["40", "2026-11-30 12:23:19", "archive-1", "封存期间库房铁栅门被打开，请立即查看 opened-without-badge"],
]


def test_what_fits_stands_side_by_side() -> None:
    assert lines(("area", "state"), [["archive", "unsealed"], ["x", ""]], 20) == [
        "area     state",
        "archive  unsealed",
        "x",
    ]


def test_to_a_file_a_row_is_a_line_however_long() -> None:
    assert len(lines(HEADINGS, ROWS, None)) == 3


@pytest.mark.parametrize("room", [59, 60, 80])
def test_no_line_is_wider_than_the_terminal_and_every_time_and_name_is_whole(room: int) -> None:
    shown = lines(HEADINGS, ROWS, room)
    assert max(map(cell_len, shown)) <= room
    text = "\n".join(shown)
    assert all(word in text for row in ROWS for word in row[:3])
    assert "opened-without-badge" in text


def test_chinese_counts_two_columns_and_is_folded_between_characters() -> None:
    assert lines(("who", "x"), [["张伟", "1"], ["Li", "2"]], 20) == ["who   x", "张伟  1", "Li    2"]
    assert lines(("what",), [["库房铁栅门，开"]], 12) == ["what", "库房铁栅门，", "开"]


def test_a_long_last_column_may_stand_below_its_row() -> None:
    assert lines(HEADINGS, ROWS[:1], 50, below=True) == [
        "entry  time                 by",
        "39     2026-11-30 12:23:18  cipher-1",
        "       order 2, what access, sealed ()",
    ]


def test_names_are_folded_behind_their_hyphens_only_where_words_are_too_wide() -> None:
    assert lines(("kind", "x"), [["opened-without-badge", "1"]], 11) == [
        "kind      x",
        "opened-   1",
        "without-",
        "badge",
    ]


def test_on_the_narrowest_terminal_a_row_is_lines_of_its_own() -> None:
    assert lines(("kind", "priority"), [["forced", "immediate"]], 12) == ["kind      forced", "priority  immediate", ""]


CELL = st.text(alphabet=st.sampled_from("ab-/, 张伟，"), max_size=30).map(str.strip)


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=4), st.integers(20, 90), st.booleans())
def test_whatever_the_cells_and_the_width_nothing_is_lost(rows: list[list[str]], room: int, below: bool) -> None:
    shown = "".join(lines(("one", "two", "three"), rows, room, below))
    for row in rows:
        for cell in row:
            counted = {sign: shown.count(sign) >= cell.count(sign) for sign in set(re.sub(r"\s", "", cell))}
            assert all(counted.values())


@pytest.mark.parametrize(
    ("first", "last"),
    [(0x20, 0x7E), (0xA1, 0xAC), (0xAE, 0x377), (0x2010, 0x2027), (0x3000, 0x3029), (0x3041, 0x3096), (0x309B, 0x30FF),
     (0x4E00, 0x9FFF), (0xFF01, 0xFF60), (0x20000, 0x2A6DF)],
)  # fmt: skip
def test_a_character_is_as_wide_as_another_library_says(first: int, last: int) -> None:
    """Latin with its marks, punctuation, kana, and Chinese."""
    signs = list(map(chr, range(first, last + 1)))
    assert list(map(width, signs)) == list(map(cell_len, signs))
