"""A grant opens the doors of an area in turn; who leaves is no intruder; every other opening is forced."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from firmware.core.effects import Saved
from firmware.core.passage import Outcome, Passage
from tests.firmware.core.cast import (
    ACCESS,
    CHEN_JIE,
    DOORS,
    LI_NA,
    NOON,
    STRANGER,
    ZHANG_WEI,
    Bench,
    plan,
    seal_order,
    working,
)
from wire.messages import (
    Data,
    Emptied,
    EmptiedWhy,
    Entered,
    Forced,
    Granted,
    HeldOpen,
    LeaveBy,
    Left,
    NotEntered,
    OrderDone,
    PlanArea,
)

CORRIDOR, GATE, SECURITY = DOORS
ONE = (CORRIDOR,)
BOTH = [Entered(area="archive", person=1001, inside=1), Entered(area="archive", person=1002, inside=2)]


def at_work(leave: LeaveBy = "button", doors: tuple[str, ...] = DOORS) -> Bench:
    return working(Saved(plan=plan(leave, doors), access=ACCESS, trusted_wall=NOON - 60_000))


def walk_in(bench: Bench, number: str = ZHANG_WEI, doors: tuple[str, ...] = DOORS) -> None:
    bench.badge(number)
    for door in doors:
        bench.open_and_close(door)


def outcome(bench: Bench) -> list[Entered | NotEntered | Left | Forced]:
    return bench.told(Entered, NotEntered, Left, Forced)


# ---------------------------------------------------------------- after a start


def test_whoever_was_inside_when_the_node_was_started_again_leaves_as_before() -> None:
    bench = at_work("free")
    walk_in(bench)
    bench.run(30)
    after = bench.rebooted()
    after.run(3)
    after.forget()
    for door in reversed(DOORS):
        after.open_and_close(door)
    assert outcome(after) == [Left(area="archive", by="free", inside=0)]


def test_after_the_last_has_left_nobody_is_taken_to_be_inside_at_the_next_start() -> None:
    bench = at_work("free")
    walk_in(bench)
    bench.run(30)
    for door in reversed(DOORS):
        bench.open_and_close(door)
    after = bench.rebooted()
    after.run(3)
    after.forget()
    after.open_and_close(SECURITY)
    assert outcome(after) == [Forced(point=SECURITY)]


@pytest.mark.parametrize(("hours", "explained"), [(8, True), (8.001, False)])
@pytest.mark.parametrize("since", ["the last opening before a start", "the last opening"])
def test_nobody_is_taken_to_be_inside_for_longer_than_a_working_day(since: str, hours: float, explained: bool) -> None:
    """Two left by one opening, or while the node was off: at night that one must not let a burglar pass for leaving."""
    passage = Passage(PlanArea(name="archive", doors=ONE, leave="free", seconds=10), inside=2)
    began = 0
    if since == "the last opening":
        began = 3_600_000
        assert passage.opened(CORRIDOR, began, set())[0]
    at = began + round(hours * 3_600_000)
    passage.advance(at)
    assert passage.opened(CORRIDOR, at, set())[0] == explained


# ---------------------------------------------------------------- how many are in, as the node says


def counted(bench: Bench) -> list[int | EmptiedWhy]:
    """What was told of the count: what it is now, or why it is 0."""
    told = bench.told(Data)
    return [
        one.why if isinstance(one, Emptied) else one.inside for one in told if isinstance(one, Entered | Left | Emptied)
    ]


def test_whoever_enters_or_leaves_is_told_with_how_many_are_in_then() -> None:
    bench = at_work("button", ONE)
    bench.badge(ZHANG_WEI)
    bench.badge(LI_NA)
    bench.open_and_close(CORRIDOR)
    bench.run(20)
    for _ in range(3):
        bench.open_and_close("archive/exit-button", 0.2)
        bench.open_and_close(CORRIDOR)
    assert counted(bench) == [1, 2, 1, 0, 0]


def test_two_who_enter_and_leave_by_one_opening_are_told_to_be_gone_eight_hours_later() -> None:
    bench = at_work("free", ONE)
    walk_in(bench, ZHANG_WEI, ONE)
    walk_in(bench, LI_NA, ONE)
    bench.run(60)
    bench.open_and_close(CORRIDOR)
    assert counted(bench) == [1, 2, 1]
    bench.mono += 8 * 3_600_000
    bench.run(1)
    assert counted(bench) == [1, 2, 1, "stay-over"]
    bench.run(60)
    assert len(counted(bench)) == 4, "it is told once"


def test_a_room_that_is_sealed_with_somebody_counted_in_it_is_told_to_be_empty_before_it_is_told_to_be_sealed() -> None:
    bench = at_work("free", ONE)
    walk_in(bench, ZHANG_WEI, ONE)
    bench.forget()
    bench.order(seal_order(5))
    told = [type(one) for one in bench.told(Emptied, OrderDone)]
    assert (told, counted(bench)) == ([Emptied, OrderDone], ["sealed"])


def test_a_plan_with_other_doors_empties_the_room_and_the_same_plan_again_does_not() -> None:
    bench = at_work("free", ONE)
    walk_in(bench, ZHANG_WEI, ONE)
    bench.forget()
    bench.order(plan("free", ONE, version=8))
    assert counted(bench) == []
    bench.order(plan("free", DOORS, version=9))
    assert counted(bench) == ["planned"]


def test_a_node_whose_disk_knows_nothing_of_its_doors_says_that_it_takes_nobody_to_be_in() -> None:
    """Whatever the hub had been told by the board that was there before."""
    new = Bench(Saved(access=ACCESS, trusted_wall=NOON - 60_000))
    new.run(3)
    assert counted(new) == []
    new.order(plan("free", ONE))
    assert counted(new) == ["not-known"]
    again = new.rebooted()
    again.run(3)
    assert counted(again) == []


def test_a_badge_at_a_bank_of_cabinets_lets_nobody_in_and_nobody_out() -> None:
    bench = at_work("button", ())
    bench.badge(ZHANG_WEI)
    bench.open_and_close("archive/exit-button", 0.2)
    bench.run(60)
    assert outcome(bench) == []
    assert len(bench.told(Granted)) == 1


@pytest.mark.parametrize("hours", [3, 5])
def test_starts_one_after_the_other_keep_nobody_in_for_longer(hours: int) -> None:
    bench = at_work("free", ONE)
    walk_in(bench, ZHANG_WEI, ONE)
    told = counted(bench)
    for _ in range(2):
        bench = bench.rebooted()
        bench.mono += hours * 3_600_000
        bench.run(2)
        told += counted(bench)
    assert told == ([1] if hours < 4 else [1, "stay-over"])


# ---------------------------------------------------------------- going in


def test_whoever_is_granted_opens_the_doors_in_turn_and_has_entered_at_the_innermost() -> None:
    bench = at_work()
    walk_in(bench)
    bench.run(30)
    assert outcome(bench) == [Entered(area="archive", person=1001, inside=1)]


def test_each_door_may_take_ten_seconds_after_the_one_before() -> None:
    bench = at_work()
    bench.badge(ZHANG_WEI)
    for door in DOORS:
        bench.run(9)
        bench.open_and_close(door, 0.5)
    assert outcome(bench) == [Entered(area="archive", person=1001, inside=1)]


def test_a_grant_that_nobody_uses_is_told_as_not_entered() -> None:
    bench = at_work()
    bench.badge(ZHANG_WEI)
    bench.run(9)
    assert outcome(bench) == []
    bench.run(3)
    assert outcome(bench) == [NotEntered(area="archive", person=1001)]


def test_after_the_time_has_run_out_an_opening_is_forced() -> None:
    bench = at_work(doors=ONE)
    bench.badge(ZHANG_WEI)
    bench.run(10.5)
    bench.open(CORRIDOR)
    bench.run(3)
    assert outcome(bench) == [Forced(point=CORRIDOR), NotEntered(area="archive", person=1001)]


def test_an_opening_without_a_grant_is_forced() -> None:
    bench = at_work()
    bench.open_and_close(CORRIDOR)
    assert outcome(bench) == [Forced(point=CORRIDOR)]


def test_a_denied_badge_opens_nothing() -> None:
    bench = at_work()
    bench.badge(CHEN_JIE)
    bench.open(CORRIDOR)
    assert outcome(bench) == [Forced(point=CORRIDOR)]


def test_a_door_out_of_turn_is_forced() -> None:
    bench = at_work()
    bench.badge(ZHANG_WEI)
    bench.open(SECURITY)
    assert outcome(bench) == [Forced(point=SECURITY)]


def test_a_door_that_opens_again_after_it_was_passed_is_not_forced() -> None:
    bench = at_work()
    bench.badge(ZHANG_WEI)
    bench.open_and_close(CORRIDOR)
    bench.open_and_close(CORRIDOR)
    bench.open_and_close(GATE)
    bench.open_and_close(CORRIDOR)
    bench.open_and_close(SECURITY)
    bench.open_and_close(SECURITY)
    assert outcome(bench) == [Entered(area="archive", person=1001, inside=1)]


def test_doors_that_stand_open_are_skipped() -> None:
    bench = at_work()
    bench.open(GATE)
    bench.forget()
    bench.badge(ZHANG_WEI)
    bench.open(CORRIDOR)
    bench.open(SECURITY)
    assert outcome(bench) == [Entered(area="archive", person=1001, inside=1)]


def test_with_every_door_open_a_grant_is_an_entry() -> None:
    bench = at_work()
    for door in DOORS:
        bench.open(door)
    bench.forget()
    bench.badge(ZHANG_WEI)
    assert outcome(bench) == [Entered(area="archive", person=1001, inside=1)]


def test_two_people_one_after_the_other_have_both_entered() -> None:
    bench = at_work()
    walk_in(bench, ZHANG_WEI)
    walk_in(bench, LI_NA)
    assert outcome(bench) == [
        Entered(area="archive", person=1001, inside=1),
        Entered(area="archive", person=1002, inside=2),
    ]


def test_two_people_through_one_opening_have_both_entered() -> None:
    bench = at_work(doors=ONE)
    bench.badge(ZHANG_WEI)
    bench.badge(LI_NA)
    bench.open_and_close(CORRIDOR)
    bench.run(20)
    assert outcome(bench) == [
        Entered(area="archive", person=1001, inside=1),
        Entered(area="archive", person=1002, inside=2),
    ]


def test_the_second_is_granted_while_the_first_is_between_the_doors() -> None:
    bench = at_work()
    bench.badge(ZHANG_WEI)
    bench.open_and_close(CORRIDOR)
    bench.badge(LI_NA)
    bench.open_and_close(GATE)
    bench.open_and_close(CORRIDOR)
    bench.open_and_close(SECURITY)
    bench.open_and_close(GATE)
    bench.open_and_close(SECURITY)
    assert outcome(bench) == [
        Entered(area="archive", person=1001, inside=1),
        Entered(area="archive", person=1002, inside=2),
    ]


def test_the_same_badge_again_is_one_entry_with_more_time() -> None:
    bench = at_work(doors=ONE)
    bench.badge(ZHANG_WEI)
    bench.run(8)
    bench.badge(ZHANG_WEI)
    bench.run(8)
    bench.open_and_close(CORRIDOR)
    bench.run(20)
    assert outcome(bench) == [Entered(area="archive", person=1001, inside=1)]


def test_whoever_only_reached_some_doors_has_not_entered_and_may_turn_back() -> None:
    bench = at_work()
    bench.badge(ZHANG_WEI)
    bench.open_and_close(CORRIDOR)
    bench.run(20)
    bench.open_and_close(CORRIDOR)
    assert outcome(bench) == [NotEntered(area="archive", person=1001)]
    bench.open(GATE)
    assert outcome(bench)[-1] == Forced(point=GATE)


def test_a_door_that_was_open_when_the_node_started_was_opened_by_nobody_it_saw() -> None:
    bench = Bench()
    bench.levels[CORRIDOR] = "active"
    bench.run(3)
    assert outcome(bench) == []


def test_a_pulse_of_50_ms_is_forced_too() -> None:
    bench = at_work()
    bench.levels[CORRIDOR] = "active"
    bench.sample(CORRIDOR)
    bench.mono += 50
    bench.levels[CORRIDOR] = "normal"
    bench.sample(CORRIDOR)
    assert outcome(bench) == [Forced(point=CORRIDOR)]


def test_it_all_works_with_the_hub_away() -> None:
    bench = at_work()
    bench.hub = False
    bench.run(3_600)
    walk_in(bench)
    assert outcome(bench) == [Entered(area="archive", person=1001, inside=1)]


# ---------------------------------------------------------------- going out


def test_the_exit_button_opens_the_doors_from_the_inside_outwards() -> None:
    bench = at_work("button")
    bench.open_and_close("archive/exit-button", 0.2)
    for door in reversed(DOORS):
        bench.open_and_close(door)
    assert outcome(bench) == [Left(area="archive", by="button", inside=0)]


def test_two_people_who_press_the_button_one_after_the_other_have_both_left() -> None:
    bench = at_work("button", ONE)
    for _ in range(2):
        bench.open_and_close("archive/exit-button", 0.2)
        bench.open_and_close(CORRIDOR)
    assert outcome(bench) == [Left(area="archive", by="button", inside=0)] * 2


def test_a_button_opens_nothing_where_people_leave_by_a_reader() -> None:
    bench = at_work("reader", ONE)
    bench.open_and_close("archive/exit-button", 0.2)
    bench.open(CORRIDOR)
    assert outcome(bench) == [Forced(point=CORRIDOR)]


def test_a_known_badge_at_the_inside_reader_names_who_has_left() -> None:
    bench = at_work("reader")
    bench.badge(CHEN_JIE, port="r2")
    for door in reversed(DOORS):
        bench.open_and_close(door)
    assert outcome(bench) == [Left(area="archive", by="reader", inside=0, person=1004)]


def test_a_stranger_at_the_inside_reader_opens_nothing() -> None:
    bench = at_work("reader", ONE)
    bench.badge(STRANGER, port="r2")
    bench.open(CORRIDOR)
    assert outcome(bench) == [Forced(point=CORRIDOR)]


def test_while_somebody_is_in_the_door_opens_freely_from_inside() -> None:
    bench = at_work("free", ONE)
    walk_in(bench, doors=ONE)
    bench.run(60)
    bench.open_and_close(CORRIDOR)
    assert outcome(bench) == [Entered(area="archive", person=1001, inside=1), Left(area="archive", by="free", inside=0)]


def test_whoever_comes_out_again_after_a_few_seconds_has_left_and_covers_no_intruder() -> None:
    bench = at_work("free", ONE)
    walk_in(bench, doors=ONE)
    bench.run(5)
    bench.open_and_close(CORRIDOR)
    assert outcome(bench) == [Entered(area="archive", person=1001, inside=1), Left(area="archive", by="free", inside=0)]
    bench.run(60)
    bench.open_and_close(CORRIDOR)
    assert outcome(bench)[-1] == Forced(point=CORRIDOR)


def test_once_everybody_has_left_the_next_opening_is_forced() -> None:
    bench = at_work("free", ONE)
    walk_in(bench, ZHANG_WEI, ONE)
    walk_in(bench, LI_NA, ONE)
    for _ in range(3):
        bench.run(60)
        bench.open_and_close(CORRIDOR)
    left = [Left(area="archive", by="free", inside=inside) for inside in (1, 0)]
    assert outcome(bench)[2:] == [*left, Forced(point=CORRIDOR)]


def test_leaving_freely_begins_at_the_innermost_door() -> None:
    bench = at_work("free")
    walk_in(bench)
    bench.run(60)
    bench.open_and_close(CORRIDOR)
    assert outcome(bench)[-1] == Forced(point=CORRIDOR)
    bench.forget()
    for door in reversed(DOORS):
        bench.open_and_close(door)
    assert outcome(bench) == [Left(area="archive", by="free", inside=0)]


# ---------------------------------------------------------------- held open, sealed


@pytest.mark.parametrize("door", [CORRIDOR, GATE])
def test_a_door_held_open_is_told_once_after_60_seconds(door: str) -> None:
    bench = at_work()
    bench.open(door)
    bench.run(58)
    assert bench.told(HeldOpen) == []
    bench.run(300)
    assert bench.told(HeldOpen) == [HeldOpen(point=door, seconds=60)]
    bench.close(door)
    bench.open(door)
    bench.run(61)
    assert len(bench.told(HeldOpen)) == 2


def test_a_window_or_cabinet_may_stand_open() -> None:
    bench = at_work()
    bench.open("archive/window")
    bench.open("archive/cabinet-1")
    bench.run(300)
    assert bench.told(HeldOpen, Forced) == []


def test_a_sealed_area_judges_no_passages() -> None:
    bench = at_work()
    bench.order(seal_order(5))
    bench.open(CORRIDOR)
    bench.run(120)
    assert bench.told(Entered, NotEntered, Left, Forced, HeldOpen) == []


def test_sealing_ends_what_was_under_way() -> None:
    bench = at_work("free", ONE)
    walk_in(bench, ZHANG_WEI, ONE)
    bench.badge(LI_NA)
    bench.forget()
    bench.order(seal_order(5))
    assert outcome(bench) == [NotEntered(area="archive", person=1002)]
    bench.run(2.1)  # sooner it would be the same badge, still held to the reader
    bench.unseal()
    bench.open(CORRIDOR)
    assert outcome(bench)[-1] == Forced(point=CORRIDOR), "nobody is in a room that was sealed"


# ---------------------------------------------------------------- whatever happens


class AnyTraffic(RuleBasedStateMachine):
    """People, doors and time in any order. What is promised of every such day."""

    @initialize(leave=st.sampled_from(["button", "reader", "free"]), doors=st.integers(1, 3))
    def begin(self, leave: LeaveBy, doors: int) -> None:
        self.doors = DOORS[:doors]
        self.passage = Passage(PlanArea(name="archive", doors=self.doors, leave=leave, seconds=10))
        self.now = 1_000
        self.open: set[str] = set()
        self.grants: list[int] = []
        self.entered = self.left = self.not_entered = self.told = 0
        self.last_reason = -(10**9)

    def count(self, outcomes: list[Outcome]) -> None:
        for one in outcomes:
            if isinstance(one, Entered | Left):
                self.told = one.inside
            elif isinstance(one, Emptied):
                self.told = 0
        self.entered += sum(isinstance(one, Entered) for one in outcomes)
        self.not_entered += sum(isinstance(one, NotEntered) for one in outcomes)
        self.left += sum(isinstance(one, Left) for one in outcomes)

    @rule(person=st.integers(1001, 1003))
    def badge(self, person: int) -> None:
        self.grants.append(person)
        self.last_reason = self.now
        self.count(self.passage.enter(person, self.now, self.open))

    @rule()
    def button(self) -> None:
        self.last_reason = self.now
        self.count(self.passage.leave("button", None, self.now, self.open))

    @rule(door=st.integers(0, 2))
    def opens(self, door: int) -> None:
        place = self.doors[door % len(self.doors)]
        if place in self.open:
            return
        self.open.add(place)
        accepted, outcomes = self.passage.opened(place, self.now, self.open)
        self.count(outcomes)
        quiet = self.now - self.last_reason > 10_000 * (len(self.doors) + 1) + 62_000
        if quiet and (self.passage.area.leave != "free" or self.entered == 0):
            assert not accepted, "nobody had a reason to open this door"
        if accepted and self.passage.area.leave == "free":
            self.last_reason = self.now

    @rule(door=st.integers(0, 2))
    def closes(self, door: int) -> None:
        self.open.discard(self.doors[door % len(self.doors)])

    @rule(seconds=st.sampled_from([0.1, 1, 5, 9, 12, 30, 120, 9 * 3600]))
    def waits(self, seconds: float) -> None:
        self.now += round(seconds * 1000)
        self.count(self.passage.advance(self.now))

    @invariant()
    def what_was_told_last_is_the_count(self) -> None:
        if hasattr(self, "grants"):
            assert self.passage.inside == self.told

    @invariant()
    def every_grant_ends_once_at_most(self) -> None:
        if hasattr(self, "grants"):
            assert self.entered + self.not_entered <= len(self.grants)
            assert 0 <= self.passage.inside <= self.entered

    def teardown(self) -> None:
        if hasattr(self, "grants") and self.grants:
            self.waits(120)
            assert self.entered + self.not_entered >= 1, "a grant is told as used or as not used"
            was = self.passage.inside
            assert self.passage.close("planned") == ([Emptied(area="archive", why="planned")] if was else [])


AnyTraffic.TestCase.settings = settings(max_examples=150, stateful_step_count=30)
TestAnyTraffic = AnyTraffic.TestCase
