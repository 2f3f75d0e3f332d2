"""The engine and a node's own witness, face to face: what the one proves, the other can check."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from firmware.core.effects import Committed, Covered
from hub.engine import process as engine_process
from hub.engine.witnessing import ANSWER_MS
from hub.ledger.checkpoint import Signing
from hub.ledger.witness import Answers
from hub.site_directory.hub import open_hub
from hub.store import session
from tests.firmware.core.ledger import proven, trust
from tests.firmware.core.stand import Stand
from tests.hub.engine.test_engine import PaperLink
from tests.hub.engine.test_rotation import Room
from tests.hub.engine.test_witnessing import Bench, Mono
from tests.hub.ledger.test_export import OFFICERS, back_up, typed
from tests.support import fence
from tests.support.hub import make_hub
from wire import checkpoint, notes, tlog
from wire import messages as m


class Pair:
    """The hub's engine, and the witness of archive-1."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        hub = bench.house.hub
        first = notes.parse_key(hub.checkpoint_public())
        self.stand = Stand(given=trust(first)._replace(site=hub.site, hub_key=hub.key("engine").public))

    def talk(self) -> None:
        """Everything that is asked is answered, and every countersignature brought."""
        node = self.bench.archive
        while self.stand.asked:
            asked = self.stand.asked.pop()
            self.stand.asked.clear()
            self.bench.link.sent.clear()
            self.bench.mono.now += ANSWER_MS
            self.bench.arrives((node, "ask", node.asks(asked.data, nonce=asked.nonce)))
            for answer in self.bench.answers(node):
                self.stand.apply(self.stand.witness.answered(answer, self.stand.now))
        while self.stand.cosigned:
            said = self.stand.cosigned.pop(0)
            key = checkpoint.witness_key(node.witness.public)
            text, lines = notes.split(said.note)
            line = checkpoint.cosign(key, text, said.time, node.witness.private.sign)
            self.bench.arrives((node, "cosign", notes.join(text, [*lines, line])))

    def answered_by(self, database: Engine) -> None:
        """The hub with this journal answers everything that is asked."""
        answers = Answers()
        while self.stand.asked:
            asked = self.stand.asked.pop()
            self.stand.asked.clear()
            with session.reading(database) as connection:
                said = answers.answer(connection, asked.data)
            assert said
            self.stand.apply(self.stand.witness.answered(proven(asked.nonce, said), self.stand.now))

    def sees(self, note: bytes) -> None:
        self.stand.wait()
        self.stand.sees(note)
        self.talk()


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pair:
    mono = Mono()
    monkeypatch.setattr("hub.engine.process.link.Link", PaperLink)
    monkeypatch.setattr(engine_process, "mono_ms", mono)
    return Pair(Bench(make_hub(tmp_path), mono))


def test_the_node_countersigns_what_the_engine_signs_and_the_engine_keeps_it(pair: Pair) -> None:
    for _ in range(3):
        note = pair.bench.signs()
        pair.sees(note)
        assert pair.stand.state.note == note.decode()
        assert [node for node, _ in pair.bench.kept()] == ["archive-1"]
    assert pair.stand.passed == []


def test_the_node_is_led_to_the_key_of_each_day(pair: Pair) -> None:
    pair.sees(pair.bench.signs())
    before = pair.stand.state.key
    house = pair.bench.house
    room = Room(house, house.hub.layout.checkpoint_keys)
    for _ in range(3):
        assert room.tomorrow()
        room.something_happens()
        note = room.sign()
    pair.stand.sees(note)
    pair.answered_by(house.database)
    assert pair.stand.state.key == house.hub.checkpoint_public() != before
    assert pair.stand.state.note == note.decode()
    assert (pair.stand.passed, pair.stand.refusals) == ([], [])


def test_a_record_of_the_node_is_proven_to_be_in_the_journal(pair: Pair) -> None:
    record = pair.bench.archive.record(m.Sounded(on=True, reason="opened"))
    pair.bench.arrives((pair.bench.archive, "record", record.note))
    life = pair.bench.house.engine.look()[0].life("archive-1")
    assert life
    pair.stand.witness.committed(Committed(1, record.record.seq, life.index, tlog.leaf_hash(record.note)))
    pair.sees(pair.bench.signs())
    pair.stand.wait()
    pair.talk()
    assert pair.stand.covered == [Covered(1, record.record.seq)]


def test_the_node_follows_a_hub_that_was_put_back_and_keeps_what_it_held(pair: Pair, tmp_path: Path) -> None:
    pair.sees(pair.bench.signs())
    back_up(pair.bench.house, tmp_path / "backup")
    held = pair.bench.signs()
    pair.sees(held)
    typed("--dir", tmp_path / "new", "hub", "restore", tmp_path / "backup", *OFFICERS)
    hub = open_hub(tmp_path / "new")
    note = Signing(fence.ours(hub.database(writes=True)), hub.checkpoint_key()).turn(pair.bench.house.clock(), 0)
    assert note
    stand = pair.stand
    stand.wait()
    stand.sees(note)
    pair.answered_by(fence.ours(hub.database(writes=True)))
    assert stand.state.note == note.decode()
    assert stand.state.former == (held.decode(),)
    assert stand.refusals == []
