"""Somebody is called until somebody has answered: at once two people, then the next channel, then the next person, for
ever. What is mended in its delay disturbs nobody, and a drill is a drill to its end."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace

from hub.core.alarms import ladders, own_table
from hub.core.alarms.ladders import LADDERS
from hub.core.calling import escalation, notices
from hub.core.calling import fold as calling_fold
from hub.core.calling.escalation import Escalation
from hub.core.journal.requests import Actor
from hub.core.refusal import NotPossible
from hub.core.state import Call, CallLife, Entry, Notice, State
from tests.support.hunting import HUNT
from tests.support.paper import LI_NA, LIU_YANG, WANG_FANG, ZHANG_WEI, ZHAO_MIN, ZHOU_QIANG, PaperHub
from tests.support.tables import change
from wire import messages as m

ALL: tuple[m.Channel, ...] = ("console", "sounder", "sms", "email", "syslog")
SUPERVISOR = LI_NA
MOST_AT_ONCE = 60
"""Entries about calls, when every alarm that may be open begins to ring in the same second."""
Row = tuple[CallLife | None, calling_fold.CallEvent]


class Office(PaperHub):
    """A hub whose notifying service has these channels, and whose deadlines are looked at each second."""

    def __init__(self, *channels: m.Channel) -> None:
        super().__init__()
        self.escalation = Escalation()
        self.fact(m.NotifyStarted(version="test", channels=channels or ALL), "notify")

    def passes(self, seconds: int) -> None:
        """Time goes by. Whatever happens, a call is not begun anew every second: no rung is under a minute."""
        before = len(self.entries)
        for second in range(seconds):
            self.clock.forward(1)
            self.tick()
            assert len(self.entries) - before <= MOST_AT_ONCE + second, "people are called without a pause"

    def tick(self) -> None:
        now = self.clock()
        self.decide(lambda state, site: self.escalation.due(state, site, now, now))

    def told(self, alarm: int, since: int = 0) -> list[tuple[int, m.NoticeQueued]]:
        """Who was told of an alarm, and when."""
        found = [(one.time, one.message.data) for one in self.entries if isinstance(one.message.data, m.NoticeQueued)]
        return [(time, data) for time, data in found if alarm in data.alarms and time >= since]

    def people(self, alarm: int, channel: m.Channel) -> list[int | None]:
        return [data.person for _time, data in self.told(alarm) if data.channel == channel]

    def life(self, call: int) -> CallLife:
        """How the call of that number stands; what is over is put away."""
        found = self.state.find(Call, call)
        return "over" if found is None else found.life

    def call(self) -> Call:
        (found,) = [one for one in self.state.all(Call) if one.life != "over"]
        return found


def forced(house: PaperHub) -> int:
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    return house.alarm("forced").number


# ---------------------------------------------------------------- the machine


class Night(RuleBasedStateMachine):
    """Alarms, a trouble and a drill at any time, and people who answer or do not."""

    @initialize()
    def it_begins(self) -> None:
        self.house = Office()
        self.ringing: dict[int, int] = {}
        self.taken: dict[int, int] = {}
        self.rang = 0
        self.mended: list[int] = []
        self.trouble: tuple[int, int] | None = None
        self.drills: set[int] = set()

    def _rings(self, what: str, act: Callable[[], object]) -> None:
        act()
        alarm = self.house.alarm(what)
        self.taken.pop(alarm.number, None)
        self.ringing.setdefault(alarm.number, self.house.clock())

    @rule(gate=st.sampled_from(["iron-gate", "corridor-door"]))
    def a_gate_is_forced(self, gate: str) -> None:
        before = {alarm.number: alarm for alarm in self.house.alarms()}
        self.house.node("archive-1").says(m.Forced(point=f"archive/{gate}"))
        for alarm in self.house.alarms():
            if alarm.what == "forced" and before.get(alarm.number) != alarm:
                self.taken.pop(alarm.number, None)
                self.ringing.setdefault(alarm.number, self.house.clock())

    @rule(between=st.sampled_from([1, 4]), after=st.sampled_from([0, 7]))
    def two_gates_are_forced(self, between: int, after: int) -> None:
        self.a_gate_is_forced("iron-gate")
        self.house.passes(between)
        self.a_gate_is_forced("corridor-door")
        self.house.passes(after)

    @precondition(lambda self: not self.drills)
    @rule()
    def a_drill_begins(self) -> None:
        self._rings("drill", lambda: self.house.asks(LIU_YANG, m.DrillStarted(area="archive")))
        self.drills.add(self.house.alarm("drill").number)

    @precondition(lambda self: self.ringing)
    @rule(data=st.data(), person=st.sampled_from([WANG_FANG, ZHOU_QIANG, LIU_YANG]))
    def somebody_answers(self, data: st.DataObject, person: int) -> None:
        number = data.draw(st.sampled_from(sorted(self.ringing)))
        self.house.asks(person, m.AlarmAcknowledged(alarm=number))
        del self.ringing[number]
        self.taken[number] = self.house.clock()

    @precondition(lambda self: self.ringing)
    @rule(person=st.sampled_from([WANG_FANG, ZHOU_QIANG, LIU_YANG]), after=st.sampled_from([0, 910]))
    def somebody_answers_everything_and_nobody_goes(self, person: int, after: int) -> None:
        for number in sorted(self.ringing):
            self.house.asks(person, m.AlarmAcknowledged(alarm=number))
            self.taken[number] = self.house.clock()
        self.ringing.clear()
        self.house.passes(after)

    @precondition(lambda self: self.taken)
    @rule()
    def somebody_is_at_the_door(self) -> None:
        numbers = tuple(sorted(self.taken))
        data = m.Attended(reader="archive/reader", credential="0" * 64, person=ZHANG_WEI, alarms=numbers)
        self.house.node("archive-1").says(data)
        self.taken.clear()

    @precondition(lambda self: self.trouble is None)
    @rule()
    def a_converter_fails(self) -> None:
        self.house.node("archive-1").says(m.Fault(part="loops", failed=True, detail=""))
        self.trouble = (self.house.alarm("node-fault").number, self.house.clock())

    @precondition(lambda self: self.trouble)
    @rule()
    def it_is_mended(self) -> None:
        assert self.trouble is not None
        number, since = self.trouble
        self.house.node("archive-1").says(m.Fault(part="loops", failed=False, detail=""))
        if self.house.clock() - since < 300_000:
            self.mended.append(number)
        self.trouble = None

    @rule(seconds=st.sampled_from([1, 4, 7, 30, 61, 181, 301, 601, 910]))
    def time_passes(self, seconds: int) -> None:
        self.house.passes(seconds)

    @invariant()
    def whoever_should_be_called_is(self) -> None:
        if not hasattr(self, "house"):
            return
        now = self.house.clock()
        for number, since in self.ringing.items():
            told = self.house.told(number, since)
            waited = (now - since) / 1000
            people = {data.person for _time, data in told if data.channel == "sms"}
            # One that joins a call which rings already is told with it, five seconds later.
            assert waited <= 6 or len(people) >= 2, "two people at once"
            for after, channel, person in ((61, "email", WANG_FANG), (181, "sms", SUPERVISOR), (301, "sms", LIU_YANG)):
                hit = any(data.channel == channel and data.person == person for _time, data in self.house.told(number))
                assert waited <= after or hit, f"nobody told {person} after {waited} s"
            if waited > 301:
                assert now - max(time for time, _data in told) <= 301_000, "it has stopped asking"
        if self.ringing:
            self.rang = now
        for number, since in self.taken.items():
            # While another alarm of the call rings, it is that which is asked about.
            if now - max(since, self.rang) > 602_000 + 300_000:
                assert any(time > since for time, _data in self.house.told(number)), "nobody asks who went there"

    @invariant()
    def what_was_mended_in_time_has_disturbed_nobody(self) -> None:
        if hasattr(self, "house"):
            assert not any(self.house.told(number) for number in self.mended), "somebody was disturbed for nothing"

    @invariant()
    def a_drill_is_one_and_nothing_else_is(self) -> None:
        if hasattr(self, "house"):
            for notice in self.house.journal(m.NoticeQueued):
                assert notice.drill == (set(notice.alarms) <= self.drills), "drill and alarm are mixed"
                assert notice.drill or not set(notice.alarms) & self.drills

    def teardown(self) -> None:
        if hasattr(self, "house"):
            self.house.check()


QUICK = settings(max_examples=60, stateful_step_count=14)
TestNight = Night.TestCase
TestNight.settings = QUICK


def never_again(monkeypatch: pytest.MonkeyPatch) -> None:
    real = escalation._move

    def move(*args: object) -> m.CallMoved:
        moved = real(*args)  # type: ignore[arg-type]
        return replace(moved, wait=None) if moved.round else moved

    monkeypatch.setattr(escalation, "_move", move)


def one_person_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    real = notices.targets

    def targets(*args: object) -> list[notices.Target]:
        found = real(*args)  # type: ignore[arg-type]
        return [one for one in found if one[1] is None] + [one for one in found if one[1] is not None][:1]

    monkeypatch.setattr(notices, "targets", targets)


def trouble_has_no_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ladders, "TROUBLE_DELAY", dict.fromkeys(ladders.TROUBLE_DELAY, 0))


def acknowledged_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    quiet = {name: ladder._replace(attend=None) for name, ladder in LADDERS.items()}
    monkeypatch.setattr(own_table, "ladder", lambda _state, name: quiet[name])


def a_line_is_taken_for_told_when_another_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def moved(state: State, entry: Entry, data: m.CallMoved, person: int | None) -> None:
        calling_fold.apply_moved(state, entry, data, person)
        call = state.find(Call, data.call)
        if call is not None:
            state.put(replace(call, told=call.alarms))

    change(monkeypatch, m.CallMoved, fold=(moved,))


def a_drill_joins_the_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    real = escalation.raised

    def raised(*args: object):  # type: ignore[no-untyped-def]
        for fact in real(*args):  # type: ignore[arg-type]
            yield replace(fact, drill=False) if isinstance(fact, m.CallOpened) else fact

    monkeypatch.setattr(escalation, "raised", raised)


@pytest.mark.parametrize(
    "plant",
    [
        never_again,
        one_person_is_enough,
        trouble_has_no_delay,
        acknowledged_is_done,
        a_line_is_taken_for_told_when_another_is,
        a_drill_joins_the_alarm,
    ],
)
def test_a_planted_bug_is_found(plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            Night,
            settings=settings(HUNT, stateful_step_count=12),
        )


# ---------------------------------------------------------------- the ladder, rung by rung


def test_an_urgent_alarm_tells_two_people_the_sounder_and_the_console_in_the_transaction_that_raises_it() -> None:
    house = Office()
    number = forced(house)
    assert {(data.channel, data.person) for _time, data in house.told(number)} == {
        ("sounder", None), ("console", None), ("syslog", None), ("sms", WANG_FANG), ("sms", ZHOU_QIANG),
    }  # fmt: skip


def test_an_unanswered_alarm_climbs_rung_by_rung_and_then_goes_round_for_ever() -> None:
    """At once, 60 s, 3 min, 5 min, then again every 5 min."""
    house = Office()
    number = forced(house)
    began = house.clock()
    house.passes(1801)
    facts = [(one.time, one.message.data) for one in house.entries]
    moves = [(time - began) // 1000 for time, one in facts if isinstance(one, m.CallMoved) and one.call == number]
    assert moves == [0, 60, 180, 300, 600, 900, 1200, 1500, 1800]
    why = [one.why for _time, one in facts if isinstance(one, m.CallMoved) and one.call == number]
    assert why == ["begun", *["unanswered"] * 3, *["once-more"] * 5]
    assert house.people(number, "email")[:2] == [WANG_FANG, ZHOU_QIANG]
    assert SUPERVISOR in house.people(number, "sms")
    assert LIU_YANG in house.people(number, "sms")


def test_who_went_there_is_asked_of_an_alarm_over_which_another_rang_ten_minutes_after_that_one_is_answered() -> None:
    house = Office()
    first = forced(house)
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    second = max(alarm.number for alarm in house.alarms())
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=first))
    house.passes(1202)
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=second))
    answered = house.clock()
    house.passes(599)
    assert not house.told(first, answered)
    house.passes(3)
    assert house.told(first, answered)


def test_an_answer_stops_it_and_ten_minutes_later_it_asks_who_went_there() -> None:
    house = Office()
    number = forced(house)
    house.passes(30)
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=number))
    taken = house.clock()
    house.passes(599)
    assert not house.told(number, taken)
    house.passes(2)
    assert house.told(number, taken)


def test_an_alarm_that_is_answered_before_anybody_is_called_is_given_time_like_any_other() -> None:
    house = Office()
    sealed = (m.SealedArea(area="archive", sealing=1),)
    house.decides(m.NodeSilent(node="archive-1", last_heard=None, sealed=sealed))
    number = house.alarm("node-silent-while-sealed").number
    house.passes(1)
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=number))
    assert house.life(number) == "answered"
    house.passes(599)
    assert not house.told(number)
    house.passes(2)
    assert house.told(number)


def test_somebody_at_the_door_ends_the_call() -> None:
    house = Office()
    number = forced(house)
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=number))
    data = m.Attended(reader="archive/reader", credential="0" * 64, person=ZHANG_WEI, alarms=(number,))
    house.node("archive-1").says(data)
    told = len(house.told(number))
    house.passes(2000)
    assert len(house.told(number)) == told
    assert [one.call for one in house.journal(m.CallEnded)] == [number]
    assert house.life(number) == "over"


def test_an_answer_after_somebody_was_at_the_door_ends_the_call() -> None:
    house = Office()
    number = forced(house)
    data = m.Attended(reader="archive/reader", credential="0" * 64, person=ZHANG_WEI, alarms=(number,))
    house.node("archive-1").says(data)
    assert house.life(number) == "ringing"
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=number))
    assert house.life(number) == "over"


def test_a_trouble_mended_within_its_delay_disturbs_nobody_and_is_on_record() -> None:
    house = Office()
    archive = house.node("archive-1")
    archive.says(m.Fault(part="mains", failed=True, detail=""))
    house.passes(299)
    archive.says(m.Fault(part="mains", failed=False, detail=""))
    assert house.life(1) == "over"
    house.passes(4000)
    assert not house.journal(m.NoticeQueued)
    assert [one.what for one in house.journal(m.AlarmRaised)] == ["power-lost"]


def test_a_trouble_that_lasts_goes_to_the_administrator_and_to_whoever_is_on_duty() -> None:
    house = Office()
    house.node("archive-1").says(m.Fault(part="mains", failed=True, detail=""))
    number = house.alarm("power-lost").number
    house.passes(301)
    assert set(house.people(number, "email")) >= {ZHAO_MIN, WANG_FANG}
    assert not house.people(number, "sms"), "a fault in office life wakes nobody"


def test_nodes_of_one_dead_switch_are_one_call_with_as_many_lines() -> None:
    house = Office()
    for node in ("archive-1", "cipher-1", "computer-1"):
        sealed = (m.SealedArea(area="archive", sealing=1),)
        house.decides(m.NodeSilent(node=node, last_heard=None, sealed=sealed))
        house.passes(1)
    assert len(house.call().alarms) == 3
    house.passes(3)
    sms = [one for one in house.journal(m.NoticeQueued) if one.channel == "sms"]
    assert {one.alarms for one in sms} == {(1, 2, 3)}
    assert len(sms) == 2


def test_a_line_that_comes_after_the_first_call_is_told_five_seconds_later() -> None:
    house = Office()
    first = forced(house)
    house.passes(2)
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    house.passes(12)
    assert len(house.call().alarms) == 2
    told = [(data.channel, data.person) for _time, data in house.told(first + 1)]
    assert {("sms", WANG_FANG), ("sms", ZHOU_QIANG)} <= {*told}
    assert len(told) == len({*told}), "it is told once"
    assert house.life(first) == "ringing"


def test_an_answered_line_that_happens_again_is_told_anew_though_another_was_told_since_it_was_answered() -> None:
    house = Office()
    first = forced(house)
    house.passes(3)
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=first))
    house.passes(27)
    assert house.told(first + 1)
    again = house.clock()
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    house.passes(6)
    assert {data.person for _time, data in house.told(first, again) if data.channel == "sms"} == {WANG_FANG, ZHOU_QIANG}


def test_a_line_that_happens_again_and_again_before_it_is_told_anew_is_one_line_more() -> None:
    house = Office()
    first = forced(house)
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    house.passes(6)
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=first))
    before = len(house.journal(m.CallJoined))
    for _ in range(4):
        house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
        house.passes(1)
    assert len(house.journal(m.CallJoined)) == before + 1


def test_a_line_that_is_answered_before_it_is_told_has_nobody_told_of_the_others_twice() -> None:
    house = Office()
    first = forced(house)
    house.passes(2)
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=first + 1))
    answered = house.clock()
    house.passes(57)
    assert not house.told(first, answered)


def test_a_line_that_comes_just_before_the_next_rung_is_told_to_everybody_once() -> None:
    house = Office()
    first = forced(house)
    house.passes(2)
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    house.passes(8)
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=first))
    house.passes(47)
    again = house.clock()
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    house.passes(20)
    assert [one.step for one in house.journal(m.CallMoved) if one.call == first][-1] == 1
    told = [(data.channel, data.person) for _time, data in house.told(first, again)]
    assert told.count(("sms", WANG_FANG)) == 1
    assert told.count(("email", WANG_FANG)) == 1
    assert len(told) == len(set(told))


def test_nothing_is_called_for_that_is_only_to_be_on_record() -> None:
    house = Office()
    house.node("archive-1").says(m.NotEntered(area="archive", person=ZHANG_WEI))
    house.passes(400)
    assert [one.what for one in house.journal(m.AlarmRaised)] == ["not-entered"]
    assert not house.journal(m.CallOpened)


def test_duress_sounds_nothing() -> None:
    house = Office()
    holders = tuple(replace(one, duress="f" * 64) if one.number == ZHANG_WEI else one for one in house.site.cardholder)
    house.apply(replace(house.site, cardholder=holders))
    house.node("archive-1").says(m.Granted(reader="archive/reader", credential="f" * 64, person=ZHANG_WEI))
    number = house.alarm("duress").number
    house.passes(400)
    assert len(set(house.people(number, "sms"))) >= 2
    assert not house.people(number, "sounder")


def test_without_short_messages_people_are_called_by_mail() -> None:
    house = Office("console", "email")
    number = forced(house)
    assert set(house.people(number, "email")) == {WANG_FANG, ZHOU_QIANG}


def test_a_restart_goes_on_where_it_was_and_calls_at_once_what_is_overdue() -> None:
    house = Office()
    number = forced(house)
    house.passes(70)
    house.escalation = Escalation()  # the engine was killed
    house.clock.forward(3600)
    since = house.clock()
    house.tick()
    assert any(data.person == SUPERVISOR for _time, data in house.told(number, since))


def test_a_clock_that_is_set_back_holds_no_call_up() -> None:
    house = Office()
    number = forced(house)
    mono = house.clock()
    house.tick()
    house.clock.forward(-7200)
    for second in range(70):
        house.clock.forward(1)
        now = house.clock()
        house.decide(
            lambda state, site, now=now, second=second: house.escalation.due(state, site, now, mono + second * 1000)  # type: ignore[misc]
        )
    assert house.people(number, "email")


def test_an_answered_alarm_that_happens_again_rings_again() -> None:
    house = Office()
    number = forced(house)
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=number))
    house.passes(20)
    again = house.clock()
    forced(house)
    assert {data.step for _time, data in house.told(number, again)} == {0}
    assert house.call().life == "ringing"
    house.passes(61)
    assert {data.step for _time, data in house.told(number, again)} == {0, 1}


def test_who_went_there_is_asked_once_and_then_again_and_again() -> None:
    house = Office()
    number = forced(house)
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=number))
    answered = house.clock()
    house.passes(601)
    first = len(house.told(number, answered))
    assert house.call().life == "answered"
    house.passes(1801)
    assert len(house.told(number, answered)) > first
    assert house.call().life == "answered"


def test_whoever_went_there_is_asked_for_again_when_the_node_of_the_door_is_back() -> None:
    """While no door could tell, nobody was called back for it."""
    house = Office()
    number = forced(house)
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=number))
    house.decides(m.NodeSilent(node="archive-1", last_heard=None, sealed=()))
    house.passes(4000)
    left = house.clock()
    house.passes(4000)
    assert not house.told(number, left)
    house.fact(m.NodeBack(node="archive-1", silent_for=1))
    back = house.clock()
    assert house.life(number) == "answered"
    house.passes(599)
    assert not house.told(number, back)
    house.passes(2)
    assert house.told(number, back)


# ---------------------------------------------------------------- notices and channels


def test_a_notice_that_nobody_sends_is_itself_a_trouble() -> None:
    house = Office()
    forced(house)
    house.passes(61)
    assert "notice-not-delivered" in house.whats()


def test_a_failed_call_about_a_failed_call_is_no_second_trouble() -> None:
    house = Office()
    forced(house)
    notice = next(one for one in house.state.all(Notice) if one.channel == "sms")
    house.fact(m.NoticeFailed(notice=notice.number, attempt=3, detail="no network"), "notify")
    about = house.alarm("notice-not-delivered").number
    for one in [one for one in house.state.all(Notice) if about in one.alarms and one.channel == "sms"]:
        house.fact(m.NoticeFailed(notice=one.number, attempt=3, detail="no network"), "notify")
    assert house.whats().count("notice-not-delivered") == 1
    assert house.alarm("notice-not-delivered").count == 1


def test_a_report_that_does_not_come_within_the_hour_is_a_failure() -> None:
    house = Office()
    forced(house)
    notice = next(one for one in house.state.all(Notice) if one.channel == "sms")
    house.fact(m.NoticeHanded(notice=notice.number, attempt=1, repeat=False, awaits=True), "notify")
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=1))
    house.passes(3901)
    assert [one.notice for one in house.journal(m.NoticeFailed)] == [notice.number]


def test_a_channel_without_success_for_twenty_five_hours_is_a_trouble() -> None:
    house = Office("console", "email")
    house.fact(m.ChannelTested(channel="email", worked=True, detail=""), "notify")
    house.clock.forward(25 * 3600 - 10)
    house.tick()
    assert not house.whats()
    house.passes(12)
    assert house.whats() == ["channel-failed"]  # that nobody looks at the console is no fault of it
    house.fact(m.ChannelTested(channel="email", worked=True, detail=""), "notify")
    assert not house.whats()


def test_what_was_shown_or_said_once_is_refused_a_second_time() -> None:
    house = Office()
    number = forced(house)
    house.fact(m.AlarmShown(alarm=number), "console")
    with pytest.raises(NotPossible, match="already-told"):
        house.fact(m.AlarmShown(alarm=number), "console")
    assert len(house.journal(m.NoticeHanded)) == 1


def test_by_which_way_an_answer_came_nobody_claims() -> None:
    house = Office()
    number = forced(house)
    house.act(Actor("notify", WANG_FANG, frozenset({"duty"})), m.AlarmAcknowledged(alarm=number, via="console"))
    assert house.alarm("forced").acknowledged_via == "sms"


# ---------------------------------------------------------------- the life of a call, row by row

SENTENCES = [
    test_a_trouble_mended_within_its_delay_disturbs_nobody_and_is_on_record,
    test_a_line_that_comes_after_the_first_call_is_told_five_seconds_later,
    test_an_answered_line_that_happens_again_is_told_anew_though_another_was_told_since_it_was_answered,
    test_an_alarm_that_is_answered_before_anybody_is_called_is_given_time_like_any_other,
    test_an_answer_stops_it_and_ten_minutes_later_it_asks_who_went_there,
    test_somebody_at_the_door_ends_the_call,
    test_an_answer_after_somebody_was_at_the_door_ends_the_call,
    test_an_answered_alarm_that_happens_again_rings_again,
    test_whoever_went_there_is_asked_for_again_when_the_node_of_the_door_is_back,
    test_an_unanswered_alarm_climbs_rung_by_rung_and_then_goes_round_for_ever,
    test_who_went_there_is_asked_once_and_then_again_and_again,
]


def cries() -> bool:
    for sentence in SENTENCES:
        try:
            sentence()
        except (AssertionError, LookupError, ValueError):
            return True
    return False


def test_nobody_cries_while_every_row_is_there() -> None:
    assert not cries()


@pytest.mark.parametrize("row", calling_fold.CALL, ids=str)
def test_no_row_of_the_life_of_a_call_can_be_gone_or_lead_elsewhere(row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    for elsewhere in {*calling_fold.CALL.values()} - {calling_fold.CALL[row]}:
        with monkeypatch.context() as patch:
            patch.setitem(calling_fold.CALL, row, elsewhere)
            assert cries(), f"it may lead to {elsewhere}, and nobody cries"
    monkeypatch.delitem(calling_fold.CALL, row)
    assert cries(), "it may be gone, and nobody cries"
