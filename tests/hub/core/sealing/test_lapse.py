"""A planned sealing that nobody begins is told while there is time left, and does not stay planned for ever."""

from __future__ import annotations

import pytest

from hub.core.calling.escalation import Escalation
from hub.core.sealing import missed
from hub.core.state import Notice, Sealing
from tests.support.hub import seal
from tests.support.paper import NOON, WANG_FANG, PaperHub, demo_site
from tests.support.sealing import ready
from wire import messages as m

HOUR = 3600
BEGINS, ENDS = NOON + HOUR * 1000, NOON + 25 * HOUR * 1000


@pytest.fixture
def house() -> PaperHub:
    """The archive is to be sealed from one hour after noon for a day."""
    house = PaperHub()
    house.fact(m.NotifyStarted(version="test", channels=("console", "sms")), "notify")
    house.node("archive-1")
    house.asks(WANG_FANG, m.WindowPlanned(window=0, title="国庆节", areas=("archive",), starts=BEGINS, ends=ENDS))
    return house


def looks(house: PaperHub, hours: float) -> None:
    """The engine looks, so many hours after the window has begun."""
    house.clock.now = BEGINS + int(hours * HOUR * 1000)
    house.decide(lambda state, _site: missed.due(state, house.clock()))


def planned(house: PaperHub) -> str:
    return next(one.state for one in house.state.all(Sealing))


def test_two_hours_after_its_beginning_it_is_told_once_and_not_sooner(house: PaperHub) -> None:
    looks(house, 1.99)
    assert house.whats() == []
    for hours in (2, 3, 23):
        looks(house, hours)
    assert house.whats() == ["not-sealed"]
    alarm = house.alarm("not-sealed")
    assert (alarm.place, alarm.klass, alarm.priority, alarm.count) == ("archive", "trouble", 3, 1)
    assert planned(house) == "planned"


def test_the_duty_officer_is_told_and_nobody_else_at_first(house: PaperHub) -> None:
    escalation = Escalation()
    looks(house, 2)
    for after in (0, 299, 301, 362):
        house.clock.now = BEGINS + (2 * HOUR + after) * 1000
        house.decide(lambda state, site, at=after: escalation.due(state, site, house.clock(), at * 1000))  # type: ignore[misc]
    told = {one.person for one in house.state.all(Notice) if one.channel == "sms"}
    assert told
    assert told <= {1003, 1008}


@pytest.mark.parametrize("how", ["sealed", "cancelled"])
def test_it_is_mended_by_sealing_or_by_giving_the_plan_up(house: PaperHub, how: str) -> None:
    looks(house, 2)
    if how == "sealed":
        seal(house, "archive", "archive-1")
    else:
        house.asks(WANG_FANG, m.WindowCancelled(window=1, reason="改期"))
    assert house.whats() == []
    looks(house, 30)
    assert not [one for one in house.journal(m.SealingDropped) if one.reason == missed.PASSED]
    house.check()


def test_a_check_that_is_not_finished_in_time_is_told_as_well(house: PaperHub) -> None:
    house.asks(WANG_FANG, m.SealingChecking(sealing=0, area="archive"))
    looks(house, 2)
    assert house.whats() == ["not-sealed"]


def test_a_ceremony_under_way_is_left_alone(house: PaperHub) -> None:
    ready(house, "archive")
    house.asks(WANG_FANG, m.SealingOrdered(sealing=0, area="archive", purpose="seal"))
    looks(house, 2)
    assert house.whats() == []


def test_when_the_window_is_over_the_plan_is_cancelled_and_nothing_is_left_to_do(house: PaperHub) -> None:
    looks(house, 2)
    looks(house, 24)
    assert house.whats() == []
    (dropped,) = house.journal(m.SealingDropped)
    assert (dropped.outcome, dropped.reason) == ("cancelled", "window-passed")
    before = len(house.entries)
    looks(house, 25)
    assert len(house.entries) == before
    house.check()


def test_another_site_document_does_not_mend_it(house: PaperHub) -> None:
    looks(house, 2)
    house.apply(demo_site())
    assert house.whats() == ["not-sealed"]
