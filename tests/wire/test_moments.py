"""A wall time has one way to become a date, and it answers for every whole number."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire import bounds, moments

CHINA = zoneinfo.ZoneInfo("Asia/Shanghai")
ZONES = [UTC, CHINA, *(timezone(timedelta(hours=hours)) for hours in (-14, 14))]
ODD = (-(2**70), -1, 0, 1, bounds.LATEST_WALL, bounds.LATEST_WALL + 1, 253_402_300_800_000, 2**53, 2**63, 10**40)


@given(st.integers() | st.sampled_from(ODD), st.sampled_from(ZONES))
def test_every_whole_number_has_a_date_and_a_text(wall: int, zone: timezone) -> None:
    assert 1969 <= moments.at(wall, zone).year <= 9999
    assert len(moments.short(wall, zone)) == len("2026-11-29 08:00:00")
    assert len(moments.iso(wall)) == len("2026-11-29T08:00:00.000Z")
    moments.at(wall).astimezone()  # by the zone of the computer


@pytest.mark.parametrize("name", sorted(zoneinfo.available_timezones()))
def test_the_bounds_have_a_date_in_every_time_zone(name: str) -> None:
    for wall in ODD:
        assert 1969 <= moments.at(wall, zoneinfo.ZoneInfo(name)).year <= 9999


@given(st.integers(0, 4_102_444_800_000))
def test_within_the_bounds_it_is_the_date_that_the_number_means(wall: int) -> None:
    assert moments.at(wall, CHINA) == datetime.fromtimestamp(wall // 1000, CHINA) + timedelta(milliseconds=wall % 1000)
    assert moments.at(wall).isoformat(timespec="milliseconds").replace("+00:00", "Z") == moments.iso(wall)
