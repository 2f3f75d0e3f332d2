"""While an area is sealed the node guards it by itself, and states for every second what it watched."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from firmware.core.effects import BeatNow, Lamp, LinkDown, LinkUp, PartFailed, Save, Saved, Sounder
from firmware.core.watch import AreaWatch
from tests.firmware.core.cast import (
    CHEN_JIE,
    DOORS,
    LI_NA,
    STRANGER,
    TERMINALS,
    WANG_FANG,
    ZHANG_WEI,
    Bench,
    seal_order,
    working,
)
from wire.messages import (
    Attended,
    Ceremony,
    Denied,
    Fault,
    Granted,
    LevelChanged,
    OrderDone,
    Presented,
    Respond,
    SealedArea,
    SelfTest,
    Sounded,
    Started,
    Watch,
)

ARCHIVE = SealedArea(area="archive", sealing=5)
CORRIDOR = DOORS[0]


def sealed(hub: bool = True) -> Bench:
    bench = working()
    bench.order(seal_order(5))
    bench.run(1)
    bench.hub = hub
    bench.forget()
    return bench


# ---------------------------------------------------------------- the sounder


@pytest.mark.parametrize("place", [place for place in TERMINALS if place != "archive/exit-button"])
def test_any_opening_sounds_at_once_without_the_hub(place: str) -> None:
    bench = sealed(hub=False)
    bench.open(place)
    assert bench.switched(Sounder) == [True]
    assert bench.told(LevelChanged)[0].sealing == 5
    assert bench.told(Sounded) == [Sounded(on=True, reason="opened")]


@pytest.mark.parametrize("level", ["open-circuit", "short"])
def test_a_cut_or_bridged_seal_loop_sounds(level: str) -> None:
    bench = sealed()
    bench.set("archive/corridor-seal", level)  # type: ignore[arg-type]
    assert bench.switched(Sounder) == [True]


def test_the_exit_button_does_not_sound() -> None:
    bench = sealed()
    bench.open_and_close("archive/exit-button")
    assert bench.switched(Sounder) == []


def test_nothing_sounds_in_an_area_that_is_not_sealed() -> None:
    bench = working()
    bench.open("archive/window")
    assert bench.switched(Sounder) == []
    assert bench.told(LevelChanged)[0].sealing is None


def test_closing_again_does_not_quiet_it() -> None:
    bench = sealed()
    bench.open_and_close(CORRIDOR)
    bench.run(60)
    assert bench.switched(Sounder) == [True]


def test_an_alarm_makes_the_next_beat_come_at_once() -> None:
    bench = sealed()
    bench.open(CORRIDOR)
    assert BeatNow() in bench.effects


def test_a_responders_badge_for_an_acknowledged_alarm_quiets_it() -> None:
    bench = sealed()
    bench.open(CORRIDOR)
    bench.order(Respond(area="archive", alarms=(17,)))
    bench.badge(WANG_FANG)
    (attended,) = bench.told(Attended)
    assert (attended.person, attended.alarms) == (1003, (17,))
    assert bench.switched(Sounder) == [True, False]
    assert bench.told(Sounded)[-1] == Sounded(on=False, reason="attended")
    assert bench.shown() == ["granted"]


def test_after_that_a_new_opening_sounds_again() -> None:
    bench = sealed()
    bench.open(CORRIDOR)
    bench.order(Respond(area="archive", alarms=(17,)))
    bench.badge(WANG_FANG)
    bench.open("archive/window")
    assert bench.switched(Sounder) == [True, False, True]


@pytest.mark.parametrize("number", [ZHANG_WEI, CHEN_JIE, STRANGER])
def test_nobody_elses_badge_quiets_it(number: str) -> None:
    bench = sealed()
    bench.open(CORRIDOR)
    bench.order(Respond(area="archive", alarms=(17,)))
    bench.badge(number)
    (denied,) = bench.told(Denied)
    assert (denied.reason, denied.sealing) == ("sealed", 5)
    assert bench.switched(Sounder) == [True]


def test_before_the_alarm_is_acknowledged_a_responder_is_denied_too() -> None:
    bench = sealed()
    bench.open(CORRIDOR)
    bench.badge(WANG_FANG)
    assert bench.told(Attended, Granted) == []
    assert bench.told(Denied)[0].person == 1003


def test_with_the_hub_away_a_responder_answers_the_nodes_own_alarm() -> None:
    bench = sealed(hub=False)
    bench.run(15)
    bench.open(CORRIDOR)
    bench.badge(WANG_FANG)
    assert bench.told(Attended)[0].alarms == ()
    assert bench.switched(Sounder) == [True, False]


def test_with_the_hub_away_and_no_alarm_a_responder_is_denied() -> None:
    bench = sealed(hub=False)
    bench.run(15)
    bench.badge(WANG_FANG)
    assert bench.told(Denied)[0].reason == "sealed"


def test_unsealing_quiets_it_and_ends_what_was_acknowledged() -> None:
    bench = sealed()
    bench.open(CORRIDOR)
    bench.order(Respond(area="archive", alarms=(17,)))
    bench.unseal()
    assert bench.told(Sounded)[-1] == Sounded(on=False, reason="unsealed")
    bench.order(seal_order(6))
    bench.badge(WANG_FANG)
    assert bench.told(Attended) == []


def test_an_area_sealed_over_an_open_door_sounds_at_once() -> None:
    bench = working()
    bench.open(CORRIDOR)
    bench.order(seal_order(5))
    assert bench.switched(Sounder) == [True]


# ---------------------------------------------------------------- after a power cut


def test_what_is_sealed_is_in_force_before_the_first_input_is_judged() -> None:
    before = sealed()
    before.order(seal_order(5))
    bench = before.rebooted()
    assert bench.told(Started)[0].sealed == (ARCHIVE,)
    assert isinstance(bench.told(Started, Watch)[0], Started)
    assert bench.node.beat_every() == 3_000
    bench.open(CORRIDOR)
    assert bench.switched(Sounder) == [True]


def test_a_door_opened_in_the_power_cut_is_told_and_sounds() -> None:
    before = sealed()
    before.order(seal_order(5))
    bench = before.rebooted()
    bench.levels[CORRIDOR] = "active"
    bench.run(1)
    (change,) = bench.told(LevelChanged)
    assert (change.was, change.now, change.sealing) == ("normal", "active", 5)
    assert bench.switched(Sounder) == [True]


def test_what_is_normal_at_the_start_is_not_told_for_the_hub_takes_it_for_normal() -> None:
    bench = Bench()
    bench.run(5)
    assert bench.told(LevelChanged) == []
    assert set(bench.node.here(bench.now, 1, "", 0).levels.values()) == {"normal"}


def alarmed() -> Bench:
    """The archive is sealed, the corridor door was opened, and the sounder sounds."""
    bench = sealed()
    bench.order(seal_order(5))
    bench.open(CORRIDOR)
    bench.close(CORRIDOR)
    return bench


def test_a_power_cut_does_not_silence_the_sounder() -> None:
    bench = alarmed().rebooted()
    assert bench.switched(Sounder) == [True]
    first, second = bench.told(Started, Sounded)
    assert isinstance(first, Started)
    assert second == Sounded(on=True, reason="opened")
    again = bench.rebooted()
    assert again.switched(Sounder) == [True]


def test_what_somebody_has_attended_to_stays_quiet_after_a_power_cut() -> None:
    before = alarmed()
    before.order(Respond(area="archive", alarms=(17,)))
    before.badge(WANG_FANG)
    assert before.switched(Sounder)[-1] is False
    assert before.rebooted().switched(Sounder) == []


def test_a_sounder_that_a_power_cut_did_not_silence_is_quieted_by_a_responder() -> None:
    bench = alarmed().rebooted()
    bench.run(3)
    bench.order(Respond(area="archive", alarms=(17,)))
    bench.badge(WANG_FANG)
    assert bench.switched(Sounder) == [True, False]


def test_what_is_no_longer_sealed_after_a_power_cut_does_not_sound() -> None:
    assert alarmed().rebooted(sealed=()).switched(Sounder) == []


def test_a_power_cut_does_not_silence_the_sounder_for_the_hubs_silence_and_the_hub_does() -> None:
    before = sealed(hub=False)
    before.order(seal_order(5))
    before.run(65)
    bench = before.rebooted()
    bench.hub = False
    assert bench.told(Sounded) == [Sounded(on=True, reason="hub-silent")]
    assert bench.switched(Lamp) == [True]
    bench.run(30)
    assert bench.switched(Sounder) == [True]
    bench.beat(time=bench.now.wall)
    assert (bench.switched(Sounder), bench.switched(Lamp)) == ([True, False], [True, False])


# ---------------------------------------------------------------- the silence of the hub


def test_each_silence_of_the_hub_sounds_anew() -> None:
    bench = sealed(hub=False)
    for _ in range(2):
        bench.run(65)
        bench.hub = True
        bench.run(3)
        bench.hub = False
    assert bench.switched(Sounder) == [True, False, True, False]


def test_why_the_broker_cannot_be_reached_stands_in_the_fault_and_each_further_reason_once() -> None:
    bench = working()
    bench.hub = False
    bench.step(LinkDown("the broker does not answer"))
    bench.run(15)
    for _ in range(5):
        bench.step(LinkDown("the hub's certificate is not valid yet"))
        bench.step(LinkDown("the broker does not answer"))
    details = [fault.detail for fault in bench.told(Fault)]
    assert details == ["no beat for 10 s: the broker does not answer", "the hub's certificate is not valid yet"]
    saved = [
        effect.fields["no_link"] for effect in bench.effects if isinstance(effect, Save) and "no_link" in effect.fields
    ]
    assert saved == ["the broker does not answer", "the hub's certificate is not valid yet"]
    bench.step(LinkUp())
    assert Save({"no_link": ""}) in bench.effects


def test_ten_seconds_without_the_hub_light_the_lamp_and_are_recorded_once() -> None:
    bench = working()
    bench.hub = False
    bench.run(9)
    assert bench.switched(Lamp) == []
    bench.run(120)
    assert bench.switched(Lamp) == [True]
    assert [fault.failed for fault in bench.told(Fault)] == [True]
    bench.hub = True
    bench.run(3)
    assert bench.switched(Lamp) == [True, False]
    assert [(fault.part, fault.failed) for fault in bench.told(Fault)] == [("hub-silent", True), ("hub-silent", False)]


def test_a_node_that_never_hears_the_hub_lights_the_lamp_ten_seconds_after_its_start() -> None:
    bench = Bench(hub=False)
    bench.run(9)
    assert bench.switched(Lamp) == []
    bench.run(2)
    assert bench.switched(Lamp) == [True]


def test_sixty_seconds_without_the_hub_sound_while_sealed_until_it_is_back() -> None:
    bench = sealed(hub=False)
    bench.run(55)
    assert bench.switched(Sounder) == []
    bench.run(10)
    assert bench.told(Sounded) == [Sounded(on=True, reason="hub-silent")]
    bench.hub = True
    bench.run(3)
    assert bench.told(Sounded)[-1] == Sounded(on=False, reason="hub-back")
    assert bench.switched(Sounder) == [True, False]


def test_the_hub_coming_back_does_not_quiet_an_opening() -> None:
    bench = sealed(hub=False)
    bench.run(65)
    bench.open(CORRIDOR)
    bench.hub = True
    bench.run(3)
    assert bench.switched(Sounder) == [True]


def test_a_responder_quiets_the_hubs_silence_for_as_long_as_it_lasts() -> None:
    bench = sealed(hub=False)
    bench.run(65)
    bench.badge(WANG_FANG)
    bench.run(300)
    assert bench.switched(Sounder) == [True, False]


def test_nothing_sounds_for_the_hub_while_nothing_is_sealed() -> None:
    bench = working()
    bench.hub = False
    bench.run(300)
    assert bench.switched(Sounder) == []


# ---------------------------------------------------------------- ceremonies


def test_in_a_ceremony_badges_are_presented_and_counted() -> None:
    bench = working()
    bench.order(Ceremony(reader="archive/reader", purpose="seal", sealing=5, seconds=20))
    at = bench.mono
    for number in (ZHANG_WEI, CHEN_JIE, STRANGER, LI_NA):
        bench.badge(number)
    presented = bench.told(Presented)
    assert [(one.person, one.ceremony) for one in presented] == [(1001, 5), (1004, 5), (None, 5), (1002, 5)]
    assert presented[0].at == at
    assert [answer for answer in bench.shown() if answer != "off"] == ["counted", "denied", "denied", "counted"]
    assert bench.told(Granted, Denied) == []


def test_a_ceremony_ends_by_itself() -> None:
    bench = working()
    bench.order(Ceremony(reader="archive/reader", purpose="seal", sealing=5, seconds=20))
    bench.run(20)
    bench.badge(ZHANG_WEI)
    assert bench.told(Presented) == []
    assert len(bench.told(Granted)) == 1


def test_a_ceremony_is_ended_by_an_order_of_0_seconds() -> None:
    bench = working()
    bench.order(Ceremony(reader="archive/reader", purpose="seal", sealing=5, seconds=20))
    bench.order(Ceremony(reader="archive/reader", purpose="seal", sealing=5, seconds=0))
    bench.badge(ZHANG_WEI)
    assert bench.told(Presented) == []


def test_an_area_is_unsealed_by_badges_that_are_presented_not_denied() -> None:
    bench = sealed()
    bench.order(Ceremony(reader="archive/reader", purpose="unseal", sealing=5, seconds=20))
    bench.badge(ZHANG_WEI)
    assert bench.told(Denied) == []
    assert bench.told(Presented)[0].person == 1001


def test_a_ceremony_at_one_reader_leaves_the_others_alone() -> None:
    bench = working()
    bench.order(Ceremony(reader="archive/reader", purpose="seal", sealing=5, seconds=20))
    bench.badge(ZHANG_WEI, port="r2")
    assert bench.told(Presented) == []


def test_the_self_test_shows_everything_and_puts_it_back() -> None:
    bench = working()
    bench.order(SelfTest(seconds=3))
    assert (bench.switched(Lamp), bench.switched(Sounder), bench.shown()) == ([True], [True], ["granted", "granted"])
    bench.run(4)
    assert (bench.switched(Lamp), bench.switched(Sounder)) == ([True, False], [True, False])
    assert bench.shown()[2:] == ["off", "off"]
    assert bench.told(Sounded) == []


def test_a_self_test_does_not_end_an_alarm() -> None:
    bench = sealed()
    bench.open(CORRIDOR)
    bench.order(SelfTest(seconds=3))
    bench.run(4)
    assert bench.switched(Sounder)[-1] is True


# ---------------------------------------------------------------- watch records


def test_the_intervals_are_contiguous_from_the_sealing_to_the_unsealing() -> None:
    bench = working()
    bench.order(seal_order(5))
    start = bench.mono
    bench.run(200)
    bench.unseal()
    watches = bench.told(Watch)
    assert (watches[0].since, watches[0].until) == (start, start)
    assert watches[-1].until == bench.mono
    assert all(one.until == next_.since for one, next_ in pairwise(watches))
    assert {watch.until - watch.since for watch in watches[1:-1]} == {60_000}
    assert all(set(watch.points) == set(TERMINALS) and watch.gaps == () for watch in watches)


def test_after_unsealing_nothing_is_stated_any_more() -> None:
    bench = sealed()
    bench.unseal()
    bench.forget()
    bench.run(180)
    assert bench.told(Watch) == []


def test_at_a_start_the_points_count_only_once_they_were_read() -> None:
    before = sealed()
    before.order(seal_order(5))
    bench = before.rebooted()
    bench.run(90)
    first, second, third = bench.told(Watch)[:3]
    assert first.points == second.points == ()
    assert second.until - second.since <= 1_000
    assert set(third.points) == set(TERMINALS)


def test_a_process_that_stood_still_states_the_gap() -> None:
    bench = sealed()
    bench.run(10)
    stopped = bench.mono - bench.mono % 500
    bench.mono += 7_000
    bench.run(60)
    gaps = [gap for watch in bench.told(Watch) for gap in watch.gaps]
    assert len(gaps) == 1
    assert gaps[0][0] == stopped
    assert 6_500 <= gaps[0][1] - gaps[0][0] <= 8_000


def test_a_failed_converter_takes_the_loops_out_of_the_watch() -> None:
    bench = sealed()
    bench.run(10)
    bench.step(PartFailed("loops", True, "no answer"))
    bench.run(61)
    bench.step(PartFailed("loops", False, "answers again"))
    bench.run(61)
    having = ["archive/corridor-seal" in watch.points for watch in bench.told(Watch)]
    assert having == [True, False, False, True]


def test_a_chattering_point_is_not_watched_while_it_chatters() -> None:
    bench = sealed()
    for _ in range(30):
        bench.open("archive/window")
        bench.close("archive/window")
    bench.run(120)
    having = ["archive/window" in watch.points for watch in bench.told(Watch)]
    assert having[0] is True
    assert False in having
    assert having[-1] is True


def test_a_point_of_which_nothing_comes_any_more_is_a_gap_to_the_end() -> None:
    watch = AreaWatch(frozenset({CORRIDOR}), 0, 60_000)
    watch.sampled(CORRIDOR, 500)
    assert watch.close(60_000).gaps == ((500, 60_000),)
    assert watch.close(120_000).gaps == ((60_000, 120_000),)
    watch.sampled(CORRIDOR, 120_300)
    assert watch.close(180_000).gaps == ((120_000, 180_000),)


@pytest.mark.parametrize("ms", [1_001, 2_000, 4_999])
def test_every_gap_of_more_than_a_second_is_stated(ms: int) -> None:
    watch = AreaWatch(frozenset({CORRIDOR}), 0, 60_000)
    watch.sampled(CORRIDOR, 1_000)
    watch.sampled(CORRIDOR, 1_000 + ms)
    assert watch.close(1_000 + ms).gaps == ((1_000, 1_000 + ms),)
    assert watch.close(1_000 + 2 * ms).gaps == ((1_000 + ms, 1_000 + 2 * ms),)


def test_a_gap_of_a_second_is_none() -> None:
    watch = AreaWatch(frozenset({CORRIDOR}), 0, 60_000)
    for at in range(1_000, 61_000, 1_000):
        watch.sampled(CORRIDOR, at)
    assert watch.close(60_000).gaps == ()


def test_an_order_is_done_only_with_what_is_sealed_on_disk_in_the_same_step() -> None:
    bench = working()
    effects = bench.order(seal_order(5))
    saved: dict[str, Any] = {}
    for effect in effects:
        saved |= getattr(effect, "fields", {})
    assert saved["mark"] == 1
    assert [(one.area, one.sealing) for one in Saved(**saved).sealed] == [("archive", 5)]
    assert bench.told(OrderDone) == [OrderDone(order=1, what="seal", sealed=(ARCHIVE,))]
