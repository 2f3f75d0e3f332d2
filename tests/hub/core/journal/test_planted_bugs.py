"""Planted bugs: each is put in by hand, and the tests that must find it do. So the tests are proven for ever.

`BUGS` names tests of this folder for each bug: they fail once it is in, and pass without it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from msgspec.structs import replace

from hub.core import doubt, order_numbers
from hub.core.alarms import closing, of_points
from hub.core.alarms import life as alarm_life
from hub.core.doors import fold as door_fold
from hub.core.doors import tries
from hub.core.journal import requests
from hub.core.nodes import bad_messages, liveness, sequence
from hub.core.refusal import NotPossible
from hub.core.sealing import area as area_sealing
from hub.core.sealing import course
from hub.core.sealing.timeouts import CeremonyTimeouts
from hub.core.site import lookups
from hub.core.state import Alarm, Area
from tests.hub.core.alarms import test_alarms, test_closing
from tests.hub.core.doors import test_access
from tests.hub.core.journal import test_judge, test_requests
from tests.hub.core.nodes import test_orders, test_sequence, test_watching
from tests.hub.core.sealing import test_sealing
from tests.support import hunting
from tests.support.paper import PaperHub, two_nodes_guard_the_archive
from tests.support.tables import change
from wire import messages as m

Patch = pytest.MonkeyPatch


def same_person_twice(patch: Patch) -> None:
    known = area_sealing._badge_refusal
    patch.setattr(area_sealing, "_badge_refusal", lambda site, area, data, first: known(site, area, data, None))


def seal_without_all_nodes(patch: Patch) -> None:
    patch.setattr(area_sealing, "apply_confirmed", lambda state, entry, data, person: _waits_for_nobody(state, data))
    change(patch, m.SealingConfirmed, fold=(area_sealing.apply_confirmed,))


def _waits_for_nobody(state: Any, data: m.SealingConfirmed) -> None:
    state.put(replace(state.area(data.area), waiting=()))


def seal_by_two_badges_alone(patch: Patch) -> None:
    patch.setitem(area_sealing.SEAL, ("seal-ceremony", "two-badges"), "sealed")


def anybody_may_seal(patch: Patch) -> None:
    patch.setattr(lookups, "may_seal", lambda site, person, area: True)


def badges_any_time_apart(patch: Patch) -> None:
    patch.setattr(area_sealing, "SECOND_BADGE_MS", 10**12)


def badges_of_two_boots(patch: Patch) -> None:
    known = area_sealing.apply_badge

    def plant(state: Any, entry: Any, data: m.SealingBadge, person: int | None) -> None:
        known(state, entry, data, person)
        area = state.area(data.area)
        state.put(replace(area, first_boot=Any_boot(area.first_boot)))

    change(patch, m.SealingBadge, fold=(plant,))


class Any_boot(str):
    """A boot that is every boot."""

    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return True


def seal_over_an_open_door(patch: Patch) -> None:
    patch.setattr(area_sealing, "_not_normal", lambda state, site, area: [])


def late_badges_of_an_earlier_ceremony(patch: Patch) -> None:
    known = area_sealing._badge_refusal
    patch.setattr(
        area_sealing,
        "_badge_refusal",
        lambda site, area, data, first: known(site, area, replace(data, ceremony=area.sealing), first),
    )


def an_unsealing_that_runs_out_unseals(patch: Patch) -> None:
    patch.setitem(area_sealing.SEAL, ("unsealing", "cancel"), "unsealed")


def deadlines_by_the_wall_clock(patch: Patch) -> None:
    def due(self: Any, state: Any, now: int, mono: int) -> Any:
        for area in list(state.all(Area)):
            if area.due_at is not None and area.due_at <= now:
                yield area_sealing.timed_out(area)

    patch.setattr(CeremonyTimeouts, "due", due)


def close_without_a_finding(patch: Patch) -> None:
    patch.setattr(closing, "SHORTEST_FINDING", 0)


def one_person_closes_alone(patch: Patch) -> None:
    patch.setattr(closing, "takes_two", lambda alarm: False)


def closed_without_a_badge(patch: Patch) -> None:
    patch.setattr(closing, "lacks_badge", lambda site, life_of, alarm: False)


def whoever_writes_confirms(patch: Patch) -> None:
    change(patch, m.AlarmClosed, second=None)


def a_finding_survives_a_repeat(patch: Patch) -> None:
    known = alarm_life.apply_repeated

    def plant(state: Any, entry: Any, data: m.AlarmRepeated, person: int | None) -> None:
        before = state.find(Alarm, data.alarm)
        known(state, entry, data, person)
        again = state.find(Alarm, data.alarm)
        state.put(replace(again, found_by=before.found_by, finding=before.finding))

    change(patch, m.AlarmRepeated, fold=(plant, course.apply_alarm))


def a_finding_is_confirmed_unseen(patch: Patch) -> None:
    known = closing.check_closing

    def plant(state: Any, site: Any, data: m.AlarmClosed) -> m.AlarmClosed:
        row = state.find(Alarm, data.alarm)
        if row is not None and row.finding is not None:
            data = replace(data, finding_cause=row.finding_cause, finding=row.finding)
        return known(state, site, data)

    change(patch, m.AlarmClosed, check=plant)


def a_badge_of_before_it_happened_again(patch: Patch) -> None:
    known = alarm_life.apply_repeated

    def plant(state: Any, entry: Any, data: m.AlarmRepeated, person: int | None) -> None:
        before = state.find(Alarm, data.alarm)
        known(state, entry, data, person)
        state.put(replace(state.find(Alarm, data.alarm), attended_by=before.attended_by))

    change(patch, m.AlarmRepeated, fold=(plant, course.apply_alarm))


def a_beat_and_its_record_are_two(patch: Patch) -> None:
    known = alarm_life._again

    def plant(state: Any, cause: Any) -> Alarm | None:
        alarm = known(state, cause)
        return replace(alarm, foretold=0) if alarm is not None else None

    patch.setattr(alarm_life, "_again", plant)


def a_badge_told_late_counts(patch: Patch) -> None:
    patch.setattr(closing, "counts_as_attended", lambda alarm, now, at: alarm.open and alarm.attended_by is None)


def close_without_acknowledging(patch: Patch) -> None:
    patch.setitem(alarm_life.LIFE, ("returned-unacknowledged", "found"), "finding-written")


def close_while_active(patch: Patch) -> None:
    patch.setitem(alarm_life.LIFE, ("active-acknowledged", "found"), "finding-written")


def clear_when_normal_again(patch: Patch) -> None:
    patch.setitem(alarm_life.LIFE, ("active-unacknowledged", "returned"), "closed")


def no_second_alarm(patch: Patch) -> None:
    patch.setitem(alarm_life.LIFE, ("active-acknowledged", "again"), "active-acknowledged")
    patch.setitem(alarm_life.LIFE, ("returned-acknowledged", "again"), "active-acknowledged")


def a_repeat_takes_back(patch: Patch) -> None:
    known = sequence.verdict

    def plant(life: Any, record: m.Record, own_hash: str, known_hash: str | None) -> Any:
        found = known(life, record, own_hash, known_hash)
        return "next" if found == "repeat" else found

    patch.setattr(sequence, "verdict", plant)


def accept_one_beyond(patch: Patch) -> None:
    known = sequence.verdict

    def plant(life: Any, record: m.Record, own_hash: str, known_hash: str | None) -> Any:
        found = known(life, record, own_hash, known_hash)
        return "next" if found == "beyond" and record.seq == life.seq + 2 else found

    patch.setattr(sequence, "verdict", plant)


def do_not_look_at_the_past(patch: Patch) -> None:
    known = sequence.verdict
    patch.setattr(
        sequence, "verdict", lambda life, record, own, other: known(life, replace(record, prev=life.hash), own, other)
    )


def equivocation_is_a_repeat(patch: Patch) -> None:
    known = sequence.verdict
    patch.setattr(
        sequence, "verdict", lambda life, record, own, other: known(life, record, own, own if other else None)
    )


def any_record_opens_a_life(patch: Patch) -> None:
    known = sequence.verdict
    patch.setattr(
        sequence,
        "verdict",
        lambda life, record, own, other: "new-life" if record.life > life.life else known(life, record, own, other),
    )


def loss_without_an_alarm(patch: Patch) -> None:
    change(patch, m.CannotFill, follows=())


def a_hole_in_what_was_lost(patch: Patch) -> None:
    known = sequence.verdict

    def plant(life: Any, record: m.Record, own_hash: str, known_hash: str | None) -> Any:
        found = known(life, record, own_hash, known_hash)
        return "next" if found == "beyond" and isinstance(record.data, m.CannotFill) else found

    patch.setattr(sequence, "verdict", plant)


def a_silent_node_is_nobodys_business(patch: Patch) -> None:
    patch.setattr(liveness, "SILENT_SEALED_MS", 10**9)


def replayed_beats_count(patch: Patch) -> None:
    def plant(self: Any, beat: m.Beat, newest: int, mono: int, wall: int) -> Any:
        self._newest.clear()
        return known(self, beat, newest, mono, wall)

    known = liveness.Liveness.beat
    patch.setattr(liveness.Liveness, "beat", plant)


def beats_without_our_echo_count(patch: Patch) -> None:
    known = liveness.Liveness.beat

    def plant(self: Any, beat: m.Beat, newest: int, mono: int, wall: int) -> Any:
        if isinstance(beat.data, m.Here):
            beat = replace(beat, data=replace(beat.data, echo=m.Echo(boot=self._boot, number=newest)))
        return known(self, beat, newest, mono, wall)

    patch.setattr(liveness.Liveness, "beat", plant)


def everybody_is_to_blame_for_the_broker(patch: Patch) -> None:
    patch.setattr(liveness.Liveness, "broker_lost", lambda self: None)


def every_bad_message_is_told(patch: Patch) -> None:
    patch.setattr(bad_messages, "INTERVAL_MS", 0)


def any_role_may(patch: Patch) -> None:
    patch.setattr(requests, "may", lambda wanted, roles: True)


def anybody_puts_a_hub_back(patch: Patch) -> None:
    change(patch, m.HubRestored, second=None)


def what_cannot_be_read_again_gets_in(patch: Patch) -> None:
    patch.setattr(requests, "_fits_the_contract", lambda data: None)


def six_wrong_tries(patch: Patch) -> None:
    patch.setattr(tries, "DENIED_LIMIT", 6)


def a_right_try_forgives_nothing(patch: Patch) -> None:
    change(patch, m.Granted, fold=())


def good_news_from_anybody(patch: Patch) -> None:
    patch.setattr(doubt, "why", lambda by, record: None)
    patch.setattr(door_fold, "set_level", lambda state, record, point: state.put(point))


def a_cut_wire_is_normal(patch: Patch) -> None:
    known = of_points.alarm_of_level
    patch.setattr(
        of_points,
        "alarm_of_level",
        lambda kind, level, sealed: None if level == "open-circuit" else known(kind, level, sealed),
    )


def a_revoked_node_leaves_its_room_to_itself(patch: Patch) -> None:
    change(patch, m.NodeRevoked, follows=())


def a_start_forgets_the_open_door(patch: Patch) -> None:
    change(patch, m.Started, follows=(lambda state, site, entry, record, data: iter(()),))


def orders_outlive_their_life(patch: Patch) -> None:
    patch.setattr(order_numbers, "drop", lambda state, node: None)


def an_order_is_forgotten_when_it_came_too_late(patch: Patch) -> None:
    patch.setattr(order_numbers, "REPEATED", ())


BUGS: dict[Callable[[Patch], None], tuple[Any, ...]] = {
    same_person_twice: (test_sealing.test_one_person_does_not_seal_with_two_badges,),
    seal_without_all_nodes: (
        test_sealing.Ceremonies,
        test_sealing.test_two_badges_and_both_nodes_seal_the_archive_and_not_one_node_sooner,
    ),
    seal_by_two_badges_alone: (
        test_sealing.test_the_table_of_an_area_is_this,
        test_sealing.test_two_badges_and_both_nodes_seal_the_archive_and_not_one_node_sooner,
    ),
    anybody_may_seal: (lambda: test_sealing.test_a_person_without_the_right_does_not_count(two(), 1004, "no-right"),),
    badges_any_time_apart: (
        lambda: test_sealing.test_the_second_badge_counts_up_to_20_seconds_after_the_first(two(), 60, 1),
    ),
    badges_of_two_boots: (
        test_sealing.test_the_second_badge_in_another_boot_of_the_node_does_not_count_with_the_first,
    ),
    seal_over_an_open_door: (
        test_sealing.test_a_door_that_is_opened_between_the_badges_and_the_nodes_word_stops_the_sealing,
    ),
    late_badges_of_an_earlier_ceremony: (
        test_sealing.test_a_badge_shown_for_an_earlier_ceremony_does_not_count_in_this_one,
    ),
    an_unsealing_that_runs_out_unseals: (test_sealing.test_the_table_of_an_area_is_this,),
    deadlines_by_the_wall_clock: (
        lambda: test_sealing.test_a_ceremony_runs_out_after_five_minutes_whatever_the_wall_clock_does(two(), 86_400),
        lambda: test_sealing.test_a_ceremony_runs_out_after_five_minutes_whatever_the_wall_clock_does(two(), -86_400),
    ),
    close_without_a_finding: (test_alarms.Latch,),
    one_person_closes_alone: (test_alarms.Latch,),
    closed_without_a_badge: (test_alarms.Latch,),
    whoever_writes_confirms: (test_alarms.Latch,),
    a_finding_survives_a_repeat: (test_alarms.Latch,),
    a_finding_is_confirmed_unseen: (
        test_closing.test_whoever_does_not_agree_writes_another_finding_which_somebody_else_confirms,
    ),
    a_badge_of_before_it_happened_again: (test_alarms.Latch,),
    a_beat_and_its_record_are_two: (
        test_judge.test_what_a_beat_has_told_of_first_happens_once_however_often_it_is_told,
    ),
    a_badge_told_late_counts: (test_closing.test_a_badge_that_is_told_late_and_was_before_it_happened_again_is_none,),
    close_without_acknowledging: (test_alarms.Latch,),
    close_while_active: (test_alarms.Latch,),
    clear_when_normal_again: (test_alarms.Latch,),
    no_second_alarm: (test_alarms.Latch,),
    a_repeat_takes_back: (test_sequence.Deliveries,),
    accept_one_beyond: (test_sequence.Deliveries,),
    do_not_look_at_the_past: (lambda: rows(test_sequence.test_it_is_judged, test_sequence.TABLE, 1),),
    equivocation_is_a_repeat: (test_sequence.Deliveries,),
    any_record_opens_a_life: (lambda: rows(test_sequence.test_it_is_judged, test_sequence.TABLE, 1),),
    loss_without_an_alarm: (test_sequence.Deliveries,),
    a_hole_in_what_was_lost: (lambda: rows(test_sequence.test_it_is_judged, test_sequence.TABLE, 1),),
    a_silent_node_is_nobodys_business: (
        test_watching.test_a_silent_node_of_a_sealed_area_is_an_alarm_after_10_seconds_and_not_sooner,
    ),
    replayed_beats_count: (test_watching.test_a_beat_that_is_played_again_does_not_count_however_fresh_it_is,),
    beats_without_our_echo_count: (
        lambda: test_watching.test_a_beat_that_does_not_show_that_the_node_hears_us_does_not_count(None),
    ),
    everybody_is_to_blame_for_the_broker: (
        test_watching.test_a_lost_broker_blames_nobody_and_its_return_gives_a_whole_interval,
    ),
    every_bad_message_is_told: (test_watching.test_the_first_bad_message_is_told_at_once_and_further_ones_in_sums,),
    any_role_may: (
        lambda: test_requests.test_the_duty_officer_and_the_security_officer_may_and_nobody_else(gate(), "auditor"),
    ),
    anybody_puts_a_hub_back: (lambda: test_requests.test_no_other_two_do(gate(), 1006, 1003),),
    what_cannot_be_read_again_gets_in: (test_alarms.Latch,),
    six_wrong_tries: (test_access.test_the_fifth_wrong_try_in_a_row_is_an_alarm_and_the_fourth_is_not,),
    a_right_try_forgives_nothing: (test_access.test_a_right_try_ends_the_row,),
    good_news_from_anybody: (test_judge.test_no_node_ends_an_alarm_of_another_nodes_point,),
    a_cut_wire_is_normal: (lambda: test_judge.test_a_level_is_the_alarm_that_the_table_says("door"),),
    a_revoked_node_leaves_its_room_to_itself: (
        lambda: test_judge.test_a_node_that_is_revoked_while_its_area_is_sealed_is_an_alarm(True),
    ),
    a_start_forgets_the_open_door: (
        test_judge.test_what_a_node_had_reported_is_over_when_it_starts_until_it_reports_it_again,
    ),
    orders_outlive_their_life: (
        lambda: test_orders.test_orders_of_a_life_that_is_over_are_sent_no_more(archive(), "enrolled"),
    ),
    an_order_is_forgotten_when_it_came_too_late: (
        lambda: test_orders.test_an_order_that_came_too_late_or_in_another_boot_stays_open_and_is_sent_again(
            archive(), "too-late"
        ),
    ),
}
"""Each bug, and who finds it: a state machine, or a test."""


def rows(test: Callable[..., None], table: list[tuple[Any, ...]], names: int) -> None:
    for row in table:
        test(*row[names:])


def gate() -> PaperHub:
    house = PaperHub()
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    return house


def archive() -> PaperHub:
    house = PaperHub()
    house.node("archive-1")
    return house


def two() -> PaperHub:
    house = PaperHub(two_nodes_guard_the_archive())
    for name in test_sealing.NODES:
        house.node(name)
    return house


FIXTURES: dict[Any, Callable[[], PaperHub]] = {
    test_sealing: two,
    test_access: PaperHub,
    test_orders: archive,
    test_closing: test_closing.taken_on,
}
FOUND = (AssertionError, pytest.fail.Exception, NotPossible, ValueError)
"""How a finder cries: not by a mistake of its own, such as a TypeError."""

HUNT = settings(hunting.HUNT, stateful_step_count=30)


def hunt(finder: Any) -> None:
    if isinstance(finder, type) and issubclass(finder, RuleBasedStateMachine):
        run_state_machine_as_test(finder, settings=HUNT)
    elif "house" in inspect.signature(finder).parameters:
        finder(FIXTURES[inspect.getmodule(finder)]())
    else:
        finder()


@pytest.mark.parametrize("plant", BUGS, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found(plant: Callable[[Patch], None], monkeypatch: Patch) -> None:
    plant(monkeypatch)
    for finder in BUGS[plant]:
        with pytest.raises(FOUND):
            hunt(finder)


@pytest.mark.parametrize("plant", BUGS, ids=lambda plant: plant.__name__)
def test_without_the_bug_nobody_cries(plant: Callable[[Patch], None]) -> None:
    """The state machines are run without bugs where they stand."""
    for finder in BUGS[plant]:
        if not inspect.isclass(finder):
            hunt(finder)
