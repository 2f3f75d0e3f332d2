"""What an opening means while an area is set: one alarm and the siren; who is shut in; and what no power cut, order or
other node changes."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from msgspec.structs import replace

from firmware.core.effects import BeatNow, Lamp, Saved
from firmware.core.stands import Stands
from tests.firmware.core import cast
from tests.firmware.core.cast import (
    CHEN_JIE,
    DOORS,
    LI_NA,
    STRANGER,
    WANG_FANG,
    ZHANG_WEI,
    Bench,
    further,
    of,
    refusals,
    seal_order,
    sounds,
)
from tests.firmware.core.office import (
    BUTTON,
    CABINET,
    CORRIDOR,
    EXIT,
    GATE,
    GUARDING,
    SECURITY,
    WINDOW,
    a_list,
    at,
    begun,
    in_use,
    opened,
    sets_it,
    shut,
    stands,
    twice,
    why,
)
from wire import messages as m

FOLLOWS = replace(GUARDING, decides=False)
NIGHT = at(2)
LIST_ALONE = replace(a_list(), guards=())


def another(state: m.GuardState | None = "set", number: int = 4, **more: Any) -> Bench:
    """Another node of the archive, as it was told last."""
    known = () if state is None else (Stands(area="archive", state=state, number=number),)
    return begun(NIGHT, known, a_list(FOLLOWS), **more)


def again(bench: Bench, **changes: object) -> Bench:
    """The same node after a power cut; what was open still is."""
    after = bench.rebooted(**changes)
    after.levels, after._beat, after.hub_at_boot = bench.levels, bench._beat, after.wall_at_boot
    after.run(3)
    return after


# ---------------------------------------------------------------- openings


@pytest.mark.parametrize("place", [*DOORS[:2], WINDOW, CABINET, "archive/corridor-seal"])
def test_every_opening_bears_the_number_and_sounds_until_somebody_comes(place: str) -> None:
    bench = shut(NIGHT)
    assert opened(bench, place) == [4]
    assert BeatNow() in bench.effects
    bench.close(place)
    bench.passes(600, 5)
    assert sounds(bench), "closing it is not enough"
    assert [one.guard for one in bench.told(m.LevelChanged)] == [4, 4]
    bench.badge(WANG_FANG)
    assert not sounds(bench)


@pytest.mark.parametrize("level", ["active", "open-circuit", "short"])
def test_a_cut_wire_sounds_too(level: Any) -> None:
    bench = shut(NIGHT)
    bench.set("archive/corridor-seal", level)
    assert sounds(bench)
    assert [one.guard for one in bench.told(m.LevelChanged)] == [4]


def test_a_door_that_is_opened_while_set_is_neither_forced_nor_held_nor_a_way_out() -> None:
    bench = shut(NIGHT, plan=further(cast.plan("free"), BUTTON))
    for door in DOORS:
        bench.open(door)
    bench.passes(600, 5)
    assert bench.told(m.Forced, m.HeldOpen, m.Entered, m.Left, m.NotEntered) == []


def test_setting_ends_what_is_under_way_and_the_count() -> None:
    bench = in_use(at(17))
    bench.badge(LI_NA)
    bench.badge(ZHANG_WEI)
    bench.run(4)
    bench.badge(ZHANG_WEI)
    bench.passes(31)
    assert stands(bench)[0] == "set"
    assert opened(bench, CORRIDOR) == [4]
    assert bench.told(m.NotEntered, m.Forced) == [m.NotEntered(area="archive", person=1002)]


def test_a_pressed_button_is_no_opening() -> None:
    bench = shut(NIGHT)
    assert opened(bench, BUTTON) == [None]
    assert not sounds(bench)


@pytest.mark.parametrize(("place", "heard"), [("archive/panic", False), ("archive/water", True), ("archive/lid", True)])
@pytest.mark.parametrize("sealed", [False, True])
def test_whoever_presses_for_help_is_not_given_away(place: str, heard: bool, sealed: bool) -> None:
    bench = shut(NIGHT, plan=further(cast.plan(), BUTTON, place))
    if sealed:
        bench.order(seal_order(5))
        bench.run(3)
    assert opened(bench, place) == [None if sealed else 4]
    bench.run(3)
    assert sounds(bench) == heard


def test_a_cut_wire_of_the_panic_button_is_heard() -> None:
    bench = shut(NIGHT, plan=further(cast.plan(), BUTTON, "archive/water"))
    bench.set("archive/water", "open-circuit")
    assert sounds(bench)


@pytest.mark.parametrize("place", ["archive/panic", "archive/water"])
def test_while_unset_these_points_sound_at_no_node(place: str) -> None:
    bench = in_use(at(11), plan=further(cast.plan(), BUTTON, place))
    assert opened(bench, place) == [None]
    assert not sounds(bench)


def test_a_badge_refused_while_set_is_told_why_each_time() -> None:
    bench = shut(NIGHT)
    for number in (STRANGER, CHEN_JIE, WANG_FANG):
        bench.badge(number)
    assert why(bench) == ["unknown", "schedule", "no-grant"]


def test_after_it_was_unset_a_door_is_judged_as_ever() -> None:
    bench = shut(at(10))
    bench.badge(ZHANG_WEI)
    for door in DOORS:
        bench.open_and_close(door, 0.5)
    bench.run(20)
    bench.open_and_close(SECURITY)
    assert [one.person for one in bench.told(m.Entered)] == [1001]
    assert [one.point for one in bench.told(m.Forced)] == [SECURITY]


def test_unsetting_quiets_the_siren() -> None:
    bench = shut(at(10))
    opened(bench, WINDOW)
    bench.badge(ZHANG_WEI)
    assert not sounds(bench)


# ---------------------------------------------------------------- shut in


def shut_in(by: str) -> Bench:
    bench = shut(NIGHT)
    if by == "button":
        bench.open_and_close(EXIT, 0.3)
    elif by == "reader":
        bench.badge(CHEN_JIE, "r2")
    else:
        bench.open_and_close(SECURITY)
    return bench


@pytest.mark.parametrize("by", ["button", "reader", "door"])
def test_whoever_is_shut_in_gets_out_within_a_minute_and_shows_a_badge(by: str) -> None:
    bench = shut_in(by)
    assert [(one.by, one.number) for one in bench.told(m.SomebodyInside)] == [(by, 4)]
    for door in reversed(DOORS):
        assert opened(bench, door) == [None]
        bench.close(door)
        bench.run(2)
    assert not sounds(bench)
    bench.run(3)
    bench.badge(CHEN_JIE)
    assert [one.person for one in bench.told(m.SomebodyOut)] == [1004]
    bench.passes(120)
    assert not sounds(bench)
    assert (stands(bench), why(bench)) == (("set", 4), [])
    assert bench.told(m.Forced, m.Left) == []


@pytest.mark.parametrize("number", [None, STRANGER, WANG_FANG])
def test_whoever_shows_no_right_badge_sounds_after_a_minute(number: str | None) -> None:
    bench = shut_in("button")
    if number:
        bench.badge(number)
    bench.run(57)
    assert not sounds(bench)
    bench.run(4)
    assert (sounds(bench), bench.told(m.SomebodyOut)) == (True, [])
    assert opened(bench, CORRIDOR) == [4]


def test_a_badge_after_the_minute_is_too_late() -> None:
    bench = shut_in("button")
    bench.passes(62)
    bench.badge(CHEN_JIE)
    assert bench.told(m.SomebodyOut) == []


def test_once_out_every_opening_is_one_again() -> None:
    bench = shut_in("button")
    bench.badge(CHEN_JIE)
    assert opened(bench, CORRIDOR) == [4]
    assert sounds(bench)


@pytest.mark.parametrize("place", [WINDOW, CABINET])
def test_who_gets_out_goes_by_the_doors(place: str) -> None:
    bench = shut_in("button")
    assert opened(bench, place) == [4]
    assert sounds(bench)


def test_who_gets_out_has_not_come_to_unset_it() -> None:
    bench = shut(at(17, 50))
    bench.open_and_close(EXIT, 0.3)
    bench.open_and_close(SECURITY)
    bench.badge(ZHANG_WEI)
    assert (bench.told(m.AreaUnset), stands(bench)) == ([], ("set", 4))
    bench.run(3)
    bench.badge(ZHANG_WEI)
    assert stands(bench) == ("unset", 5), "but may then"


def test_the_innermost_door_first_is_somebody_inside_only_while_the_others_are_shut() -> None:
    bench = shut(NIGHT)
    assert opened(bench, CORRIDOR) == [4]
    assert opened(bench, SECURITY) == [4]
    assert bench.told(m.SomebodyInside) == []


@pytest.mark.parametrize("doors", [(CORRIDOR,), (CORRIDOR, "archive/elsewhere"), ("archive/elsewhere", SECURITY)])
def test_where_one_door_alone_is_seen_nobody_can_tell_that_from_a_burglar(doors: tuple[str, ...]) -> None:
    bench = shut(NIGHT, plan=further(cast.plan("free", doors), BUTTON))
    here = next(door for door in doors if door in DOORS)
    assert opened(bench, here) == [4]
    assert (sounds(bench), bench.told(m.SomebodyInside)) == (True, [])


def test_a_middle_door_is_no_innermost_one() -> None:
    bench = shut(NIGHT)
    assert opened(bench, GATE) == [4]
    assert bench.told(m.SomebodyInside) == []


def test_the_button_on_an_area_that_is_unset_says_nothing() -> None:
    bench = in_use(at(11))
    bench.open_and_close(EXIT, 0.3)
    assert bench.told(m.SomebodyInside) == []


# ---------------------------------------------------------------- sealed on top


def unsealed(bench: Bench, number: int, **how: Any) -> None:
    bench.run(2.2)
    if how:
        bench.order(m.Unseal(area="archive", sealing=number, **how))
    else:
        bench.unseal()
    bench.run(1)


def test_sealed_is_more_than_set_and_who_unseals_it_has_an_hour_there() -> None:
    bench = in_use(at(10, day=5), since=at(9, 50, day=5))
    bench.order(seal_order(5))
    bench.run(3)
    bench.passes(8 * 3600, 60)
    bench.open(WINDOW)
    told = bench.told(m.LevelChanged)[-1]
    assert (told.sealing, told.guard) == (5, None)
    bench.close(WINDOW)
    assert bench.told(m.AreaSet, m.NotSet) == [], "and the hour sets nothing"
    unsealed(bench, 5)
    ((by, until),) = [(one.by, one.until) for one in bench.told(m.AreaUnset)]
    assert by == "unsealed"
    assert until is not None
    assert abs(until - bench.now.wall - 3_600_000) < 10_000
    assert stands(bench) == ("unset", 4)


def test_an_emergency_opening_unsets_it_and_sounds() -> None:
    bench = shut(NIGHT)
    bench.order(seal_order(5))
    unsealed(bench, 5, emergency=True)
    assert [one.by for one in bench.told(m.AreaUnset)] == ["unsealed"]
    assert sounds(bench)


@pytest.mark.parametrize("how", ["cut", "not cut"])
def test_by_a_sealing_that_is_begun_and_taken_back_nothing_is_unset(how: str) -> None:
    """Else whoever has the hub would unset what is set, without a badge and in silence."""
    bench = shut(NIGHT)
    bench.order(seal_order(5, firm=False))
    bench.run(1)
    if how == "cut":
        bench = again(bench)
    bench.order(m.Unseal(area="archive", sealing=5))
    bench.run(1)
    assert (stands(bench), bench.told(m.AreaUnset)) == (("set", 4), [])
    assert opened(bench, CABINET) == [4]
    assert sounds(bench)


def test_what_is_open_when_a_sealing_is_taken_back_sounds() -> None:
    bench = shut(NIGHT)
    bench.order(seal_order(5, firm=False))
    bench.open(WINDOW)
    bench.order(m.Unseal(area="archive", sealing=5))
    assert sounds(bench)


def test_a_sealing_that_is_taken_back_leaves_what_is_in_use_in_use() -> None:
    bench = in_use(at(11))
    bench.order(seal_order(5, firm=False))
    bench.order(m.Unseal(area="archive", sealing=5))
    assert (stands(bench), bench.told(m.AreaUnset, m.AreaSet)) == (("unset", 3), [])


@pytest.mark.parametrize("number", [ZHANG_WEI, CHEN_JIE])
def test_a_badge_at_a_sealed_area_neither_sets_nor_unsets_it(number: str) -> None:
    bench = shut(at(10))
    bench.order(seal_order(5))
    bench.run(1)
    twice(bench, number)
    bench.open_and_close(BUTTON, 0.3)
    bench.passes(40)
    assert bench.told(m.AreaUnset, m.Setting, m.AreaSet) == []


def test_badges_in_a_ceremony_neither_set_nor_unset() -> None:
    bench = shut(at(10))
    bench.order(m.Ceremony(reader="archive/reader", purpose="seal", sealing=5, seconds=60))
    bench.badge(ZHANG_WEI)
    assert stands(bench) == ("set", 4)
    bench = in_use(at(10))
    bench.order(m.Ceremony(reader="archive/reader", purpose="seal", sealing=5, seconds=60))
    twice(bench, ZHANG_WEI)
    assert bench.told(m.Setting) == []


def test_who_was_closing_up_when_it_was_sealed_sets_nothing_after() -> None:
    bench = in_use(at(17))
    twice(bench, ZHANG_WEI)
    bench.order(seal_order(5))
    bench.passes(40)
    assert bench.told(m.AreaSet) == []


# ---------------------------------------------------------------- other nodes of the area


def test_another_node_follows_records_and_does_not_sound() -> None:
    bench = another("unset", 3)
    assert opened(bench, CABINET) == [None]
    bench.close(CABINET)
    bench.order(m.Guard(area="archive", state="set", number=7))
    assert stands(bench) == ("set", 7)
    assert opened(bench, CABINET) == [7]
    assert not sounds(bench)
    bench.close(CABINET)
    bench.order(m.Guard(area="archive", state="unset", number=8))
    assert (stands(bench), opened(bench, CABINET)) == (("unset", 8), [None])
    assert bench.told(m.AreaSet, m.AreaUnset, m.Attended) == []


def test_another_node_neither_sets_nor_unsets_it_by_badge_button_hour_or_exit() -> None:
    bench = another("unset", 3)
    twice(bench, ZHANG_WEI)
    bench.open_and_close(BUTTON, 0.3)
    bench.passes(20 * 3600, 60)
    assert stands(bench) == ("unset", 3)
    bench = another("set", 4)
    bench.badge(ZHANG_WEI)
    bench.run(3)
    bench.badge(LI_NA)
    bench.open_and_close(EXIT, 0.3)
    assert stands(bench) == ("set", 4)
    assert bench.told(m.SomebodyInside, m.FirstOfTwo, m.Granted) == []
    assert why(bench) == ["set", "set"]


def test_what_is_open_when_another_node_is_told_is_guarded_once_it_is_normal() -> None:
    bench = another("unset", 3)
    bench.open(WINDOW)
    bench.order(m.Guard(area="archive", state="set", number=4))
    bench.close(WINDOW)
    assert opened(bench, WINDOW) == [4]


def test_the_same_again_changes_nothing() -> None:
    bench = another("set", 4)
    bench.open("archive/corridor-seal")
    bench.order(m.Guard(area="archive", state="set", number=4))
    bench.set("archive/corridor-seal", "short")
    assert [one.guard for one in bench.told(m.LevelChanged)] == [4, 4]


@pytest.mark.parametrize("state", ["set", "unset"])
def test_another_node_goes_on_as_it_was_told_without_the_hub_and_over_a_power_cut(state: Any) -> None:
    bench = another(state, 4)
    bench.hub = False
    bench.passes(3600, 30)
    bench = again(bench)
    assert stands(bench) == (state, 4)
    assert opened(bench, CABINET) == [4 if state == "set" else None]


def test_another_node_that_was_told_nothing_takes_it_to_be_set_and_says_nothing_of_its_own() -> None:
    bench = another(None)
    assert stands(bench)[0] == "set"
    assert [(one.state, one.number) for one in bench.saved.stands] == [("set", 0)]
    assert opened(bench, CABINET) == [0]
    assert not sounds(bench)


def test_only_a_node_that_follows_is_told_and_only_one_that_decides_is_asked() -> None:
    bench = shut(NIGHT)
    bench.order(m.Guard(area="archive", state="unset", number=9))
    assert refusals(bench) == ["unknown-area"]
    bench = another()
    bench.order(m.GuardAsked(area="archive", act="set", person=1003))
    bench.order(m.Guard(area="vault", state="unset", number=9))
    assert refusals(bench) == ["unknown-area"] * 2


# ---------------------------------------------------------------- the hub is silent


def test_the_hubs_silence_while_set_lights_the_lamp_and_nothing_more() -> None:
    bench = shut(NIGHT)
    bench.hub = False
    bench.passes(600, 5)
    assert (bench.switched(Lamp), sounds(bench)) == ([True], False)


def test_without_the_hub_it_sets_and_unsets_as_ever() -> None:
    bench = shut(at(10))
    bench.hub = False
    bench.passes(120, 5)
    bench.badge(ZHANG_WEI)
    bench.open_and_close(CORRIDOR)
    bench.run(12)
    sets_it(bench, CHEN_JIE)
    assert stands(bench) == ("set", 6)


# ---------------------------------------------------------------- power


@pytest.mark.parametrize(("state", "number"), [("set", 4), ("unset", 3)])
def test_a_power_cut_changes_nothing(state: str, number: int) -> None:
    bench = again(shut(at(10)) if state == "set" else in_use(at(10)))
    assert stands(bench) == (state, number)
    assert bench.told(m.Started)[0].guards == (m.GuardedArea(area="archive", state=state, number=number),)  # type: ignore[arg-type]
    assert opened(bench, CABINET) == [number if state == "set" else None]


def test_a_power_cut_while_somebody_closes_up_leaves_it_unset() -> None:
    bench = in_use(at(17))
    twice(bench, ZHANG_WEI)
    bench.run(10)
    bench = again(bench)
    bench.passes(40)
    assert stands(bench) == ("unset", 3)


def test_a_power_cut_between_two_badges_asks_for_both_again() -> None:
    bench = shut(NIGHT)
    bench.badge(ZHANG_WEI)
    bench = again(bench)
    bench.badge(LI_NA)
    assert stands(bench) == ("set", 4)


def test_what_is_found_open_after_a_power_cut_is_an_alarm_unless_it_was_left_open() -> None:
    bench = shut(NIGHT, left_open=(WINDOW,))
    bench.levels[CABINET] = "active"
    after = again(bench)
    found = {one.point: (one.guard, one.found) for one in after.told(m.LevelChanged)}
    assert found == {WINDOW: (None, True), CABINET: (4, True)}
    assert sounds(after)
    bench = shut(NIGHT, left_open=(WINDOW,))
    bench.levels[WINDOW] = "normal"
    after = again(bench)
    assert not sounds(after)
    assert opened(after, WINDOW) == [4], "it was shut in the meantime, and has been read so"


def test_a_power_cut_does_not_silence_the_siren() -> None:
    bench = shut(NIGHT)
    opened(bench, WINDOW)
    bench.close(WINDOW)
    assert sounds(again(bench))


def test_a_power_cut_while_somebody_gets_out_ends_that() -> None:
    bench = shut(NIGHT)
    bench.open_and_close(EXIT, 0.3)
    bench = again(bench)
    assert opened(bench, CORRIDOR) == [4]


@pytest.mark.parametrize("inside", [0, 2])
def test_where_the_disk_says_nothing_it_is_set_and_nobody_is_in(inside: int) -> None:
    bench = Bench(
        Saved(plan=further(cast.plan(), BUTTON), access=a_list(), trusted_wall=NIGHT, inside=(("archive", inside),)),
        wall=NIGHT,
    )
    bench.run(3)
    assert stands(bench) == ("set", 1)
    assert [(one.by, one.number) for one in bench.told(m.AreaSet)] == [("not-known", 1)]
    assert opened(bench, CABINET) == [1]
    assert bench._on_disk().inside == (("archive", 0),)


def test_a_new_life_is_set_by_its_first_list() -> None:
    bench = Bench(Saved(plan=further(cast.plan(), BUTTON), trusted_wall=NIGHT), wall=NIGHT)
    bench.run(3)
    bench.order(a_list())
    assert stands(bench) == ("set", 1)


# ---------------------------------------------------------------- lists


def test_what_a_list_guards_anew_was_in_use_until_now() -> None:
    bench = begun(at(11), access=LIST_ALONE)
    bench.order(a_list(version=4))
    assert stands(bench) == ("unset", 1)
    assert [(one.by, one.number) for one in bench.told(m.AreaUnset)] == [("begun", 1)]
    bench.passes(8 * 3600, 60)
    assert stands(bench) == ("set", 2)


def test_another_node_that_guards_anew_takes_it_to_be_in_use_and_says_nothing() -> None:
    bench = begun(at(11), access=LIST_ALONE)
    bench.order(a_list(FOLLOWS, version=4))
    assert (stands(bench)[0], bench.told(m.AreaUnset)) == ("unset", [])


@pytest.mark.parametrize("cut", [False, True])
def test_what_is_guarded_no_more_is_quiet_and_where_it_is_again_its_number_goes_on(cut: bool) -> None:
    bench = shut(NIGHT)
    opened(bench, CABINET)
    bench.close(CABINET)
    bench.order(replace(LIST_ALONE, version=4))
    assert not sounds(bench)
    assert bench.node.here(bench.now, 1, "", 0).guards == ()
    assert opened(bench, CABINET) == [None]
    bench.close(CABINET)
    if cut:
        bench = again(bench)
    bench.order(a_list(version=5))
    assert stands(bench) == ("unset", 5)
    assert [one.by for one in bench.told(m.AreaUnset)] == ["begun"]


def test_a_list_that_changes_nothing_of_it_changes_nothing() -> None:
    for bench in (shut(NIGHT), in_use(at(11))):
        before = stands(bench)
        bench.order(a_list(version=9))
        assert (stands(bench), bench.told(m.AreaSet, m.AreaUnset)) == (before, [])


def test_a_plan_that_changes_nothing_of_it_changes_nothing() -> None:
    bench = shut(NIGHT)
    bench.order(replace(further(cast.plan(), BUTTON), version=9))
    assert (stands(bench), opened(bench, CABINET)) == (("set", 4), [4])


def test_what_is_set_is_on_disk_with_what_is_told_of_it() -> None:
    bench = in_use(at(17))
    sets_it(bench)
    assert bench._on_disk().stands == (Stands(area="archive", state="set", number=4),)


# ---------------------------------------------------------------- the watch


def watches(bench: Bench) -> list[m.WatchWhileSet]:
    return bench.told(m.WatchWhileSet)


PLANNED = {point.place for point in further(cast.plan(), BUTTON).points}


def test_while_set_one_record_an_hour_says_what_was_watched_and_none_while_unset() -> None:
    bench = in_use(at(17))
    sets_it(bench)
    bench.passes(3 * 3600, 1)
    at_once, *hours = watches(bench)
    assert at_once.since == at_once.until
    assert [one.until - one.since for one in hours] == [3_600_000] * 3
    assert all((one.number, set(one.points), one.gaps) == (4, PLANNED, ()) for one in (at_once, *hours))


@pytest.mark.parametrize("state", ["decides", "follows"])
def test_it_begins_when_it_is_set_and_ends_when_it_is_unset_at_every_node(state: str) -> None:
    bench = shut(at(10)) if state == "decides" else another("set", 4)
    bench.passes(100)
    if state == "decides":
        bench.badge(ZHANG_WEI)
        bench.open_and_close(CORRIDOR)
    else:
        bench.order(m.Guard(area="archive", state="unset", number=5))
    (last,) = watches(bench)
    assert last.until - last.since > 90_000
    bench.passes(2 * 3600, 30)
    assert watches(bench) == [last]
    if state == "follows":
        bench.order(m.Guard(area="archive", state="set", number=6))
        assert [(one.number, one.until - one.since) for one in watches(bench)[1:]] == [(6, 0)]


def test_intervals_are_contiguous_and_each_change_of_what_is_supervised_makes_one() -> None:
    bench = shut(NIGHT)
    bench.passes(60)
    for _ in range(30):
        bench.open(CABINET)
        bench.close(CABINET)
    bench.passes(7200, 5)
    told = watches(bench)
    assert all(one.until == next_.since for one, next_ in pairwise(told))
    assert [CABINET in one.points for one in told][:2] == [True, False]
    assert CABINET in told[-1].points


def test_a_process_that_stood_still_has_a_gap_in_it() -> None:
    bench = shut(NIGHT)
    bench.passes(60)
    bench.mono += 7_000
    bench.passes(3600, 1)
    ((since, until),) = [gap for one in watches(bench) for gap in one.gaps]
    assert 6_500 <= until - since <= 8_500


def test_at_a_start_the_points_count_once_they_were_read() -> None:
    bench = again(shut(NIGHT))
    bench.passes(3700, 5)
    first, second, third = watches(bench)[:3]
    assert (first.points, second.points) == ((), ())
    assert second.until - second.since <= 1_000
    assert set(third.points) == PLANNED


def test_a_sealing_has_its_own_watch() -> None:
    bench = shut(NIGHT)
    bench.passes(60)
    before = len(watches(bench))
    effects = bench.order(seal_order(5))
    assert (len(of(effects, m.WatchWhileSet)), len(of(effects, m.Watch))) == (1, 1)
    bench.passes(7300, 10)
    assert len(watches(bench)) == before + 1
    assert len(bench.told(m.Watch)) > 100
