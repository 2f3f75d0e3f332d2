"""By which rules an entry is read, and what becomes of one that they do not know."""

from __future__ import annotations

from typing import Any

import pytest

from tests.wire.book import edges
from tests.wire.book.test_kinds import line
from wire import bounds
from wire import messages as m
from wire.book import reading, rules
from wire.book.reading import Body

LATER = rules.NEWEST + 1
SOUNDED = edges.whole(m.Sounded)


def record(data: dict[str, Any] | None = None, **changed: Any) -> bytes:
    return line({**edges.whole(m.Record), "data": data or SOUNDED, **changed})


def fact(data: dict[str, Any], **changed: Any) -> bytes:
    return line({**edges.whole(m.Fact), "data": data, **changed})


def started(**changed: Any) -> bytes:
    return fact({**edges.whole(m.EngineStarted), **changed})


def refused(text: bytes, in_force: int = rules.NEWEST) -> str:
    with pytest.raises(ValueError, match=r".") as why:
        reading.read(text, in_force)
    return str(why.value)


def test_what_is_known_is_judged_and_says_whose_it_is() -> None:
    of_node, of_hub = reading.read(record()), reading.read(started(rules=0))
    assert of_node[1:] == (True, "sounded", rules.NEWEST, True, "")
    assert of_hub[1:] == (False, "engine-started", rules.NEWEST, True, "")
    assert of_node.said["data"] == SOUNDED


def test_a_mistake_is_named_by_its_place() -> None:
    assert refused(record({**SOUNDED, "on": 1})) == "on is neither true nor false"
    assert refused(record(mono=-1)).startswith("mono is not from 0 to ")
    sealed = [{"area": "archive", "sealing": 1}, {"area": "Archive", "sealing": 1}]
    said = {**edges.whole(m.OrderDone), "sealed": sealed}
    assert refused(record(said)) == "sealed[].area is not written as it should be"
    assert refused(record({"kind": "forced"})) == "point is missing"
    assert refused(record({**SOUNDED, "loud": True})) == "it has a field that does not belong there"


@pytest.mark.parametrize("kind", [m.EngineStarted, m.JournalOpened])
def test_an_entry_that_names_rules_is_read_by_them(kind: type[m.Data]) -> None:
    said = edges.whole(kind)
    for in_force in (rules.OF_OLD, rules.NEWEST, LATER):
        assert reading.read(fact({**said, "rules": rules.NEWEST}), in_force).rules == rules.NEWEST
        assert reading.read(fact({**said, "rules": 0}), in_force).rules == in_force
        del (without := dict(said))["rules"]
        assert reading.read(fact(without), in_force).rules == in_force


@pytest.mark.parametrize("number", [-1, True, 1.0, "1", None, [1], bounds.LARGEST_NUMBER + 1])
def test_what_is_no_number_names_no_rules(number: Any) -> None:
    assert refused(started(rules=number))
    assert reading.read(record({**SOUNDED, "kind": "later", "rules": number}), rules.NEWEST).rules == rules.NEWEST


def test_no_other_kind_names_rules_and_no_node_does() -> None:
    later = {"kind": "later", "rules": LATER}
    assert reading.read(fact(later)).rules == rules.NEWEST
    assert reading.read(record({**later, "kind": "engine-started"})).rules == rules.NEWEST


def test_a_kind_that_is_not_known_is_taken_by_its_form() -> None:
    later = {"kind": "too-warm", "degrees": [41.5]}
    assert not reading.read(record(later)).known
    assert not reading.read(fact(later)).known
    assert refused(record(later, mono=-1))
    assert refused(fact(later, by="somebody"))


def test_by_rules_that_are_not_known_every_kind_is_taken_by_its_form() -> None:
    assert not reading.read(record({**SOUNDED, "loud": True}), LATER).known
    assert refused(record({**SOUNDED, "loud": True}))
    assert refused(record(mono=-1), LATER)


@pytest.mark.parametrize("data", [None, [], "sounded", {}, {"kind": None}, {"kind": ["sounded"]}])
def test_what_says_not_of_which_kind_it_is_is_no_entry(data: Any) -> None:
    for in_force in (rules.OF_OLD, rules.NEWEST):
        assert refused(line({**edges.whole(m.Record), "data": data}), in_force)
        assert refused(line({**edges.whole(m.Fact), "data": data}), in_force)


SILENT = fact(edges.whole(m.NodeSilent))


def padded(text: bytes, size: int) -> bytes:
    return text[:-1] + b" " * (size - len(text)) + b"\n"


@pytest.mark.parametrize(("text", "most"), [(record(), bounds.LARGEST_RECORD), (SILENT, bounds.LARGEST_FACT)])
def test_an_entry_is_no_larger_than_may_be(text: bytes, most: int) -> None:
    assert reading.read(padded(text, most))
    assert refused(padded(text, most + 1))
    assert reading.read(padded(text, most + 1), rules.OF_OLD)


# ---------------------------------------------------------------- entries from before there were rules


def of_old(text: bytes) -> Body:
    body = reading.read(text, rules.OF_OLD)
    assert body.rules == rules.OF_OLD
    return body


def test_what_no_rules_would_let_in_was_let_in_of_old_and_is_doubted() -> None:
    assert "wall" in of_old(record(wall=2**53)).doubt
    assert "sealed" in of_old(record({**edges.whole(m.OrderDone), "sealed": [{"area": "a", "sealing": 2**53}]})).doubt
    assert "detail" in of_old(record({**edges.whole(m.Fault), "detail": "x" * 501})).doubt
    assert "time" in of_old(fact(edges.whole(m.NodeSilent), time=2**53)).doubt
    assert of_old(record(mono=2**53, wall=2**53)).doubt.startswith("mono"), "the first is named"


def test_fields_that_came_or_went_with_a_version_are_no_reason_to_doubt() -> None:
    assert of_old(record({"kind": "sounded", "loud": 1, "reason": "none of today"})).doubt == ""
    assert of_old(record({"kind": "never-heard-of"})).doubt == ""
    assert of_old(record()).known
    assert not of_old(record({"kind": "never-heard-of"})).known


@pytest.mark.parametrize("changed", [{"mono": "1"}, {"wall": None}, {"life": True}, {"more": 1}, {"node": "engine"}])
def test_what_never_was_an_entry_was_none_of_old_either(changed: dict[str, Any]) -> None:
    assert refused(record(**{"seq": 2**53, **changed}), rules.OF_OLD)


# ---------------------------------------------------------------- who may sign


def test_the_services_are_the_same_everywhere() -> None:
    assert rules.SERVICES == m.SERVICES
