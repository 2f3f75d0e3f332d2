"""The engine was silent, and the notifying service has called people: the engine goes on from there, and calls nobody
again for the same."""

from __future__ import annotations

import pytest

from hub.core.calling.meanwhile import MOVED
from hub.core.refusal import NotPossible
from hub.core.state import Call, CallLife, Notice
from tests.hub.core.calling.test_escalation import Office, forced
from tests.support.paper import WANG_FANG
from wire import messages as m


def call_of(house: Office, number: int) -> Call:
    found = house.state.find(Call, number)
    assert found is not None
    return found


def told(
    house: Office, call: int | None, step: int, ago: int = 0, round_: int = 0, channel: m.Channel = "sms"
) -> m.CalledMeanwhile:
    """Somebody was told so many seconds ago, when the call stood there."""
    said = m.CalledMeanwhile(
        call=call,
        alarms=(call or 0, 99),
        step=step,
        round=round_,
        channel=channel,
        person=WANG_FANG,
        at=house.clock() - ago * 1000,
    )
    (fact,) = house.fact(said, "notify").facts
    assert isinstance(fact, m.CalledMeanwhile)
    return fact


def test_a_call_stands_where_it_stood_when_somebody_was_told_last() -> None:
    house = Office()
    number = forced(house)
    house.clock.forward(200)  # nobody looked at deadlines meanwhile
    told(house, number, 1, ago=140)
    told(house, number, 2, ago=20)
    assert (call_of(house, number).step, call_of(house, number).due_at) == (2, house.clock() + 100_000)
    before = len(house.told(number))
    house.passes(98)
    assert len(house.told(number)) == before, "nobody is called again for the same"
    house.passes(3)
    assert call_of(house, number).step == 3
    assert len(house.told(number)) > before


def test_its_number_and_its_deadline_are_not_the_notifying_services_to_give() -> None:
    house = Office()
    number = forced(house)
    house.clock.forward(200)
    said = m.CalledMeanwhile(
        call=number,
        alarms=(),
        step=1,
        round=0,
        channel="sms",
        person=WANG_FANG,
        at=house.clock(),
        notice=1,
        wait=86_400_000,
    )
    newest = house.state.duty.next_notice
    house.fact(said, "notify")
    assert call_of(house, number).due_at == house.clock() + 120_000
    notice = house.state.find(Notice, newest)
    assert notice is None or notice.handed_at == house.clock()  # what is settled may be put away
    assert house.state.duty.next_notice == newest + 1


def test_what_was_told_is_of_the_lines_of_that_call_alone() -> None:
    house = Office()
    number = forced(house)
    assert told(house, number, 0).alarms == (number,)


@pytest.mark.parametrize(("step", "round_"), [(4, 0), (0, 1), (2, 7)])
def test_a_rung_that_the_ladder_has_not_is_refused(step: int, round_: int) -> None:
    house = Office()
    number = forced(house)
    with pytest.raises(NotPossible, match="not-valid"):
        told(house, number, step, round_=round_)


def test_a_round_of_the_last_rung_counts() -> None:
    house = Office()
    number = forced(house)
    house.clock.forward(2000)
    told(house, number, 3, round_=2, ago=100)
    call = call_of(house, number)
    assert (call.step, call.round, call.due_at) == (3, 2, house.clock() + 200_000)


def test_a_call_that_is_over_and_one_that_never_was_are_told_of_in_vain() -> None:
    house = Office()
    with pytest.raises(NotPossible, match="notice-settled"):
        told(house, 77, 0)
    number = forced(house)
    house.decides(m.CallEnded(call=number))
    with pytest.raises(NotPossible, match="notice-settled"):
        told(house, number, 0)


def test_of_the_silence_itself_there_is_a_notice_and_no_call() -> None:
    house = Office()
    fact = told(house, None, 0)
    assert (fact.alarms, fact.wait) == ((), None)
    assert not list(house.state.all(Call))


def test_a_call_that_has_moved_since_stays_where_it_is() -> None:
    house = Office()
    number = forced(house)
    house.passes(61)
    moved = call_of(house, number)
    assert moved.step == 1
    told(house, number, 2, ago=30)
    assert (call_of(house, number).step, call_of(house, number).due_at) == (1, moved.due_at)
    told(house, number, 0)
    assert (call_of(house, number).step, call_of(house, number).due_at) == (1, moved.due_at), "nor does it go back"


def test_lines_that_were_told_meanwhile_are_not_told_again() -> None:
    house = Office()
    number = forced(house)
    house.clock.forward(2)
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    second = call_of(house, number).untold[0]
    said = m.CalledMeanwhile(
        call=number,
        alarms=(second,),
        step=0,
        round=0,
        channel="sounder",
        person=None,
        at=house.clock(),
    )
    house.fact(said, "notify")
    assert call_of(house, number).untold == ()
    assert set(call_of(house, number).told) == {number, second}
    assert call_of(house, number).sounded


@pytest.mark.parametrize("life", MOVED)
def test_whatever_a_call_waits_for_it_goes_on_waiting_for_that_and_whoever_was_to_be_told_first_is_told(
    life: CallLife,
) -> None:
    house = Office()
    if life == "waiting":
        house.decides(m.ChannelFailed(channel="email", since=1))
        number = house.call().number
    else:
        number = forced(house)
    if life == "answered":
        house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=number))
    assert call_of(house, number).life == life
    house.clock.forward(3600)
    told(house, number, 1 if life == "answered" else 0)
    assert call_of(house, number).life == ("ringing" if life == "waiting" else life)


def test_an_answered_call_of_which_no_door_can_tell_goes_no_further() -> None:
    house = Office()
    number = forced(house)
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=number))
    house.decides(m.NodeSilent(node="archive-1", last_heard=None, sealed=()))
    house.clock.forward(3600)
    told(house, number, 3)
    found = house.state.find(Call, number)
    assert found is not None
    assert (found.step, found.due_at) == (3, None)


def test_that_the_engine_was_silent_disturbs_nobody_a_second_time() -> None:
    """Whoever was to be called for it was called before the engine could say so."""
    house = Office()
    house.fact(m.EngineSilent(since=house.clock() - 60_000), "notify")
    assert not list(house.state.all(Call))
    assert not house.journal(m.NoticeQueued)
    assert [fact.what for fact in house.journal(m.AlarmRaised)] == ["engine-silent"]
