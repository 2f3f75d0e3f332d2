"""Every attack on evidence that we know of, on an export: found, and for the right reason."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from tests.audit.test_mutations import SUITES, audit
from tests.support import journal
from tests.support.journal import HubSide, NodeSide, level, line, story
from wire import checkpoint, notes, paper, tlog
from wire import messages as m
from wire.audit import check, keyring, layout
from wire.audit.report import FAIL, PASS, UNPROVEN, Report
from wire.audit.roots import root_words
from wire.book import naming


def verdict(hub: HubSide, **options: Any) -> tuple[str, str, int | None]:
    report = audit(hub.export(), **options)
    return report.verdict, report.code, report.entry


def forge(hub: HubSide, entries: list[bytes], keep: int = 0) -> HubSide:
    """The journal made anew by somebody who has the hub as it stands, with the newest key only. Checkpoints up to
    `keep` stay; the rest are made anew."""
    forged = HubSide()
    forged.services, forged.checkpoint_keys, forged.nodes, forged.time = hub.services, hub.checkpoint_keys, {}, hub.time
    for note in entries:
        forged.put(note)
    forged.checkpoints = [note for note in hub.checkpoints if size_of(note) <= keep]
    return forged


def size_of(note: bytes) -> int:
    return checkpoint.open_signed(note)[0].size


def seen(note: bytes) -> paper.Seen:
    return paper.parse(note.decode())


# ---------------------------------------------------------------- rows of the journal


def test_a_deleted_row() -> None:
    hub = story()
    del hub.entries[13]
    hub.put(hub.entries[-1])
    assert verdict(hub)[:2] == (FAIL, "root"), "what follows fits, but not what was signed"
    hub = story()
    del hub.entries[22]
    hub.put(hub.entries[-1])
    assert verdict(hub) == (FAIL, "sequence", 22)


def test_rows_exchanged() -> None:
    hub = story()
    hub.entries[4], hub.entries[5] = hub.entries[5], hub.entries[4]  # first records of two nodes: each fits its life
    assert verdict(hub) == (FAIL, "root", 4)


def test_an_inserted_row() -> None:
    hub = story()
    hub.entries.insert(8, hub.entries[8])
    hub.entries.pop()
    assert verdict(hub) == (FAIL, "sequence", 9)


def test_truncated_and_continued() -> None:
    """The thief of the hub cuts the newest day off and goes on with today's key: the kept checkpoints do not fit."""
    hub = story()
    forged = forge(hub, hub.entries[:20])
    node = NodeSide("archive-9")
    forged.enrol(node)
    for _ in range(5):
        forged.record(node, level("archive/door", "normal", "active"))
    forged.check_point()
    assert verdict(forged)[:2] == (FAIL, "checkpoint-signature")
    forged.checkpoints = [*[note for note in hub.checkpoints if size_of(note) <= 20], *forged.checkpoints]
    assert verdict(forged)[:2] == (FAIL, "checkpoint-signature")


def test_yesterday_made_anew_with_the_key_of_today() -> None:
    """Forward security: the day before yesterday's key is destroyed, so its checkpoints cannot be made anew."""
    hub = story()
    forged = HubSide()
    forged.services, forged.checkpoint_keys = hub.services, hub.checkpoint_keys[-1:]
    forged.open()
    forged.check_point()
    assert verdict(forged)[:2] == (UNPROVEN, "no-witness"), "alone it is a journal of its own"
    roots = (str(hub.root_key.public),)
    assert verdict(forged, roots=roots) == (FAIL, "root-key", 0), "but not the one of the root key on paper"
    forged = HubSide()
    forged.checkpoint_keys = hub.checkpoint_keys[-1:]
    forged.put(hub.entries[0])
    for note in hub.entries[1:12]:
        forged.put(note)
    forged.check_point()
    assert verdict(forged)[:2] == (FAIL, "checkpoint-signature")


@pytest.mark.parametrize(("keep", "code"), [(0, "checkpoint-signature"), (10, "checkpoint-signature"), (99, "root")])
def test_a_fact_of_yesterday_changed_by_who_has_every_key_of_today(keep: int, code: str) -> None:
    """The services' keys stay, so the fact itself can be signed anew; the checkpoints over it cannot."""
    hub = story()
    closed = 10
    text = notes.split(hub.entries[closed]).text
    changed = hub.services["console"].sign(text.replace("门未关好".encode(), "门没坏".encode()))
    assert changed != hub.entries[closed]
    forged = forge(hub, [*hub.entries[:closed], changed, *hub.entries[closed + 1 :]], keep)
    forged.check_point()
    assert verdict(forged)[:2] == (FAIL, code)


@pytest.mark.parametrize("who", ["new", "old", "neither"])
def test_a_rotation_that_not_both_keys_have_confirmed(who: str) -> None:
    hub = story()
    old, new = hub.checkpoint_keys[-1], journal.key(hub.origin, "thief")
    hub.fact({"kind": "checkpoint-key", "key": str(new.public)})
    hub.check_point({"new": new, "old": old, "neither": journal.key(hub.origin, "another")}[who])
    assert verdict(hub)[:2] == (FAIL, "checkpoint-signature")


@pytest.mark.parametrize("which", [0, 1, -1], ids=["the root key", "yesterday's", "the one in force"])
def test_a_key_named_again(which: int) -> None:
    hub = story()
    hub.fact({"kind": "checkpoint-key", "key": str(hub.checkpoint_keys[which].public)})
    hub.check_point(hub.checkpoint_keys[which], hub.checkpoint_keys[-1])
    assert verdict(hub) == (FAIL, "checkpoint-key", len(hub.entries) - 1)


def test_a_key_named_again_that_never_was_in_force() -> None:
    hub = story()
    for _ in range(2):
        hub.fact({"kind": "checkpoint-key", "key": str(journal.key(hub.origin, "lost").public)})
    hub.check_point()
    assert verdict(hub) == (FAIL, "checkpoint-key", len(hub.entries) - 1)


@pytest.mark.parametrize("who", ["admin", "console", "notify"])
def test_a_rotation_in_the_name_of_another_than_the_engine(who: str) -> None:
    hub = story()
    new = journal.key(hub.origin, "new")
    hub.fact({"kind": "checkpoint-key", "key": str(new.public)}, who)
    hub.check_point(hub.checkpoint_keys[-1], new)
    assert verdict(hub) == (FAIL, "signer", len(hub.entries) - 1)


def test_a_rotation_in_the_name_of_the_engine_by_another() -> None:
    hub = story()
    new = journal.key(hub.origin, "new")
    hub.services["engine"], engine = journal.key(hub.services["engine"].name, "thief"), hub.services["engine"]
    hub.fact({"kind": "checkpoint-key", "key": str(new.public)})
    hub.services["engine"] = engine
    hub.check_point(hub.checkpoint_keys[-1], new)
    assert verdict(hub)[0] == FAIL


def test_from_one_suite_to_another_and_back() -> None:
    """The type of a key is its suite: the journal of a hub that has changed to another one is proven like any."""
    hub = story()
    for key in (ToyKey(hub.origin, b"toy"), journal.key(hub.origin, "after")):
        hub.checkpoint_keys.append(key)  # type: ignore[arg-type]
        hub.fact({"kind": "checkpoint-key", "key": str(key.public)})
        hub.check_point(*hub.checkpoint_keys[-2:])
        hub.fact(m.SignedIn(person=1), "console")
        hub.check_point()
    files = layout.InMemory(hub.export())
    report = check.verify(files, {**SUITES, ToyKey.KIND: ToyKey.check}, check.Options())
    assert (report.verdict, report.code) == (PASS, "proven"), report.why
    report = check.verify(files, SUITES, check.Options())
    assert (report.verdict, report.code) == (FAIL, "checkpoint-key"), "who does not know the suite cannot pass it"
    assert "of type 250, which is not known here" in report.why
    parts = notes.split(hub.checkpoints[-3])
    spoiled = [one._replace(data=bytes(32)) if len(one.data) == 32 else one for one in parts.signatures]
    hub.checkpoints[-3] = notes.join(parts.text, spoiled)
    report = check.verify(layout.InMemory(hub.export()), {**SUITES, ToyKey.KIND: ToyKey.check}, check.Options())
    assert (report.verdict, report.code) == (FAIL, "checkpoint-signature")


class ToyKey:
    """A key of a suite that exists only here, in the place of one such as SM2 with SM3."""

    KIND = 0xFA

    def __init__(self, name: str, secret: bytes) -> None:
        self.public = notes.VerifierKey(name, self.KIND, secret)

    def sign(self, text: bytes) -> bytes:
        data = hashlib.sha3_256(self.public.public + text).digest()
        return notes.join(text, [notes.Signature(self.public.name, self.public.key_id, data)])

    @staticmethod
    def check(public: bytes, message: bytes, signature: bytes) -> bool:
        return hashlib.sha3_256(public + message).digest() == signature


def test_a_rotation_interrupted_and_begun_again() -> None:
    """A crash between the entry and the checkpoint: another key is named in its place."""
    hub = story()
    for seed in ("lost", "lost too", "kept"):
        hub.fact({"kind": "checkpoint-key", "key": str(journal.key(hub.origin, seed).public)})
    hub.checkpoint_keys.append(journal.key(hub.origin, "kept"))
    hub.check_point(*hub.checkpoint_keys[-2:])
    hub.fact(m.SignedIn(person=1), "console")
    hub.check_point()
    assert verdict(hub) == (PASS, "proven", None)


def test_a_replaced_public_key() -> None:
    hub = story()
    entry = json.loads(notes.split(hub.entries[2]).text)
    entry["data"]["record_key"] = str(NodeSide("archive-1", "thief").record_key.public)
    hub.entries[2] = notes.join(line(entry), notes.split(hub.entries[2]).signatures)
    assert verdict(hub) == (FAIL, "signature", 2)


def test_a_record_under_another_nodes_key() -> None:
    hub = story()
    one, two = hub.nodes["archive-1"], hub.nodes["archive-2"]
    hub.put(two.record_key.sign(notes.split(one.record(level("archive/door", "normal", "active"), hub.time)).text))
    hub.check_point()
    assert verdict(hub) == (FAIL, "signer", len(hub.entries) - 1)


def test_a_fact_under_another_services_key() -> None:
    hub = story()
    hub.services["notify"], keys = hub.services["engine"], hub.services["notify"]
    hub.fact(m.NodeSilent(node="archive-1", last_heard=None, sealed=()), "notify")
    hub.services["notify"] = keys
    hub.check_point()
    assert verdict(hub)[:2] == (FAIL, "signer")


def test_a_fact_that_its_service_may_not_sign() -> None:
    hub = story()
    hub.fact(m.NodeRevoked(node="archive-1", reason="no"), "console")
    hub.check_point()
    assert verdict(hub)[:2] == (FAIL, "signer")


def test_a_record_of_a_revoked_node_and_of_one_never_enrolled() -> None:
    for name in ("safe-1", "nobody"):
        hub = story()
        node = NodeSide(name)
        node.life = 1
        hub.record(node, level("safe/door", "normal", "active"))
        hub.check_point()
        assert verdict(hub)[:2] == (FAIL, "signer")


@pytest.mark.parametrize(
    "changed",
    [{"seq": 30}, {"seq": 1}, {"life": 1}, {"life": 9}, {"prev": "00" * 32}, {"prev": ""}],
)
def test_a_record_out_of_its_place(changed: dict[str, int] | dict[str, str]) -> None:
    hub = story()
    hub.record(hub.nodes["archive-1"], level("archive/door", "normal", "active"), **changed)
    hub.check_point()
    assert verdict(hub) == (FAIL, "sequence", len(hub.entries) - 1)


@pytest.mark.parametrize(("first", "last", "seq"), [(3, 9, 9), (11, 20, 20), (10, 9, 9), (10, 12, 11)])
def test_a_loss_declared_in_the_wrong_place(first: int, last: int, seq: int) -> None:
    hub = story()
    data = m.CannotFill(first=first, last=last, last_hash="")
    hub.record(hub.nodes["archive-1"], data, seq=seq)
    hub.check_point()
    assert verdict(hub)[:2] == (FAIL, "sequence")


def test_a_loss_of_which_some_has_come_after_all_is_taken() -> None:
    hub = story()
    node = hub.nodes["archive-1"]
    hub.record(node, m.CannotFill(first=3, last=12, last_hash=""), seq=12)
    hub.check_point()
    report = audit(hub.export())
    assert report.verdict == PASS
    assert any("archive-1 has declared its records 10 to 12 lost" in one for one in report.remarks)


@pytest.mark.parametrize(
    ("life", "told", "found"),
    [(3, 2, PASS), (5, 2, PASS), (102, 2, PASS), (103, 2, FAIL), (5, 3, FAIL), (5, 1, FAIL), (2**20, 2, FAIL)],
)
def test_a_life_that_a_node_opens_follows_the_one_that_the_hub_told_it_of(life: int, told: int, found: str) -> None:
    """A node may be some lives ahead of a hub put back from a backup; what was acknowledged to it must be here."""
    hub = story()
    node = hub.nodes["archive-1"]
    node.life, node.seq, node.prev = life, 0, ""
    hub.record(node, m.RolledBack(hub_life=told, hub_seq=9, hub_hash="", own_seq=0, own_hash=""))
    hub.record(node, level("archive/door", "normal", "active"))
    hub.check_point()
    report = audit(hub.export())
    assert (report.verdict, report.code) == (found, "proven" if found == PASS else "sequence")
    assert any("nothing is here of li" in one for one in report.remarks) == (found == PASS and life > 3)


def test_a_life_opened_out_of_turn() -> None:
    hub = story()
    node = hub.nodes["archive-1"]
    node.life += 1
    hub.enrol(node)
    hub.check_point()
    assert verdict(hub)[:2] == (FAIL, "node-enrolled")


def test_an_enrolment_that_knows_of_more_records_than_there_are() -> None:
    hub = story()
    node = hub.nodes["archive-1"]
    node.seq += 1
    hub.enrol(node)
    hub.check_point()
    assert verdict(hub)[:2] == (FAIL, "node-enrolled")


@pytest.mark.parametrize("what", ["unsigned", "same", "other number", "later", "not json"])
def test_an_accusation_that_is_not_true(what: str) -> None:
    hub = story()
    node = hub.nodes["archive-2"]
    kept = hub.record(node, level("cabinet/door", "normal", "active"))
    wrong = {"seq": 77} if what == "other number" else {"seq": node.seq}
    other = node.record(level("cabinet/door", "active", "short"), hub.time, **wrong)
    seq, life = wrong["seq"], node.life
    match what:
        case "unsigned":
            other = hub.nodes["archive-1"].record_key.sign(notes.split(other).text)
        case "same":
            other = hub.entries[kept]
        case "other number":
            seq = node.seq - 1
        case "later":
            kept += 1
        case "not json":
            other = node.record_key.sign(b"x\n")
    hub.fact(m.Equivocation(node=node.name, life=life, seq=seq, kept=kept, other=other.decode()))
    hub.check_point()
    assert verdict(hub)[0] == FAIL


@pytest.mark.parametrize(("ahead", "prev", "found"), [(0, "cd" * 32, PASS), (0, "", FAIL), (2, "cd" * 32, FAIL)])
def test_an_accusation_without_a_first_record_is_of_one_that_is_due_on_another_past(
    ahead: int, prev: str, found: str
) -> None:
    """Whoever has the engine's key accuses nobody by a record that was only never taken in."""
    hub = story()
    node = hub.nodes["archive-2"]
    node.seq += ahead
    other = node.record(level("cabinet/door", "active", "short"), hub.time, prev=prev or node.prev)
    hub.fact(m.Equivocation(node=node.name, life=node.life, seq=node.seq, kept=-1, other=other.decode()))
    hub.check_point()
    assert verdict(hub)[0] == found


def test_a_step_of_a_clock_is_remarked_on() -> None:
    hub = story()
    hub.time -= 3_600_000
    hub.fact(m.SignedIn(person=1), "console")
    hub.record(hub.nodes["archive-1"], level("archive/door", "normal", "active"))
    hub.check_point()
    report = audit(hub.export())
    assert report.verdict == PASS
    assert any("the hub's clock went back by 359" in one for one in report.remarks), report.remarks
    assert any("archive-1: its clock went back by 35" in one for one in report.remarks), report.remarks


@pytest.mark.parametrize(
    "text",
    [
        b'{"v":1}\n',
        b'{"v":1,"v":1}\n',
        b"[]\n",
        b"[" * 5000 + b"\n",
        b'{"v":NaN}\n',
        b"x\n",
        b'{"v":1,"site":"demo","by":"engine","time":-1,"person":null,"data":{"kind":"x"}}\n',
        b'{"v":1,"site":"demo","by":"engine","time":true,"person":null,"data":{"kind":"x"}}\n',
        b'{"v":1,"site":"demo","by":"engine","time":1e3,"person":null,"data":{"kind":"x"}}\n',
        b'{"v":1,"site":"demo","by":"engine","time":1,"person":null,"data":{"kind":"x","kind":"x"}}\n',
        b'{"v":1,"site":"demo","by":"engine","time":1,"person":null,"data":{}}\n',
        b'{"v":1,"site":"demo","by":"engine","time":1,"person":null,"data":[]}\n',
        b'{"v":1,"site":"demo","by":"root","time":1,"person":null,"data":{"kind":"x"}}\n',
        b'{"v":2,"site":"demo","by":"engine","time":1,"person":null,"data":{"kind":"x"}}\n',
        b'{"v":1,"site":"de/mo","by":"engine","time":1,"person":null,"data":{"kind":"x"}}\n',
        b'{"v":1,"site":"demo","by":"engine","time":1,"person":null,"data":{"kind":"x"}}\n{}\n',
    ],
)
def test_an_entry_that_is_none(text: bytes) -> None:
    hub = story()
    index = hub.put(hub.services["engine"].sign(text))
    hub.check_point()
    assert verdict(hub) == (FAIL, "malformed-entry", index)


def test_an_entry_of_another_site() -> None:
    hub = story()
    hub.fact(m.SignedIn(person=1), "console", site="other")
    hub.check_point()
    assert verdict(hub)[:2] == (FAIL, "site")


# ---------------------------------------------------------------- checkpoints and what was seen


def test_stripped_cosignatures() -> None:
    hub = story()
    hub.checkpoints = [notes.join((n := notes.split(one)).text, [s for s in n.signatures if "witness" not in s.name])
                       for one in hub.checkpoints]  # fmt: skip
    assert verdict(hub) == (UNPROVEN, "not-witnessed", 1), "the first checkpoint came before any witness"


def test_too_few_cosignatures() -> None:
    hub = story()
    hub.record(hub.nodes["archive-1"], level("archive/door", "normal", "active"))
    hub.check_point(witnesses=(hub.nodes["archive-1"],))
    assert verdict(hub) == (UNPROVEN, "not-witnessed", len(hub.entries) - 1)


def test_a_revoked_witness_and_a_stranger_do_not_count() -> None:
    hub = story()
    hub.record(hub.nodes["archive-1"], level("archive/door", "normal", "active"))
    hub.check_point(witnesses=(hub.nodes["archive-1"], NodeSide("safe-1"), NodeSide("stranger")))
    assert verdict(hub)[:2] == (UNPROVEN, "not-witnessed")


def test_every_witness_revoked_by_who_has_the_hub() -> None:
    hub = story()
    for name in list(hub.nodes):
        hub.fact(m.NodeRevoked(node=name, reason="no"), "admin")
    hub.nodes.clear()
    hub.check_point()
    report = audit(hub.export())
    assert (report.verdict, report.code, report.witnesses) == (UNPROVEN, "no-witness", [])


def test_witnesses_of_the_thiefs_own_are_named_for_a_person_to_compare() -> None:
    """Who a node is, is the hub's word: no proof tells a node at a door from one in a thief's computer."""
    hub = story()
    for name in list(hub.nodes):
        hub.fact(m.NodeRevoked(node=name, reason="no"), "admin")
    hub.nodes.clear()
    hub.enrol(NodeSide("archive-9"))
    hub.check_point()
    report = audit(hub.export())
    assert (report.verdict, report.witnesses) == (PASS, ["archive-9"])
    assert b'"of": "archive-9"' in hub.export()["keys.json"]


def test_a_node_that_names_the_witness_key_of_another_takes_nobodys_voice() -> None:
    hub = story()
    copy = NodeSide("archive-9")
    copy.witness_key = hub.nodes["archive-1"].witness_key
    hub.enrol(copy)
    hub.check_point(witnesses=(hub.nodes["archive-1"], hub.nodes["archive-2"]))
    assert verdict(hub) == (PASS, "proven", None)


def test_a_journal_that_a_node_has_refused_is_unproven_until_what_the_node_holds_is_handed_in() -> None:
    hub, other = story(), story()
    other.record(other.nodes["archive-1"], level("archive/door", "normal", "short"))
    held = other.check_point()
    one = hub.nodes["archive-1"]
    hub.record(one, level("archive/door", "normal", "active"))
    shown = hub.check_point(witnesses=(hub.nodes["archive-2"],))
    index = hub.record(one, m.JournalRefused(why="fork", held=held.decode(), shown=shown.decode()))
    hub.check_point()
    report = audit(hub.export())
    assert (report.verdict, report.code) == (UNPROVEN, "accused")
    assert f"entry {index}: archive-1 holds a checkpoint" in report.why
    assert audit(hub.export(), seen=(seen(held),)).code == "fork"


def test_a_node_that_accuses_falsely_spoils_no_proof_once_its_word_is_held_against_the_journal() -> None:
    hub = story()
    held = hub.checkpoints[-2]
    accused = m.JournalRefused(why="rollback", held=held.decode(), shown=hub.checkpoints[-1].decode())
    hub.record(hub.nodes["archive-1"], accused)
    hub.check_point()
    assert verdict(hub)[:2] == (UNPROVEN, "accused")
    assert verdict(hub, seen=(seen(held),)) == (PASS, "proven", None)
    assert verdict(hub, seen=(seen(hub.checkpoints[-1]),))[:2] == (UNPROVEN, "accused"), "this is not what it quotes"


def test_an_accusation_by_a_checkpoint_that_nobody_has_signed_is_no_obstacle() -> None:
    hub, stranger = story(), HubSide(seed="stranger-")
    stranger.open()
    for size in (3, 900):
        invented = checkpoint.Checkpoint(hub.origin, size, bytes(32)).text()
        for held in (stranger.root_key.sign(invented), hub.nodes["archive-2"].record_key.sign(invented)):
            accused = m.JournalRefused(why="fork", held=held.decode(), shown=held.decode())
            hub.record(hub.nodes["archive-1"], accused)
    hub.check_point()
    report = audit(hub.export())
    assert (report.verdict, report.code) == (PASS, "proven")
    assert sum("that no key of this journal has signed" in one for one in report.remarks) == 4
    for size in (3, 900):
        invented = stranger.root_key.sign(checkpoint.Checkpoint(hub.origin, size, bytes(32)).text())
        report = audit(hub.export(), seen=(seen(invented),))
        assert (report.verdict, report.code) == (UNPROVEN, "not-signed")
        assert "nobody we know has signed it" in report.why
    fits = stranger.root_key.sign(notes.split(hub.checkpoints[2]).text)
    assert audit(hub.export(), seen=(seen(fits),)).verdict == PASS


def test_an_accusation_under_a_key_of_an_earlier_day_counts() -> None:
    hub = story()
    node = hub.nodes["archive-1"]
    fork = hub.checkpoint_keys[0].sign(checkpoint.Checkpoint(hub.origin, 3, bytes(32)).text())
    hub.record(node, m.JournalRefused(why="fork", held=fork.decode(), shown=hub.checkpoints[-1].decode()))
    hub.check_point()
    assert len(hub.checkpoint_keys) > 1
    assert verdict(hub)[:2] == (UNPROVEN, "accused")
    assert audit(hub.export(), seen=(seen(fork),)).code == "fork"


def test_a_journal_made_anew_to_which_the_nodes_were_led_is_given_away_by_them() -> None:
    """A hub can show its nodes a new origin; where they came from stands in their next record, which cannot be left
    out without a gap."""
    left = story().checkpoints[-1]
    hub = HubSide("strongroom/demo/journal/2", "again-")
    hub.open()
    node = NodeSide("archive-1")
    hub.enrol(node)
    hub.record(node, m.JournalMoved(left=left.decode(), origin=hub.origin))
    hub.check_point()
    report = audit(hub.export())
    assert (report.verdict, report.code) == (UNPROVEN, "accused")
    assert "archive-1 was led here from the journal strongroom/demo/journal, of which nothing is here" in report.why
    assert verdict(hub, roots=(str(story().root_key.public),))[:2] == (FAIL, "root-key")
    assert verdict(hub, roots=(str(hub.root_key.public),)) == (PASS, "proven", None), "paper says that it is this one"


def test_nodes_that_were_led_to_the_origin_of_a_restored_hub_accuse_nobody() -> None:
    back, newest, _ = restored()
    for name, left in (("archive-8", newest.decode()), ("archive-9", "")):
        back.enrol(NodeSide(name))
        back.record(back.nodes[name], m.JournalMoved(left=left, origin=back.origin))
    back.check_point()
    both = (str(story().root_key.public), str(back.root_key.public))
    assert verdict(back, roots=both) == (PASS, "proven", None)


def test_yesterdays_export_passes_alone_and_is_refused_with_todays_checkpoint() -> None:
    hub = story()
    yesterday = hub.export()
    hub.record(hub.nodes["archive-1"], level("archive/door", "normal", "active"))
    today = hub.check_point()
    assert audit(yesterday).verdict == PASS
    words = paper.to_words(checkpoint.open_signed(today)[0])
    for form in (today.decode(), paper.qr_text(today), " ".join(words), notes.split(today).text.decode()):
        report = audit(yesterday, seen=(paper.parse(form),))
        assert (report.verdict, report.code, report.entry) == (FAIL, "rollback", len(hub.entries) - 1)
    assert audit(hub.export(), seen=(seen(today),)).verdict == PASS


def test_every_kept_checkpoint_may_be_seen() -> None:
    hub = story()
    files = hub.export()
    assert audit(files, seen=tuple(seen(note) for note in reversed(hub.checkpoints))).verdict == PASS


def test_a_fork() -> None:
    hub, other = story(), story()
    for one in (hub, other):
        one.record(one.nodes["archive-1"], level("archive/door", "normal", "open-circuit" if one is hub else "short"))
        one.check_point()
    report = audit(hub.export(), seen=(seen(other.checkpoints[-1]),))
    assert (report.verdict, report.code) == (FAIL, "fork")
    assert "proves two histories" in report.why
    words = paper.parse(" ".join(paper.to_words(checkpoint.open_signed(other.checkpoints[-1])[0])))
    assert audit(hub.export(), seen=(words,)).code == "fork"


def test_a_checkpoint_of_another_site() -> None:
    hub = story()
    other = HubSide("strongroom/other/journal")
    other.open()
    note = other.check_point()
    for one in (seen(note), paper.parse(" ".join(paper.to_words(checkpoint.open_signed(note)[0])))):
        assert audit(hub.export(), seen=(one,)).code == "other-journal"
    hub.checkpoints[0] = note
    assert verdict(hub) == (FAIL, "other-journal", 0)


def test_an_older_checkpoint_put_back_leaves_a_tail() -> None:
    hub = story()
    hub.checkpoints = hub.checkpoints[:-1]
    signed = size_of(hub.checkpoints[-1])
    assert verdict(hub) == (UNPROVEN, "tail", signed)
    files = story().export()
    older = hub.export()
    mixed = {**files, **{path: older[path] for path in ("checkpoint", "keys.json", "journal.csv", "journal.jsonl")}}
    mixed["tile/0/000.p/21"] = older["tile/0/000.p/21"]
    del mixed["checkpoints/000.p/7"]
    mixed["checkpoints/000.p/6"] = older["checkpoints/000.p/6"]
    report = audit(mixed)
    assert (report.verdict, report.code) == (FAIL, "manifest"), "an older one has another list of files"


def test_no_checkpoint_at_all() -> None:
    hub = story()
    hub.checkpoints = []
    assert verdict(hub)[:2] == (UNPROVEN, "no-checkpoint")
    assert audit({}).verdict == UNPROVEN


def test_a_table_that_says_something_else() -> None:
    files = story().export()
    forged = files["journal.csv"].replace(b"alarm-raised", b"alarm-closed")
    assert audit({**files, "journal.csv": forged}).code == "journal.csv"
    assert audit({**files, "journal.jsonl": files["journal.jsonl"] + b"{}\n"}).code == "journal.jsonl"


def test_the_root_key_on_paper() -> None:
    hub = story()
    key = hub.root_key.public
    for said in (str(key), f" {key}\n", " ".join(root_words(key)), "-".join(root_words(key)).upper()):
        assert verdict(hub, roots=(said,)) == (PASS, "proven", None)
    other = journal.key("x").public
    for said in (str(other), " ".join(root_words(other)), "", "+"):
        assert verdict(hub, roots=(said,)) == (FAIL, "root-key", 0)


# ---------------------------------------------------------------- a hub put back from a backup


def restored() -> tuple[HubSide, bytes, bytes]:
    """A journal put back to an earlier size; the newest checkpoint of the old; the hub goes on under a new origin."""
    old = story()
    newest = old.checkpoints[-1]
    back = HubSide("strongroom/demo/journal/2", "again-")
    back.services = old.services
    size = size_of(old.checkpoints[-2])
    for note in old.entries[:size]:
        back.put(note)
    back.checkpoints = old.checkpoints[:-1]
    back.time = old.time
    back.open(newest.decode())
    one, two = NodeSide("archive-1"), NodeSide("archive-2")
    one.life, two.life = 2, 2
    back.nodes = {"archive-1": one, "archive-2": two}
    return back, newest, back.check_point()


def test_a_restored_journal_needs_both_root_keys() -> None:
    back, newest, first = restored()
    both = (str(story().root_key.public), str(back.root_key.public))
    assert verdict(back, roots=both) == (PASS, "proven", None)
    assert verdict(back)[:2] == (UNPROVEN, "restored")
    assert verdict(back, roots=both[:1])[:2] == (FAIL, "root-key")
    assert verdict(back, roots=both, seen=(seen(newest),))[:2] == (UNPROVEN, "restored")
    assert verdict(back, roots=both, seen=(seen(first),)) == (PASS, "proven", None)
    for _ in range(12):
        back.fact(m.SignedIn(person=1), "console")
    back.check_point()
    assert len(back.entries) > size_of(newest)
    assert verdict(back, roots=both, seen=(seen(newest),))[:2] == (UNPROVEN, "restored"), "declared lost, no fork"


def test_a_restored_journal_that_quotes_nothing_is_a_rollback() -> None:
    back, newest, _ = restored()
    entry = json.loads(notes.split(back.entries[-1]).text)
    entry["data"]["quotes"] = ""
    back.entries[-1] = back.services["admin"].sign(line(entry))
    back.frontier = ()
    for number, note in enumerate(back.entries):
        back.frontier = tlog.append(number, back.frontier, tlog.leaf_hash(note))
    back.checkpoints.pop()
    back.check_point()
    both = (str(story().root_key.public), str(back.root_key.public))
    assert verdict(back, roots=both) == (PASS, "proven", None)
    assert verdict(back, roots=both, seen=(seen(newest),))[:2] == (FAIL, "rollback")


def test_revoking_without_end_spoils_no_proof_and_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "MOST_KEYS", 30)
    hub = story()
    for _ in range(40):
        hub.fact(m.NodeRevoked(node="never-enrolled", reason=""), "admin")
    hub.check_point()
    files = hub.export()
    report = audit(files)
    assert report.verdict == PASS, report.why
    assert len(json.loads(files["keys.json"])["keys"]) == 30
    assert any("30 keys and revocations are listed" in one for one in report.remarks)


def test_checkpoint_keys_without_end_are_no_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(naming, "MOST_CHECKPOINT_KEYS", 5)
    hub = story()
    for _ in range(5):
        hub.rotate()
    assert verdict(hub)[:2] == (FAIL, "checkpoint-key")


# ---------------------------------------------------------------- the tables of hub and verifier


def test_the_builder_makes_what_the_hub_reads() -> None:
    """The story's entries are messages of the wire contract."""
    for note in story().entries:
        text = notes.split(note).text
        kind = m.Record if b'"node"' in text.split(b'"data"')[0] else m.Fact
        assert msgspec.json.decode(text, type=kind)


def test_a_report_is_plain_data() -> None:
    report = audit(story().export())
    assert isinstance(report, Report)
    assert json.loads(json.dumps(report.as_object()))["verdict"] == PASS


UNREADABLE: dict[str, Callable[[bytes], bytes]] = {
    "no entry": lambda note: b"x",
    "of a later version": lambda note: note.replace(b'"v":1', b'"v":2', 1),
    "nested too deeply": lambda note: note.replace(b"{", b"[" * 50_000, 1),
}


@pytest.mark.parametrize("damage", UNREADABLE.values(), ids=UNREADABLE)
def test_an_entry_that_cannot_be_read_has_a_line_in_the_listings_that_says_so(damage: Callable[[bytes], bytes]) -> None:
    hub = story()
    hub.entries[14] = damage(hub.entries[14])
    files = hub.export()
    listed = list(csv.DictReader(io.StringIO(files["journal.csv"].decode("utf-8-sig"))))
    assert [row["index"] for row in listed] == [str(number) for number in range(len(listed))]
    assert [row["index"] for row in listed if row["kind"] == "unreadable"] == ["14"]
    assert "entry 14" in listed[14]["data"]
    lines = [json.loads(one) for one in files["journal.jsonl"].splitlines()]
    assert [one["index"] for one in lines] == list(range(len(listed)))
    assert [one["index"] for one in lines if "unreadable" in one] == [14]
    assert audit(files).entry == 14, "the verifier says the same"
