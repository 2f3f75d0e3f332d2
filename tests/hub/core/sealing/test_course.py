"""From plan to certificate: checks, walk tests, seal numbers, approvals, emergencies. Nothing less seals or opens."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hub.core.refusal import NotPossible
from hub.core.sealing import area as area_sealing
from hub.core.sealing import before as before_sealing
from hub.core.sealing import course
from hub.core.state import Sealing, SealingState, SealOn, Window
from tests.support.paper import LI_NA, LIU_YANG, NOON, WANG_FANG, ZHANG_WEI, ZHOU_QIANG, PaperHub
from tests.support.sealing import CAUSE, NUMBER, may_unseal, ready, unseal_order
from wire import messages as m

SEAL = "archive/corridor-seal"
GATE = "archive/iron-gate"
SIX_HOURS = 6 * 3600
ORDER = m.SealingOrdered(sealing=0, area="archive", purpose="seal")


def three_nodes() -> PaperHub:
    house = PaperHub()
    for node in ("archive-1", "cipher-1", "computer-1"):
        house.node(node)
    return house


@pytest.fixture(name="house")
def with_three_nodes() -> PaperHub:
    return three_nodes()


def lacks(house: PaperHub, area: str = "archive") -> set[str]:
    return {str(one) for one in before_sealing.missing(house.state, house.site, area, house.clock())}


def badges(house: PaperHub, *people: int) -> None:
    number = house.state.area("archive").sealing
    for person in people:
        house.node("archive-1").presents("archive/reader", person, number)


def sealed(house: PaperHub) -> Sealing:
    ready(house, "archive")
    house.asks(WANG_FANG, ORDER)
    badges(house, ZHANG_WEI, WANG_FANG)
    number = house.state.area("archive").sealing
    house.node("archive-1").holds(m.SealedArea(area="archive", sealing=number))
    return the(house, number)


def the(house: PaperHub, number: int) -> Sealing:
    found = house.state.find(Sealing, number)
    assert found is not None
    return found


def refused(house: PaperHub, reason: str, person: int, fact: m.FactData) -> None:
    before = len(house.entries)
    with pytest.raises(NotPossible) as refusal:
        house.asks(person, fact)
    assert refusal.value.reason == reason
    assert len(house.entries) == before


# ---------------------------------------------------------------- the table


def test_every_state_is_reached_and_every_end_is_one() -> None:
    reached = {"planned", "checking", *course.COURSE.values()}
    assert reached == set(get_args(SealingState))
    assert {event for _, event in course.COURSE} == set(get_args(course.CourseEvent))
    ends = {state for state in reached if not any(before == state for before, _ in course.COURSE)}
    assert ends == {"closed", "cancelled", "postponed"}


def test_only_two_signatures_close_an_emergency_and_only_badges_or_an_emergency_end_a_sealing() -> None:
    ways_in = {(before, event) for (before, event), after in course.COURSE.items() if after == "closed"}
    assert ways_in == {("unsealing", "all-confirmed"), ("opened", "two-signatures")}
    ways_out = {event for before, event in course.COURSE if before in ("sealed", "breached")}
    assert ways_out == {"opened", "order-unseal", "emergency"}


# ---------------------------------------------------------------- plans


def plan(house: PaperHub, *areas: str) -> None:
    window = m.WindowPlanned(window=0, title="国庆节", areas=areas, starts=NOON + 3_600_000, ends=NOON + 90_000_000)
    house.asks(WANG_FANG, window)


def test_a_window_is_a_plan_for_each_of_its_areas(house: PaperHub) -> None:
    plan(house, "archive", "cipher-room")
    assert [(one.area, one.state, one.window) for one in house.state.all(Sealing)] == [
        ("archive", "planned", 1),
        ("cipher-room", "planned", 1),
    ]
    house.check()


def test_a_cancelled_window_takes_its_plans_with_it_and_not_what_is_sealed(house: PaperHub) -> None:
    plan(house, "archive", "cipher-room")
    number = sealed(house).number
    assert the(house, number).window == 1
    house.asks(WANG_FANG, m.WindowCancelled(window=1, reason="改期"))
    assert the(house, number).state == "sealed"
    assert [one.area for one in house.journal(m.SealingDropped)] == ["cipher-room"]


def test_a_sealing_ordered_when_its_time_has_come_is_the_planned_one(house: PaperHub) -> None:
    plan(house, "archive")
    assert sealed(house).number == 1


def test_a_plan_is_postponed_with_a_reason(house: PaperHub) -> None:
    plan(house, "archive")
    drop = m.SealingDropped(sealing=1, area="x", outcome="postponed", reason="  ")
    refused(house, "reason-empty", WANG_FANG, drop)
    house.asks(WANG_FANG, m.SealingDropped(sealing=1, area="x", outcome="postponed", reason="加班"))
    refused(house, "sealing-not-planned", WANG_FANG, drop)
    assert house.state.find(Sealing, 1) is None  # nothing asks for it any longer


def test_what_is_sealed_is_not_dropped(house: PaperHub) -> None:
    number = sealed(house).number
    drop = m.SealingDropped(sealing=number, area="archive", outcome="cancelled", reason="不要了")
    refused(house, "sealing-not-planned", WANG_FANG, drop)


def test_a_try_that_came_to_nothing_leaves_its_number_behind_and_keeps_its_plan(house: PaperHub) -> None:
    """A badge that was shown for the first try, and is delivered late, must not count for the second."""
    plan(house, "archive")
    ready(house, "archive")
    house.asks(WANG_FANG, ORDER)
    badges(house, ZHANG_WEI)
    house.asks(WANG_FANG, m.SealingCancelled(sealing=0, area="archive", reason="by-hand", detail=""))
    assert the(house, 1).state == "checking"
    house.asks(WANG_FANG, ORDER)
    assert house.state.area("archive").sealing == 2
    assert the(house, 2).window == 1
    house.node("archive-1").presents("archive/reader", WANG_FANG, 1)
    assert house.journal(m.SealingBadge)[-1].refusal == "no-ceremony"


# ---------------------------------------------------------------- the list


def test_all_that_is_missing_stands_in_one_list(house: PaperHub) -> None:
    assert lacks(house) == {
        "not-ticked doors", "not-ticked windows", "not-ticked cabinets", "not-ticked people-out",
        "not-tested archive/corridor-door", "not-tested archive/iron-gate", "not-tested archive/security-door",
        "not-tested archive/security-window", "not-tested archive/cabinet-1", "not-tested archive/cabinet-2",
        "not-tested archive/cabinet-3", "no-number archive/corridor-seal",
    }  # fmt: skip
    assert "not-ticked safe" in lacks(house, "cipher-room")
    ready(house, "archive")
    assert lacks(house) == set()


def test_nothing_is_sealed_before_the_list_is_empty(house: PaperHub) -> None:
    refused(house, "not-ready", WANG_FANG, ORDER)
    ready(house, "archive")
    house.asks(WANG_FANG, ORDER)


@pytest.mark.parametrize(("later", "good"), [(SIX_HOURS, True), (SIX_HOURS + 1, False)])
def test_the_walk_test_and_the_ticks_hold_for_six_hours(house: PaperHub, later: int, good: bool) -> None:
    ready(house, "archive")
    house.clock.forward(later)
    assert (lacks(house) == set()) == good


def test_a_list_that_has_grown_old_since_the_order_stops_the_sealing(house: PaperHub) -> None:
    ready(house, "archive")
    house.clock.forward(SIX_HOURS - 10)
    house.asks(WANG_FANG, ORDER)
    badges(house, ZHANG_WEI)
    house.clock.forward(15)
    badges(house, WANG_FANG)
    assert house.state.area("archive").state == "unsealed"
    assert house.journal(m.SealingCancelled)[-1].reason == "not-ready"


def test_a_point_that_was_opened_and_not_closed_or_only_cut_is_not_walked(house: PaperHub) -> None:
    archive = house.node("archive-1")
    archive.level(GATE, "normal", "open-circuit")
    archive.level(GATE, "open-circuit", "normal")
    assert f"not-tested {GATE}" in lacks(house)
    archive.opens(GATE)
    assert {f"not-tested {GATE}", f"not-normal {GATE}"} <= lacks(house)
    archive.closes(GATE)
    assert f"not-tested {GATE}" not in lacks(house)


def test_a_point_that_chatters_is_walked_again(house: PaperHub) -> None:
    ready(house, "archive")
    archive = house.node("archive-1")
    archive.says(m.Chatter(point=GATE, edges=30, since=archive.mono, until=archive.mono, level="normal"))
    assert lacks(house) == {f"not-tested {GATE}"}
    archive.opens(GATE)
    archive.closes(GATE)
    assert lacks(house) == set()


def test_another_node_walks_for_nobody(house: PaperHub) -> None:
    """A point is tested by the node that it hangs on."""
    house.node("cipher-1").opens(GATE)
    house.node("cipher-1").closes(GATE)
    assert f"not-tested {GATE}" in lacks(house)


def test_points_behind_loops_that_cannot_be_read_are_blind(house: PaperHub) -> None:
    ready(house, "archive")
    archive = house.node("archive-1")
    archive.says(m.Fault(part="loops", failed=True, detail="adc"))
    assert f"blind {GATE}" in lacks(house)
    assert "blind archive/cabinet-1" not in lacks(house)  # two-state: it does not pass the converter
    archive.says(m.Fault(part="loops", failed=False, detail="adc"))
    assert {one for one in lacks(house) if not one.startswith("not-tested ")} == set()


@pytest.mark.parametrize("cause", ["silent", "loops", "new board"])
def test_what_was_blind_since_it_was_walked_is_walked_again(house: PaperHub, cause: str) -> None:
    """A contact that worked before somebody had the cable, or the node, in his hands proves nothing after it."""
    ready(house, "archive")
    archive = house.node("archive-1")
    if cause == "silent":
        house.fact(m.NodeSilent(node="archive-1", last_heard=None, sealed=()))
        house.fact(m.NodeBack(node="archive-1", silent_for=60_000))
    elif cause == "loops":
        archive.says(m.Fault(part="loops", failed=True, detail="adc"))
        archive.says(m.Fault(part="loops", failed=False, detail="adc"))
    else:
        archive.enrol()
        archive.starts()
    assert f"not-tested {GATE}" in lacks(house)
    archive.opens(GATE)
    archive.closes(GATE)
    assert f"not-tested {GATE}" not in lacks(house)


def test_a_silent_node_is_blind_and_seals_nothing_even_with_an_exception(house: PaperHub) -> None:
    ready(house, "archive")
    house.fact(m.NodeSilent(node="archive-1", last_heard=None, sealed=()))
    assert f"blind {GATE}" in lacks(house)
    refused(house, "node-not-heard", WANG_FANG, ORDER)


# ---------------------------------------------------------------- each sealing is looked at anew


LOOKED_AT = {
    "not-ticked doors", "not-ticked windows", "not-ticked cabinets", "not-ticked people-out",
    "no-number archive/corridor-seal",
}  # fmt: skip


def unsealed(house: PaperHub) -> None:
    may_unseal(house, "archive")
    house.asks(WANG_FANG, unseal_order("archive"))
    badges(house, ZHANG_WEI, WANG_FANG)
    house.node("archive-1").holds()
    assert house.state.area("archive").state == "unsealed"


def test_ticks_and_numbers_are_for_one_sealing(house: PaperHub) -> None:
    """Somebody was in the room between the two, and the seals were broken. What was walked has not changed."""
    sealed(house)
    unsealed(house)
    assert lacks(house) == LOOKED_AT
    refused(house, "not-ready", WANG_FANG, ORDER)
    ready(house, "archive")
    house.asks(WANG_FANG, ORDER)


def test_an_exception_is_for_one_sealing(house: PaperHub) -> None:
    ready(house, "archive")
    archive = house.node("archive-1")
    archive.says(m.Chatter(point=GATE, edges=30, since=archive.mono, until=archive.mono, level="normal"))
    excepted(house)
    house.asks(WANG_FANG, ORDER)
    badges(house, ZHANG_WEI, WANG_FANG)
    archive.holds(m.SealedArea(area="archive", sealing=house.state.area("archive").sealing))
    unsealed(house)
    assert lacks(house) == LOOKED_AT | {f"not-tested {GATE}"}


def test_an_emergency_uses_them_up_as_well(house: PaperHub) -> None:
    sealed(house)
    emergency(house)
    house.node("archive-1").holds()
    assert lacks(house) == LOOKED_AT


def test_what_a_node_was_found_to_hold_sealed_uses_them_up(house: PaperHub) -> None:
    ready(house, "archive")
    held = m.SealedArea(area="archive", sealing=house.state.meta.next_sealing)
    house.decides(m.SealingAdopted(sealing=held.sealing, area="archive", node="archive-1"))
    emergency(house)
    house.node("archive-1").holds()
    assert lacks(house) == LOOKED_AT


@pytest.mark.parametrize("outcome", ["postponed", "cancelled"])
def test_a_sealing_that_was_put_off_is_looked_at_anew(house: PaperHub, outcome: Any) -> None:
    plan(house, "archive")
    house.asks(WANG_FANG, m.SealingChecking(sealing=0, area="archive"))
    ready(house, "archive")
    house.asks(WANG_FANG, m.SealingDropped(sealing=1, area="archive", outcome=outcome, reason="加班"))
    assert lacks(house) == LOOKED_AT


def test_a_plan_for_later_that_falls_takes_nothing_from_the_sealing_of_today(house: PaperHub) -> None:
    starts = NOON + 30 * 86_400_000
    house.asks(WANG_FANG, m.WindowPlanned(window=0, title="春节", areas=("archive",), starts=starts, ends=starts + 1))
    ready(house, "archive")
    house.asks(WANG_FANG, m.WindowCancelled(window=1, reason="改期"))
    assert lacks(house) == set()


def test_a_ceremony_that_came_to_nothing_is_tried_again_at_once(house: PaperHub) -> None:
    """The two still stand at the door, and the seals still hang."""
    ready(house, "archive")
    house.asks(WANG_FANG, ORDER)
    badges(house, ZHANG_WEI)
    house.asks(WANG_FANG, m.SealingCancelled(sealing=0, area="archive", reason="by-hand", detail=""))
    assert lacks(house) == set()


# ---------------------------------------------------------------- exceptions


def excepted(house: PaperHub, point: str = GATE) -> None:
    house.asks(LIU_YANG, m.ExceptionSigned(point=point, reason="锁已坏，节后修"))


def test_a_point_is_sealed_untested_only_on_the_security_officers_signature(house: PaperHub) -> None:
    ready(house, "archive")
    archive = house.node("archive-1")
    archive.says(m.Chatter(point=GATE, edges=30, since=archive.mono, until=archive.mono, level="normal"))
    refused(house, "not-allowed", WANG_FANG, m.ExceptionSigned(point=GATE, reason="锁已坏"))
    refused(house, "reason-empty", LIU_YANG, m.ExceptionSigned(point=GATE, reason=" "))
    refused(house, "unknown-point", LIU_YANG, m.ExceptionSigned(point="archive/no-such", reason="锁已坏"))
    excepted(house)
    assert lacks(house) == set()
    house.asks(WANG_FANG, ORDER)
    badges(house, ZHANG_WEI, WANG_FANG)
    assert house.journal(m.SealingArming)[-1].exceptions == (GATE,)


def test_an_exception_is_for_the_next_hours_and_no_longer(house: PaperHub) -> None:
    excepted(house)
    house.clock.forward(SIX_HOURS + 1)
    assert f"not-tested {GATE}" in lacks(house)


def test_an_exception_opens_no_door(house: PaperHub) -> None:
    """Blind or untested may be excepted; open may not."""
    ready(house, "archive")
    excepted(house)
    house.node("archive-1").opens(GATE)
    assert lacks(house) == {f"not-normal {GATE}"}


def test_whoever_signs_an_exception_does_not_seal() -> None:
    from msgspec.structs import replace

    from tests.support.paper import demo_site

    site = demo_site()
    areas = tuple(
        replace(one, may_seal=(*one.may_seal, LIU_YANG)) if one.name == "archive" else one for one in site.area
    )
    house = PaperHub(replace(site, area=areas))
    house.node("archive-1")
    ready(house, "archive")
    excepted(house)
    house.asks(WANG_FANG, ORDER)
    badges(house, LIU_YANG)
    assert house.journal(m.SealingBadge)[-1].refusal == "signed-exception"


# ---------------------------------------------------------------- two roles, and the numbers on the seals


def test_two_duty_officers_stand_for_one_role(house: PaperHub) -> None:
    ready(house, "archive")
    house.asks(WANG_FANG, ORDER)
    badges(house, WANG_FANG, ZHOU_QIANG)
    assert house.journal(m.SealingBadge)[-1].refusal == "same-role"
    badges(house, ZHANG_WEI)
    assert house.state.area("archive").state == "arming"


def test_two_custodians_stand_for_one_role_as_well(house: PaperHub) -> None:
    ready(house, "archive")
    house.asks(WANG_FANG, ORDER)
    badges(house, ZHANG_WEI, LI_NA)
    assert house.journal(m.SealingBadge)[-1].refusal == "same-role"


def number(house: PaperHub, said_by: int, text: str = NUMBER, account: int = WANG_FANG) -> None:
    house.asks(account, m.SealNumber(point=SEAL, number=text, said_by=said_by))


def test_a_number_counts_once_another_has_repeated_it(house: PaperHub) -> None:
    number(house, ZHANG_WEI)
    assert f"number-not-repeated {SEAL}" in lacks(house)
    number(house, ZHANG_WEI)
    assert f"number-not-repeated {SEAL}" in lacks(house)
    number(house, WANG_FANG)
    assert not {one for one in lacks(house) if one.endswith(SEAL)}


def test_another_number_by_the_second_is_refused_and_the_first_may_mend_his_own(house: PaperHub) -> None:
    number(house, ZHANG_WEI, "SN-7")
    refused(house, "number-differs", WANG_FANG, m.SealNumber(point=SEAL, number="SN-1", said_by=WANG_FANG))
    number(house, ZHANG_WEI, "SN-1")
    number(house, WANG_FANG, "SN-1")
    assert house.state.find(SealOn, SEAL).repeated_by == WANG_FANG  # type: ignore[union-attr]


def test_nobody_says_a_number_for_somebody_who_has_an_account(house: PaperHub) -> None:
    refused(house, "says-it-yourself", WANG_FANG, m.SealNumber(point=SEAL, number="SN-1", said_by=ZHOU_QIANG))


def test_only_who_may_seal_says_a_number_and_only_on_a_seal(house: PaperHub) -> None:
    refused(house, "no-right", WANG_FANG, m.SealNumber(point=SEAL, number="SN-1", said_by=4711))
    refused(house, "unknown-point", WANG_FANG, m.SealNumber(point=GATE, number="SN-1", said_by=ZHANG_WEI))


def test_those_who_said_the_numbers_are_those_who_show_the_badges(house: PaperHub) -> None:
    ready(house, "archive")
    house.asks(WANG_FANG, ORDER)
    badges(house, ZHANG_WEI, ZHOU_QIANG)
    assert house.journal(m.SealingCancelled)[-1].detail == "the seals' numbers were said by others"


def test_while_it_is_sealed_nothing_of_the_check_changes(house: PaperHub) -> None:
    sealed(house)
    for person, fact in (
        (WANG_FANG, m.CheckTicked(area="archive", item="doors")),
        (WANG_FANG, m.SealNumber(point=SEAL, number="SN-2", said_by=ZHANG_WEI)),
        (LIU_YANG, m.ExceptionSigned(point=GATE, reason="锁已坏")),
        (WANG_FANG, m.SealingChecking(sealing=0, area="archive")),
    ):
        refused(house, "area-is-sealed", person, fact)


# ---------------------------------------------------------------- unsealing


def test_nothing_is_disarmed_before_numbers_are_compared_and_approved(house: PaperHub) -> None:
    number = sealed(house).number
    refused(house, "cause-empty", WANG_FANG, m.SealingOrdered(sealing=0, area="archive", purpose="unseal"))
    refused(house, "numbers-not-compared", WANG_FANG, unseal_order("archive"))
    house.asks(WANG_FANG, m.SealCompared(sealing=0, point=SEAL, number=NUMBER, same=False))
    refused(house, "not-approved", WANG_FANG, unseal_order("archive"))
    house.asks(ZHOU_QIANG, m.UnsealingApproved(sealing=0, area="archive", cause=CAUSE))
    refused(house, "approved-by-yourself", ZHOU_QIANG, unseal_order("archive"))
    house.asks(WANG_FANG, unseal_order("archive"))
    badges(house, ZHANG_WEI, WANG_FANG)
    house.node("archive-1").holds()
    assert the(house, number).state == "closed"
    assert (the(house, number).cause, the(house, number).approved_by) == (CAUSE, ZHOU_QIANG)
    assert not house.alarms()


def test_another_number_is_an_alarm_and_voids_what_was_approved_before(house: PaperHub) -> None:
    sealed(house)
    may_unseal(house, "archive")
    house.clock.forward(1)
    house.asks(WANG_FANG, m.SealCompared(sealing=0, point=SEAL, number="SN-9999", same=True))
    assert house.alarm("seal-number-differs").priority == 1
    assert not house.journal(m.SealCompared)[-1].same
    refused(house, "not-approved", WANG_FANG, unseal_order("archive"))
    house.asks(LIU_YANG, m.UnsealingApproved(sealing=0, area="archive", cause="封条被换，已报告"))
    house.asks(WANG_FANG, unseal_order("archive"))


def test_after_its_planned_end_the_plan_is_the_approval_unless_a_number_differs(house: PaperHub) -> None:
    plan(house, "archive")
    sealed(house)
    house.asks(WANG_FANG, m.SealCompared(sealing=0, point=SEAL, number=NUMBER, same=False))
    window = house.state.find(Window, 1)
    assert window is not None
    house.clock.forward((window.ends - house.clock()) / 1000)
    house.node("archive-1").says(m.Sounded(on=False, reason="hub-back"))  # any entry: the hub's newest time is that
    house.asks(WANG_FANG, unseal_order("archive"))


def test_an_opening_while_sealed_is_a_breach_and_is_counted(house: PaperHub) -> None:
    number = sealed(house).number
    for _ in range(2):
        house.node("archive-1").opens(GATE, number)
        house.node("archive-1").closes(GATE, number)
    assert (the(house, number).state, the(house, number).openings) == ("breached", 2)
    may_unseal(house, "archive")
    house.asks(WANG_FANG, unseal_order("archive"))
    house.asks(WANG_FANG, m.SealingCancelled(sealing=0, area="archive", reason="by-hand", detail=""))
    assert the(house, number).state == "breached"


def test_an_opening_after_the_planned_end_is_forced_still(house: PaperHub) -> None:
    plan(house, "archive")
    number = sealed(house).number
    house.clock.forward(100_000)
    house.node("archive-1").opens(GATE, number)
    assert house.alarm("opened-while-sealed").priority == 1


# ---------------------------------------------------------------- emergency


def emergency(house: PaperHub, person: int = WANG_FANG) -> None:
    house.asks(person, m.EmergencyOpened(sealing=0, area="archive", reason="走廊起火"))


def test_an_emergency_opens_at_once_and_is_loud(house: PaperHub) -> None:
    number = sealed(house).number
    emergency(house)
    assert house.alarm("emergency-opening").priority == 1
    assert house.journal(m.OrderIssued)[-1].what == "sealed/archive"
    assert the(house, number).state == "opened"
    house.node("archive-1").holds()
    assert house.state.area("archive").state == "unsealed"


def test_an_emergency_is_closed_by_two_who_sign_and_not_by_one_twice(house: PaperHub) -> None:
    number = sealed(house).number
    emergency(house)
    house.node("archive-1").holds()
    sign = m.EmergencySigned(sealing=0, area="archive")
    house.asks(WANG_FANG, sign)
    refused(house, "signed-already", WANG_FANG, sign)
    assert the(house, number).state == "opened"
    house.asks(LIU_YANG, sign)
    assert (the(house, number).state, the(house, number).signed) == ("closed", (WANG_FANG, LIU_YANG))
    refused(house, "no-emergency", ZHOU_QIANG, sign)


def test_nothing_is_prepared_for_the_next_sealing_before_two_have_signed_for_the_emergency(house: PaperHub) -> None:
    """Or the certificate of the one that was opened would show the numbers and exceptions of the next."""
    sealed(house)
    emergency(house)
    house.node("archive-1").holds()
    number = m.SealNumber(point=SEAL, number="SN-9", said_by=ZHANG_WEI)
    refused(house, "emergency-unsigned", WANG_FANG, number)
    refused(house, "emergency-unsigned", LIU_YANG, m.ExceptionSigned(point=GATE, reason="要修"))
    for person in (WANG_FANG, LIU_YANG):
        house.asks(person, m.EmergencySigned(sealing=0, area="archive"))
    house.asks(WANG_FANG, number)


def test_nothing_seals_again_by_itself_what_was_opened_in_an_emergency(house: PaperHub) -> None:
    sealed(house)
    emergency(house)
    assert house.state.area("archive").due_at is None
    cancel = m.SealingCancelled(sealing=0, area="archive", reason="by-hand", detail="")
    refused(house, "emergency", WANG_FANG, cancel)


def test_there_is_no_emergency_where_nothing_is_sealed_and_none_without_a_reason(house: PaperHub) -> None:
    refused(house, "area-is-unsealed", WANG_FANG, m.EmergencyOpened(sealing=0, area="archive", reason="起火"))
    sealed(house)
    refused(house, "reason-empty", WANG_FANG, m.EmergencyOpened(sealing=0, area="archive", reason=" "))
    refused(house, "not-allowed", ZHANG_WEI, m.EmergencyOpened(sealing=0, area="archive", reason="起火"))


# ---------------------------------------------------------------- whatever people do


class Courses(RuleBasedStateMachine):
    """People and a node do anything in any order. The model counts who did what, and knows nothing of the code."""

    @initialize()
    def the_house_is_open(self) -> None:
        self.house = PaperHub()
        self.archive = self.house.node("archive-1")
        self.compared: set[tuple[int, str]] = set()
        self.approved: dict[int, set[int]] = {}
        self.signed: dict[int, set[int]] = {}

    def tries(self, person: int, fact: m.FactData) -> bool:
        before = len(self.house.entries)
        try:
            self.house.asks(person, fact)
        except NotPossible:
            assert len(self.house.entries) == before, "what is refused changes nothing"
            return False
        return True

    @property
    def number(self) -> int:
        return self.house.state.area("archive").sealing

    @rule()
    def everything_is_made_ready(self) -> None:
        unsigned = any(one.area == "archive" and one.state == "opened" for one in self.house.state.all(Sealing))
        if self.house.state.area("archive").state == "unsealed" and not unsigned:
            ready(self.house, "archive")

    @rule(person=st.sampled_from([WANG_FANG, LIU_YANG, ZHANG_WEI]))
    def sealing_is_ordered(self, person: int) -> None:
        now = self.house.state.meta.newest_time  # a request is checked by that; the badges are, by the hub's time
        left = before_sealing.missing(self.house.state, self.house.site, "archive", now)
        if self.tries(person, ORDER):
            assert not left
            assert person != ZHANG_WEI

    @rule(person=st.sampled_from([WANG_FANG, LIU_YANG]))
    def unsealing_is_ordered(self, person: int) -> None:
        number = self.number
        if self.tries(person, unseal_order("archive")):
            assert any(number == one for one, _ in self.compared)
            assert self.approved.get(number, set()) - {person}

    @rule(person=st.sampled_from([ZHANG_WEI, WANG_FANG, ZHOU_QIANG, LI_NA]))
    def a_badge(self, person: int) -> None:
        self.archive.presents("archive/reader", person, self.number)

    @rule()
    def both_badges(self) -> None:
        self.house.clock.forward(21)
        self.a_badge(ZHANG_WEI)
        self.a_badge(WANG_FANG)

    @rule()
    def the_node_does_as_it_is_told(self) -> None:
        self.archive.holds(*area_sealing.sealed_areas(self.house.state, self.house.site, "archive-1"))

    @rule()
    def it_is_sealed_as_it_should_be(self) -> None:
        self.everything_is_made_ready()
        self.sealing_is_ordered(WANG_FANG)
        self.both_badges()
        self.the_node_does_as_it_is_told()

    @rule(text=st.sampled_from([NUMBER, NUMBER, "SN-9"]))
    def a_number_is_compared(self, text: str) -> None:
        if self.tries(WANG_FANG, m.SealCompared(sealing=0, point=SEAL, number=text, same=True)):
            self.compared.add((self.number, text))
            if text != NUMBER:
                self.approved[self.number] = set()

    @rule(person=st.sampled_from([WANG_FANG, LIU_YANG]))
    def somebody_approves(self, person: int) -> None:
        self.house.clock.forward(1)
        if self.tries(person, m.UnsealingApproved(sealing=0, area="archive", cause=CAUSE)):
            self.approved[self.number] = {person}

    @rule()
    def it_burns(self) -> None:
        self.tries(WANG_FANG, m.EmergencyOpened(sealing=0, area="archive", reason="起火"))

    @rule(person=st.sampled_from([WANG_FANG, LIU_YANG, ZHOU_QIANG]))
    def somebody_signs(self, person: int) -> None:
        found = course.of_area(self.house.state, "archive", "opened")
        if self.tries(person, m.EmergencySigned(sealing=0, area="archive")) and found:
            signed = self.signed.setdefault(found.number, set())
            assert person not in signed
            signed.add(person)

    @rule()
    def somebody_cancels(self) -> None:
        self.tries(WANG_FANG, m.SealingCancelled(sealing=0, area="archive", reason="by-hand", detail=""))

    @precondition(lambda self: self.house.state.area("archive").state == "sealed")
    @rule()
    def a_gate_is_forced(self) -> None:
        self.archive.opens(GATE, self.number)
        self.archive.closes(GATE, self.number)

    @rule(hours=st.integers(1, 4))
    def time_passes(self, hours: int) -> None:
        self.house.clock.forward(hours * 3600)

    @invariant()
    def whatever_was_sealed_was_walked_within_six_hours(self) -> None:
        times = {entry.index: entry.time for entry in self.house.entries}
        for entry in self.house.entries:
            if isinstance(entry.message.data, m.SealingArming) and entry.message.data.purpose == "seal":
                opened = [
                    times[one.index]
                    for one in self.house.entries[: entry.index]
                    if isinstance(one.message.data, m.LevelChanged)
                    and (one.message.data.point, one.message.data.now) == (GATE, "active")
                ]
                assert opened
                assert entry.time - opened[-1] <= SIX_HOURS * 1000

    @invariant()
    def an_emergency_is_closed_by_two_people(self) -> None:
        for one in self.house.state.all(Sealing):
            if one.emergency_by is not None and one.state == "closed":
                assert len(self.signed.get(one.number, ())) >= 2

    @invariant()
    def at_most_one_sealing_is_under_way(self) -> None:
        running = ("checking", "arming", "sealed", "breached", "unsealing")
        assert sum(one.state in running for one in self.house.state.all(Sealing)) <= 1

    def teardown(self) -> None:
        if hasattr(self, "house"):
            self.house.check()


TestCourses = Courses.TestCase
TestCourses.settings = settings(max_examples=50, stateful_step_count=35)
