"""The machine of the hub's core, condition by condition: which record is taken, and what is said of the others."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from hub.core import doubt
from hub.core.journal import requests
from hub.core.journal.machine import Arrival, Machine
from hub.core.journal.requests import Actor
from hub.core.journal.unjudged import Failure
from hub.core.nodes.sequence import Verdict
from hub.core.refusal import NotPossible
from hub.core.rules import each
from hub.core.state import Point
from hub.service import Outcome
from tests.support.hub import FakeNode, seal
from tests.support.paper import WANG_FANG, ZHANG_WEI, PaperHub
from tests.support.tables import change
from wire import keys
from wire import messages as m

SOUNDED = m.Sounded(on=True, reason="opened")
GATE = "archive/iron-gate"


class Paper(PaperHub):
    """A hub of which rules may fail: over what they did is kept."""

    failures: tuple[Failure, ...] = ()

    def takes_unjudged(self, arrival: Arrival) -> Verdict:
        machine = self._machine("engine")
        (found,) = self._outcome(machine, [machine.arrive(arrival, KeyError())]).verdicts
        return found

    def asked_under(self, signer: m.Service, actor: Actor, wanted: m.FactData) -> None:
        """A request to the machine of whoever signs so."""
        machine = self._machine(signer)
        machine.ask(actor, wanted)
        self._outcome(machine, [])

    def _outcome(self, machine: Machine, verdicts: list[Verdict]) -> Outcome:
        self.failures += tuple(machine.failures)
        machine.failures.clear()
        return super()._outcome(machine, verdicts)


def a_hub() -> Paper:
    house = Paper()
    house.node("archive-1")
    return house


@pytest.fixture
def house() -> Paper:
    return a_hub()


def breaks(*_: Any) -> Any:
    raise ZeroDivisionError


def nobody() -> Any:
    raise KeyError


def verdict(house: Paper, arrival: Any) -> str:
    (found,) = house.take([arrival]).verdicts
    return found


# ---------------------------------------------------------------- which record is taken


def test_a_record_of_a_node_that_was_never_enrolled_is_not_taken(house: Paper) -> None:
    stranger = FakeNode(house, "cipher-1")  # type: ignore[arg-type]
    stranger.life = 1
    assert verdict(house, stranger.record(SOUNDED)) == "other-life"


def test_a_record_of_a_node_that_was_revoked_after_it_was_opened_is_not_taken(house: Paper) -> None:
    arrival = house.node("archive-1").record(SOUNDED)
    house.fact(m.NodeRevoked(node="archive-1", reason="stolen"), "admin")
    size = len(house.entries)
    assert verdict(house, arrival) == "other-life"
    assert len(house.entries) == size


def test_a_record_by_a_key_that_was_replaced_after_it_was_opened_is_not_taken(house: Paper) -> None:
    archive = house.node("archive-1")
    old = str(archive.key.public)
    archive.key = keys.make("strongroom/demo/archive-1/record")
    archive.enrol()
    arrival = archive.record(SOUNDED)
    assert verdict(house, arrival._replace(key=old)) == "other-life"
    assert verdict(house, arrival) == "next"


def test_a_record_that_is_due_is_taken_and_the_same_again_is_a_repeat(house: Paper) -> None:
    arrival = house.node("archive-1").record(SOUNDED)
    size = len(house.entries)
    assert [verdict(house, arrival) for _ in range(3)] == ["next", "repeat", "repeat"]
    assert len(house.entries) == size + 1
    assert not house.alarms()


def test_another_record_under_a_number_that_is_taken_is_told_with_the_one_that_is_kept(house: Paper) -> None:
    archive = house.node("archive-1")
    archive.says(SOUNDED)
    kept = len(house.entries) - 1
    archive.seq -= 1
    other = archive.record(m.Sounded(on=False, reason="opened"))
    assert verdict(house, other) == "different"
    (said,) = house.journal(m.Equivocation)
    assert (said.seq, said.kept, said.other) == (other.record.seq, kept, other.note.decode())


def test_a_record_on_another_past_is_told_though_none_is_kept_under_its_number(house: Paper) -> None:
    archive = house.node("archive-1")
    archive._prev = "f" * 64
    assert verdict(house, archive.record(SOUNDED)) == "different"
    assert [one.kept for one in house.journal(m.Equivocation)] == [-1]


@pytest.mark.parametrize(("seconds", "told"), [(0, 1), (9.999, 1), (10, 2), (-1, 2)])
def test_of_a_node_that_says_different_things_one_is_stored_in_ten_seconds(
    house: Paper, seconds: float, told: int
) -> None:
    """Whichever way the clock was set meanwhile."""
    archive = house.node("archive-1")
    archive._prev = "f" * 64
    other = archive.record(SOUNDED)
    verdict(house, other)
    house.clock.forward(seconds)
    assert verdict(house, other) == "different"
    assert len(house.journal(m.Equivocation)) == told


def test_what_comes_too_early_is_no_equivocation(house: Paper) -> None:
    archive = house.node("archive-1")
    archive.seq += 1
    size = len(house.entries)
    assert verdict(house, archive.record(SOUNDED)) == "beyond"
    assert len(house.entries) == size


# ---------------------------------------------------------------- who asks, and who signs


def test_what_is_asked_for_stands_under_whoever_asks_and_what_follows_is_the_engines(house: Paper) -> None:
    house.node("archive-1").opens(GATE)
    size = len(house.entries)
    house.act(Actor("console", WANG_FANG, frozenset({"duty"})), m.DrillStarted(area="archive"))
    said = [one.message for one in house.entries[size:] if isinstance(one.message, m.Fact)]
    assert [(one.by, one.person) for one in said[:1]] == [("console", WANG_FANG)]
    assert {(one.by, one.person) for one in said[1:]} == {("engine", None)}


@pytest.mark.parametrize("signer", m.SERVICES)
@pytest.mark.parametrize("asker", m.SERVICES)
def test_a_service_signs_what_it_asks_for_and_the_engine_what_any_asks_for(
    house: Paper, asker: m.Service, signer: m.Service
) -> None:
    house.node("archive-1").says(m.Forced(point=GATE))
    actor = Actor(asker, WANG_FANG, frozenset({"duty"}))
    if signer in (asker, "engine") and asker != "engine":
        house.asked_under(signer, actor, m.AlarmAcknowledged(alarm=1))
        assert house.alarm("forced").acknowledged_by == WANG_FANG
    else:
        with pytest.raises(NotPossible, match="not-allowed"):
            house.asked_under(signer, actor, m.AlarmAcknowledged(alarm=1))


def test_the_engine_signs_no_change_of_keys_people_or_topology(house: Paper) -> None:
    size = len(house.entries)
    for wanted in (
        m.NodeRevoked(node="archive-1", reason=""),
        m.AccountMade(person=WANG_FANG, roles=("duty",)),
        m.SiteApplied(version=2, sha256="0" * 64),
    ):
        with pytest.raises(NotPossible, match="not-allowed"):
            house.asked_under("engine", Actor("admin"), wanted)
    assert len(house.entries) == size


# ---------------------------------------------------------------- what is doubted


def test_what_was_doubted_when_it_was_opened_is_doubted_and_journalled(house: Paper) -> None:
    arrival = house.node("archive-1").record(SOUNDED)._replace(doubt="not-judged")
    assert verdict(house, arrival) == "next"
    (said,) = house.journal(m.RecordDoubted)
    assert (said.why, said.seq) == ("not-judged", arrival.record.seq)


def test_what_the_document_does_not_allow_is_doubted_and_nothing_else_is(house: Paper) -> None:
    archive = house.node("archive-1")
    archive.says(SOUNDED)
    assert not house.journal(m.RecordDoubted)
    archive.says(m.Granted(reader="cipher-room/reader", credential="0" * 64, person=ZHANG_WEI))
    assert [one.why for one in house.journal(m.RecordDoubted)] == ["place"]


# ---------------------------------------------------------------- who may ask


def test_whoever_has_a_role_and_no_name_may_ask_for_nothing_that_takes_a_person(house: Paper) -> None:
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


def test_what_no_service_may_bring_is_refused(house: Paper) -> None:
    with pytest.raises(NotPossible, match="not-allowed"):
        house.fact(m.AlarmReturned(alarm=1, cause=0))
    with pytest.raises(NotPossible, match="not-allowed"):
        house.fact(m.NodeRevoked(node="archive-1", reason=""), "console")


def test_what_takes_a_role_is_refused_to_whoever_has_another(house: Paper) -> None:
    with pytest.raises(NotPossible, match="not-allowed"):
        house.asks(ZHANG_WEI, m.DrillStarted(area="archive"))


def test_what_is_checked_is_refused_and_changes_nothing(house: Paper) -> None:
    size = len(house.entries)
    with pytest.raises(NotPossible, match="unknown-area"):
        house.asks(WANG_FANG, m.DrillStarted(area="cellar"))
    assert len(house.entries) == size


def test_whoever_drafts_a_handover_does_not_take_it(house: Paper) -> None:
    """What takes two people takes two."""
    house.asks(WANG_FANG, m.HandoverDrafted(handover=0, alarms=(), sealed=(), silent=(), note=""))
    with pytest.raises(NotPossible, match="handover-same"):
        house.asks(WANG_FANG, m.HandoverTaken(handover=1))


def test_by_which_way_an_answer_came_is_what_its_service_says(house: Paper) -> None:
    house.node("archive-1").says(m.Forced(point=GATE))
    house.act(Actor("notify", WANG_FANG, frozenset({"duty"})), m.AlarmAcknowledged(alarm=1, via="console"))
    assert house.alarm("forced").acknowledged_via == "sms"


def test_when_an_answer_came_is_told_of_a_short_message_and_of_nothing_else(house: Paper) -> None:
    """The engine may hear of it only later; at a page nobody says that he was there before."""
    ways: tuple[tuple[m.Service, int | None], ...] = (("notify", 5), ("console", None))
    for by, at in ways:
        house.node("archive-1").says(m.Forced(point=GATE))
        house.act(Actor(by, WANG_FANG, frozenset({"duty"})), m.AlarmAcknowledged(alarm=1, at=5))
        assert house.journal(m.AlarmAcknowledged)[-1].at == at


def test_a_character_that_no_database_keeps_is_refused(house: Paper) -> None:
    with pytest.raises(NotPossible, match="not-valid"):
        house.asks(WANG_FANG, m.HandoverDrafted(handover=0, alarms=(), sealed=(), silent=(), note="a\0b"))


# ---------------------------------------------------------------- what no rule can judge


def test_a_rule_that_fails_is_an_alarm_once_while_somebody_is_called_for_it(
    house: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(monkeypatch, m.Forced, follows=(breaks,))
    for _ in range(2):
        house.node("archive-1").says(m.Forced(point=GATE))
    said = m.NotJudged(place="archive-1", what="forced", why="ZeroDivisionError in breaks", part="follows")
    assert house.journal(m.Forced, m.NotJudged) == [m.Forced(point=GATE), said] * 2
    assert [type(one.error) for one in house.failures] == [ZeroDivisionError], "the log has it once"
    assert house.alarm("record-not-judged").count == 1


@pytest.mark.parametrize(("minutes", "told"), [(59, 1), (60, 2), (-1, 2)])
def test_what_the_hub_fails_over_by_itself_at_every_turn_is_told_once_an_hour(
    house: Paper, monkeypatch: pytest.MonkeyPatch, minutes: float, told: int
) -> None:
    """Whichever way the clock was set meanwhile, and though somebody has answered for it."""
    change(monkeypatch, m.BrokerLost, fold=(breaks,))
    house.decides(m.BrokerLost(detail="gone", since=1))
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=1))
    house.clock.forward(60 * minutes)
    house.decides(m.BrokerLost(detail="gone", since=1))
    assert len(house.journal(m.NotJudged)) == told
    assert len(house.failures) == told


def test_two_things_that_the_hub_fails_over_by_itself_are_each_told(
    house: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in (m.BrokerLost, m.BrokerBack):
        change(monkeypatch, kind, fold=(breaks,))
    house.decides(m.BrokerLost(detail="gone", since=1), m.BrokerBack(lost_for=1))
    assert [one.what for one in house.journal(m.NotJudged)] == ["broker-lost", "broker-back"]
    assert house.alarm("record-not-judged").count == 1


def test_a_fact_that_its_service_may_not_sign_is_never_written(house: Paper) -> None:
    """No verifier would take it."""
    silent = m.NodeSilent(node="archive-1", last_heard=None, sealed=())
    house.decide(lambda _state, _site: iter([silent]), signer="console")
    assert not house.journal(m.NodeSilent)
    assert house.whats() == ["record-not-judged"]
    house.decide(lambda _state, _site: iter([silent]), signer="engine")
    assert house.journal(m.NodeSilent)


def test_a_fold_that_fails_is_told(house: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    change(monkeypatch, m.LevelChanged, fold=(breaks,))
    house.node("archive-1").opens(GATE)
    assert house.whats() == ["record-not-judged"]


def test_what_cannot_be_noted_as_doubted_is_neither_believed_nor_judged(
    house: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(monkeypatch, m.RecordDoubted, fold=(breaks,))
    cipher = house.node("cipher-1")
    cipher.says(m.LevelChanged(point=GATE, was="normal", now="active", at=cipher.mono))
    assert house.state.find(Point, GATE) is None
    assert house.whats() == ["record-not-judged"]
    assert [one.part for one in house.journal(m.NotJudged)] == ["fold"]
    assert not house.journal(m.RecordDoubted)
    house.check()


def test_what_is_known_to_be_beyond_judging_is_there_and_not_even_doubted(house: Paper) -> None:
    cipher = house.node("cipher-1")
    size = len(house.entries)
    assert house.takes_unjudged(cipher.record(m.LevelChanged(point=GATE, was="normal", now="active", at=0))) == "next"
    told = [entry.message.data for entry in house.entries[size:]][:2]
    assert told[1:] == [m.NotJudged(place="cipher-1", what="level", why="KeyError in no function", part="fold")]
    assert house.state.find(Point, GATE) is None
    house.check()


def test_a_record_counts_of_which_only_what_follows_could_not_be_judged(
    house: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(monkeypatch, m.LevelChanged, follows=(breaks,))
    house.node("archive-1").opens(GATE)
    point = house.state.find(Point, GATE)
    assert point is not None
    assert point.level == "active"
    house.check()


def test_what_fails_beside_something_else_is_told_as_well(house: Paper) -> None:
    """Rules that fail together, each for its own reason."""
    house.decide(lambda _state, _site: each(breaks, partial(iter, [m.BrokerBack(lost_for=1)]), nobody))
    assert [one.why for one in house.journal(m.NotJudged)] == ["ZeroDivisionError in breaks", "KeyError in nobody"]
    assert house.journal(m.BrokerBack)


def test_what_no_rule_can_doubt_is_doubted(house: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    entered: type[m.Data] = m.Entered
    monkeypatch.setitem(doubt.PLACES, entered, breaks)
    house.node("archive-1").says(m.Entered(area="archive", person=ZHANG_WEI, inside=1))
    assert [one.why for one in house.journal(m.RecordDoubted)] == ["not-judged"]


# ---------------------------------------------------------------- what an entry changes


def test_the_engine_was_known_to_run_by_its_own_entries_and_by_records_of_nodes(house: Paper) -> None:
    acts: list[tuple[Callable[[], object], bool]] = [
        (lambda: house.node("archive-1").says(SOUNDED), True),
        (lambda: house.fact(m.EngineStarted(version="test", silent_since=None)), True),
        (lambda: house.fact(m.AccountMade(person=WANG_FANG, roles=("duty",)), "admin"), False),
    ]
    for act, counts in acts:
        before = house.state.meta.engine_time
        house.clock.forward(10)
        act()
        assert house.state.meta.engine_time == (house.clock() if counts else before)
        assert house.state.meta.newest_time == house.clock()


def test_bad_news_counts_though_it_is_doubted_and_good_news_does_not(house: Paper) -> None:
    """Of a place that another node has."""
    cipher = house.node("cipher-1")
    cipher.says(m.Forced(point=GATE))
    assert set(house.whats()) == {"forced", "impossible-record"}
    cipher.says(m.LevelChanged(point=GATE, was="normal", now="active", at=cipher.mono))
    assert house.state.find(Point, GATE) is None, "its level is its own node's to say"
    for _ in range(5):
        cipher.says(m.Denied(reader="archive/reader", credential="0" * 64, person=None, reason="unknown"))
    assert "denied-five-times" in house.whats()
    cipher.says(m.NotEntered(area="archive", person=ZHANG_WEI))
    assert not [one for one in house.journal(m.AlarmRaised) if one.what == "not-entered"]


def test_what_is_of_a_place_that_nobody_knows_is_an_impossible_record_and_nothing_else(house: Paper) -> None:
    archive = house.node("archive-1")
    archive.says(m.Forced(point="cellar/door"))
    for _ in range(5):
        archive.says(m.Denied(reader="cellar/reader", credential="0" * 64, person=None, reason="unknown"))
    assert house.whats() == ["impossible-record"]
    assert house.state.area("cellar").denied == 0


def test_what_a_node_may_say_is_taken_as_it_is(house: Paper) -> None:
    house.node("archive-1").opens(GATE)
    point = house.state.find(Point, GATE)
    assert point is not None
    assert point.level == "active"
    house.node("archive-1").says(m.NotEntered(area="archive", person=ZHANG_WEI))
    assert [one.what for one in house.journal(m.AlarmRaised) if one.what != "opened-out-of-hours"] == ["not-entered"]


# ---------------------------------------------------------------- a badge under duress

DURESS = "f" * 64


def with_a_badge_for_duress(house: Paper) -> None:
    holders = tuple(replace(one, duress=DURESS) if one.number == ZHANG_WEI else one for one in house.site.cardholder)
    house.apply(replace(house.site, cardholder=holders))


@pytest.mark.parametrize("sealed", [True, False])
def test_a_badge_under_duress_calls_help_under_the_sealing_that_there_is(house: Paper, sealed: bool) -> None:
    with_a_badge_for_duress(house)
    number = seal(house, "archive", "archive-1") if sealed else None
    house.node("archive-1").says(
        m.Denied(reader="archive/reader", credential=DURESS, person=ZHANG_WEI, reason="schedule")
    )
    alarm = house.alarm("duress")
    assert (alarm.place, alarm.area, alarm.sealing) == ("archive/reader", "archive", number)


def test_under_duress_at_a_reader_that_nobody_knows_help_is_called_to_the_node(house: Paper) -> None:
    with_a_badge_for_duress(house)
    house.node("archive-1").says(
        m.Denied(reader="cellar/reader", credential=DURESS, person=ZHANG_WEI, reason="schedule")
    )
    assert house.alarm("duress").place == "archive-1"


def test_an_everyday_badge_is_no_duress(house: Paper) -> None:
    with_a_badge_for_duress(house)
    house.node("archive-1").says(m.Denied(reader="archive/reader", credential="0" * 64, person=None, reason="unknown"))
    house.node("archive-1").says(m.Forced(point=GATE))
    assert house.whats() == ["forced"]
