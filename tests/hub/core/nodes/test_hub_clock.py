"""The hub's own clock is compared with all that knows better, and a person is told when it is wrong."""

from __future__ import annotations

import msgspec
import pytest

from hub.core.nodes.hub_clock import QUIET_MS, HubClock
from tests.support.paper import PaperHub
from wire import messages as m

HOUR = 3_600_000
YEAR = 365 * 24 * HOUR
NOW = 1_800_000_000_000
STEPS = [HOUR, -HOUR, 24 * HOUR, -24 * HOUR, YEAR, -YEAR, 10 * YEAR, -10 * YEAR]


class Hub:
    """A hub whose clock goes with the time since its start until somebody moves it, and nodes with their own."""

    def __init__(self) -> None:
        self.moved = 0.0
        self.real = 0
        self.clock = HubClock(NOW, 0)

    @property
    def now(self) -> int:
        return NOW + self.real + int(self.moved)

    def passes(self, seconds: float, drift: float = 0) -> list[m.FactData]:
        """Quarter by quarter of a second, as the engine looks."""
        said: list[m.FactData] = []
        for _ in range(int(seconds * 4)):
            self.real += 250
            self.moved += 250 * drift
            said += self.clock.due(self.now, self.real)
        return said

    def hears(self, node: str = "archive-1", wall: int | None = None, trust: m.ClockTrust = "trusted") -> None:
        uptime = 1_000_000 + self.real
        here = m.Here(
            uptime=uptime, seq=1, hash="", freed=1, levels={}, sealed=(), sounding=False, plan=1, access=1, mark=0,
            echo=None, checkpoint=None,
        )  # fmt: skip
        at = NOW + self.real if wall is None else wall
        beat = m.Beat(v=1, site="demo", node=node, life=1, boot="boot-1", wall=at, clock=trust, data=here)
        self.clock.beat(beat, uptime, self.now, self.real)


def found(said: list[m.FactData]) -> list[str]:
    return [one.found for one in said if isinstance(one, m.HubClock)]


@pytest.mark.parametrize("by", STEPS)
def test_a_step_of_the_clock_is_told_once_with_both_times(by: int) -> None:
    hub = Hub()
    assert hub.passes(10) == []
    hub.moved += by
    (step,) = hub.passes(10)
    assert step == m.HubClock(found="step", shows=NOW + 10_250 + by, expected=NOW + 10_250)


def test_what_chrony_sets_right_slowly_is_no_step() -> None:
    assert Hub().passes(6 * 3600, drift=0.0005) == []


@pytest.mark.parametrize("by", [-HOUR, -24 * HOUR, -10 * YEAR, YEAR, 10 * YEAR])
def test_at_the_start_the_newest_entry_tells(by: int) -> None:
    hub = Hub()
    hub.clock.journal(NOW - by)
    (told,) = hub.passes(10)
    assert told == m.HubClock(found="journal", shows=NOW + 250, expected=NOW - by)


def test_a_hub_that_was_switched_off_over_the_holiday_is_told_of_nothing() -> None:
    hub = Hub()
    hub.clock.journal(NOW - 14 * 24 * HOUR)
    assert hub.passes(10) == []


@pytest.mark.parametrize("by", [HOUR, 24 * HOUR, 60 * 24 * HOUR])
def test_after_a_start_with_a_clock_that_is_ahead_the_nodes_uptime_tells(by: int) -> None:
    """The nodes follow the hub's time at once, but how long they have run they know by themselves."""
    hub = Hub()
    hub.clock.known("archive-1", "boot-1", 1_000_000 - 60_000, NOW - 60_000 - by)
    said: list[m.FactData] = []
    for _ in range(3):
        hub.hears(wall=hub.now)
        said += hub.passes(3)
    assert found(said) == ["nodes"]


@pytest.mark.parametrize("by", STEPS)
def test_nodes_whose_clock_is_trusted_tell(by: int) -> None:
    hub = Hub()
    said: list[m.FactData] = []
    for _ in range(4):
        hub.hears(wall=hub.now - by)
        said += hub.passes(3)
    assert found(said) == ["nodes"]
    assert isinstance(said[0], m.HubClock)
    assert abs(said[0].shows - said[0].expected - by) < 1000


def test_a_node_that_does_not_know_the_time_tells_nothing() -> None:
    hub = Hub()
    for trust in ("holdover", "untrusted"):
        for _ in range(4):
            hub.hears(wall=1, trust=trust)
            assert hub.passes(3) == []


def test_one_node_against_two_is_not_believed() -> None:
    hub = Hub()
    for _ in range(4):
        hub.hears("archive-1", wall=1)
        hub.hears("archive-2")
        hub.hears("cipher-1")
        assert hub.passes(3) == []


def test_one_beat_that_was_held_up_on_its_way_tells_nothing() -> None:
    hub = Hub()
    hub.hears()
    hub.passes(10)
    late = NOW + hub.real
    hub.real += 15_000  # it waits in a switch
    uptime_then = hub.real
    assert hub.passes(0.25) == []
    hub.real = uptime_then
    hub.hears(wall=late)
    assert hub.passes(3) == []
    hub.hears()
    assert hub.passes(3) == []


def test_a_record_that_had_waited_for_days_makes_no_clock_wrong() -> None:
    hub = Hub()
    hub.clock.known("archive-1", "boot-1", 1_000_000 - 3 * 24 * HOUR, NOW - 60_000)
    for _ in range(4):
        hub.hears()
        assert hub.passes(3) == []


def test_the_nodes_that_follow_a_step_are_no_second_trouble() -> None:
    hub = Hub()
    hub.hears()
    hub.passes(3)
    hub.moved -= HOUR
    said: list[m.FactData] = []
    for _ in range(20):  # for a minute their own clocks stay where they were
        hub.hears()
        said += hub.passes(3)
    for _ in range(QUIET_MS // 3000):
        hub.hears(wall=hub.now)
        said += hub.passes(3)
    assert found(said) == ["step"]


@pytest.mark.parametrize("by", STEPS)
def test_the_machines_own_clock_tells_at_the_start_and_once(by: int) -> None:
    hub = Hub()
    said: list[m.FactData] = []
    for _ in range(3):
        hub.clock.rtc(hub.now - by, hub.now, hub.real)
        said += hub.passes(60)
    assert said == [m.HubClock(found="rtc", shows=NOW + 250, expected=NOW + 250 - by)]


def test_it_is_told_anew_once_they_had_agreed() -> None:
    hub = Hub()
    said: list[m.FactData] = []
    for by in (HOUR, 0, HOUR):
        hub.clock.rtc(hub.now - by, hub.now, hub.real)
        said += hub.passes(60)
    assert found(said) == ["rtc", "rtc"]


def test_a_machine_without_a_clock_of_its_own_is_told_of_nothing() -> None:
    hub = Hub()
    hub.clock.rtc(None, hub.now, hub.real)
    assert hub.passes(60) == []


@pytest.mark.parametrize("months", [1, 6, 24])
def test_what_two_crystals_lose_while_a_machine_runs_is_no_trouble(months: int) -> None:
    hub = Hub()
    hub.real = months * 30 * 24 * HOUR
    hub.clock = HubClock(hub.now, hub.real)
    hub.clock.rtc(hub.now + hub.real * 50 // 1_000_000, hub.now, hub.real)
    assert hub.passes(60) == []


def test_a_clock_that_is_turned_slowly_is_found_by_the_machines_own() -> None:
    """0.0005 is what chrony turns at most when it is set right; no step is seen."""
    hub = Hub()
    said: list[m.FactData] = []
    for _ in range(8 * 60):
        said += hub.passes(60, drift=0.0005)
        hub.clock.rtc(NOW + hub.real, hub.now, hub.real)
    assert found(said) == ["rtc"]


def test_right_after_a_step_it_is_no_second_trouble() -> None:
    hub = Hub()
    hub.moved += HOUR
    said = hub.passes(1)
    hub.clock.rtc(NOW + hub.real, hub.now, hub.real)
    said += hub.passes(60)
    hub.clock.rtc(hub.now, hub.now, hub.real)  # whoever has set the one has set the other
    said += hub.passes(120)
    assert found(said) == ["step"]


@pytest.mark.parametrize("shows", [0, 1, m.LATEST_WALL, 10**15])
def test_whatever_the_machines_own_clock_shows_can_be_told(shows: int) -> None:
    hub = Hub()
    hub.clock.rtc(shows, hub.now, hub.real)
    (told,) = hub.passes(1)
    assert msgspec.json.decode(msgspec.json.encode(told), type=m.HubClock) == told


def test_it_is_a_trouble_of_the_hub_that_somebody_has_to_take_on() -> None:
    house = PaperHub()
    house.decide(lambda _state, _site: iter([m.HubClock(found="step", shows=2, expected=1)]))
    alarm = house.alarm("hub-clock")
    assert (alarm.place, alarm.klass, alarm.life) == ("hub", "trouble", "returned-unacknowledged")
