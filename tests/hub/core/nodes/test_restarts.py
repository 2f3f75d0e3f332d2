"""What dies again and again calls people: engine, notices, console, node; what is told to stop does not."""

from __future__ import annotations

import pytest

from hub.core.nodes.restarts import BOOTS, IN_A_ROW, WITHIN_MS
from tests.support.hub import seal
from tests.support.paper import WANG_FANG, PaperHub
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


# ---------------------------------------------------------------- notices and console

SERVICES: dict[m.Service, tuple[m.FactData, m.FactData]] = {
    "notify": (m.NotifyStarted(version="1", channels=("console",)), m.NotifyStopped()),
    "console": (m.ConsoleStarted(version="1"), m.ConsoleStopped()),
}


def runs(house: PaperHub, service: m.Service, stopped: bool = False, after_s: float = 2) -> None:
    """It starts, and dies, or is told to stop."""
    began, ended = SERVICES[service]
    house.clock.forward(after_s)
    house.fact(began, service)
    if stopped:
        house.fact(ended, service)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_that_dies_three_times_within_minutes_calls_people_at_once(
    house: PaperHub, service: m.Service
) -> None:
    for _ in range(IN_A_ROW):
        runs(house, service)
        assert not house.whats()
    runs(house, service)
    alarm = house.alarm("service-restarts")
    assert (alarm.place, alarm.klass, alarm.priority) == (f"hub {service}", "trouble", 1)
    assert [(one.ladder, one.wait) for one in house.journal(m.CallOpened)] == [("fault", 0)]
    house.check()


@pytest.mark.parametrize("service", SERVICES)
def test_while_somebody_is_called_for_a_service_no_more_is_made_of_its_starts(
    house: PaperHub, service: m.Service
) -> None:
    for _ in range(IN_A_ROW + 5):
        runs(house, service)
    assert house.alarm("service-restarts").count == 1
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=house.alarm("service-restarts").number))
    runs(house, service)
    assert house.alarm("service-restarts").count == 1, "a new one: the other is closed"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_that_is_told_to_stop_or_dies_now_and_then_calls_nobody(house: PaperHub, service: m.Service) -> None:
    for _ in range(2 * IN_A_ROW):
        runs(house, service, stopped=True)
    for _ in range(2 * IN_A_ROW):
        runs(house, service, after_s=WITHIN_MS / 1000)
    assert not house.whats()


# ---------------------------------------------------------------- nodes


def test_a_node_that_boots_four_times_within_minutes_calls_people(house: PaperHub) -> None:
    archive = house.node("archive-1")  # which is its first
    for _ in range(BOOTS - 1):
        assert not house.whats()
        archive.starts()
    alarm = house.alarm("node-restarts")
    assert (alarm.place, alarm.klass, alarm.priority) == ("archive-1", "trouble", 2)
    archive.starts()
    assert house.alarm("node-restarts").count == 1
    house.check()


def test_it_is_urgent_while_the_node_holds_something_sealed(house: PaperHub) -> None:
    archive = house.node("archive-1")
    number = seal(house, "archive", "archive-1")
    for _ in range(BOOTS):
        archive.starts((m.SealedArea(area="archive", sealing=number),))
    alarm = house.alarm("node-restarts")
    assert (alarm.priority, alarm.sealing) == (1, number)


def test_boots_that_a_node_tells_of_long_after_are_as_far_apart_as_they_were(house: PaperHub) -> None:
    archive = house.node("archive-1")
    house.clock.forward(86_400)
    for ago in range(BOOTS, 0, -1):
        archive.says(m.Started(version="1", factory="mock", plan=0, sealed=()), ago=ago * WITHIN_MS / 1000)
    assert not house.whats()
