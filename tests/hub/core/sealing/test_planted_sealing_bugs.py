"""Bugs planted in the course of a sealing and in its ledger: each is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis.stateful import run_state_machine_as_test

from hub.core.sealing import before as before_sealing
from hub.core.sealing import course, intervals, node_time, sealed_time
from hub.core.sealing.node_time import Anchor, NodeTime
from hub.core.site import lookups
from hub.core.state import State
from tests.hub.core.journal.test_planted_bugs import FOUND, HUNT
from tests.hub.core.sealing import test_course, test_sealed_time
from tests.support.tables import change
from wire import messages as m

Patch = pytest.MonkeyPatch


def a_walk_test_is_good_for_ever(patch: Patch) -> None:
    patch.setattr(before_sealing, "fresh", lambda at, now: at is not None)


def an_opening_alone_is_a_walk_test(patch: Patch) -> None:
    patch.setattr(before_sealing, "tested", lambda state, point, now: before_sealing.blind(state, point) is False)


def one_signs_twice(patch: Patch) -> None:
    patch.setattr(course, "SIGNATURES", 1)


def an_emergency_closes_by_itself(patch: Patch) -> None:
    patch.setitem(course.COURSE, ("opened", "all-confirmed"), "closed")


def unsealed_without_comparing(patch: Patch) -> None:
    patch.setattr(before_sealing, "not_compared", lambda *_: [])


def whoever_approves_orders_as_well(patch: Patch) -> None:
    change(patch, m.SealingOrdered, second=lambda *_: None)


def a_try_keeps_its_number(patch: Patch) -> None:
    def number(state: State, area: str, now: int) -> int:
        under_way = course.of_area(state, area, "checking", "planned")
        return under_way.number if under_way else state.meta.next_sealing

    patch.setattr(course, "next_number", number)


def two_of_one_role_seal(patch: Patch) -> None:
    patch.setattr(lookups, "in_two_roles", lambda *_: True)


def a_breach_is_forgotten(patch: Patch) -> None:
    patch.setattr(course, "BREACH", ())


def what_is_not_covered_was_watched(patch: Patch) -> None:
    patch.setattr(intervals, "within", lambda spans, others: spans)


def a_power_cut_is_a_step_of_the_clock(patch: Patch) -> None:
    patch.setattr(sealed_time, "Anchor", lambda boot, mono, wall, _clock: Anchor(boot, mono, wall, "trusted"))


def steps_are_left_out(patch: Patch) -> None:
    known = node_time.lay_out
    patch.setattr(node_time, "lay_out", lambda *words: NodeTime(known(*words).pieces, ()))


def gaps_are_left_out(patch: Patch) -> None:
    known = sealed_time._OfNode.record

    def record(self: Any, record: m.Record, area: str, sealing: int) -> None:
        known(self, record, area, sealing)
        self.gaps.clear()

    patch.setattr(sealed_time._OfNode, "record", record)


def the_certificate_forgets_openings(patch: Patch) -> None:
    patch.setattr(course, "count_alarm", lambda *_: None)


BUGS: dict[Callable[[Patch], None], Any] = {
    a_walk_test_is_good_for_ever: test_course.test_a_list_that_has_grown_old_since_the_order_stops_the_sealing,
    an_opening_alone_is_a_walk_test: test_course.test_a_point_that_was_opened_and_not_closed_or_only_cut_is_not_walked,
    one_signs_twice: test_course.Courses,
    an_emergency_closes_by_itself: test_course.test_an_emergency_is_closed_by_two_who_sign_and_not_by_one_twice,
    unsealed_without_comparing: test_course.Courses,
    whoever_approves_orders_as_well: test_course.test_nothing_is_disarmed_before_numbers_are_compared_and_approved,
    a_try_keeps_its_number: test_course.test_a_try_that_came_to_nothing_leaves_its_number_behind_and_keeps_its_plan,
    two_of_one_role_seal: test_course.test_two_duty_officers_stand_for_one_role,
    a_breach_is_forgotten: test_course.test_an_opening_while_sealed_is_a_breach_and_is_counted,
    what_is_not_covered_was_watched: test_sealed_time.test_what_no_watch_record_covers_is_blind,
    a_power_cut_is_a_step_of_the_clock: test_sealed_time.test_a_power_cut_without_a_clock_is_blind_and_no_step,
    steps_are_left_out: lambda: test_sealed_time.test_a_step_of_the_clock_stands_as_a_line_of_its_own(3_600_000),
    gaps_are_left_out: test_sealed_time.test_a_gap_in_a_watch_record_is_blind,
    the_certificate_forgets_openings: test_course.test_an_opening_while_sealed_is_a_breach_and_is_counted,
}


def hunt(finder: Any) -> None:
    if isinstance(finder, type):
        run_state_machine_as_test(finder, settings=HUNT)
    elif getattr(finder, "__module__", "") == test_course.__name__:
        finder(test_course.three_nodes())
    else:
        finder()


@pytest.mark.parametrize("plant", BUGS, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found(plant: Callable[[Patch], None], monkeypatch: Patch) -> None:
    plant(monkeypatch)
    with pytest.raises(FOUND):
        hunt(BUGS[plant])
