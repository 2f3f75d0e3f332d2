"""What an honest hub asks of nodes that hold a sealing by themselves, and what it makes of their refusals."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from hub.core.nodes import order_content
from hub.core.refusal import NotPossible
from hub.core.sealing import certificate, frozen
from hub.core.state import Sealing
from tests.support.hub import seal
from tests.support.paper import CHEN_JIE, WANG_FANG, ZHANG_WEI, PaperHub, two_nodes_guard_the_archive
from tests.support.sealing import may_unseal, unseal_order
from wire import board, checkpoint, keys
from wire import messages as m

BOARD = board.load()
ARCHIVE = m.SealedArea(area="archive", sealing=1)
OTHER = "computer-1"


@pytest.fixture
def house() -> PaperHub:
    """The archive is sealed; two nodes hold it, and have signed for whom."""
    house = PaperHub(two_nodes_guard_the_archive())
    house.node(OTHER)
    seal(house, "archive", "archive-1")
    house.node(OTHER).holds(ARCHIVE)
    for name in ("archive-1", OTHER):
        house.node(name).says(freezes(house))
    assert house.state.area("archive").state == "sealed"
    return house


def freezes(house: PaperHub) -> m.Frozen:
    area = house.site.areas["archive"]
    people = tuple(
        m.FrozenPerson(
            person=one.number,
            credentials=one.badges,
            seals=one.number in area.may_seal,
            responds=one.number in area.responders,
        )
        for one in house.site.cardholder
        if one.number in (*area.may_seal, *area.responders) and one.badges
    )
    return m.Frozen(area="archive", sealing=1, reader_node="archive-1", people=people, hash="ab" * 32)


def told(house: PaperHub, node: str, what: str = "sealed/archive") -> m.OrderData:
    return order_content.compose(house.state, house.site, BOARD, node, what, house.clock())


def unsealing(house: PaperHub) -> None:
    may_unseal(house, "archive")
    house.asks(WANG_FANG, unseal_order("archive"))
    for person in (ZHANG_WEI, WANG_FANG):
        house.node("archive-1").presents("archive/reader", person, 1)


def lets_go(house: PaperHub) -> None:
    house.node("archive-1").says(m.Released(area="archive", sealing=1, by="badges", people=(ZHANG_WEI, WANG_FANG)))


def alarms(house: PaperHub) -> list[str]:
    return [one.what for one in house.journal(m.AlarmRaised)]


def test_only_the_node_at_the_reader_is_told_to_let_go_until_it_has_given_its_word(house: PaperHub) -> None:
    unsealing(house)
    assert isinstance(told(house, "archive-1"), m.Unseal)
    assert isinstance(told(house, OTHER), m.Seal)
    lets_go(house)
    order = told(house, OTHER)
    assert isinstance(order, m.Unseal)
    assert '"kind":"released"' in order.word
    assert house.journal(m.OrderIssued)[-2].node == OTHER


def test_a_node_that_let_go_after_the_hub_had_given_it_up_unseals_the_area_all_the_same(house: PaperHub) -> None:
    unsealing(house)
    house.asks(WANG_FANG, m.SealingCancelled(sealing=0, area="archive", reason="by-hand", detail=""))
    assert house.state.area("archive").state == "sealed"
    lets_go(house)
    assert house.state.area("archive").state == "unsealing"
    with pytest.raises(NotPossible, match="let-go"):
        house.asks(WANG_FANG, m.SealingCancelled(sealing=0, area="archive", reason="by-hand", detail=""))
    for name in ("archive-1", OTHER):
        house.node(name).holds()
    sealing = house.state.find(Sealing, 1)
    assert house.state.area("archive").state == "unsealed"
    assert sealing is not None
    assert (sealing.state, sealing.unsealed_by) == ("closed", (ZHANG_WEI, WANG_FANG))


def test_badges_added_since_the_sealing_are_kept_back_until_it_is_over_and_those_taken_off_are_not(
    house: PaperHub,
) -> None:
    new = "9" * 64
    holders = tuple(
        replace(one, badge=(*one.badges, new)) if one.number == ZHANG_WEI else one for one in house.site.cardholder
    )
    areas = tuple(
        replace(one, may_seal=tuple(person for person in (*one.may_seal, CHEN_JIE) if person != WANG_FANG))
        if one.name == "archive"
        else one
        for one in house.site.area
    )
    house.apply(replace(house.site, cardholder=holders, area=areas))

    def may_seal() -> set[tuple[int, str]]:
        access = told(house, "archive-1", "access")
        assert isinstance(access, m.AccessList)
        return {(one.person, badge) for one in access.holders for badge in one.credentials if "archive" in one.seals}

    by_number = {one.number: one.badges[0] for one in house.site.cardholder if one.badges}
    sealed = may_seal()
    assert (ZHANG_WEI, by_number[ZHANG_WEI]) in sealed
    assert not {(ZHANG_WEI, new), (CHEN_JIE, by_number[CHEN_JIE]), (WANG_FANG, by_number[WANG_FANG])} & sealed
    access = told(house, "archive-1", "access")
    assert isinstance(access, m.AccessList)
    assert {badge for one in access.holders for badge in one.credentials} >= {new}, "it opens doors all the same"
    house.node("archive-1").says(m.Released(area="archive", sealing=1, by="emergency"))
    assert may_seal() >= {(ZHANG_WEI, new), (CHEN_JIE, by_number[CHEN_JIE])}


def test_a_badge_that_the_node_does_not_count_is_not_counted_by_the_hub(house: PaperHub) -> None:
    areas = tuple(
        replace(one, may_seal=(*one.may_seal, CHEN_JIE)) if one.name == "archive" else one for one in house.site.area
    )
    house.apply(replace(house.site, area=areas))
    may_unseal(house, "archive")
    house.asks(WANG_FANG, unseal_order("archive"))
    for person in (CHEN_JIE, WANG_FANG):
        house.node("archive-1").presents("archive/reader", person, 1)
    assert [(one.person, one.refusal) for one in house.journal(m.SealingBadge)[-2:]] == [
        (CHEN_JIE, "no-right"),
        (WANG_FANG, ""),
    ]
    assert house.state.area("archive").state == "unseal-ceremony"


def test_a_document_that_moves_a_point_of_a_sealed_area_is_refused_and_another_is_not(house: PaperHub) -> None:
    def moved(area: str) -> None:
        points = tuple(replace(one, terminal=15) if one.area == area else one for one in house.site.point)
        frozen.check_document(house.state, house.site, replace(house.site, point=points))

    moved("cipher-room")
    with pytest.raises(NotPossible, match="sealed-points: archive"):
        moved("archive")


def test_a_node_whose_papers_were_renewed_with_the_keys_that_it_had_ends_the_sealing_as_ever(house: PaperHub) -> None:
    house.node("archive-1").enrol()
    house.node("archive-1").starts((ARCHIVE,))
    unsealing(house)
    assert house.state.area("archive").state == "unsealing"


def test_badges_at_a_node_that_has_new_keys_are_not_asked_for_the_others_do_not_know_it(house: PaperHub) -> None:
    house.node("archive-1").key = keys.make(house.node("archive-1").key.public.name)
    house.node("archive-1").enrol()
    house.node("archive-1").starts((ARCHIVE,))
    may_unseal(house, "archive")
    with pytest.raises(NotPossible, match="reader-replaced: archive-1"):
        house.asks(WANG_FANG, unseal_order("archive"))
    house.asks(WANG_FANG, m.EmergencyOpened(sealing=0, area="archive", reason="起火"))


@pytest.mark.parametrize("reason", ["frozen", "no-permit", "no-word"])
def test_a_refusal_that_only_a_thief_should_cause_calls_people(house: PaperHub, reason: m.OrderRefusal) -> None:
    number = house.journal(m.OrderIssued)[-1].order
    house.node(OTHER).says(m.OrderRefused(order=number, mark=0, reason=reason, sealed=(ARCHIVE,)))
    assert "seal-order-refused" in alarms(house)


@pytest.mark.parametrize(
    ("what", "reason", "told_"),
    [
        ("plan", "frozen", "plan"),
        ("access", "frozen", "list"),
        ("sealed/archive", "frozen", "sealing"),
        ("sealed/archive", "no-permit", "release"),
        ("sealed/archive", "no-word", "release"),
        ("quiet/archive", "no-word", "quiet"),
        ("ceremony/archive", "frozen", "ceremony"),
        ("", "frozen", "foreign"),
    ],
)
def test_what_a_node_was_told_is_told_with_the_alarm(
    house: PaperHub, what: str, reason: m.OrderRefusal, told_: str
) -> None:
    life = house.state.life(OTHER)
    assert life is not None
    number = life.next_order
    if what:
        house.decides(m.OrderIssued(node=OTHER, life=life.life, order=number, what=what))
    house.node(OTHER).says(m.OrderRefused(order=number, mark=0, reason=reason, sealed=(ARCHIVE,)))
    alarm = house.alarm("seal-order-refused")
    assert (alarm.told, alarm.place, alarm.area, alarm.sealing) == (told_, OTHER, "archive", 1)


def test_an_unsealing_for_which_the_node_had_waited_too_long_comes_to_nothing_and_is_no_attack(house: PaperHub) -> None:
    unsealing(house)
    number = house.journal(m.OrderIssued)[-1].order
    house.node("archive-1").says(m.OrderRefused(order=number, mark=0, reason="no-permit", sealed=(ARCHIVE,)))
    assert house.state.area("archive").state == "sealed"
    assert house.journal(m.SealingCancelled)[-1].reason == "node-refused"
    assert "seal-order-refused" not in alarms(house)


def test_what_a_node_holds_and_the_hub_does_not_is_sealed_until_two_people_have_ended_it(house: PaperHub) -> None:
    unsealing(house)
    lets_go(house)
    for name in ("archive-1", OTHER):
        house.node(name).holds()
    assert house.state.area("archive").state == "unsealed"
    # The node's disk is that of yesterday.
    house.node("archive-1").starts((ARCHIVE,))
    number = next(one.order for one in reversed(house.journal(m.OrderIssued)) if one.what == "sealed/archive")
    house.node("archive-1").says(m.OrderRefused(order=number, mark=0, reason="no-permit", sealed=(ARCHIVE,)))
    area = house.state.area("archive")
    assert (area.state, area.sealing, area.word) == ("sealed", 1, "")


def test_a_sealing_under_a_number_that_a_node_has_let_go_is_tried_again_under_one_far_beyond(house: PaperHub) -> None:
    before = house.state.meta.next_sealing
    house.node("archive-1").says(m.OrderRefused(order=1, mark=0, reason="let-go"))
    assert house.state.meta.next_sealing > before + 100
    assert "seal-order-refused" not in alarms(house)


def test_who_comes_to_one_node_after_an_emergency_silences_the_others(house: PaperHub) -> None:
    house.asks(WANG_FANG, m.EmergencyOpened(sealing=0, area="archive", reason="起火"))
    for name in ("archive-1", OTHER):
        order = told(house, name)
        assert isinstance(order, m.Unseal)
        assert order.emergency
    attended = m.Attended(reader="archive/reader", credential="0" * 64, person=WANG_FANG, alarms=(), opened=1)
    house.node("archive-1").says(attended)
    assert (house.journal(m.OrderIssued)[-1].node, house.journal(m.OrderIssued)[-1].what) == (OTHER, "quiet/archive")
    order = told(house, OTHER, "quiet/archive")
    assert isinstance(order, m.Quiet)
    assert '"kind":"attended"' in order.word


def test_the_certificate_names_those_whose_badges_end_it_and_the_hash_that_the_node_has_signed(house: PaperHub) -> None:
    sealing = house.state.find(Sealing, 1)
    assert sealing is not None
    at = checkpoint.Checkpoint("origin", 9, bytes(32), ())
    body = certificate.make(house.state, house.site, sealing, at, None)
    assert body.held == certificate.Held(
        node="archive-1", people=house.site.areas["archive"].may_seal, sha256="ab" * 32
    )
