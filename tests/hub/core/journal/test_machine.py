"""The machine of the hub's core, condition by condition: which record is taken, and what is said of the others."""

from __future__ import annotations

from typing import Any

import pytest

from hub.core.journal import requests
from hub.core.journal.requests import Actor
from hub.core.refusal import NotPossible
from tests.support.hub import FakeNode
from tests.support.paper import WANG_FANG, ZHANG_WEI, PaperHub
from wire import keys
from wire import messages as m

SOUNDED = m.Sounded(on=True, reason="opened")
GATE = "archive/iron-gate"


@pytest.fixture
def house() -> PaperHub:
    house = PaperHub()
    house.node("archive-1")
    return house


def verdict(house: PaperHub, arrival: Any) -> str:
    (found,) = house.take([arrival]).verdicts
    return found


# ---------------------------------------------------------------- which record is taken


def test_a_record_of_a_node_that_was_never_enrolled_is_not_taken(house: PaperHub) -> None:
    stranger = FakeNode(house, "cipher-1")  # type: ignore[arg-type]
    stranger.life = 1
    assert verdict(house, stranger.record(SOUNDED)) == "other-life"


def test_a_record_of_a_node_that_was_revoked_after_it_was_opened_is_not_taken(house: PaperHub) -> None:
    arrival = house.node("archive-1").record(SOUNDED)
    house.fact(m.NodeRevoked(node="archive-1", reason="stolen"), "admin")
    size = len(house.entries)
    assert verdict(house, arrival) == "other-life"
    assert len(house.entries) == size


def test_a_record_by_a_key_that_was_replaced_after_it_was_opened_is_not_taken(house: PaperHub) -> None:
    archive = house.node("archive-1")
    old = str(archive.key.public)
    archive.key = keys.make("strongroom/demo/archive-1/record")
    archive.enrol()
    arrival = archive.record(SOUNDED)
    assert verdict(house, arrival._replace(key=old)) == "other-life"
    assert verdict(house, arrival) == "next"


def test_a_record_that_is_due_is_taken_and_the_same_again_is_a_repeat(house: PaperHub) -> None:
    arrival = house.node("archive-1").record(SOUNDED)
    size = len(house.entries)
    assert [verdict(house, arrival) for _ in range(3)] == ["next", "repeat", "repeat"]
    assert len(house.entries) == size + 1
    assert not house.alarms()


def test_another_record_under_a_number_that_is_taken_is_told_with_the_one_that_is_kept(house: PaperHub) -> None:
    archive = house.node("archive-1")
    archive.says(SOUNDED)
    kept = len(house.entries) - 1
    archive.seq -= 1
    other = archive.record(m.Sounded(on=False, reason="opened"))
    assert verdict(house, other) == "different"
    (said,) = house.journal(m.Equivocation)
    assert (said.seq, said.kept, said.other) == (other.record.seq, kept, other.note.decode())


def test_a_record_on_another_past_is_told_though_none_is_kept_under_its_number(house: PaperHub) -> None:
    archive = house.node("archive-1")
    archive._prev = "f" * 64
    assert verdict(house, archive.record(SOUNDED)) == "different"
    assert [one.kept for one in house.journal(m.Equivocation)] == [-1]


@pytest.mark.parametrize(("seconds", "told"), [(0, 1), (9.999, 1), (10, 2), (-1, 2)])
def test_of_a_node_that_says_different_things_one_is_stored_in_ten_seconds(
    house: PaperHub, seconds: float, told: int
) -> None:
    """Whichever way the clock was set meanwhile."""
    archive = house.node("archive-1")
    archive._prev = "f" * 64
    other = archive.record(SOUNDED)
    verdict(house, other)
    house.clock.forward(seconds)
    assert verdict(house, other) == "different"
    assert len(house.journal(m.Equivocation)) == told


def test_what_comes_too_early_is_no_equivocation(house: PaperHub) -> None:
    archive = house.node("archive-1")
    archive.seq += 1
    size = len(house.entries)
    assert verdict(house, archive.record(SOUNDED)) == "beyond"
    assert len(house.entries) == size


# ---------------------------------------------------------------- what is doubted


def test_what_was_doubted_when_it_was_opened_is_doubted_and_journalled(house: PaperHub) -> None:
    arrival = house.node("archive-1").record(SOUNDED)._replace(doubt="not-judged")
    assert verdict(house, arrival) == "next"
    (said,) = house.journal(m.RecordDoubted)
    assert (said.why, said.seq) == ("not-judged", arrival.record.seq)


def test_what_the_document_does_not_allow_is_doubted_and_nothing_else_is(house: PaperHub) -> None:
    archive = house.node("archive-1")
    archive.says(SOUNDED)
    assert not house.journal(m.RecordDoubted)
    archive.says(m.Granted(reader="cipher-room/reader", credential="0" * 64, person=ZHANG_WEI))
    assert [one.why for one in house.journal(m.RecordDoubted)] == ["place"]


# ---------------------------------------------------------------- who may ask


def test_whoever_has_a_role_and_no_name_may_ask_for_nothing_that_takes_a_person(house: PaperHub) -> None:
    plan = m.DrillStarted(area="archive")
    with pytest.raises(NotPossible, match="not-allowed"):
        house.act(Actor("console", None, frozenset({"duty"})), plan)
    house.act(Actor("console", WANG_FANG, frozenset({"duty"})), plan)


def test_nobody_may_ask_for_what_only_follows_from_other_entries() -> None:
    assert requests.roles_for(m.CallOpened) == frozenset()
    assert requests.roles_for(m.AlarmAcknowledged) == {"duty", "security", "supervisor"}


def test_an_auditor_in_another_role_as_well_changes_nothing() -> None:
    assert requests.may(frozenset({"duty"}), frozenset({"duty"}))
    assert not requests.may(frozenset({"duty"}), frozenset({"duty", "auditor"}))
    assert not requests.may(frozenset({"duty"}), frozenset({"security"}))
