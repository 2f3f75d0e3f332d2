"""Alarms latch: whatever happens at the door, only a named person with a written finding closes one."""

from __future__ import annotations

import itertools
from typing import get_args

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hub.core.alarms import kinds as alarm_kinds
from hub.core.alarms import life as alarm_life
from hub.core.refusal import NotPossible
from hub.core.state import AlarmLife
from tests.support.hub import seal
from tests.support.paper import LIU_YANG, WANG_FANG, ZHANG_WEI, ZHOU_QIANG, PaperHub
from wire import messages as m

LIVES: tuple[AlarmLife, ...] = get_args(AlarmLife)
WHEN_CLOSED = {
    ("returned-acknowledged", "closed"),
    ("finding-written", "closed"),
    ("active-unacknowledged", "mended"),
    ("active-acknowledged", "mended"),
    ("returned-unacknowledged", "acknowledged-trouble"),
}


def test_the_table_of_lives_is_this_and_nothing_else() -> None:
    """Every path of an alarm to `closed` leads through acknowledged and returned; a trouble needs one of both."""
    assert {step for step, after in alarm_life.LIFE.items() if after == "closed"} == WHEN_CLOSED
    assert {step for step, after in alarm_life.LIFE.items() if after == "finding-written"} == {
        ("returned-acknowledged", "found"),
        ("finding-written", "found"),
    }
    assert not {step for step in alarm_life.LIFE if step[0] == "closed"}
    for life in LIVES[:-1]:
        assert alarm_life.LIFE[life, "again"] == "active-unacknowledged"
    assert all(
        after.endswith("-acknowledged") for (_, event), after in alarm_life.LIFE.items() if event == "acknowledged"
    )


def test_every_step_of_a_person_that_the_table_lacks_is_refused_with_a_reason() -> None:
    for life, event in itertools.product(LIVES[:-1], ("acknowledged", "found", "closed")):
        assert ((life, event) in alarm_life.LIFE) != ((life, event) in alarm_life.REFUSALS)


def test_an_alarm_is_urgent_while_sealed_whatever_it_is_otherwise() -> None:
    for what, kind in alarm_kinds.KINDS.items():
        assert 1 <= kind.sealed <= kind.unsealed <= 4, what
        assert kind.klass == "trouble" or kind.sealed == 1, what


FINDINGS = ["风把门吹开了", "走廊门没有锁好"]
ON_THE_WAY = ["closing", "acknowledging", "being there"]
OFFICERS = st.sampled_from([WANG_FANG, LIU_YANG, ZHOU_QIANG])


class Latch(RuleBasedStateMachine):
    """One gate of a sealed room, and the people who answer; the model is a handful of booleans."""

    @initialize()
    def the_archive_is_sealed(self) -> None:
        self.house = PaperHub()
        self.archive = self.house.node("archive-1")
        self.sealing = seal(self.house, "archive", "archive-1")
        self.open = self.raised = self.acknowledged = self.attended = False
        self.finding: tuple[int, str] | None = None
        self.count = 0
        self.number: int | None = None

    @precondition(lambda self: not self.open)
    @rule()
    def the_gate_is_opened(self) -> None:
        self.archive.opens("archive/iron-gate", self.sealing)
        self.count = self.count + 1 if self.raised else 1
        self.open = self.raised = True
        self.it_is_all_to_be_done_again()
        self.number = self.house.alarm("opened-while-sealed").number

    @precondition(lambda self: self.open)
    @rule()
    def the_gate_is_closed(self) -> None:
        self.archive.closes("archive/iron-gate", self.sealing)
        self.open = False

    @precondition(lambda self: self.number)
    @rule(person=OFFICERS)
    def somebody_acknowledges(self, person: int) -> None:
        fact = m.AlarmAcknowledged(alarm=self.number or 0)
        if self.raised and not self.acknowledged:
            self.house.asks(person, fact)
            self.acknowledged = True
            assert self.house.alarm("opened-while-sealed").acknowledged_by == person
        else:
            self.refused(person, fact)

    @precondition(lambda self: self.number)
    @rule(person=OFFICERS, finding=st.sampled_from([*FINDINGS, "", "   ", "ok", "x" * 501, "a\x00bcd", "\ud800 lone"]))
    def somebody_writes_a_finding(self, person: int, finding: str) -> None:
        fact = m.FindingWritten(alarm=self.number or 0, finding_cause="forgotten", finding=finding)
        over = self.raised and self.acknowledged and not self.open
        if over and self.attended and finding in FINDINGS:
            self.house.asks(person, fact)
            self.finding = person, finding
        else:
            self.refused(person, fact)

    @precondition(lambda self: self.raised and not self.finding)
    @rule(person=OFFICERS, finding=st.sampled_from(FINDINGS), but=st.sampled_from(["", "", *ON_THE_WAY]))
    def somebody_goes_all_the_way_to_a_finding(self, person: int, finding: str, but: str) -> None:
        """All of it, or all but one thing, in one step: walks often come to what is behind it."""
        if self.open and but != "closing":
            self.the_gate_is_closed()
        if not self.acknowledged and but != "acknowledging":
            self.somebody_acknowledges(person)
        if not self.attended and but != "being there":
            self.a_responder_is_at_the_door()
        self.somebody_writes_a_finding(person, finding)

    @precondition(lambda self: self.number)
    @rule(person=OFFICERS, finding=st.sampled_from(FINDINGS))
    def somebody_closes(self, person: int, finding: str) -> None:
        """Confirms what somebody else has written; no other way closes it."""
        fact = m.AlarmClosed(alarm=self.number or 0, finding_cause="forgotten", finding=finding)
        if self.finding and self.finding[0] != person and self.finding[1] == finding:
            self.house.asks(person, fact)
            closed = self.house.journal(m.AlarmClosed)[-1]
            assert closed.found_by == self.finding[0]
            self.raised = False
            self.it_is_all_to_be_done_again()
        else:
            self.refused(person, fact)

    def it_is_all_to_be_done_again(self) -> None:
        self.acknowledged = self.attended = False
        self.finding = None

    @precondition(lambda self: self.raised)
    @rule()
    def a_responder_is_at_the_door(self) -> None:
        data = m.Attended(reader="archive/reader", credential="0" * 64, person=ZHANG_WEI, alarms=(self.number or 0,))
        self.archive.says(data)
        self.attended = True

    @rule()
    def the_node_starts_anew_and_finds_the_gate_as_it_is(self) -> None:
        self.archive.starts((m.SealedArea(area="archive", sealing=self.sealing),))
        if self.open:
            self.archive.opens("archive/iron-gate", self.sealing)
            self.count += 1
            self.it_is_all_to_be_done_again()

    def refused(self, person: int, fact: m.FactData) -> None:
        before = len(self.house.entries)
        with pytest.raises(NotPossible):
            self.house.asks(person, fact)
        assert len(self.house.entries) == before

    @invariant()
    def the_alarm_is_what_the_model_says(self) -> None:
        if not self.raised:
            assert "opened-while-sealed" not in self.house.whats()
            return
        alarm = self.house.alarm("opened-while-sealed")
        assert alarm.active == self.open
        assert (not alarm.unacknowledged) == self.acknowledged
        assert (alarm.life == "finding-written") == (self.finding is not None)
        assert (alarm.found_by, alarm.finding) == (self.finding or (None, None))
        assert (alarm.attended_by is not None) == self.attended
        assert alarm.count == self.count
        assert (alarm.klass, alarm.priority) == ("alarm", 1)

    def teardown(self) -> None:
        if hasattr(self, "house"):
            self.house.check()


TestLatch = Latch.TestCase
TestLatch.settings = settings(max_examples=40, stateful_step_count=20)


# ---------------------------------------------------------------- alarm and trouble


def test_a_trouble_mends_itself_and_an_alarm_does_not() -> None:
    house = PaperHub()
    archive = house.node("archive-1")
    archive.says(m.Fault(part="loops", failed=True, detail=""))
    archive.level("archive/lid", "normal", "active")
    assert house.whats() == ["node-fault", "tamper"]
    archive.says(m.Fault(part="loops", failed=False, detail=""))
    archive.level("archive/lid", "active", "normal")
    assert house.whats() == ["tamper"]
    assert house.alarm("tamper").life == "returned-unacknowledged"


def test_a_trouble_of_a_moment_is_over_when_somebody_has_seen_it() -> None:
    house = PaperHub()
    house.node("archive-1").says(m.Chatter(point="archive/cabinet-1", edges=30, since=0, until=9, level="normal"))
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=house.alarm("chatter").number))
    assert not house.alarms()


def test_an_alarm_of_a_moment_wants_a_finding() -> None:
    house = PaperHub()
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    number = house.alarm("forced").number
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=number))
    assert house.whats() == ["forced"]
    house.asks(WANG_FANG, m.AlarmClosed(alarm=number, finding_cause="work", finding="locksmith at work"))
    assert not house.alarms()


def test_a_second_alarm_of_another_kind_or_place_stands_beside_the_first() -> None:
    house = PaperHub()
    archive = house.node("archive-1")
    number = seal(house, "archive", "archive-1")
    archive.opens("archive/iron-gate", number)
    archive.opens("archive/security-door", number)
    archive.level("archive/corridor-seal", "normal", "open-circuit", number)
    assert house.whats() == ["opened-while-sealed", "opened-while-sealed", "seal-broken"]
    assert [alarm.number for alarm in house.alarms()] == [1, 2, 3]


def test_what_happens_under_a_sealing_is_no_repeat_of_what_was_left_open_before() -> None:
    """Else somebody could leave a harmless one open, and the one that counts would be closed by one person."""
    house = PaperHub()
    archive = house.node("archive-1")
    archive.level("archive/lid", "normal", "active")
    archive.level("archive/lid", "active", "normal")
    number = seal(house, "archive", "archive-1")
    archive.level("archive/lid", "normal", "active", number)
    before, now = house.alarms()
    assert [(one.what, one.priority, one.sealing, one.active) for one in (before, now)] == [
        ("tamper", 2, None, False),
        ("tamper", 1, number, True),
    ]
    archive.level("archive/lid", "active", "normal", number)
    assert not any(one.active for one in house.alarms())
    house.check()


def test_after_an_alarm_is_closed_the_next_is_a_new_one() -> None:
    house = PaperHub()
    archive = house.node("archive-1")
    for number in (1, 2):
        archive.says(m.Forced(point="archive/iron-gate"))
        assert house.alarm("forced").number == number
        house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=number))
        house.asks(WANG_FANG, m.AlarmClosed(alarm=number, finding_cause="false", finding="nothing found"))


def test_a_start_of_the_engine_is_on_record_and_disturbs_nobody() -> None:
    house = PaperHub()
    house.fact(m.EngineStarted(version="t", silent_since=house.clock() - 1000))
    assert not house.alarms()
    assert [one.what for one in house.journal(m.AlarmRaised)] == ["hub-interrupted"]


# ---------------------------------------------------------------- late


@pytest.mark.parametrize(("ago", "late"), [(0, False), (30, False), (31, True), (3600, True), (-60, False)])
def test_what_a_node_tells_more_than_half_a_minute_afterwards_is_late(ago: int, late: bool) -> None:
    house = PaperHub()
    cipher = house.node("cipher-1")
    house.clock.forward(86_400)
    cipher.level("cipher-room/lid", "normal", "active", ago=ago)
    alarm = house.alarm("tamper")
    assert alarm.late == late
    assert alarm.happened == house.clock() - ago * 1000
    assert alarm.raised_at == house.clock()


def test_a_clock_that_is_not_to_be_trusted_makes_nothing_late() -> None:
    house = PaperHub()
    cipher = house.node("cipher-1")
    arrival = cipher.record(m.Forced(point="cipher-room/door"), ago=10**8)
    from msgspec.structs import replace

    untrusted = replace(arrival.record, clock="untrusted")
    house.take([arrival._replace(record=untrusted)])
    assert not house.alarm("forced").late


def test_a_node_with_an_impossible_clock_cannot_spoil_the_journal() -> None:
    """A negative time would make an entry that nobody could read again."""
    house = PaperHub()
    cipher = house.node("cipher-1")
    longest, latest = m.LONGEST_UPTIME, m.LATEST_WALL
    for wall, mono, at in ((0, longest, 0), (latest, 0, longest), (0, 0, 0)):
        arrival = cipher.record(m.LevelChanged(point="cipher-room/lid", was="normal", now="active", at=at))
        from msgspec.structs import replace

        house.take([arrival._replace(record=replace(arrival.record, wall=wall, mono=mono))])
    assert house.alarm("tamper").count == 3
