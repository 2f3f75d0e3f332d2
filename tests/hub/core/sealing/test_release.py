"""A sealed area whose node is dead: two people in two roles end the sealing on the hub, and the paper says so."""

from __future__ import annotations

import pytest

from hub.core.refusal import NotPossible
from hub.core.sealing.certificate import Closing
from hub.core.state import Sealing
from tests.support.hub import seal
from tests.support.paper import LIU_YANG, WANG_FANG, ZHAO_MIN, ZHOU_QIANG, PaperHub
from wire import messages as m

RELEASE = m.SealingReleased(sealing=0, area="archive")


@pytest.fixture
def house() -> PaperHub:
    """The archive is sealed, its node is dead, and Wang Fang, who has the duty, has opened it in an emergency."""
    house = PaperHub()
    house.node("archive-1")
    seal(house, "archive", "archive-1")
    house.fact(m.NodeSilent(node="archive-1", last_heard=None, sealed=(m.SealedArea(area="archive", sealing=1),)))
    house.asks(WANG_FANG, m.EmergencyOpened(sealing=0, area="archive", reason="节点损坏，须进入"))
    return house


def the(house: PaperHub) -> Sealing:
    found = house.state.find(Sealing, 1)
    assert found is not None
    return found


def refused(house: PaperHub, person: int, why: str) -> None:
    before = len(house.entries)
    with pytest.raises(NotPossible) as refusal:
        house.asks(person, RELEASE)
    assert refusal.value.reason == why
    assert len(house.entries) == before


def test_the_second_person_in_the_other_role_ends_it_and_who_never_confirmed_is_kept(house: PaperHub) -> None:
    assert house.state.area("archive").state == "unsealing"
    refused(house, WANG_FANG, "opened-by-yourself")
    refused(house, ZHOU_QIANG, "same-role")
    refused(house, ZHAO_MIN, "not-allowed")
    house.asks(LIU_YANG, RELEASE)
    assert house.state.area("archive").state == "unsealed"
    assert (the(house).unconfirmed, the(house).emergency_by, the(house).unsealed_by) == (
        ("archive-1",),
        WANG_FANG,
        (LIU_YANG,),
    )
    for person in (WANG_FANG, LIU_YANG):
        house.asks(person, m.EmergencySigned(sealing=0, area="archive"))
    assert the(house).state == "closed"
    house.check()


def test_a_node_that_is_heard_is_waited_for(house: PaperHub) -> None:
    house.fact(m.NodeBack(node="archive-1", silent_for=5))
    refused(house, LIU_YANG, "node-still-heard")


def test_it_ends_nothing_but_an_emergency_opening() -> None:
    house = PaperHub()
    house.node("archive-1")
    refused(house, LIU_YANG, "no-emergency")
    seal(house, "archive", "archive-1")
    house.fact(m.NodeRevoked(node="archive-1", reason="burnt"), "admin")
    refused(house, LIU_YANG, "no-emergency")


def test_the_node_that_comes_back_after_all_is_told_to_unseal_and_seals_nothing(house: PaperHub) -> None:
    house.asks(LIU_YANG, RELEASE)
    house.node("archive-1").starts((m.SealedArea(area="archive", sealing=1),))
    assert house.state.area("archive").state == "unsealed"
    assert house.journal(m.OrderIssued)[-1].what == "sealed/archive"
    assert "seal-not-held" not in house.whats()


def test_certificates_without_such_nodes_read_as_before() -> None:
    assert Closing.__struct_defaults__ == ((),)
    assert Closing.__struct_config__.omit_defaults
