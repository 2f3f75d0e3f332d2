"""What no rule can judge takes nothing with it: it is journalled, somebody is told, and the next one is taken."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from hub.admin import rebuild
from hub.core import doubt
from hub.core.journal.facts import FACTS
from hub.core.journal.machine import has_news
from hub.core.journal.records import RECORDS
from hub.core.refusal import NotPossible
from hub.core.rules import each
from hub.core.state import KEYS, Alarm, Entry, Notice, Point, State
from hub.store import rows, session
from tests.hub.test_service import check, entries, kinds
from tests.support.databases import StoreHouse
from tests.support.hub import seal
from tests.support.paper import WANG_FANG
from tests.support.tables import change
from wire import messages as m

GATE, LID = "archive/iron-gate", "archive/lid"
FORCED = m.Forced(point=GATE)
OPENED = m.LevelChanged(point=GATE, was="normal", now="active", at=0)
NOBODYS = m.Denied(reader="cipher-room/reader", credential="0" * 64, person=None, reason="unknown")


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
    assert said == m.NotJudged(place="archive-1", what="forced", why="ZeroDivisionError in fails", part="follows")


def test_while_somebody_is_called_for_it_the_journal_says_it_of_each_and_the_alarm_only_once(
    house: StoreHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(monkeypatch, m.Forced, follows=(fails,))
    archive = house.node("archive-1")
    size = len(entries(house))
    for _ in range(3):
        archive.says(FORCED)
    said = [kind for kind in kinds(house)[size:] if kind in ("forced", "not-judged", "alarm-raised", "alarm-repeated")]
    assert said == ["forced", "not-judged", "alarm-raised", *["forced", "not-judged"] * 2]
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=1))
    archive.says(FORCED)
    assert next(iter(house.engine.look()[0].all(Alarm))).count == 2
    check(house)


FAILS_TO_FOLD: dict[str, tuple[type[m.Data], m.RecordData, list[str]]] = {
    "a record": (m.LevelChanged, OPENED, ["level", "not-judged"]),
    "a record that is doubted": (m.Denied, NOBODYS, ["record-doubted", "denied", "not-judged"]),
    "the statement that it is": (m.RecordDoubted, NOBODYS, ["denied", "not-judged"]),
}


@pytest.mark.parametrize("which", FAILS_TO_FOLD)
def test_what_could_not_be_folded_the_next_entry_says_and_a_mended_version_does_not_fold_it_either(
    house: StoreHouse, which: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that stands behind it was decided without it."""
    archive = house.node("archive-1")
    kind, said, expected = FAILS_TO_FOLD[which]
    with monkeypatch.context() as patch:
        change(patch, kind, fold=(changes_and_fails, *known(kind, "fold")))
        for _ in range(2):  # also while somebody is called for that already
            size = len(entries(house))
            archive.says(said)
            assert kinds(house)[size : size + len(expected)] == expected
    check(house)
    archive.says(m.LevelChanged(point=GATE, was="active", now="normal", at=archive.mono))
    check(house)
    assert StoreHouse(house.database).engine.look()[0].life("archive-1").seq == archive.seq  # type: ignore[union-attr]


def test_a_version_that_renews_the_rows_folds_as_the_journal_was_decided(
    house: StoreHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = house.node("archive-1")
    with monkeypatch.context() as patch:
        change(patch, m.LevelChanged, fold=(changes_and_fails,))
        archive.opens(GATE)
    before = house.engine.look()[0]
    with session.writing(house.database) as connection:
        rebuild.make_anew(connection, lambda _size: None)
    anew = StoreHouse(house.database).engine.look()[0]
    assert {kind: anew.rows(kind) for kind in KEYS} == {kind: before.rows(kind) for kind in KEYS}
    assert anew.find(Point, GATE) is None


def test_what_this_version_alone_cannot_fold_is_said_and_the_journal_folded_to_its_end(
    house: StoreHouse, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    house.node("archive-1").opens(GATE)
    change(monkeypatch, m.LevelChanged, fold=(changes_and_fails,))
    with session.reading(house.database) as connection:
        found = rebuild.differences(connection, rebuild.fold_journal(connection, lambda _size: None))
    assert {one.table for one in found} == {"point", "walk_test"}
    assert "(level) cannot be taken in by this version: ZeroDivisionError" in caplog.text


# ---------------------------------------------------------------- what the database refuses


def too_large_for_a_column(state: State, *_: Any) -> None:
    state.put(Point(GATE, "archive-1", "short", 2**70))


def without_what_must_be_there(state: State, *_: Any) -> None:
    row: Any = None
    state.put(Point(GATE, row, "short", 1))


def of_no_type_that_there_is(state: State, *_: Any) -> None:
    row: Any = {1, 2}
    state.put(Point(GATE, row, "short", 1))


REFUSED_ROWS = [too_large_for_a_column, without_what_must_be_there, of_no_type_that_there_is]


@pytest.mark.parametrize("column", ["fold", "fold of what follows"])
@pytest.mark.parametrize("rule", REFUSED_ROWS)
def test_a_record_whose_rows_the_database_refuses_is_journalled_unjudged_and_the_batch_goes_on(
    house: StoreHouse, rule: Any, column: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, cipher = house.node("archive-1"), house.node("cipher-1")
    size = len(entries(house))
    batch = [
        archive.record(m.Sounded(on=True, reason="opened")),
        archive.record(FORCED),
        cipher.record(m.LevelChanged(point="cipher-room/lid", was="normal", now="active", at=cipher.mono)),
        archive.record(m.LevelChanged(point=LID, was="normal", now="active", at=archive.mono)),
    ]
    with monkeypatch.context() as patch:
        if column == "fold":
            change(patch, m.Forced, fold=(rule,))
        else:

            def of_a_forced_door(state: State, _entry: Entry, data: m.AlarmRaised, _person: int | None) -> None:
                if data.what == "forced":
                    rule(state)

            change(patch, m.AlarmRaised, fold=(*known(m.AlarmRaised, "fold"), of_a_forced_door))
        outcome = house.engine.take(batch)
    assert outcome.verdicts == ["next"] * 4
    assert outcome.size == len(entries(house))
    followed = [one for one in kinds(house)[size:] if one not in ("sounded", "forced", "level")]
    assert [m.kind_of(fact) for fact in outcome.facts] == followed
    assert kinds(house)[size : size + 4] == ["sounded", "forced", "not-judged", "alarm-raised"]
    (said,) = [fact for fact in outcome.facts if isinstance(fact, m.NotJudged)]
    assert (said.place, said.what, said.part) == ("archive-1", "forced", "fold")
    assert whats(house) == ["record-not-judged", "tamper", "tamper"]
    check(house)
    assert archive.says(FORCED).verdicts == ["next"]
    check(house)


@contextmanager
def refused_by_the_journal(house: StoreHouse, kind: str) -> Iterator[None]:
    """The database takes no entry of this kind."""
    statements = {
        "sqlite": [
            f"CREATE TRIGGER refused BEFORE INSERT ON journal WHEN NEW.kind = '{kind}' "
            "BEGIN SELECT RAISE(ABORT, 'refused'); END",
            "DROP TRIGGER refused",
        ],
        "postgresql": [
            f"ALTER TABLE journal ADD CONSTRAINT refused CHECK (kind <> '{kind}') NOT VALID",
            "ALTER TABLE journal DROP CONSTRAINT refused",
        ],
    }
    forbid, allow = statements[house.database.dialect.name]
    house.change(lambda connection: connection.execute(text(forbid)))
    yield
    house.change(lambda connection: connection.execute(text(allow)))


def test_a_record_that_the_database_does_not_take_at_all_is_refused_and_the_others_are_taken_in_order(
    house: StoreHouse,
) -> None:
    archive, cipher = house.node("archive-1"), house.node("cipher-1")
    batch = [
        archive.record(m.Sounded(on=True, reason="opened")),
        archive.record(FORCED),
        cipher.record(m.LevelChanged(point="cipher-room/lid", was="normal", now="active", at=cipher.mono)),
        archive.record(m.LevelChanged(point=LID, was="normal", now="active", at=archive.mono)),
    ]
    with refused_by_the_journal(house, "forced"):
        outcome = house.engine.take(batch)
        assert outcome.verdicts == ["next", "refused", "next", "beyond"]
        assert outcome.size == len(entries(house))
        assert whats(house) == ["tamper"]
    # The node still has it, and sends again from there.
    assert house.engine.take(batch).verdicts == ["repeat", "next", "repeat", "next"]
    check(house)


def test_of_what_the_hub_says_by_itself_what_cannot_be_saved_costs_only_itself(
    house: StoreHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.node("archive-1")
    silent = m.NodeSilent(node="archive-1", last_heard=None, sealed=())
    with monkeypatch.context() as patch:
        change(patch, m.BrokerLost, fold=(lambda state, *_: too_large_for_a_column(state),))
        for _ in range(2):
            outcome = house.engine.note(m.BrokerLost(detail="gone", since=1), silent)
    assert outcome.size == len(entries(house))
    assert whats(house) == ["record-not-judged", "node-silent"]
    assert kinds(house).count("not-judged") == 1
    assert "broker-lost" not in kinds(house)
    check(house)


def test_a_request_whose_rows_the_database_refuses_is_refused_and_nothing_of_it_is_kept(
    house: StoreHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.node("archive-1").says(FORCED)
    before = entries(house)
    with monkeypatch.context() as patch:
        change(patch, m.AlarmAcknowledged, fold=(lambda state, *_: too_large_for_a_column(state),))
        with pytest.raises(NotPossible, match="not-judged"):
            house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=1))
    assert entries(house) == before
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=1))
    check(house)


def test_when_the_disk_is_to_blame_nothing_is_tried_one_by_one(
    house: StoreHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever started the engine starts it again, and nodes have everything."""
    tried: list[object] = []

    def full(*_: Any) -> None:
        tried.append(None)
        raise OperationalError("", None, disk_error(house))

    archive = house.node("archive-1")
    batch = [archive.record(m.Sounded(on=True, reason="opened")), archive.record(FORCED)]
    monkeypatch.setattr(rows, "save", full)
    with pytest.raises(OperationalError):
        house.engine.take(batch)
    assert len(tried) == 1


def disk_error(house: StoreHouse) -> Exception:
    if house.database.dialect.name == "postgresql":
        return psycopg.errors.DiskFull("no space left on device")
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return error


# ---------------------------------------------------------------- what nobody has judged


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
