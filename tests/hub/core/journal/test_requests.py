"""Who may bring what: by which service, in which role. Whatever is refused changes nothing."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from hub.core.journal.facts import FACTS
from hub.core.journal.requests import Actor
from hub.core.refusal import NotPossible
from hub.core.site.document import Role
from tests.support.paper import (
    LIU_YANG,
    ROLES,
    SUN_LI,
    WANG_FANG,
    ZHANG_WEI,
    ZHAO_MIN,
    PaperHub,
)
from tests.support.sealing import ready
from tests.wire.book.test_signers import BROUGHT_BY
from wire import messages as m


@pytest.mark.parametrize("kind", FACTS, ids=lambda kind: kind.__name__)
def test_a_fact_is_brought_by_the_services_that_ask_for_it_and_by_nobody_where_it_only_follows(
    kind: type[m.Data],
) -> None:
    assert FACTS[kind].by == BROUGHT_BY.get(kind, set())


@pytest.fixture
def house() -> PaperHub:
    house = PaperHub()
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    ready(house, "archive")
    return house


ACKNOWLEDGE = m.AlarmAcknowledged(alarm=1)
ORDER = m.SealingOrdered(sealing=0, area="archive", purpose="seal")


def everything_a_person_may_ask() -> list[m.FactData]:
    closing = m.AlarmClosed(alarm=1, finding_cause="false", finding="nothing was found")
    cancel = m.SealingCancelled(sealing=0, area="archive", reason="by-hand", detail="")
    return [ACKNOWLEDGE, closing, ORDER, cancel]


@pytest.mark.parametrize("role", [None, *get_args(Role)])
def test_the_duty_officer_and_the_security_officer_may_and_nobody_else(house: PaperHub, role: str | None) -> None:
    actor = Actor("console", WANG_FANG, frozenset({role} if role else ()))
    ready(house, "archive")
    before = len(house.entries)
    for fact in everything_a_person_may_ask():
        if role in ("duty", "security"):
            house.act(actor, fact)
        else:
            with pytest.raises(NotPossible, match="not-allowed"):
                house.act(actor, fact)
    assert (len(house.entries) > before) == (role in ("duty", "security"))


def test_it_takes_a_named_person(house: PaperHub) -> None:
    with pytest.raises(NotPossible, match="not-allowed"):
        house.act(Actor("console", None, frozenset({"duty"})), ACKNOWLEDGE)


def test_the_auditor_changes_nothing_not_even_with_another_role_beside(house: PaperHub) -> None:
    before = len(house.entries)
    for fact in everything_a_person_may_ask():
        with pytest.raises(NotPossible, match="not-allowed"):
            house.act(Actor("console", SUN_LI, frozenset({"auditor", "duty", "security"})), fact)
    assert len(house.entries) == before


def test_the_engine_answers_for_nobody(house: PaperHub) -> None:
    with pytest.raises(NotPossible, match="not-allowed"):
        house.act(Actor("engine", WANG_FANG, frozenset({"duty"})), ACKNOWLEDGE)


def test_notify_carries_an_acknowledgement_and_nothing_else(house: PaperHub) -> None:
    """Somebody answers a call by telephone: that is as far as it goes."""
    house.act(Actor("notify", WANG_FANG, frozenset({"duty"})), ACKNOWLEDGE)
    closing = m.AlarmClosed(alarm=1, finding_cause="false", finding="nothing was found")
    with pytest.raises(NotPossible, match="not-allowed"):
        house.act(Actor("notify", WANG_FANG, frozenset({"duty"})), closing)


def test_nobody_can_make_up_what_only_the_hub_decides(house: PaperHub) -> None:
    for fact in (
        m.Sealed(sealing=1, area="archive"),
        m.Unsealed(sealing=1, area="archive"),
        m.AlarmReturned(alarm=1, cause=0),
        m.SealingArming(sealing=1, area="archive", purpose="seal", people=(1001, 1003), nodes=()),
    ):
        for by in m.SERVICES:
            with pytest.raises(NotPossible, match="not-allowed"):
                house.act(Actor(by, WANG_FANG, frozenset({"duty", "security", "administrator"})), fact)


# ---------------------------------------------------------------- putting a hub back takes two


def restored(house: PaperHub, first: int | None, second: int, by: Any = "admin") -> None:
    roles = frozenset({ROLES[first]} if first in ROLES else ())
    house.act(Actor(by, first, roles), m.HubRestored(size=1, reason="disk", second=second))


def test_an_administrator_and_a_security_officer_put_a_hub_back_and_it_is_an_alarm(house: PaperHub) -> None:
    restored(house, ZHAO_MIN, LIU_YANG)
    assert house.alarm("hub-restored").priority == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (None, LIU_YANG),
        (LIU_YANG, LIU_YANG),
        (ZHAO_MIN, ZHAO_MIN),
        (ZHAO_MIN, WANG_FANG),
        (ZHAO_MIN, SUN_LI),
        (ZHAO_MIN, 4711),
        (LIU_YANG, ZHAO_MIN),
        (WANG_FANG, LIU_YANG),
        (SUN_LI, LIU_YANG),
        (ZHANG_WEI, LIU_YANG),
    ],
)
def test_no_other_two_do(house: PaperHub, first: int | None, second: int) -> None:
    before = len(house.entries)
    with pytest.raises(NotPossible, match="not-allowed"):
        restored(house, first, second)
    assert len(house.entries) == before


def test_one_person_with_both_roles_is_still_one_person(house: PaperHub) -> None:
    both = Actor("admin", LIU_YANG, frozenset({"administrator", "security"}))
    with pytest.raises(NotPossible, match="not-allowed"):
        house.act(both, m.HubRestored(size=1, reason="", second=LIU_YANG))


# ---------------------------------------------------------------- what could not be read again


@pytest.mark.parametrize(
    "fact",
    [
        m.AlarmClosed(alarm=1, finding_cause="false", finding="x" * 501),
        m.AlarmClosed(alarm=1, finding_cause="false", finding="nothing\x00 found"),
        m.AlarmClosed(alarm=1, finding_cause="false", finding="nothing \udcff found"),
        m.AlarmClosed(alarm=1, finding_cause="no such cause", finding="nothing found"),  # type: ignore[arg-type]
        m.AlarmAcknowledged(alarm=-1),
        m.SealingOrdered(sealing=0, area="no such\narea", purpose="seal"),
    ],
)
def test_what_does_not_fit_the_contract_is_refused(house: PaperHub, fact: m.FactData) -> None:
    with pytest.raises(NotPossible, match="not-valid"):
        house.asks(WANG_FANG, fact)


@pytest.mark.parametrize("finding", ["", "   ", "ok", "\n\n\n\n", "　　　　"])
def test_a_finding_says_something(house: PaperHub, finding: str) -> None:
    house.asks(WANG_FANG, ACKNOWLEDGE)
    with pytest.raises(NotPossible, match="finding-empty"):
        house.asks(WANG_FANG, m.AlarmClosed(alarm=1, finding_cause="false", finding=finding))


def test_four_chinese_characters_are_enough(house: PaperHub) -> None:
    house.asks(WANG_FANG, ACKNOWLEDGE)
    house.asks(WANG_FANG, m.AlarmClosed(alarm=1, finding_cause="false", finding="大风吹开"))
    assert not house.alarms()


def test_a_document_that_is_not_the_next_is_refused(house: PaperHub) -> None:
    for version in (0, 1, 3):
        with pytest.raises(NotPossible, match="site-changed"):
            house.fact(m.SiteApplied(version=version, sha256="0" * 64), "admin")


def test_a_life_is_opened_once(house: PaperHub) -> None:
    """Two people enrol the same node at the same time; its numbers must not begin twice."""
    house.node("archive-1").enrol()
    for life in (0, 1, 2):
        house.node("archive-1").life = life - 1
        with pytest.raises(NotPossible, match="life-taken"):
            house.node("archive-1").enrol()


def test_no_node_takes_the_voice_of_another_by_its_witness_key(house: PaperHub) -> None:
    house.node("archive-1")
    house.node("cipher-1").witness = house.node("archive-1").witness
    before = len(house.entries)
    with pytest.raises(NotPossible, match="witness-key-taken: archive-1"):
        house.node("cipher-1").enrol()
    assert len(house.entries) == before
    house.node("archive-1").enrol()  # its own, once more


def test_an_unknown_alarm_or_area_is_refused(house: PaperHub) -> None:
    with pytest.raises(NotPossible, match="alarm-closed"):
        house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=99))
    with pytest.raises(NotPossible, match="unknown-area"):
        house.asks(WANG_FANG, m.SealingOrdered(sealing=0, area="cellar", purpose="seal"))
