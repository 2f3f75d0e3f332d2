"""What the hub writes, the verifier takes, and nothing else: else one fact would leave the journal unproven for ever.

test_no_hole.py plants holes on one side, and each is found by a sentence of this file or of test_same_rules.py.
"""

from __future__ import annotations

import re
from typing import Any, get_args

import msgspec
import pytest
from msgspec.structs import replace

from tests.hub.ledger.test_same_rules import ARCHIVE, SAFE, SOUNDED, body, due, lost, signed, spoken, told
from tests.support.both import Both, enrolment, opened, sign
from tests.support.journal import NodeSide, key, line
from tests.wire.book import edges
from wire import bounds, notes
from wire import messages as m
from wire.book import naming, rules

FACTS = get_args(m.FactData)


def sign_fact(both: Both, fact: m.FactData, service: m.Service = "engine") -> bytes:
    return sign(service, both.text(fact, service))


# ---------------------------------------------------------------- enrolments and revocations


@pytest.mark.parametrize("life", [0, 1, 2, 3, 4, bounds.LARGEST_NUMBER, bounds.LARGEST_NUMBER + 1])
@pytest.mark.parametrize("last_seq", [0, 2, 3, 4, bounds.LARGEST_NUMBER])
@pytest.mark.parametrize("name", [ARCHIVE, "cipher-1"])
def test_a_node_is_enrolled_for_its_next_life_by_both_or_by_neither(life: int, last_seq: int, name: str) -> None:
    both = spoken()
    if both.compare_asked(enrolment(NodeSide(name), life, last_seq)):
        assert both.compare(signed(name, line({**body(both), "node": name, "life": life, "seq": 1, "prev": ""})), name)


@pytest.mark.parametrize("name", [*m.SERVICES, "engine-slow", "a", "a" * 32, "a" * 33, "A", "", "a/b", "a\n"])
def test_what_may_be_enrolled_is_named_alike_by_both(name: str) -> None:
    both = Both()
    assert both.compare_asked(enrolment(NodeSide("x"), node=name)) == (name in ("a", "a" * 32, "engine-slow"))


def test_as_many_nodes_are_enrolled_as_the_verifier_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(naming, "MOST_NODES", 4)
    both = Both()
    for number, taken in ((1, True), (2, True), (3, False)):
        assert both.compare_asked(enrolment(NodeSide(f"node-{number}"))) == taken
    assert both.compare_asked(enrolment(both.node, 2)), "that one is there"


GOOD = NodeSide("cipher-1").record_key.public
WITNESS = str(GOOD._replace(kind=4))
KEYS = {
    "good": str(GOOD), "a witness's": WITNESS, "of another suite": str(GOOD._replace(kind=2)), "none": "", "text": "x",
    "short": str(GOOD._replace(public=GOOD.public[:31])), "of another name": str(GOOD._replace(name="x")),
    "of a long name": str(GOOD._replace(name="x" * 500)), "in white space": f" {GOOD} ",
    "with another id": str(GOOD).replace(f"+{GOOD.key_id.hex()}+", "+00000000+"), "spelt otherwise": f"{GOOD}=",
    "of no name": str(GOOD._replace(name="")), "of two names": str(GOOD._replace(name="a b")),
    "another": str(key("another").public),
}  # fmt: skip


@pytest.mark.parametrize("which", KEYS)
@pytest.mark.parametrize("field", ["record_key", "witness_key"])
def test_a_node_is_enrolled_with_keys_that_both_can_use(which: str, field: str) -> None:
    both = Both()
    taken = both.compare_asked(replace(enrolment(NodeSide("cipher-1")), **{field: KEYS[which]}))
    good = ["good", "of another name", "in white space", "another"]
    assert taken == (which in good or (field == "witness_key" and which == "a witness's"))


@pytest.mark.parametrize("which", KEYS)
def test_a_key_of_checkpoints_is_one_that_both_can_use(which: str) -> None:
    taken = Both().compare_asked(m.CheckpointKey(key=KEYS[which]), "engine")
    assert taken == (which in ("good", "of another name", "in white space", "another"))


@pytest.mark.parametrize("which", KEYS)
@pytest.mark.parametrize("field", ["checkpoint_key", *m.SERVICES])
def test_a_journal_is_opened_with_keys_that_both_can_use(which: str, field: str) -> None:
    first = replace(opened(), origin=f"{opened().origin}/later", checkpoint_key=KEYS["another"])
    said = (
        replace(first, checkpoint_key=KEYS[which])
        if field == "checkpoint_key"
        else replace(first, services={**first.services, field: KEYS[which]})
    )
    taken = Both().compare_asked(said)
    assert taken == (which in ("good", "of another name", "in white space", "another"))


def test_a_journal_is_opened_under_a_name_and_with_a_key_for_each_service() -> None:
    first = replace(opened(), origin=f"{opened().origin}/later", checkpoint_key=KEYS["another"])
    services = first.services
    for said in (
        replace(first, origin=""), replace(first, origin="a b"), replace(first, origin="a+b"),
        replace(first, services={}), replace(first, services={**services, "more": KEYS["good"]}),
        replace(first, services={one: services[one] for one in m.SERVICES[1:]}),
    ):  # fmt: skip
        assert not Both().compare_asked(said), said
    assert Both().compare_asked(first)


def anew(origin: str, which: str) -> m.JournalOpened:
    """A hub that was put back opens the journal anew, under that key."""
    return replace(opened(), origin=f"{opened().origin}{origin}", checkpoint_key=KEYS[which])


def test_a_key_of_checkpoints_is_named_once_whatever_names_it() -> None:
    both = Both()
    root = opened().checkpoint_key
    assert both.compare_asked(m.CheckpointKey(key=KEYS["in white space"]), "engine")
    assert both.compare_asked(anew("/later", "another"))
    for again in (root, KEYS["good"], KEYS["in white space"], KEYS["another"]):
        assert not both.compare_asked(m.CheckpointKey(key=again), "engine"), again
        assert not both.compare_asked(replace(anew("/latest", "good"), checkpoint_key=again)), again
    assert both.compare_asked(m.CheckpointKey(key=KEYS["of another name"]), "engine")


def test_an_origin_is_opened_once() -> None:
    both = Both()
    assert not both.compare_asked(anew("", "good"))
    assert both.compare_asked(anew("/later", "good"))
    for origin in ("", "/later"):
        assert not both.compare_asked(anew(origin, "another")), origin
    assert both.compare_asked(anew("/latest", "another"))


def test_as_many_keys_of_checkpoints_are_named_as_the_verifier_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(naming, "MOST_CHECKPOINT_KEYS", 3)
    for last in (m.CheckpointKey(key=KEYS["another"]), anew("/later", "another")):
        both = Both()
        for which, taken in (("good", True), ("of another name", True), ("another", False)):
            data = m.CheckpointKey(key=KEYS[which]) if taken else last
            service: m.Service = "admin" if isinstance(data, m.JournalOpened) else "engine"
            assert both.compare_asked(data, service) == taken, data


@pytest.mark.parametrize("number", [0, rules.NEWEST, rules.NEWEST + 1, bounds.LARGEST_NUMBER])
def test_a_hub_names_the_rules_that_it_goes_by_and_no_others(number: int) -> None:
    both = Both()
    before = both.pages.size
    later = replace(opened(), origin=f"{opened().origin}/later", checkpoint_key=KEYS["another"], rules=number)
    assert both.asks(m.EngineStarted(version="1", silent_since=None, rules=number), "engine") == (
        number <= rules.NEWEST
    )
    assert both.asks(later) == (number <= rules.NEWEST)
    both.follow(before)
    assert not both.compare(due(both, {"kind": "sounded", "on": 1, "reason": "opened"}))
    assert both.compare(due(both))


# ---------------------------------------------------------------- facts

ABOUT_KEYS = (m.JournalOpened, m.CheckpointKey, m.NodeEnrolled, m.NodeRevoked, m.Equivocation)


@pytest.mark.parametrize("service", m.SERVICES)
def test_a_fact_is_written_and_taken_under_a_service_that_may_sign_it_and_no_other(service: m.Service) -> None:
    written = []
    both = Both()
    for kind in FACTS:
        if kind not in ABOUT_KEYS:
            said = {**edges.whole(kind), **({"what": "forced", "area": None} if kind is m.AlarmRaised else {})}
            taken = both.compare_decided(service, msgspec.convert(said, kind))
            assert taken == rules.newest().may_sign(edges.whole(kind)["kind"], service, service), kind
            written.append(taken)
    assert {True, False} == set(written)


@pytest.mark.parametrize("service", m.SERVICES)
def test_what_a_service_asks_the_engine_for_stands_under_the_engines_key_for_both_or_for_neither(
    service: m.Service,
) -> None:
    both, taken = Both(), set()
    for kind in FACTS:
        if kind not in ABOUT_KEYS:
            wanted, before = msgspec.convert(edges.whole(kind), kind), both.pages.size
            may = rules.newest().may_sign(edges.whole(kind)["kind"], service, "engine")
            if both.asks(wanted, service, "engine"):
                taken.add(kind)
                both.follow(before)
                assert may, kind
            assert both.verifier_takes(sign("engine", both.text(wanted, service))) == may, kind
    assert taken


@pytest.mark.parametrize("signer", m.SERVICES)
def test_a_change_of_keys_is_brought_under_the_key_of_roots_command_for_both_or_for_neither(signer: m.Service) -> None:
    both = Both()
    for fact in (
        enrolment(NodeSide("cipher-1")),
        enrolment(both.node, 2),
        m.NodeRevoked(node=ARCHIVE, reason="stolen"),
        m.AccountMade(person=1001, roles=("duty",)),
        anew("/later", "another"),
    ):
        assert both.compare_brought(fact, signer) == (signer == "admin"), fact


def test_what_cannot_be_brought_the_verifier_does_not_take_either() -> None:
    both = Both()
    for fact in (
        enrolment(both.node, 3),
        enrolment(NodeSide("engine")),
        replace(enrolment(NodeSide("cipher-1")), record_key=KEYS["text"]),
        anew("", "another"),
        anew("/later", "none"),
    ):
        assert not both.compare_brought(fact), fact


def silent(size: int) -> m.NodeSilent:
    """A fact of so many bytes as an entry by the engine."""
    data = m.NodeSilent(node=SAFE, last_heard=None, sealed=(m.SealedArea(area="a", sealing=1),))
    one = len(m.encode(data.sealed[0]))
    text = len(Both().text(data, "engine"))
    many, rest = divmod(size - text, one)
    areas = [m.SealedArea(area="a", sealing=1)] * (many + 1)
    for number in range(rest):
        at = number % len(areas)
        areas[at] = replace(areas[at], area=areas[at].area + "a")
    return replace(data, sealed=tuple(areas))


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_a_fact_has_as_many_bytes_as_the_largest_and_no_more(more: int) -> None:
    both = Both()
    fact = silent(bounds.LARGEST_FACT + more)
    assert len(both.text(fact, "engine")) == bounds.LARGEST_FACT + more
    assert both.compare_decided("engine", fact) == (more <= 0)


@pytest.mark.parametrize(
    "fact",
    [
        m.BrokerLost(since=0, detail="x" * 501), m.BrokerLost(since=-1, detail=""), m.NodeBack(node="A", silent_for=0),
        m.BrokerLost(since=bounds.LATEST_WALL + 1, detail=""), m.NoProgress(node="a", life=2**53, expected=1, got=1),
        m.HubStorage(part="attic", failed=True, total=1, free=1),  # type: ignore[arg-type]
        m.NodeFloods(node="a\n", topic="record"), m.SignInFailed(count=2**53 + 1), m.SignInFailed(count=True),
        m.SignInFailed(count=1.0), m.NodeSilent(node="a", last_heard=None, sealed=None),  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_a_fact_beyond_its_bounds_is_not_written_and_not_taken(fact: m.FactData) -> None:
    assert not Both().compare_decided("engine", fact)
    assert not Both().compare_decided("console", fact)


# ---------------------------------------------------------------- a node that says two things


def accusation(both: Both, note: bytes, kept: int) -> m.Equivocation:
    said = m.decode(notes.split(note).text, m.Record)
    return m.Equivocation(node=said.node, life=said.life, seq=said.seq, kept=kept, other=note.decode())


OTHER = m.Sounded(on=False, reason="opened")


@pytest.mark.parametrize(
    ("data", "changed"),
    [
        (OTHER, {"seq": 1}), (OTHER, {"seq": 2}), (OTHER, {"seq": 3}), (OTHER, {"prev": "cd" * 32}),
        (lost(3, 3), {"seq": 3}), (lost(5, 4), {"seq": 4}), (OTHER, {"seq": 5}), (OTHER, {"seq": 9}),
        (OTHER, {"life": 1, "seq": 2}), (OTHER, {"life": 3, "seq": 2}), (OTHER, {"life": 1, "seq": 4}),
        (told(2), {"life": 3, "seq": 2}), (OTHER, {"seq": 0}), (SOUNDED, {"seq": 2}), (OTHER, {}), (lost(4, 4), {}),
    ],
)  # fmt: skip
def test_what_a_node_is_accused_of_by_the_hub_the_verifier_believes_and_nothing_else(
    data: m.Data, changed: dict[str, Any]
) -> None:
    both = spoken()
    assert both.compare_asked(enrolment(both.node, 2, 3))
    for _ in range(3):
        assert both.compare(due(both))
    before = both.pages.size
    note = due(both, data, **changed)
    both.arrive(both.open(note))
    said = [one for one in both.pages.notes[before:] if b'"kind":"equivocation"' in one]
    written = {re.search(rb'"kept":(-?[0-9]+)', one)[1] for one in said}  # type: ignore[index]
    for kept in range(-1, before):
        believed = both.verifier_takes(sign_fact(both, accusation(both, note, kept)), before)
        assert believed == (b"%d" % kept in written), (kept, written)
    both.follow(before)


def test_nobody_is_accused_of_saying_the_same_again_or_of_another_number() -> None:
    both = Both()
    assert both.compare(one := due(both))
    both.compare(due(both))
    kept = both.pages.size - 2
    assert both.pages.notes[kept] == one
    other = due(both, OTHER, seq=1)
    assert not both.compare(one)
    assert not both.verifier_takes(sign_fact(both, accusation(both, one, kept)))
    for changed in ({"seq": 2}, {"life": 2}, {"node": SAFE}):
        for at in (kept, kept + 1):
            assert not both.verifier_takes(sign_fact(both, replace(accusation(both, other, at), **changed)))
    assert both.verifier_takes(sign_fact(both, accusation(both, other, kept)))


def test_nobody_is_accused_by_what_no_hub_would_open() -> None:
    both = spoken()
    kept = both.pages.size - 1
    note = due(both, {"kind": "sounded", "on": True, "reason": "x"}, seq=3)
    assert not both.compare(note)
    said = m.Equivocation(node=ARCHIVE, life=1, seq=3, kept=kept, other=note.decode())
    assert not both.verifier_takes(sign_fact(both, said))


def test_nobody_is_accused_of_what_somebody_else_has_signed() -> None:
    both = spoken()
    kept = both.pages.size - 1
    for key_of, seed in ((SAFE, ""), (ARCHIVE, "another key")):
        note = signed(key_of, line(body(both, OTHER, seq=3)), seed)
        assert not both.compare(note)
        assert not both.verifier_takes(sign_fact(both, accusation(both, note, kept)))
