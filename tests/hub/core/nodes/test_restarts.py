"""An engine that dies again and again calls people; one that is told to stop, or a power cut, does not."""

from __future__ import annotations

import pytest

from hub.core.nodes.restarts import IN_A_ROW, WITHIN_MS
from tests.support.paper import PaperHub
from wire import messages as m


@pytest.fixture
def house() -> PaperHub:
    return PaperHub()


def starts(house: PaperHub, after_s: float = 2) -> None:
    house.clock.forward(after_s)
    house.decides(m.EngineStarted(version="1", silent_since=house.clock() - 1000))


def restarts(house: PaperHub) -> list[str]:
    return [what for what in house.whats() if what == "engine-restarts"]


def test_an_engine_that_dies_three_times_within_minutes_calls_people_at_once(house: PaperHub) -> None:
    for _ in range(IN_A_ROW - 1):
        starts(house)
        assert not restarts(house)
    starts(house)
    assert house.alarm("engine-restarts").priority == 1
    (opened,) = [one for one in house.journal(m.CallOpened) if one.call == house.alarm("engine-restarts").number]
    assert (opened.ladder, opened.wait) == ("fault", 0)


def test_it_is_told_again_for_every_further_one(house: PaperHub) -> None:
    for _ in range(IN_A_ROW + 2):
        starts(house)
    assert house.alarm("engine-restarts").count == 3


def test_starts_that_lie_far_apart_are_power_cuts(house: PaperHub) -> None:
    for _ in range(2 * IN_A_ROW):
        starts(house, WITHIN_MS / 1000)
    assert not restarts(house)


def test_an_engine_that_is_told_to_stop_is_not_dying(house: PaperHub) -> None:
    for _ in range(2 * IN_A_ROW):
        starts(house)
        house.decides(m.EngineStopped())
    assert not restarts(house)


def test_what_it_was_told_once_excuses_one_start(house: PaperHub) -> None:
    house.decides(m.EngineStopped())
    for _ in range(IN_A_ROW + 1):
        starts(house)
    assert house.alarm("engine-restarts").count == 1


def test_the_first_start_there_is_follows_no_failure(house: PaperHub) -> None:
    house.decides(m.EngineStarted(version="1", silent_since=None))
    for _ in range(IN_A_ROW - 1):
        starts(house)
    assert not restarts(house)
