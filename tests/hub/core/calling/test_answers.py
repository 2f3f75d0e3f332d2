"""What an answer by short message means: whose it is, what of that person's it takes on, and what it is not."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from hub.core.calling import answers
from hub.core.calling.answers import Message, Taken
from hub.core.refusal import NotPossible
from hub.core.state import Notice
from tests.support.paper import LI_NA, WANG_FANG, ZHANG_WEI, PaperHub
from wire import messages as m

HERS, NOBODYS = "+8613800000003", "+8613900000009"
PHONES: Mapping[int, str] = {ZHANG_WEI: "", LI_NA: "+8613800000002", WANG_FANG: HERS, 9999: NOBODYS}


@pytest.fixture
def house() -> PaperHub:
    """Two alarms, and people are called."""
    house = PaperHub()
    house.fact(m.NotifyStarted(version="test", channels=("sms",)), "notify")
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    house.node("cipher-1").says(m.Forced(point="cipher-room/door"))
    return house


def taken(house: PaperHub, text: str, sender: str = HERS, late_at: int | None = None) -> Taken:
    """What an answer takes on, to two messages: number 2 about the first alarm, number 9 about the second."""
    first = next(one for one in house.state.all(Notice) if one.person == WANG_FANG)
    told = [replace(first, number=2, alarms=(1,)), replace(first, number=9, alarms=(2,))]
    return answers.taken(house.state, house.site, PHONES, told, Message(sender, text, late_at))


def test_yes_takes_on_all_that_still_waits_and_says_as_what_she_answers(house: PaperHub) -> None:
    assert taken(house, "收到") == Taken(WANG_FANG, frozenset({"duty"}), (1, 2))
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=1))
    assert taken(house, "收到").alarms == (2,)


def test_a_number_takes_on_what_its_own_message_was_about(house: PaperHub) -> None:
    assert taken(house, "9号").alarms == taken(house, " 9。").alarms == (2,)


def test_the_supervisor_answers_as_such(house: PaperHub) -> None:
    assert answers.roles(house.site, LI_NA) >= {"supervisor"}
    assert "supervisor" not in answers.roles(house.site, WANG_FANG)


def test_what_has_happened_again_since_is_not_taken_on_by_an_answer_of_before(house: PaperHub) -> None:
    before = house.clock()
    house.clock.forward(60)
    house.node("cipher-1").says(m.Forced(point="cipher-room/door"))
    assert taken(house, "ok", late_at=before).alarms == (1,)
    assert taken(house, "ok", late_at=house.clock()).alarms == (1, 2)


@pytest.mark.parametrize("sender", ["+8613800000003", "8613800000003", "13800000003", "008613800000003"])
def test_a_telephone_is_known_with_and_without_the_code_of_the_country(sender: str) -> None:
    assert answers.whose(PHONES, sender) == WANG_FANG


@pytest.mark.parametrize("sender", ["", "CMCC", "１３８００００００３", "3800000003", NOBODYS + "1", "+"])
def test_nobody_elses_telephone_is_taken_for_hers(sender: str) -> None:
    assert answers.whose(PHONES, sender) is None


@pytest.mark.parametrize(
    ("sender", "text", "reason"),
    [
        (NOBODYS, "1", "unknown-sender"),  # of somebody who is not in the document
        ("10086", "1", "unknown-sender"),
        (HERS, "什么事？", "not-understood"),
        (HERS, "99999", "not-understood"),  # of no message that she was sent
        (HERS, "1" * 21, "not-understood"),
    ],
)
def test_what_is_no_answer_says_why(house: PaperHub, sender: str, text: str, reason: str) -> None:
    with pytest.raises(NotPossible) as refused:
        taken(house, text, sender)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("OK", 0),
        ("「１」", 0),
        ("\ufeff收到\x00", 0),
        ("12", 12),
        ("12号!", 12),
        ("1 2", None),
        ("1?", None),
        ("", None),
    ],
)
def test_what_stands_round_an_answer_means_nothing_and_what_stands_in_it_does(text: str, meant: int | None) -> None:
    assert answers.understood(text) == meant
