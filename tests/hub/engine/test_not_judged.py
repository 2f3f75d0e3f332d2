"""What no rule can judge takes nothing with it: it is journalled, somebody is told, and the next one is taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from hub.core import doubt
from hub.core.journal.facts import FACTS
from hub.core.journal.machine import has_news
from hub.core.journal.records import RECORDS
from hub.core.refusal import NotPossible
from hub.core.rules import each
from hub.core.state import Alarm, Notice, Point, State
from tests.hub.test_service import check, entries, kinds
from tests.support.databases import StoreHouse
from tests.support.hub import seal
from tests.support.paper import WANG_FANG
from tests.support.tables import change
from wire import messages as m

GATE, LID = "archive/iron-gate", "archive/lid"
FORCED = m.Forced(point=GATE)


def fails(*_: Any) -> Any:
    raise ZeroDivisionError("what the rule has read")


def fails_late(*_: Any) -> Iterator[m.FactData]:
    """Something has followed already."""
    yield m.NodeSilent(node="archive-1", last_heard=None, sealed=())
    fails()


def changes_and_fails(state: State, *_: Any) -> None:
    state.put(Point(GATE, "archive-1", "short", 1))
    state.put(Point("archive/other", "archive-1", "short", 1))
    fails()


def says_what_nobody_can_read(*_: Any) -> Iterator[m.FactData]:
    yield m.AlarmReturned(alarm=2**60, cause=0)


def fails_over_a_forced_door(*arguments: Any) -> Iterator[m.FactData]:
    raised = next(one for one in arguments if isinstance(one, m.AlarmRaised))
    return fails() if raised.what == "forced" else iter(())


COLUMNS: dict[str, tuple[str, type[m.Data], Callable[..., object]]] = {
    "the rule": ("follows", m.Forced, fails),
    "the rule, after something followed": ("follows", m.Forced, fails_late),
    "the fold": ("fold", m.Forced, changes_and_fails),
    "the fold of what follows": ("fold", m.AlarmRaised, fails_over_a_forced_door),
    "the rule of what follows": ("follows", m.AlarmRaised, fails_over_a_forced_door),
    "the contract": ("follows", m.Forced, says_what_nobody_can_read),
}


def known(kind: type[m.Data], column: str) -> tuple[Any, ...]:
    row: Any = FACTS[kind] if kind in FACTS else RECORDS[kind]
    rules: tuple[Any, ...] = getattr(row, column)
    return rules


def whats(house: StoreHouse) -> list[str]:
    return [alarm.what for alarm in house.engine.look()[0].all(Alarm)]


@pytest.mark.parametrize("where", COLUMNS)
def test_a_record_whose_rule_fails_is_journalled_and_told_and_the_batch_goes_on(
    house: StoreHouse, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, cipher = house.node("archive-1"), house.node("cipher-1")
    size = len(entries(house))
    batch = [
        archive.record(m.Sounded(on=True, reason="opened")),
        archive.record(FORCED),
        cipher.record(m.LevelChanged(point="cipher-room/lid", was="normal", now="active", at=cipher.mono)),
        archive.record(m.LevelChanged(point=LID, was="normal", now="active", at=archive.mono)),
    ]
    column, kind, rule = COLUMNS[where]
    change(monkeypatch, kind, **{column: (*known(kind, column), rule)})
    outcome = house.engine.take(batch)
    assert outcome.verdicts == ["next"] * 4
    assert kinds(house)[size : size + 4] == ["sounded", "forced", "not-judged", "alarm-raised"]
    followed = [one for one in kinds(house)[size:] if one not in ("sounded", "forced", "level")]
    assert [m.kind_of(fact) for fact in outcome.facts] == followed
    assert whats(house) == ["record-not-judged", "tamper", "tamper"]
    assert house.engine.look()[0].find(Point, GATE) is None
    assert any(notice.alarms == (1,) for notice in house.engine.look()[0].all(Notice)), "nobody is called"
    check(house)


def test_the_journal_says_which_failure_it_was_and_nothing_of_what_was_read(
    house: StoreHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(monkeypatch, m.Forced, follows=(fails,))
    outcome = house.node("archive-1").says(FORCED)
    (said,) = [fact for fact in outcome.facts if isinstance(fact, m.NotJudged)]
    assert said == m.NotJudged(place="archive-1", what="forced", why="ZeroDivisionError in fails")


def test_while_somebody_is_called_for_it_a_node_is_not_told_of_again(
    house: StoreHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(monkeypatch, m.Forced, follows=(fails,))
    archive = house.node("archive-1")
    for _ in range(3):
        archive.says(FORCED)
    assert kinds(house).count("not-judged") == 1
    assert kinds(house).count("forced") == 3
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=1))
    archive.says(FORCED)
    assert kinds(house).count("not-judged") == 2
    check(house)


def test_what_failed_while_something_is_sealed_is_urgent(house: StoreHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    seal(house, "archive", "archive-1")
    change(monkeypatch, m.Forced, follows=(fails,))
    house.node("cipher-1").says(m.Forced(point="cipher-room/door"))
    (alarm,) = house.engine.look()[0].all(Alarm)
    assert (alarm.what, alarm.place, alarm.priority) == ("record-not-judged", "cipher-1", 1)


def test_when_even_the_alarm_fails_the_journal_still_says_so(
    house: StoreHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(monkeypatch, m.Forced, follows=(fails,))
    change(monkeypatch, m.NotJudged, follows=(fails,))
    archive = house.node("archive-1")
    assert archive.says(FORCED).verdicts == ["next"]
    assert kinds(house)[-2:] == ["forced", "not-judged"]
    assert archive.opens(LID).verdicts == ["next"]
    assert whats(house) == ["tamper"]
    check(house)


def test_a_record_of_which_no_rule_can_tell_whether_the_node_may_say_it_is_doubted(
    house: StoreHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = house.node("archive-1")
    entered: type[m.Data] = m.Entered
    monkeypatch.setitem(doubt.PLACES, entered, fails)
    archive.says(m.Entered(area="archive", person=1001, inside=1))
    assert "record-doubted" in kinds(house)
    assert house.engine.look()[0].area("archive").inside == 0
    check(house)


def test_a_request_over_which_a_rule_fails_is_refused_and_nothing_of_it_is_kept(
    house: StoreHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.node("archive-1").says(FORCED)
    before = entries(house)
    for columns in ({"check": fails}, {"fold": (fails,)}, {"follows": (fails,)}):
        with monkeypatch.context() as patch:
            change(patch, m.AlarmAcknowledged, **columns)
            with pytest.raises(NotPossible, match="not-judged"):
                house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=1))
        assert entries(house) == before
        assert [alarm.life for alarm in house.engine.look()[0].all(Alarm)] == ["returned-unacknowledged"]
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=1))
    check(house)


def test_what_the_hub_notices_by_itself_costs_only_itself(house: StoreHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    house.node("archive-1")
    change(monkeypatch, m.BrokerLost, follows=(fails,))
    silent = m.NodeSilent(node="archive-1", last_heard=None, sealed=())
    for _ in range(3):
        house.engine.note(m.BrokerLost(detail="gone", since=1), silent)
    assert whats(house) == ["record-not-judged", "node-silent"]
    assert "broker-lost" not in kinds(house)
    check(house)


def test_a_deadline_that_fails_is_told_once_and_what_came_before_it_stands(house: StoreHouse) -> None:
    def due(_state: State, _site: Any) -> Iterator[m.FactData]:
        yield m.BrokerLost(detail="gone", since=1)
        fails()

    house.engine.decide(due)
    size = len(entries(house))
    house.engine.decide(lambda _state, _site: fails())
    assert whats(house) == ["broker-lost", "record-not-judged"]
    assert len(entries(house)) == size
    check(house)


def test_a_rule_that_fails_keeps_no_other_rule_from_being_heard(house: StoreHouse) -> None:
    silent = m.NodeSilent(node="archive-1", last_heard=None, sealed=())
    house.node("archive-1")
    house.engine.decide(lambda _state, _site: each(fails, partial(iter, [silent])))
    assert whats(house) == ["node-silent", "record-not-judged"]


def test_a_rule_that_fails_is_news(house: StoreHouse) -> None:
    state, site = house.engine.look()
    assert has_news(state, site, lambda _state, _site: fails())
    assert not has_news(state, site, lambda _state, _site: iter(()))
