"""The node says how late it is and how far to believe it. No replayed beat sets it back."""

from __future__ import annotations

from firmware.core.effects import Save
from tests.firmware.core.cast import ACCESS, DAY, NOON, Bench, plan, working
from wire.messages import ClockSet, Fault, SelfTest

HOUR = 3_600_000


def trust(bench: Bench) -> str:
    return bench.node.wall(bench.now)[1]


def wall(bench: Bench) -> int:
    return bench.node.wall(bench.now)[0]


def error(bench: Bench) -> int:
    """How far the node's clock is ahead of the hub's."""
    return wall(bench) - (NOON - 1_000 + bench.mono)


def test_a_hub_beat_makes_the_clock_trusted_and_the_change_is_recorded() -> None:
    bench = Bench()
    assert trust(bench) == "holdover"
    bench.beat()
    assert trust(bench) == "trusted"
    assert [record.trust for record in bench.told(ClockSet)] == ["trusted"]


def test_an_operating_system_that_has_lost_the_time_is_not_believed() -> None:
    bench = Bench(wall=NOON - DAY, hub=False)
    assert trust(bench) == "untrusted"
    assert wall(bench) == bench.saved.trusted_wall + bench.mono, "so late it is at least"


def test_without_any_time_on_disk_there_is_nothing_to_hold_the_clock_against() -> None:
    assert trust(Bench(Bench().saved._replace(trusted_wall=0), hub=False)) == "untrusted"


def test_a_step_of_the_clock_is_recorded_with_both_times() -> None:
    bench = Bench(wall=NOON + HOUR)
    bench.beat()
    (step,) = bench.told(ClockSet)
    assert (step.was, step.now) == (NOON + HOUR, NOON)


def test_between_beats_the_time_since_boot_counts_not_the_operating_system() -> None:
    bench = working()
    bench.wall_at_boot += HOUR
    bench.run(1)
    assert error(bench) == 0
    assert bench.told(ClockSet) == []


def test_after_a_day_without_the_hub_the_clock_is_only_held_over() -> None:
    bench = working(hub=False)
    bench.beat()
    bench.mono += DAY
    bench.run(0.1)
    assert trust(bench) == "holdover"
    assert error(bench) == 0
    assert bench.told(ClockSet)[-1].trust == "holdover"


def test_the_newest_trusted_time_goes_to_disk_once_a_minute() -> None:
    bench = working()
    bench.run(180)
    saved = [effect.fields for effect in bench.effects if isinstance(effect, Save)]
    assert len(saved) == 3
    assert all(set(fields) == {"trusted_wall"} for fields in saved)


def test_a_beat_played_again_counts_as_nothing_heard() -> None:
    bench = working()
    bench.hub = False
    for _ in range(150):
        bench.run(0.1)
        bench.beat(time=NOON, number=1)
    assert bench.node.here(bench.now, 1, "", 0).echo.number > 1  # type: ignore[union-attr]
    assert error(bench) == 0
    assert [fault.part for fault in bench.told(Fault)] == ["hub-silent"]


def test_the_newest_beat_played_again_does_not_hide_the_hubs_silence() -> None:
    bench = working()
    bench.hub = False
    echo = bench.node.here(bench.now, 1, "", 0).echo
    assert echo is not None
    for _ in range(150):
        bench.run(0.1)
        bench.beat(number=echo.number)
    assert [fault.part for fault in bench.told(Fault)] == ["hub-silent"]


def test_old_beats_of_an_earlier_run_of_the_hub_do_not_set_the_clock_back() -> None:
    bench = working()
    for number in range(100, 200):
        bench.run(1)
        bench.beat(time=NOON - DAY + number * 1_000, boot="hub-0", number=number)
    assert error(bench) == 0
    assert bench.told(ClockSet) == []


def test_old_beats_do_not_set_the_clock_back_behind_the_disk_after_a_power_cut() -> None:
    bench = Bench(wall=0, hub=False)
    bench.beat(time=NOON - DAY, boot="hub-0", number=100)
    assert trust(bench) == "untrusted"


def test_a_run_of_the_hub_that_was_replaced_does_not_come_back() -> None:
    bench = working()
    bench.hub = False
    bench.beat(boot="hub-2", number=1)
    bench.beat(time=NOON + DAY, boot="hub-1", number=1_000)
    assert error(bench) == 0


def test_a_hub_whose_database_is_held_is_as_silent_as_one_that_is_away() -> None:
    """Nobody there takes in what the node reports."""
    bench = working()
    bench.hub = False
    for _ in range(8):
        bench.run(2)
        bench.beat(held=6_000)
    assert [fault.part for fault in bench.told(Fault)] == ["hub-silent"]
    bench.beat()
    assert [fault.failed for fault in bench.told(Fault)] == [True, False]


def test_beats_of_the_hub_as_it_ran_before_do_not_hide_the_silence_of_the_one_that_runs() -> None:
    bench = working()
    bench.hub = False
    bench.beat(boot="hub-2", number=1)
    for number in range(1_000, 1_150):
        bench.run(0.1)
        bench.beat(boot="hub-1", number=number)
    echo = bench.node.here(bench.now, 1, "", 0).echo
    assert echo is not None
    assert (echo.boot, echo.number) == ("hub-2", 1)
    assert [fault.part for fault in bench.told(Fault)] == ["hub-silent"]


def test_beats_of_a_run_that_began_too_early_do_not_hide_the_hubs_silence() -> None:
    bench = working()
    bench.hub = False
    for number in range(100, 250):
        bench.run(0.1)
        bench.beat(time=NOON - DAY + bench.mono, boot="hub-0", number=number)
    echo = bench.node.here(bench.now, 1, "", 0).echo
    assert echo is not None
    assert echo.boot == "hub-1"
    assert [fault.part for fault in bench.told(Fault)] == ["hub-silent"]


def test_a_hub_that_starts_again_is_believed_at_once() -> None:
    bench = working()
    bench.hub = False
    bench.beat(time=NOON + HOUR, boot="hub-2", number=1)
    assert trust(bench) == "trusted"
    assert bench.told(ClockSet)[-1].now == NOON + HOUR


def test_a_hub_that_starts_again_with_an_earlier_time_is_believed_once_it_has_given_an_order() -> None:
    bench = working()
    bench.hub = False
    bench.beat(time=NOON - HOUR, boot="hub-2", number=1)
    assert error(bench) == 0
    bench.run(0.1)
    bench.order(SelfTest(seconds=1))
    bench.beat(time=NOON - HOUR, boot="hub-2", number=2)
    assert wall(bench) == NOON - HOUR
    assert trust(bench) == "trusted"


def test_a_hub_whose_clock_was_set_back_is_doubted_and_then_followed() -> None:
    bench = working()
    bench.hub = False
    for second in range(70):
        bench.beat(time=NOON - HOUR + second * 1_000)
        bench.run(1)
        if second == 5:
            assert trust(bench) == "trusted"
        if second == 30:
            assert (trust(bench), error(bench)) == ("holdover", 0)
    assert trust(bench) == "trusted"
    assert error(bench) < -HOUR // 2


def test_one_late_beat_changes_nothing() -> None:
    bench = working()
    bench.beat(time=wall(bench) - 5_000)
    bench.run(30)
    assert error(bench) == 0
    assert bench.told(ClockSet) == []


def test_small_differences_are_followed_without_a_step() -> None:
    bench = working()
    bench.hub = False
    for _ in range(50):
        bench.beat(time=NOON - 1_000 + bench.mono - 300)
        bench.run(2)
    assert error(bench) == -300
    assert bench.told(ClockSet) == []


def test_one_beat_that_was_a_little_late_hardly_pulls_the_clock_back() -> None:
    bench = working()
    bench.beat(time=wall(bench) - 300)
    assert error(bench) == -10


def test_a_beat_can_only_be_late_so_one_that_is_a_little_ahead_is_believed_at_once() -> None:
    bench = working()
    bench.beat(time=wall(bench) + 300)
    assert error(bench) == 300


def test_a_node_with_nothing_on_disk_takes_its_first_time_from_the_hub() -> None:
    bench = Bench(Bench().saved._replace(plan=plan(), access=ACCESS, trusted_wall=0), wall=0)
    bench.run(2)
    assert (trust(bench), error(bench)) == ("trusted", 0)
