"""Only the engine writes the journal, and once each service did: journals of both kinds are proven, and no key signs
what is not its own to sign."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest

from tests.audit.test_mutations import audit
from tests.support.both import SUITES
from tests.support.journal import ORIGIN, SITE, HubSide, NodeSide, key, line, story
from tests.wire.book import edges
from tests.wire.book.test_signers import permitted
from wire import messages as m
from wire import notes
from wire.audit.keyring import Keyring
from wire.audit.report import FAIL, PASS, Failure
from wire.book import rules
from wire.keys import SigningKey

FACTS = get_args(m.FactData)
NODE = "archive-1"
SIGNED_IN = {"kind": "signed-in", "person": 7}
journals = pytest.mark.parametrize("signing", [rules.SIGN, rules.SERVICES], ids=["of today", "of old"])


def ring_of(signing: tuple[str, ...]) -> Keyring:
    """A verifier that has read how the journal was opened and a node enrolled."""
    hub, ring = HubSide(signing=signing), Keyring(SUITES)
    hub.open()
    hub.enrol(NodeSide(NODE))
    for index, note in enumerate(hub.entries):
        ring.take(index, note, hub.entries.__getitem__)
    return ring


def said(data: object, by: str) -> bytes:
    return line({"v": 1, "site": SITE, "by": by, "time": 1_780_000_100_000, "person": None, "data": data})


def key_of(service: str) -> SigningKey:
    return key(f"strongroom/{SITE}/{service}/record")


def refused(ring: Keyring, note: bytes) -> str:
    """Why the verifier refuses it as the next entry; empty if it does not."""
    try:
        ring.take(2, note, lambda _index: b"")
    except Failure as failure:
        return failure.code
    return ""


@journals
def test_a_journal_is_proven_whoever_signed_it(signing: tuple[str, ...]) -> None:
    report = audit(story(signing).export())
    assert (report.verdict, report.unknown) == (PASS, {}), report.why


@journals
def test_the_journal_says_which_keys_have_signed_it(signing: tuple[str, ...]) -> None:
    named = {row["of"] for row in ring_of(signing).history} - {"checkpoint", NODE}
    assert named == set(signing)


def test_a_hub_of_old_goes_on_with_the_engine_alone() -> None:
    """An update in the midst of a journal: its keys stay named, and the engine signs for all from there."""
    hub = story()
    hub.services = {one: hub.services[one] for one in rules.SIGN}
    hub.fact(m.SignedIn(person=7), "console")
    hub.fact(m.AlarmAcknowledged(alarm=1, via="sms"), "notify", person=7)
    hub.check_point()
    assert audit(hub.export()).verdict == PASS


def test_a_journal_that_is_opened_anew_may_name_fewer_keys_and_then_the_others_are_good_no_more() -> None:
    hub = story()
    console = hub.services["console"]
    hub.origin = f"{ORIGIN}/later"
    hub.checkpoint_keys = [key(hub.origin, "day-0")]
    hub.services = {one: hub.services[one] for one in rules.SIGN}
    hub.open(quotes="-")
    ring = Keyring(SUITES)
    for index, note in enumerate(hub.entries):
        ring.take(index, note, hub.entries.__getitem__)
    assert refused(ring, console.sign(said(SIGNED_IN, "console"))) == "signer"
    assert not refused(ring, hub.services["engine"].sign(said(SIGNED_IN, "console")))


@journals
@pytest.mark.parametrize("kind", FACTS, ids=lambda kind: str(kind.__struct_config__.tag))
def test_a_fact_under_a_key_that_may_not_sign_it_is_a_forgery(kind: type[m.Data], signing: tuple[str, ...]) -> None:
    """Every service in whose name it may be, under every key of the site."""
    ring, data = ring_of(signing), edges.whole(kind)
    for by, signer in product(rules.SERVICES, (*rules.SERVICES, NODE)):
        may = signer in signing and (by, signer) in permitted(kind)
        found = refused(ring, key_of(signer).sign(said(data, by)))
        assert (found == "signer") == (not may), (by, signer, found)


@journals
def test_the_name_of_the_key_and_the_key_must_both_be_the_engines(signing: tuple[str, ...]) -> None:
    ring, text = ring_of(signing), said(SIGNED_IN, "console")
    engine, stranger = key_of("engine"), key(f"strongroom/{SITE}/engine/record", "a stranger")
    good = notes.split(engine.sign(text)).signatures[0]
    forged = notes.split(stranger.sign(text)).signatures[0]
    assert not refused(ring, notes.join(text, [good]))
    assert refused(ring, stranger.sign(text)) == "signer"
    assert refused(ring, notes.join(text, [good._replace(name=f"strongroom/{SITE}/notify/record")])) == "signer"
    assert refused(ring, notes.join(text, [good._replace(data=forged.data)])) == "signature"
    assert refused(ring, notes.join(text, [good, forged])) == "signer"
    assert refused(ring, notes.join(text, [good, notes.split(key_of("admin").sign(text)).signatures[0]])) == "signer"


def test_a_forged_fact_in_an_export_fails_and_is_named() -> None:
    hub = story(rules.SIGN)
    hub.put(hub.services["engine"].sign(said(edges.whole(m.NodeRevoked), "admin")))
    hub.check_point()
    report = audit(hub.export())
    assert (report.verdict, report.code, report.entry) == (FAIL, "signer", len(hub.entries) - 1)
    assert "node-revoked by admin may not be signed by engine" in report.why


@pytest.mark.parametrize(
    ("service", "behind", "remarked"),
    [("engine", 1, True), ("engine", 0, False), ("admin", 60_000, False), ("admin", 60_001, True)],
)
def test_what_roots_command_has_signed_may_be_dated_some_seconds_before_the_entry_before_it(
    service: str, behind: int, remarked: bool
) -> None:
    """It was on its way. The hub's clock is measured by all the others."""
    ring, size = ring_of(rules.SIGN), 2
    for by, time in (("engine", 200_000), (service, 200_000 - behind), ("engine", 200_000)):
        data = {"kind": "journal-exported", "size": 1} if by == "admin" else {"kind": "sign-in-failed", "count": 1}
        asker = by if by == "admin" else "console"
        text = said(data, asker).replace(b"1780000100000", b"%d" % (1_780_000_000_000 + time))
        ring.take(size, key_of(by).sign(text), lambda _index: b"")
        size += 1
    went_back = [one for one in ring.remarks.kept if "the hub's clock went back" in one]
    assert len(went_back) == remarked


def test_after_what_was_brought_the_clock_is_measured_by_the_entry_before_it() -> None:
    ring = ring_of(rules.SIGN)
    for number, (by, time) in enumerate((("engine", 300_000), ("admin", 250_000), ("engine", 299_999))):
        data = {"kind": "journal-exported", "size": 1} if by == "admin" else {"kind": "engine-stopped"}
        text = said(data, by).replace(b"1780000100000", b"%d" % (1_780_000_000_000 + time))
        ring.take(2 + number, key_of(by).sign(text), lambda _index: b"")
    assert any("the hub's clock went back by 0.001 s" in one for one in ring.remarks.kept)
