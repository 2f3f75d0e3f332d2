"""A year as a terminal shows it, as wide as that is."""

from __future__ import annotations

import re

import pytest

from hub.cli.calendar_year import year_view
from hub.core.calendar.windows import Known


@pytest.mark.parametrize(("room", "beside"), [(20, 1), (80, 2), (100, 3), (200, 6)])
def test_as_many_months_stand_side_by_side_as_there_is_room_for(room: int, beside: int) -> None:
    drawn = list(year_view(Known(()), 2026, room, coloured=False))
    assert [len(re.findall(r"2026-\d\d", line)) for line in drawn if "2026-" in line] == [beside] * (12 // beside)
    assert max(map(len, drawn)) <= max(room, 27)


def test_every_day_of_the_year_is_there_once() -> None:
    drawn = "\n".join(year_view(Known(()), 2026, 200, coloured=False))
    assert len(re.findall(r"\d+\?", drawn)) == 365


def test_colours_take_no_room() -> None:
    plain = year_view(Known(()), 2026, 80, coloured=False)
    coloured = "\n".join(year_view(Known(()), 2026, 80, coloured=True))
    assert "\x1b[90m" in coloured
    assert re.sub(r"\x1b\[\d*m", "", coloured) == "\n".join(plain)
