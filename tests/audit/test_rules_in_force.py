"""Entries are judged by the rules in force when they were written: before there were any, what none would let in leaves
the journal unproven, and is named; since then it is a forgery."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.audit.test_mutations import audit
from tests.support.journal import HubSide, NodeSide, level
from wire import messages as m
from wire import notes
from wire.audit.report import FAIL, PASS, UNPROVEN
from wire.book import rules

LATER = rules.NEWEST + 1


def begun(in_force: int = rules.NEWEST) -> tuple[HubSide, NodeSide]:
    hub, node = HubSide(), NodeSide("archive-1")
    hub.rules = in_force
    hub.open()
    hub.enrol(node)
    hub.record(node, m.Started(version="0.1", factory="simulated", plan=0, sealed=()))
    return hub, node


def started(number: int) -> m.EngineStarted:
    return m.EngineStarted(version="1", silent_since=None, rules=number)


def wall_of_no_calendar(hub: HubSide, node: NodeSide) -> None:
    hub.put(node.record(m.Forced(point="archive/door"), 2**53))


def sealing_of_no_database(hub: HubSide, node: NodeSide) -> None:
    sealed = [{"area": "archive", "sealing": 2**53}]
    hub.record(node, {"kind": "order-done", "order": 1, "what": "sealed/archive", "sealed": sealed})


def name_twice(hub: HubSide, node: NodeSide) -> None:
    text = notes.split(node.record(level("archive/door", "normal", "active"), hub.time)).text
    twice = text.replace(b'"now":"active"', b'"now":"normal","now":"active"')
    node.prev = notes.text_hash(twice)
    hub.put(node.record_key.sign(twice))


def loss_of_what_is_here(hub: HubSide, node: NodeSide) -> None:
    node.seq = 0
    hub.record(node, m.CannotFill(first=1, last=1, last_hash=""))
    node.prev = ""


def life_out_of_nowhere(hub: HubSide, node: NodeSide) -> None:
    node.life, node.seq, node.prev = node.life + 2000, 0, ""
    hub.record(node, m.RolledBack(hub_life=1, hub_seq=1, hub_hash="", own_seq=0, own_hash=""))


POISONS = [wall_of_no_calendar, sealing_of_no_database, name_twice, loss_of_what_is_here, life_out_of_nowhere]
poisoned = pytest.mark.parametrize("poison", POISONS, ids=lambda one: str(one.__name__))


@poisoned
def test_what_was_taken_in_of_old_leaves_the_journal_unproven_and_is_named(
    poison: Callable[[HubSide, NodeSide], None],
) -> None:
    hub, node = begun(rules.OF_OLD)
    poison(hub, node)
    for number in range(3):
        hub.record(node, level("archive/door", "normal", "active" if number % 2 else "short"))
    hub.fact(started(rules.NEWEST))
    hub.record(node, level("archive/door", "normal", "active"))
    hub.check_point()
    report = audit(hub.export())
    assert (report.verdict, report.code) == (UNPROVEN, "no-rules"), report.why
    assert "entry 3 by archive-1" in report.why
    assert report.signed == len(hub.entries), "everything after it was read, and compared with what was signed"


@poisoned
def test_the_same_under_rules_is_a_forgery(poison: Callable[[HubSide, NodeSide], None]) -> None:
    hub, node = begun()
    poison(hub, node)
    hub.check_point()
    report = audit(hub.export())
    assert report.verdict == FAIL
    assert report.code in ("sequence", "malformed-entry")
    assert report.entry == 3


def test_an_honest_journal_from_before_there_were_rules_is_proven() -> None:
    hub, node = begun(rules.OF_OLD)
    hub.record(node, {"kind": "sounded", "on": True, "reason": "opened", "a-field-of-then": 1})
    hub.check_point()
    hub.fact(started(rules.NEWEST))
    hub.record(node, m.Sounded(on=False, reason="attended"))
    hub.check_point()
    report = audit(hub.export())
    assert (report.verdict, report.unknown) == (PASS, {})


def test_rules_hold_from_the_entry_that_names_them() -> None:
    hub, node = begun(rules.OF_OLD)
    hub.fact(started(rules.NEWEST))
    wall_of_no_calendar(hub, node)
    hub.check_point()
    assert audit(hub.export()).verdict == FAIL


def test_no_other_service_than_the_engine_says_that_it_has_started_under_rules() -> None:
    hub, _node = begun()
    hub.fact(started(LATER), "console")
    hub.check_point()
    report = audit(hub.export())
    assert (report.verdict, report.code) == (FAIL, "signer")


def test_kinds_that_a_later_hub_has_written_are_taken_by_their_signer_counted_and_named() -> None:
    hub, node = begun()
    for _ in range(3):
        hub.record(node, {"kind": "too-warm", "degrees": 41})
    hub.fact({"kind": "visit-noted", "who": "the inspector"}, "console")
    hub.check_point()
    report = audit(hub.export())
    assert (report.verdict, report.unknown) == (PASS, {"too-warm": 3, "visit-noted": 1})
    assert json.loads(json.dumps(report.as_object()))["unknown"] == report.unknown


def test_later_rules_are_named_and_their_entries_counted() -> None:
    hub, node = begun()
    later = {"kind": "engine-started", "version": "9", "silent_since": None, "rules": LATER, "more": True}
    hub.fact(later)
    hub.record(node, {"kind": "sounded", "on": True, "reason": "a word of then"})
    hub.check_point()
    report = audit(hub.export())
    assert (report.verdict, report.unknown) == (PASS, {f"rules {LATER}": 2})


def test_no_more_kinds_are_named_than_a_person_reads() -> None:
    hub, node = begun()
    for number in range(150):
        hub.record(node, {"kind": f"later-{number}"})
    hub.check_point()
    report = audit(hub.export())
    assert (report.verdict, len(report.unknown)) == (PASS, 100)
