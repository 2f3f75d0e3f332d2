"""Who answers now: by the roster, or everybody when it has a gap. Handing over takes two."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from hub.core.calling import roster
from hub.core.refusal import NotPossible
from hub.core.state import Handover
from tests.support.paper import LIU_YANG, NOON, WANG_FANG, ZHANG_WEI, ZHAO_MIN, ZHOU_QIANG, PaperHub
from wire import messages as m

HOUR = 3_600_000
WEEK = 7 * 24 * HOUR


def shift(person: int, starts: int, ends: int, stand_in: int | None = None) -> m.ShiftAdded:
    return m.ShiftAdded(shift=0, person=person, stand_in=stand_in, starts=NOON + starts, ends=NOON + ends)


def tick(house: PaperHub) -> None:
    house.decide(lambda state, site: roster.due(state, site, house.clock()))


def test_without_a_roster_everybody_in_the_role_is_called_and_it_is_no_trouble() -> None:
    house = PaperHub()
    tick(house)
    assert roster.on_duty(house.state, house.site, NOON) == ((WANG_FANG, ZHOU_QIANG), (WANG_FANG, ZHOU_QIANG), True)
    assert not house.whats()


def test_by_the_roster_one_answers_and_one_stands_in() -> None:
    house = PaperHub()
    house.asks(LIU_YANG, shift(ZHOU_QIANG, 0, WEEK, stand_in=LIU_YANG))
    assert roster.on_duty(house.state, house.site, NOON + HOUR) == ((ZHOU_QIANG,), (LIU_YANG,), False)


def test_with_no_stand_in_named_the_other_duty_officers_stand_in() -> None:
    house = PaperHub()
    house.asks(WANG_FANG, shift(WANG_FANG, 0, WEEK))
    assert roster.on_duty(house.state, house.site, NOON).stand_ins == (ZHOU_QIANG,)


def test_a_gap_in_the_next_seven_days_is_a_trouble_told_once_and_mended_by_a_shift() -> None:
    house = PaperHub()
    house.asks(WANG_FANG, shift(WANG_FANG, 0, 24 * HOUR))
    house.asks(WANG_FANG, shift(ZHOU_QIANG, 30 * HOUR, 2 * WEEK))
    tick(house)
    tick(house)
    assert house.whats() == ["roster-gap"]
    (told,) = house.journal(m.RosterGap)
    assert (told.starts, told.ends) == (NOON + 24 * HOUR, NOON + 30 * HOUR)
    house.asks(WANG_FANG, shift(ZHOU_QIANG, 24 * HOUR, 30 * HOUR))
    assert not house.whats()


def test_a_shift_of_somebody_who_has_no_account_any_more_is_a_gap() -> None:
    house = PaperHub()
    house.asks(WANG_FANG, shift(LIU_YANG, 0, 2 * WEEK))
    tick(house)
    assert not house.whats()
    accounts = tuple(one for one in house.site.account if one.cardholder != LIU_YANG)
    house.apply(replace(house.site, account=accounts))
    tick(house)
    assert house.whats() == ["roster-gap"]
    assert roster.on_duty(house.state, house.site, NOON).gap


def test_a_gap_that_has_passed_is_over() -> None:
    house = PaperHub()
    house.asks(WANG_FANG, shift(WANG_FANG, HOUR, 3 * WEEK))
    tick(house)
    assert house.whats() == ["roster-gap"]
    house.clock.forward(2 * 3600)
    tick(house)
    assert not house.whats()


def test_a_gap_eight_days_ahead_is_nobodys_business_yet() -> None:
    house = PaperHub()
    house.asks(WANG_FANG, shift(WANG_FANG, 0, WEEK + HOUR))
    tick(house)
    assert not house.whats()


def test_a_shift_that_is_removed_leaves_a_gap_and_stays_on_record() -> None:
    house = PaperHub()
    house.asks(WANG_FANG, shift(WANG_FANG, 0, 2 * WEEK))
    house.asks(LIU_YANG, m.ShiftRemoved(shift=1))
    tick(house)
    assert house.whats() == ["roster-gap"]
    assert roster.on_duty(house.state, house.site, NOON).gap
    with pytest.raises(NotPossible, match="shift-unknown"):
        house.asks(LIU_YANG, m.ShiftRemoved(shift=1))
    house.check()


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (shift(ZHANG_WEI, 0, HOUR), "not-a-duty-officer"),
        (shift(WANG_FANG, 0, HOUR, stand_in=ZHAO_MIN), "not-a-duty-officer"),
        (shift(WANG_FANG, 0, HOUR, stand_in=WANG_FANG), "stand-in-same"),
        (shift(WANG_FANG, HOUR, HOUR), "shift-empty"),
        (shift(WANG_FANG, 0, 32 * 24 * HOUR), "shift-empty"),
        (shift(WANG_FANG, -2 * HOUR, -HOUR), "shift-past"),
        (shift(ZHOU_QIANG, 5 * HOUR, 7 * HOUR), "shift-overlaps"),
    ],
)
def test_what_is_no_shift_is_refused_and_changes_nothing(wanted: m.ShiftAdded, reason: str) -> None:
    house = PaperHub()
    house.asks(WANG_FANG, shift(WANG_FANG, 4 * HOUR, 6 * HOUR))
    before = len(house.entries)
    with pytest.raises(NotPossible, match=reason):
        house.asks(WANG_FANG, wanted)
    assert len(house.entries) == before


def test_the_administrator_makes_no_roster() -> None:
    with pytest.raises(NotPossible, match="not-allowed"):
        PaperHub().asks(ZHAO_MIN, shift(WANG_FANG, 0, HOUR))


# ---------------------------------------------------------------- handing over


def test_a_hand_over_says_what_stands_open_and_both_sign() -> None:
    house = PaperHub()
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    request = m.HandoverDrafted(handover=0, alarms=(99,), sealed=(), silent=(), note="锁匠下午再来")
    house.asks(WANG_FANG, request)
    with pytest.raises(NotPossible, match="handover-same"):
        house.asks(WANG_FANG, m.HandoverTaken(handover=1))
    house.asks(ZHOU_QIANG, m.HandoverTaken(handover=1))
    row = house.state.find(Handover, 1)
    assert row is not None
    assert (row.given_by, row.taken_by, row.alarms, row.note) == (WANG_FANG, ZHOU_QIANG, (1,), "锁匠下午再来")
    with pytest.raises(NotPossible, match="handover-unknown"):
        house.asks(LIU_YANG, m.HandoverTaken(handover=1))
    house.check()
