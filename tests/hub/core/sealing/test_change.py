"""What a sealing rests on is changed while the area stays sealed: who asks, who admits it, what is told to whom, and
what is said where it does not reach a node."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from hub.core import kept_back
from hub.core.nodes import order_content
from hub.core.refusal import NotPossible
from hub.core.sealing import area as area_sealing
from hub.core.sealing import certificate, change
from hub.core.sealing.long_kept_back import LONG_MS, LongKeptBack
from hub.core.site.document import Site
from hub.core.state import Call, Sealing
from tests.hub.core.sealing.test_what_nodes_hold import ARCHIVE, BOARD, OTHER, freezes, house, told
from tests.support.paper import CHEN_JIE, LI_NA, LIU_YANG, WANG_FANG, ZHANG_WEI, PaperHub
from tests.support.sealing import may_unseal, unseal_order
from wire import checkpoint
from wire import messages as m

__all__ = ["house"]  # a fixture
LEADS = "archive-1"
GATE, WINDOW = "archive/iron-gate", "archive/security-window"
ASKED = m.SealingOrdered(sealing=0, area="archive", purpose="change", cause="铁门改接")


def moved(house: PaperHub, *places: str) -> Site:
    """The document with these points at other terminals."""
    free = {GATE: 14, WINDOW: 15}
    points = tuple(replace(one, terminal=free[one.place]) if one.place in places else one for one in house.site.point)
    return replace(house.site, point=points)


def widened(house: PaperHub, person: int = CHEN_JIE, site: Site | None = None) -> Site:
    """The document by which one more may seal the archive."""
    site = site or house.site
    areas = tuple(replace(one, may_seal=(*one.may_seal, person)) if one.name == "archive" else one for one in site.area)
    return replace(site, area=areas)


def asked(house: PaperHub) -> None:
    house.asks(WANG_FANG, ASKED)
    for person in (ZHANG_WEI, WANG_FANG):
        house.node(LEADS).presents("archive/reader", person, 1, purpose="change")


def admitted(house: PaperHub, number: int = 1, ago: float = 0) -> None:
    """Two people have shown their badges, and the node says so."""
    asked(house)
    people = (ZHANG_WEI, WANG_FANG)
    house.node(LEADS).says(m.Permitted(area="archive", sealing=1, people=people, change=number), ago)


def takes(house: PaperHub, node: str, *whats: str, number: int = 1) -> None:
    """The node takes it, and signs what it holds from then on."""
    house.node(node).says(replace(freezes(house), hash=f"{number:x}c" * 32, change=number))
    house.node(node).takes(*whats)


def state(house: PaperHub) -> str:
    return house.state.area("archive").state


def plan_orders(house: PaperHub, node: str) -> list[int]:
    return [one.order for one in house.journal(m.OrderIssued) if (one.node, one.what) == (node, "plan")]


def sealed_with_plans(house: PaperHub) -> PaperHub:
    for name in (LEADS, OTHER):
        house.node(name).takes("plan", "access")
    return house


@pytest.fixture(autouse=True)
def _plans(house: PaperHub) -> None:
    sealed_with_plans(house)


# ---------------------------------------------------------------- asking


def test_an_officer_asks_with_a_cause_and_the_reader_is_told_what_badges_are_for(house: PaperHub) -> None:
    with pytest.raises(NotPossible, match="cause-empty"):
        house.asks(WANG_FANG, replace(ASKED, cause=" "))
    with pytest.raises(NotPossible, match="not-allowed"):
        house.asks(CHEN_JIE, ASKED)
    house.asks(WANG_FANG, ASKED)
    order = told(house, LEADS, "ceremony/archive")
    assert isinstance(order, m.Ceremony)
    assert (order.purpose, order.sealing, order.seconds) == ("change", 1, 300)
    assert state(house) == "change-ceremony"


def test_one_area_after_the_other(house: PaperHub) -> None:
    house.asks(WANG_FANG, ASKED)
    with pytest.raises(NotPossible, match="area-is-change-ceremony"):
        house.asks(WANG_FANG, ASKED)
    with pytest.raises(NotPossible, match="area-is-change-ceremony"):
        house.asks(WANG_FANG, unseal_order("archive"))


@pytest.mark.parametrize("people", [(ZHANG_WEI, ZHANG_WEI), (ZHANG_WEI, LI_NA), (WANG_FANG,)])
def test_it_takes_two_people_in_two_roles(house: PaperHub, people: tuple[int, ...]) -> None:
    house.apply(widened(house, LI_NA))
    house.asks(WANG_FANG, ASKED)
    for person in people:
        house.node(LEADS).presents("archive/reader", person, 1, purpose="change")
    house.node(LEADS).says(m.Permitted(area="archive", sealing=1, people=(1001, 1002), change=1))
    assert state(house) == "change-ceremony"


@pytest.mark.parametrize("purpose", ["seal", "unseal"])
def test_a_badge_that_was_shown_for_something_else_and_comes_late_is_none_for_it(
    house: PaperHub, purpose: m.Purpose
) -> None:
    house.asks(WANG_FANG, ASKED)
    for person in (ZHANG_WEI, WANG_FANG):
        house.node(LEADS).presents("archive/reader", person, 1, purpose=purpose)
    assert state(house) == "change-ceremony"
    assert house.journal(m.SealingBadge)[-1].refusal == "no-ceremony"


def test_badges_for_a_change_that_come_late_unseal_nothing(house: PaperHub) -> None:
    may_unseal(house, "archive")
    house.asks(WANG_FANG, unseal_order("archive"))
    for person in (ZHANG_WEI, WANG_FANG):
        house.node(LEADS).presents("archive/reader", person, 1, purpose="change")
    assert state(house) == "unseal-ceremony"


# ---------------------------------------------------------------- a document


def test_the_document_that_changes_it_is_refused_as_ever_and_taken_once_the_node_has_seen_the_badges(
    house: PaperHub,
) -> None:
    wanted = moved(house, GATE)
    with pytest.raises(NotPossible, match="sealed-points: archive"):
        house.apply(wanted)
    asked(house)
    with pytest.raises(NotPossible, match="sealed-points: archive"):
        house.apply(wanted)
    house.node(LEADS).says(m.Permitted(area="archive", sealing=1, people=(ZHANG_WEI, WANG_FANG), change=1))
    house.apply(wanted)
    assert house.state.area("archive").waiting == (LEADS,)
    takes(house, LEADS, "plan", "access")
    assert (state(house), len(house.journal(m.SealingChanged))) == ("sealed", 1)
    order = told(house, LEADS, "ceremony/archive")
    assert isinstance(order, m.Ceremony)
    assert order.seconds == 0


def test_the_other_node_is_told_with_the_word_of_the_one_at_the_reader(house: PaperHub) -> None:
    admitted(house)
    assert told(house, OTHER, "plan").word == ""  # type: ignore[union-attr]
    house.apply(moved(house, WINDOW))
    order = told(house, OTHER, "plan")
    assert isinstance(order, m.Plan)
    assert '"kind":"permitted"' in order.word
    assert house.state.area("archive").waiting == (OTHER,)
    takes(house, OTHER, "plan", "access")
    assert state(house) == "sealed"
    assert told(house, OTHER, "plan").word == ""  # type: ignore[union-attr]


def test_one_document_for_each_change(house: PaperHub) -> None:
    admitted(house)
    house.apply(moved(house, GATE))
    with pytest.raises(NotPossible, match="sealed-points"):
        house.apply(moved(house, WINDOW))


def test_a_document_that_is_a_moment_too_late_is_not_put_in_force(house: PaperHub) -> None:
    version = house.state.meta.site_version + 1
    changes = (m.AreaChanged(area="archive", nodes=(LEADS,)),)
    with pytest.raises(NotPossible, match="change-over: archive"):
        house.fact(m.SiteApplied(version=version, sha256="0" * 64, changes=changes), "admin")


def test_not_even_two_people_have_the_area_held_by_other_nodes(house: PaperHub) -> None:
    admitted(house)
    points = tuple(replace(one, node=LEADS, terminal=14) if one.place == WINDOW else one for one in house.site.point)
    with pytest.raises(NotPossible, match="sealed-points"):
        house.apply(replace(house.site, point=points))


def test_a_document_that_touches_nothing_of_it_is_put_in_force_meanwhile_and_uses_nothing_up(house: PaperHub) -> None:
    admitted(house)
    house.apply(house.site)
    assert house.state.area("archive").admits == 0
    house.apply(moved(house, GATE))
    takes(house, LEADS, "plan", "access")
    assert state(house) == "sealed"


# ---------------------------------------------------------------- a list


def rights(house: PaperHub, node: str, person: int = CHEN_JIE) -> bool:
    access = told(house, node, "access")
    assert isinstance(access, m.AccessList)
    return any("archive" in one.seals for one in access.holders if one.person == person)


def test_what_was_withheld_is_sent_to_both_nodes_at_the_badges_and_with_the_word(house: PaperHub) -> None:
    house.apply(widened(house))
    assert not any(rights(house, node) for node in (LEADS, OTHER))
    admitted(house)
    for node in (LEADS, OTHER):
        order = told(house, node, "access")
        assert isinstance(order, m.AccessList)
        assert rights(house, node)
        assert order.word
        takes(house, node, "access")
    assert (state(house), rights(house, LEADS)) == ("sealed", True)


def test_what_is_added_meanwhile_waits_for_another_change(house: PaperHub) -> None:
    house.apply(widened(house))
    admitted(house)
    takes(house, LEADS, "access")
    house.apply(widened(house, LIU_YANG))
    assert not rights(house, LEADS, LIU_YANG)
    # To the other node, which has not taken the first yet, nothing is sent that it might take for the first.
    assert not any(rights(house, OTHER, one) for one in (CHEN_JIE, LIU_YANG))


def test_a_document_can_change_both(house: PaperHub) -> None:
    admitted(house)
    house.apply(widened(house, site=moved(house, GATE)))
    assert house.state.area("archive").waiting == (LEADS, OTHER)
    takes(house, LEADS, "plan")
    assert house.state.area("archive").waiting == (OTHER,)
    takes(house, OTHER, "access")
    assert state(house) == "sealed"


# ---------------------------------------------------------------- what does not reach a node


def runs_out(house: PaperHub) -> None:
    house.decides(area_sealing.timed_out(house.state.area("archive")))


def test_a_change_that_reaches_not_every_node_is_over_in_time_says_which_and_weakens_nothing(house: PaperHub) -> None:
    admitted(house)
    house.apply(moved(house, GATE, WINDOW))
    takes(house, LEADS, "plan", "access")
    runs_out(house)
    cancelled = house.journal(m.SealingCancelled)[-1]
    assert (state(house), cancelled.reason, cancelled.detail) == ("sealed", "timeout", OTHER)
    assert told(house, OTHER, "sealed/archive").firm  # type: ignore[union-attr]


def test_the_plan_is_not_sent_to_that_node_any_more_until_two_people_admit_it_again(house: PaperHub) -> None:
    admitted(house)
    house.apply(moved(house, WINDOW))
    runs_out(house)
    assert kept_back.is_kept_back(house.state, OTHER)
    before = plan_orders(house, OTHER)
    house.node(OTHER).starts((ARCHIVE,))
    house.apply(house.site)
    assert plan_orders(house, OTHER) == before
    assert not kept_back.is_kept_back(house.state, LEADS)
    house.clock.forward(21)
    admitted(house, 2)
    assert len(plan_orders(house, OTHER)) == len(before) + 1
    assert told(house, OTHER, "plan").word  # type: ignore[union-attr]
    takes(house, OTHER, "plan", number=2)
    assert (state(house), kept_back.is_kept_back(house.state, OTHER)) == ("sealed", False)


def test_a_plan_that_is_kept_back_for_an_hour_is_a_trouble_that_calls_nobody_until_it_is_sent(house: PaperHub) -> None:
    watch = LongKeptBack()

    def passes(seconds: float) -> None:
        house.clock.forward(seconds)
        house.decide(lambda state, _site: watch.due(state, house.clock(), house.clock()))

    admitted(house)
    house.apply(moved(house, WINDOW))
    runs_out(house)
    passes(0)
    since = house.clock()
    passes(LONG_MS / 1000 - 1)
    assert "plan-kept-back" not in house.whats(), "most changes are admitted by then"
    passes(1)
    trouble = house.alarm("plan-kept-back")
    assert (trouble.place, trouble.happened, trouble.sealing, trouble.active) == (OTHER, since, 1, True)
    assert not [call for call in house.state.all(Call) if trouble.number in call.alarms]
    passes(1)
    assert len(house.journal(m.PlanKeptBack)) == 1
    admitted(house, 2)
    takes(house, OTHER, "plan", number=2)
    passes(1)
    assert "plan-kept-back" not in house.whats()
    passes(1)
    assert len(house.journal(m.PlanKeptBack)) == 2


def test_or_until_the_area_is_let_go(house: PaperHub) -> None:
    admitted(house)
    house.apply(moved(house, WINDOW))
    runs_out(house)
    before = plan_orders(house, OTHER)
    house.node(OTHER).says(m.Released(area="archive", sealing=1, by="emergency"))
    assert len(plan_orders(house, OTHER)) == len(before) + 1


@pytest.mark.parametrize("ago", [115, 500])
def test_badges_of_which_the_hub_hears_too_late_admit_nothing(house: PaperHub, ago: float) -> None:
    house.apply(widened(house))
    admitted(house, ago=ago)
    assert house.journal(m.SealingChanging) == []
    with pytest.raises(NotPossible, match="sealed-points"):
        house.apply(moved(house, GATE))
    area = house.state.area("archive")
    assert area.due_at is not None
    assert area.due_at <= house.clock()


def test_time_is_counted_from_the_badges_and_is_up_before_the_node_forgets_them(house: PaperHub) -> None:
    admitted(house, ago=50)
    area = house.state.area("archive")
    assert area.due_at == house.clock() + change.CHANGE_MS - 50_000
    assert change.CHANGE_MS < 120_000


def test_a_node_that_was_told_too_late_calls_nobody_and_one_that_refuses_otherwise_does(house: PaperHub) -> None:
    admitted(house)
    house.apply(moved(house, GATE))
    number = plan_orders(house, LEADS)[-1]
    house.node(LEADS).says(m.OrderRefused(order=number, mark=0, reason="no-permit", sealed=(ARCHIVE,)))
    assert "seal-order-refused" not in house.whats()
    house.node(LEADS).says(m.OrderRefused(order=number, mark=0, reason="frozen", sealed=(ARCHIVE,)))
    assert "seal-order-refused" in house.whats()


def test_an_officer_ends_it(house: PaperHub) -> None:
    admitted(house)
    house.apply(moved(house, GATE))
    house.asks(WANG_FANG, m.SealingCancelled(sealing=0, area="archive", reason="by-hand", detail=""))
    assert (state(house), house.journal(m.SealingCancelled)[-1].detail) == ("sealed", LEADS)
    assert house.state.area("archive").permit == ""


def over(house: PaperHub) -> int:
    order = told(house, OTHER)
    assert isinstance(order, m.Seal)
    return order.over


def test_every_node_is_told_which_changes_are_over_and_none_while_one_is_under_way(house: PaperHub) -> None:
    house.apply(widened(house))
    assert over(house) == 0
    admitted(house)
    assert over(house) == 0
    runs_out(house)
    assert over(house) == 1
    last = [one.node for one in house.journal(m.OrderIssued) if one.what == "sealed/archive"][-2:]
    assert sorted(last) == [LEADS, OTHER]
    # Badges of which the hub hears when the ceremony is over.
    house.node(LEADS).says(m.Permitted(area="archive", sealing=1, people=(ZHANG_WEI, WANG_FANG), change=2))
    assert over(house) == 2


def test_what_burns_is_opened_in_the_middle_of_it(house: PaperHub) -> None:
    admitted(house)
    house.asks(WANG_FANG, m.EmergencyOpened(sealing=0, area="archive", reason="起火"))
    order = told(house, OTHER)
    assert isinstance(order, m.Unseal)
    assert (order.emergency, order.word) == (True, "")


# ---------------------------------------------------------------- on paper


def test_the_certificate_lists_each_hash_and_when_it_was(house: PaperHub) -> None:
    admitted(house)
    house.apply(moved(house, GATE))
    house.clock.forward(5)
    at = house.clock()
    takes(house, LEADS, "plan", "access")
    sealing = house.state.find(Sealing, 1)
    assert sealing is not None
    body = certificate.make(house.state, house.site, sealing, checkpoint.Checkpoint("origin", 9, bytes(32), ()), None)
    assert body.held == certificate.Held(
        node=LEADS,
        people=house.site.areas["archive"].may_seal,
        sha256="ab" * 32,
        changes=(certificate.HeldAnew(at=at, sha256="1c" * 32),),
    )
    assert sealing.unsealed_by == ()


def test_every_order_of_a_change_can_be_put_together(house: PaperHub) -> None:
    admitted(house)
    for order in [one for one in house.journal(m.OrderIssued) if one.node == LEADS]:
        assert order_content.compose(house.state, house.site, BOARD, LEADS, order.what, house.clock())
