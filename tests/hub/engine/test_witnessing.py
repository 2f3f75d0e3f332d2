"""The engine and its witnesses: questions are answered, countersignatures kept, and silence is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from hub.core.nodes.witnesses import PATIENCE_MS
from hub.core.state import Alarm
from hub.engine import process as engine_process
from hub.engine.due import STALL_MS
from hub.engine.process import Engine
from hub.engine.witnessing import AGAIN_MS, ANSWER_MS, DISPUTE_MS
from hub.ledger import checkpoint as ledger_checkpoint
from hub.ledger import cosignatures
from hub.store import queries, session, tables
from tests.hub.engine.test_engine import PaperLink, look_again
from tests.hub.engine.test_loop import Running
from tests.support.broker import Broker, node_papers
from tests.support.hub import FakeNode, House, make_hub
from tests.support.terminal import type_in
from tests.support.witness import LiveWitness
from wire import checkpoint, keys, link, notes, tlog, topics
from wire import messages as m
from wire.audit import check, layout, suite
from wire.audit.report import PASS, UNPROVEN
from wire.link import Arrived

SOUNDED = m.Sounded(on=True, reason="opened")


class Mono:
    """The engine's monotonic clock, in ms."""

    def __init__(self) -> None:
        self.now = 5_000_000

    def __call__(self) -> int:
        return self.now


class Bench:
    """An engine on a broker of paper, and a clock that is moved by hand."""

    def __init__(self, house: House, mono: Mono) -> None:
        self.house = house
        self.mono = mono
        self.archive: FakeNode = house.node("archive-1")
        self.cipher: FakeNode = house.node("cipher-1")
        self.engine = Engine(house.written())
        self.link: Any = self.engine._link
        self.engine._connected()

    def arrives(self, *sent: tuple[FakeNode, str, bytes], retained: bool = False) -> None:
        """These come in one batch: under the topic of which node, by which leaf, and what."""
        events = [
            Arrived(f"strongroom/1/demo/node/{node.name}/{leaf}", payload, 1, at, retained)
            for at, (node, leaf, payload) in enumerate(sent)
        ]
        for event in events:
            self.link.inbox.put(event)
        self.engine._take(self.engine._listening.batch(len(events)))
        assert self.link.acknowledged[-len(events) :] == events

    def signs(self) -> bytes:
        """The journal grows and the engine signs it. Returns the checkpoint that is published."""
        self.house.fact(m.SignedIn(person=1003), "console", 1003)
        self.link.sent.clear()
        look_again(self.engine)
        self.engine._checkpoint(whatever=True)
        (note,) = self.published()
        return note

    def published(self) -> list[bytes]:
        return [payload for topic, payload in self.link.sent if topic == topics.checkpoint("demo")]

    def later(self, milliseconds: int) -> None:
        """Time passes, and the engine has its turns: in one that came too late it would have listened to nobody."""
        while milliseconds > 0:
            step = min(milliseconds, STALL_MS)
            self.mono.now += step
            self.house.clock.forward(step / 1000)
            self.engine._tick()
            milliseconds -= step

    def answers(self, node: FakeNode) -> list[m.Proven]:
        topic = topics.proof("demo", node.name)
        return [m.decode(notes.split(sent).text, m.Proven) for where, sent in self.link.sent if where == topic]

    def asks(self, **changes: Any) -> bytes:
        key = str(self.house.hub.checkpoint_key().public)
        return self.archive.asks(m.AskGrowth(size=0, key=key), **changes)

    def kept(self) -> list[tuple[str, str]]:
        """Who has countersigned the newest checkpoint."""

        def question(connection: Any) -> list[tuple[str, str]]:
            newest = ledger_checkpoint.newest(connection)
            assert newest is not None
            return sorted(cosignatures.keys_of(connection, newest.number))

        found: list[tuple[str, str]] = self.house.read(question)
        return found

    def refused(self) -> dict[str, str]:
        """Of messages that were not accepted: whose, and why."""
        self.later(1)
        query = select(tables.journal.c.note).where(tables.journal.c.kind == "refused")
        entries = self.house.read(lambda connection: list(connection.execute(query).scalars()))
        facts = [m.decode(notes.split(bytes(entry)).text, m.Fact).data for entry in entries]
        return {fact.node: fact.reason for fact in facts if isinstance(fact, m.Refused)}

    def kinds(self) -> list[str]:
        return [row.kind for row in self.house.read(lambda connection: queries.journal(connection, limit=1000))]

    def whats(self) -> list[str]:
        return sorted(alarm.what for alarm in self.engine._state.all(Alarm))


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    mono = Mono()
    monkeypatch.setattr(link, "Link", PaperLink)
    monkeypatch.setattr(engine_process, "mono_ms", mono)
    return Bench(make_hub(tmp_path), mono)


def forged(note: bytes, key: keys.SigningKey) -> bytes:
    """Another history: a checkpoint of the same size over other entries."""
    found, _ = checkpoint.open_signed(note)
    return key.sign(found._replace(root=tlog.leaf_hash(b"other")).text())


# ---------------------------------------------------------------- questions


def test_a_question_is_answered_under_the_engines_key_with_what_was_asked(bench: Bench) -> None:
    note = bench.signs()
    bench.arrives((bench.archive, "ask", bench.asks(nonce="ab" * 16)))
    (answer,) = bench.answers(bench.archive)
    assert isinstance(answer.data, m.Growth)
    assert (answer.nonce, answer.data.checkpoint) == ("ab" * 16, note.decode())
    payload = bench.link.sent[-1][1]
    assert notes.open_record(payload, [bench.house.hub.key("engine").public], keys.CHECKS)


def test_a_question_from_before_the_first_checkpoint_is_answered_once_there_is_one(bench: Bench) -> None:
    bench.arrives((bench.archive, "ask", bench.asks(nonce="ab" * 16)))
    assert bench.answers(bench.archive) == []
    bench.signs()
    bench.mono.now += ANSWER_MS
    bench.engine._take([])
    assert [answer.nonce for answer in bench.answers(bench.archive)] == ["ab" * 16]


def test_records_are_receipted_before_questions_are_answered(bench: Bench) -> None:
    bench.signs()
    bench.link.sent.clear()
    bench.arrives((bench.archive, "ask", bench.asks()), (bench.archive, "record", bench.archive.record(SOUNDED).note))
    leaves = [topic.rsplit("/", 1)[1] for topic, _ in bench.link.sent]
    assert leaves.index("receipt") < leaves.index("proof")


def test_a_mad_node_is_answered_ten_times_a_second_and_the_others_are_served(bench: Bench) -> None:
    bench.signs()
    storm = [(bench.archive, "ask", bench.asks(nonce=f"{number:032x}")) for number in range(40)]
    bench.arrives(*storm, (bench.cipher, "ask", bench.cipher.asks(m.AskInclusion(index=0, size=1))))
    bench.arrives(*storm)
    assert [answer.nonce for answer in bench.answers(bench.archive)] == [f"{39:032x}"]
    assert len(bench.answers(bench.cipher)) == 1
    bench.mono.now += ANSWER_MS
    bench.engine._take([])
    assert [answer.nonce for answer in bench.answers(bench.archive)] == [f"{39:032x}"] * 2


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"node": "cipher-1"}, "misplaced"), ({"site": "other"}, "misplaced"), ({"nonce": "short"}, "malformed")],
)
def test_a_question_that_is_not_the_nodes_own_is_counted_and_not_answered(
    bench: Bench, changes: dict[str, str], reason: str
) -> None:
    bench.signs()
    bench.arrives((bench.archive, "ask", bench.asks(**changes)))
    assert bench.answers(bench.archive) == []
    assert bench.refused() == {"archive-1": reason}


def test_a_question_under_another_nodes_name_or_kept_by_the_broker_is_refused(bench: Bench) -> None:
    bench.signs()
    bench.arrives((bench.cipher, "ask", bench.asks()))
    bench.arrives((bench.archive, "ask", bench.asks()), retained=True)
    assert bench.answers(bench.archive) == bench.answers(bench.cipher) == []
    assert bench.refused() == {"cipher-1": "unknown-signer", "archive-1": "retained"}


def test_a_question_about_a_key_that_nobody_has_named_is_counted(bench: Bench) -> None:
    bench.signs()
    key = str(keys.make("strongroom/demo/journal").public)
    bench.arrives((bench.archive, "ask", bench.archive.asks(m.AskGrowth(size=0, key=key))))
    assert bench.answers(bench.archive) == []
    assert bench.refused() == {"archive-1": "unknown-key"}


def test_a_revoked_node_is_neither_answered_nor_believed(bench: Bench) -> None:
    note = bench.signs()
    bench.house.fact(m.NodeRevoked(node="archive-1", reason="stolen"), "admin")
    look_again(bench.engine)
    bench.arrives((bench.archive, "ask", bench.asks()), (bench.archive, "cosign", bench.archive.countersigns(note)))
    assert bench.answers(bench.archive) == []
    assert bench.kept() == []


# ---------------------------------------------------------------- countersignatures


def test_a_countersignature_is_kept_once_whatever_comes_again(bench: Bench) -> None:
    note = bench.signs()
    one = bench.archive.countersigns(note)
    bench.house.clock.forward(5)
    bench.arrives((bench.archive, "cosign", one), (bench.archive, "cosign", bench.archive.countersigns(note)))
    bench.arrives((bench.archive, "cosign", one))
    assert [node for node, _ in bench.kept()] == ["archive-1"]
    (row,) = bench.house.read(lambda connection: connection.execute(select(tables.cosignature)).all())
    assert one.decode().endswith(f"\n{row.line}\n")
    assert bench.refused() == {}


def test_what_another_node_has_countersigned_is_not_taken_in_this_ones_name(bench: Bench) -> None:
    note = bench.signs()
    bench.arrives((bench.cipher, "cosign", bench.archive.countersigns(note)))
    assert bench.kept() == []
    assert bench.refused() == {"cipher-1": "unknown-signer"}


def test_a_checkpoint_without_a_witness_is_not_taken_and_of_several_lines_the_nodes_own_is_kept(bench: Bench) -> None:
    note = bench.signs()
    both = bench.cipher.countersigns(bench.archive.countersigns(note))
    bench.arrives((bench.archive, "cosign", both), (bench.cipher, "cosign", note))
    assert [node for node, _ in bench.kept()] == ["archive-1"]
    (row,) = bench.house.read(lambda connection: connection.execute(select(tables.cosignature)).all())
    assert row.line.count("\n") == 0
    assert row.line in bench.archive.countersigns(note).decode()
    assert bench.refused() == {"cipher-1": "unknown-signer"}


def test_a_changed_countersignature_and_one_by_the_record_key_are_not_taken(bench: Bench) -> None:
    note = bench.signs()
    text = notes.split(note).text
    changed = bench.archive.countersigns(note).replace(text, text.replace(b"demo", b"dema"))
    bench.arrives((bench.archive, "cosign", changed), (bench.cipher, "cosign", bench.cipher.key.sign(text)))
    assert bench.kept() == []
    assert bench.refused() == {"archive-1": "bad-signature", "cipher-1": "unknown-signer"}


def test_a_checkpoint_that_the_hub_never_signed_is_counted(bench: Bench) -> None:
    found, _ = checkpoint.open_signed(bench.signs())
    stranger = keys.make(found.origin)
    larger = stranger.sign(found._replace(size=found.size + 1000).text())
    elsewhere = stranger.sign(found._replace(origin="strongroom/demo/journal/20260101").text())
    bench.arrives((bench.archive, "cosign", bench.archive.countersigns(larger)))
    bench.arrives((bench.cipher, "cosign", bench.cipher.countersigns(elsewhere)))
    assert bench.kept() == []
    assert bench.refused() == {"archive-1": "unknown-checkpoint", "cipher-1": "unknown-checkpoint"}
    assert "checkpoint-disputed" not in bench.kinds()


def test_a_checkpoint_that_was_lost_before_the_hub_was_put_back_is_held_against_nobody(bench: Bench) -> None:
    found, _ = checkpoint.open_signed(bench.signs())
    root = keys.make("strongroom/demo/journal/20260922T040000.000000Z")
    services = {name: str(root.public) for name in ("engine", "console", "notify", "admin")}
    opened = m.JournalOpened(origin=root.name, checkpoint_key=str(root.public), services=services)
    bench.house.fact(opened, "admin")
    lost = keys.make(found.origin).sign(found._replace(size=found.size + 1000).text())
    bench.arrives((bench.archive, "cosign", bench.archive.countersigns(lost)))
    assert bench.house.read(lambda connection: connection.execute(select(tables.cosignature)).all()) == []
    query = select(tables.journal.c.idx).where(tables.journal.c.kind == "refused")
    assert list(bench.engine._watch.bad_messages.due(bench.mono())) == []
    assert bench.house.read(lambda connection: connection.execute(query).all()) == []


@pytest.mark.parametrize("line", ["none", "under an invented key", "taken from another checkpoint"])
def test_another_root_that_the_hub_has_not_signed_is_the_nodes_own_invention(bench: Bench, line: str) -> None:
    """Whoever holds a node's keys knows each size that the hub has signed: that is no word against the hub."""
    note = bench.signs()
    invented = notes.split(bench.archive.countersigns(forged(note, keys.make("strongroom/demo/journal"))))
    lines = {
        "none": [],
        "under an invented key": invented.signatures[:1],
        "taken from another checkpoint": notes.split(note).signatures,
    }[line]
    said = notes.join(invented.text, [*lines, invented.signatures[-1]])
    bench.arrives((bench.archive, "cosign", said))
    assert bench.refused() == {"archive-1": "unknown-checkpoint"}
    assert "bad-messages" in bench.whats()
    assert "journal-forked" not in bench.whats()
    assert bench.kept() == []


def test_another_root_under_a_size_that_the_hub_has_signed_is_an_alarm_with_the_evidence(bench: Bench) -> None:
    note = bench.signs()
    other = bench.archive.countersigns(forged(note, bench.house.hub.checkpoint_key()))
    bench.arrives((bench.archive, "cosign", other))
    assert "journal-forked" in bench.whats()
    query = select(tables.journal.c.note).where(tables.journal.c.kind == "checkpoint-disputed")
    entry = bench.house.read(lambda connection: connection.execute(query).scalar_one())
    fact = m.decode(notes.split(bytes(entry)).text, m.Fact).data
    assert isinstance(fact, m.CheckpointDisputed)
    found, _ = checkpoint.open_signed(note)
    assert (fact.node, fact.size, fact.root, fact.said) == ("archive-1", found.size, found.root.hex(), other.decode())
    before = bench.kinds().count("checkpoint-disputed")
    bench.arrives((bench.archive, "cosign", other), (bench.archive, "cosign", other))
    assert bench.kinds().count("checkpoint-disputed") == before, "a node that lies does not fill the journal"
    bench.mono.now += DISPUTE_MS
    bench.arrives((bench.archive, "cosign", other))
    assert bench.kinds().count("checkpoint-disputed") == before + 1


@pytest.mark.parametrize("why", ["fork", "rollback"])
def test_what_the_hub_has_shown_to_everybody_accuses_it_of_nothing(bench: Bench, why: Any) -> None:
    """Every node has them: whoever holds the keys of one may quote them as he likes."""
    older, newer = bench.signs(), bench.signs()
    invented = forged(newer, keys.make("strongroom/demo/journal"))
    for held, shown in ((newer, older), (newer, invented), (invented, older)):
        said = m.JournalRefused(why=why, held=held.decode(), shown=shown.decode())
        bench.arrives((bench.archive, "record", bench.archive.record(said).note))
    assert "impossible-record" in bench.whats()
    assert not {"journal-forked", "journal-rolled-back"} & set(bench.whats())


@pytest.mark.parametrize("at", ["held", "shown"])
def test_another_history_under_the_hubs_own_key_accuses_it_wherever_it_stands(bench: Bench, at: str) -> None:
    newest = bench.signs()
    other = forged(newest, bench.house.hub.checkpoint_key())
    held, shown = (other, newest) if at == "held" else (newest, other)
    said = m.JournalRefused(why="fork", held=held.decode(), shown=shown.decode())
    bench.arrives((bench.archive, "record", bench.archive.record(said).note))
    assert "journal-forked" in bench.whats()


def test_two_checkpoints_that_the_journal_can_prove_no_longer_accuse_it(bench: Bench) -> None:
    """Somebody has changed an entry below: what was signed stands, and the way from one to the other does not."""
    older, newer = bench.signs(), bench.signs()
    index = checkpoint.open_signed(older)[0].size
    with session.writing(bench.house.database) as connection:
        connection.exec_driver_sql("DROP TRIGGER journal_no_update")
        connection.execute(update(tables.journal).where(tables.journal.c.idx == index).values(note=b"another"))
    said = m.JournalRefused(why="fork", held=older.decode(), shown=newer.decode())
    bench.arrives((bench.archive, "record", bench.archive.record(said).note))
    assert "journal-forked" in bench.whats()


# ---------------------------------------------------------------- majority


def test_nodes_that_do_not_countersign_are_told_after_five_minutes_and_it_ends_by_itself(bench: Bench) -> None:
    bench.signs()
    bench.later(PATIENCE_MS)
    assert "unwitnessed" not in bench.whats()
    bench.later(1)
    assert "unwitnessed" in bench.whats()
    bench.later(PATIENCE_MS)
    assert bench.kinds().count("unwitnessed") == 1
    note = bench.signs()
    bench.arrives(*((node, "cosign", node.countersigns(note)) for node in (bench.archive, bench.cipher)))
    bench.later(1)
    assert "unwitnessed" not in bench.whats()
    assert bench.kinds().count("witnessed-again") == 1


def test_a_checkpoint_that_waits_for_a_majority_is_published_again(bench: Bench) -> None:
    note = bench.signs()
    bench.engine._checkpoint()
    assert bench.published() == [note]
    bench.mono.now += AGAIN_MS
    bench.engine._checkpoint()
    assert bench.published() == [note, note]


def test_after_a_loss_of_the_broker_the_newest_checkpoint_is_published_at_once(bench: Bench) -> None:
    note = bench.signs()
    bench.engine._disconnected("gone")
    bench.engine._connected()
    bench.link.sent.clear()
    bench.engine._checkpoint()
    (again,) = bench.published()
    assert checkpoint.open_signed(again)[0].size >= checkpoint.open_signed(note)[0].size


def test_what_a_majority_has_countersigned_is_not_published_again(bench: Bench) -> None:
    bench.signs()
    bench.later(1)  # the tick itself grows nothing
    note = bench.signs()
    bench.arrives(*((node, "cosign", node.countersigns(note)) for node in (bench.archive, bench.cipher)))
    bench.later(1)
    bench.link.sent.clear()
    bench.mono.now += AGAIN_MS
    bench.engine._checkpoint()
    assert bench.published() == []


# ---------------------------------------------------------------- on a real broker


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A hub whose engine and broker run, with one node enrolled. An export waits for them at any load."""
    monkeypatch.setattr("hub.cli.export.PATIENCE_S", 90)
    monkeypatch.setattr("hub.cli.export.WITNESS_S", 90)
    house = make_hub(tmp_path)
    house.node("archive-1")
    broker = Broker(house.hub.layout.root)
    broker.start()
    with closing(Running(house)) as engine:
        engine.opens()
        yield house
    broker.stop()


def exported(house: House, target: Path) -> tuple[str, str, int, str]:
    """Export as a person does: the auditor's verdict, how much of it is witnessed, and what the export has said."""
    result = type_in("--dir", str(house.hub.layout.root), "export", str(target))
    assert result.exit_code == 0, (result.output, result.exception)
    report = check.verify(layout.Folder(target), suite.choose().checks, check.Options())
    assert report.signed == report.entries
    return report.verdict, report.code, report.witnessed, result.output


def test_with_a_node_that_countersigns_the_export_of_a_running_hub_passes(running: House, tmp_path: Path) -> None:
    site = running.hub.layout
    key = running.hub.checkpoint_key().public
    with LiveWitness(running.node("archive-1"), Broker(site.root).port, node_papers(site, "archive-1"), key) as node:
        first = exported(running, tmp_path / "first")
        running.fact(m.SignedIn(person=1003), "console", 1003)
        second = exported(running, tmp_path / "second")
    assert node.wrong == []
    assert (first[:2], second[:2]) == ((PASS, "proven"), (PASS, "proven"))
    assert 0 < first[2] < second[2]


def test_without_one_it_is_unproven_and_says_so(
    running: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.cli.export.WITNESS_S", 0.3)
    verdict, code, witnessed, said = exported(running, tmp_path / "export")
    assert (verdict, code, witnessed) == (UNPROVEN, "not-witnessed", 0)
    assert "no majority of the nodes has countersigned it" in said
