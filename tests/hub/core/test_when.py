"""What a node's clock may date: nothing that is far ahead of the hub, and nothing from before the node was enrolled."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from hub.core.when import AHEAD_MS
from tests.support.paper import PaperHub
from wire import messages as m

HOUR_MS = 3_600_000


@pytest.fixture
def house() -> PaperHub:
    """At noon of a working day."""
    return PaperHub()


def says(house: PaperHub, data: m.RecordData, wall: int, mono: int | None = None) -> None:
    cipher = house.node("cipher-1")
    arrival = cipher.record(data)
    record = replace(arrival.record, wall=wall, mono=cipher.mono if mono is None else mono)
    house.take([arrival._replace(record=record)])


def happened(house: PaperHub) -> int:
    return house.alarm("tamper").happened


LID = "cipher-room/lid"


@pytest.mark.parametrize("wall", [m.LATEST_WALL, 2**43, 0])
def test_a_time_that_cannot_be_dates_nothing(house: PaperHub, wall: int) -> None:
    cipher = house.node("cipher-1")
    says(house, m.LevelChanged(point=LID, was="normal", now="active", at=cipher.mono), wall)
    assert happened(house) == house.clock()


def test_a_safe_that_is_opened_tomorrow_night_is_judged_by_the_hours_of_now(house: PaperHub) -> None:
    at = house.node("cipher-1").mono
    opened = m.LevelChanged(point="cipher-room/safe-door", was="normal", now="active", at=at)
    says(house, opened, house.clock() + 36 * HOUR_MS)
    assert house.whats() == []


def test_a_clock_that_is_a_little_ahead_still_dates(house: PaperHub) -> None:
    cipher = house.node("cipher-1")
    wall = house.clock() + AHEAD_MS
    says(house, m.LevelChanged(point=LID, was="normal", now="active", at=cipher.mono), wall)
    assert happened(house) == wall


def test_a_backlog_is_dated_by_the_node(house: PaperHub) -> None:
    cipher = house.node("cipher-1")
    house.clock.forward(86_400)
    wall = house.clock() - 5 * HOUR_MS
    says(house, m.LevelChanged(point=LID, was="normal", now="active", at=cipher.mono), wall)
    assert happened(house) == wall


def test_a_node_that_was_enrolled_again_dates_what_it_saw_before_that(house: PaperHub) -> None:
    cipher = house.node("cipher-1")
    house.clock.forward(86_400)
    cipher.enrol()
    wall = house.clock() - 5 * HOUR_MS
    says(house, m.LevelChanged(point=LID, was="normal", now="active", at=cipher.mono), wall)
    assert happened(house) == wall


@pytest.mark.parametrize("at", [0, m.LONGEST_UPTIME])
def test_an_uptime_that_cannot_be_dates_nothing(house: PaperHub, at: int) -> None:
    wall = house.clock()
    says(house, m.LevelChanged(point=LID, was="normal", now="active", at=at), wall, mono=m.LONGEST_UPTIME - at)
    assert happened(house) == wall
