"""What root's command has signed: the engine journals it byte for byte, as if it had been asked for, or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from hub.core.journal.requests import Actor
from hub.core.refusal import NotPossible
from tests.hub.core.journal.test_machine import Paper, breaks
from tests.support.paper import LIU_YANG, WANG_FANG, ZHAO_MIN, admin_key
from tests.support.tables import change
from wire import keys, notes
from wire import messages as m

REVOKED = m.NodeRevoked(node="archive-1", reason="stolen")
SITE = m.SiteApplied(version=2, sha256="0" * 64)


def a_hub() -> Paper:
    house = Paper()
    house.node("archive-1")
    return house


@pytest.fixture
def house() -> Paper:
    return a_hub()


def text_of(house: Paper, data: m.FactData = REVOKED, **changed: Any) -> bytes:
    fact = m.Fact(v=1, site="demo", by="admin", time=house.clock(), person=None, data=data)
    return m.encode(replace(fact, **changed))


def signed(house: Paper, data: m.FactData = REVOKED, **changed: Any) -> bytes:
    return admin_key().sign(text_of(house, data, **changed))


def refused(house: Paper, note: bytes) -> str:
    """Why it is refused. Nothing is changed then."""
    size = len(house.entries)
    with pytest.raises(NotPossible) as refusal:
        house.bring(note)
    assert len(house.entries) == size
    return refusal.value.reason


# ---------------------------------------------------------------- as it was brought


def test_it_is_journalled_byte_for_byte_and_changes_what_it_says(house: Paper) -> None:
    note = signed(house)
    house.clock.forward(20)
    size = len(house.entries)
    outcome = house.bring(note)
    assert house.entries[size].note == note
    assert house.state.life("archive-1").revoked  # type: ignore[union-attr]
    assert outcome.facts[0] == REVOKED
    entry = house.entries[size]
    assert entry.time == house.clock(), "when it was journalled"
    assert entry.hash == notes.text_hash(notes.split(note).text)
    assert house.state.meta.newest_time == house.clock()


def test_what_follows_from_it_is_the_engines(house: Paper) -> None:
    """A hub that was put back is an alarm."""
    size = len(house.entries)
    house.bring(signed(house, m.HubRestored(size=1, reason="disk", second=LIU_YANG), person=ZHAO_MIN))
    first, *others = [one.message for one in house.entries[size:] if isinstance(one.message, m.Fact)]
    assert (first.by, first.person) == ("admin", ZHAO_MIN)
    assert {(one.by, one.person) for one in others} == {("engine", None)}
    assert house.alarm("hub-restored")


# ---------------------------------------------------------------- whose it is


@pytest.mark.parametrize("by", ["engine", "console", "notify"])
def test_nobody_else_stands_in_it(house: Paper, by: m.Service) -> None:
    assert refused(house, signed(house, by=by)) == "not-signed"


def test_it_is_of_this_site(house: Paper) -> None:
    assert refused(house, signed(house, site="another")) == "not-signed"


def test_no_other_key_has_signed_it(house: Paper) -> None:
    text, own = text_of(house), admin_key()
    stranger = keys.make(own.name)
    good, other = (notes.split(one.sign(text)).signatures[0] for one in (own, stranger))
    for lines in ([other], [good._replace(data=other.data)], [good, other], [good._replace(name="strongroom")]):
        assert refused(house, notes.join(text, lines)) == "not-signed", lines
    assert refused(house, keys.make(keys.key_name("demo", "engine", "record")).sign(text)) == "not-signed"
    assert house.bring(notes.join(text, [good]))


@pytest.mark.parametrize(
    "data",
    [m.JournalExported(size=1), m.HubBackedUp(size=1), m.RowsMended(count=1), m.SealingOrdered(
        sealing=0, area="archive", purpose="seal"), m.NodeSilent(node="archive-1", last_heard=None, sealed=()),
        m.Unsealed(sealing=1, area="archive"), m.SignedIn(person=WANG_FANG)],
    ids=m.kind_of,
)  # fmt: skip
def test_what_changes_neither_keys_nor_people_topology_or_origin_is_asked_for(house: Paper, data: m.FactData) -> None:
    assert refused(house, signed(house, data)) == "not-signed"


def test_it_is_written_as_our_own_commands_write_it(house: Paper) -> None:
    """Hub and verifier, of whichever version, read the same in it."""
    text = text_of(house)
    for other in (
        text.replace(b'"v":1', b'"v": 1'),
        text.replace(b'"v":1', b'"v":1,"more":1'),
        text.replace(b'"v":1', b'"v":1,"v":1'),
        text.replace(b'"stolen"', b'"' + b"x" * 501 + b'"'),
        text.replace(b'"stolen"', b'"\\ud800"'),
        text.replace(b"node-revoked", b"node-forgotten"),
        b"{}\n",
        b"\n",
    ):
        assert refused(house, admin_key().sign(other)) == "not-signed", other
    for note in (b"", text, signed(house)[:-1], b"\xff" + signed(house)):
        assert refused(house, note) == "not-signed", note


def test_what_no_verifier_would_read_is_not_brought(house: Paper) -> None:
    reason = "x" * 500
    assert refused(house, signed(house, m.NodeRevoked(node="archive-1", reason=f"{reason}x"))) == "not-signed"
    assert house.bring(signed(house, m.NodeRevoked(node="archive-1", reason=reason)))


# ---------------------------------------------------------------- as if it had been asked for


@pytest.mark.parametrize("ms", [-60_001, -60_000, 60_000, 60_001])
def test_who_has_kept_it_brings_it_no_more_after_a_minute(house: Paper, ms: int) -> None:
    note = signed(house, time=house.clock() + ms)
    if abs(ms) > 60_000:
        assert refused(house, note) == "not-now"
    else:
        assert house.bring(note)


def test_it_is_checked_as_if_it_were_asked_for(house: Paper) -> None:
    assert refused(house, signed(house, replace(SITE, version=7))) == "site-changed"
    house.documents.append(house.site)
    assert house.bring(signed(house, SITE))
    assert refused(house, signed(house, SITE)) == "site-changed"


@pytest.mark.parametrize("person", [None, WANG_FANG, LIU_YANG, 4711])
def test_a_person_has_the_roles_of_the_site_document_whatever_was_brought(house: Paper, person: int | None) -> None:
    said = m.HubRestored(size=1, reason="disk", second=LIU_YANG)
    assert refused(house, signed(house, said, person=person)) == "not-allowed"
    assert house.bring(signed(house, said, person=ZHAO_MIN))


def test_what_would_stand_there_otherwise_than_it_was_signed_is_refused(
    house: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(monkeypatch, m.NodeRevoked, check=lambda state, site, data: replace(data, reason="another"))
    assert refused(house, signed(house)) == "changed-meanwhile"
    house.act(Actor("admin"), REVOKED)
    assert house.journal(m.NodeRevoked)[0].reason == "another", "of what is asked for the hub may complete something"


def test_of_what_a_rule_fails_over_nothing_is_taken_and_it_is_told(
    house: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ({"check": breaks}, {"check": None, "fold": (breaks,)}):
        change(monkeypatch, m.NodeRevoked, **part)
        with pytest.raises(NotPossible, match="not-judged"):
            house.bring(signed(house))
