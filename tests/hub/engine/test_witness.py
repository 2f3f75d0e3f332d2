"""What the hub answers to its witnesses: proofs out of the database, checked as a node checks them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from typing import Any

import pymerkle
import pytest
from sqlalchemy import Connection, Engine, select

from hub.ledger import tree
from hub.ledger.checkpoint import Signing
from hub.ledger.witness import Answers, Unanswerable
from hub.store import session, tables
from tests.support.databases import Databases, StoreHouse, checkpoint_key
from wire import checkpoint, keys, notes, tiles, tlog
from wire import messages as m

CHECKS = checkpoint.checks(keys.check_ed25519)
SIZE = tiles.WIDTH * tiles.WIDTH + tiles.WIDTH * 3 + 77
"""A tree with a full tile on level 1, and the edges of all levels partial."""


# ---------------------------------------------------------------- proofs from tiles and rows


@cache
def leaves() -> list[bytes]:
    return [tlog.leaf_hash(b"%d" % number) for number in range(SIZE)]


@cache
def oracle() -> Any:
    made = pymerkle.InmemoryTree(algorithm="sha256")
    for number in range(SIZE):
        made.append_entry(b"%d" % number)
    return made


@pytest.fixture(scope="module")
def grown(request: Any, databases: Databases) -> Iterator[Engine]:
    """A tree of that size and its entries, in batches of any length, without all else."""
    database = databases.new(request.param)
    with session.writing(database) as connection:
        connection.exec_driver_sql("DROP TABLE tile")
        connection.exec_driver_sql("DROP TABLE journal")
        tables.metadata.create_all(connection, tables=[tables.tile, tables.journal])
        size, chance = 0, random.Random(11)
        frontier: tlog.Frontier = ()
        while size < SIZE:
            more = leaves()[size : size + chance.randrange(1, 5000)]
            frontier = tree.grow(connection, size, frontier, more)
            rows = [_row(size + at) for at in range(len(more))]
            connection.execute(tables.journal.insert(), rows)
            size += len(more)
    yield database
    databases.drop(database)


def _row(index: int) -> dict[str, Any]:
    rest = {"text_hash": "", "author": "engine", "kind": "x", "said_time": 0, "hub_time": 0}
    return {"idx": index, "note": b"%d" % index, **rest}


BOTH = pytest.mark.parametrize(
    "grown", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


def some_sizes(count: int) -> list[int]:
    edges = [1, 2, 255, 256, 257, 511, 512, 65535, 65536, 65537, 65536 + 256, SIZE - 1, SIZE]
    chance = random.Random(7)
    return edges + [chance.randrange(1, SIZE) for _ in range(count)]


@BOTH
def test_every_tree_that_ever_was_grows_provably_into_every_later_one(grown: Engine) -> None:
    sizes = some_sizes(40)
    with session.reading(grown) as connection:
        for old in sizes:
            for new in random.Random(old).sample(sizes, 8):
                if old <= new:
                    proof = tlog.consistency_proof(old, new, tree.reader(connection, new))
                    roots = [oracle().get_root(size) for size in (old, new)]
                    tlog.check_consistency(old, new, roots[0], roots[1], proof)


@BOTH
def test_every_entry_stands_provably_in_every_tree_over_it(grown: Engine) -> None:
    with session.reading(grown) as connection:
        for size in some_sizes(40):
            for index in {0, size - 1, random.Random(size).randrange(size)}:
                proof = tlog.inclusion_proof(index, size, tree.reader(connection, size))
                tlog.check_inclusion(leaves()[index], index, size, proof, oracle().get_root(size))


@BOTH
def test_a_proof_takes_few_reads(grown: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """However large the journal is: about two for each level of tiles."""
    reads: list[tiles.Tile] = []
    load = tree._load

    def loads(connection: Connection, tile: tiles.Tile) -> bytes:
        reads.append(tile)
        return load(connection, tile)

    monkeypatch.setattr(tree, "_load", loads)
    with session.reading(grown) as connection:
        for size in some_sizes(20):
            reads.clear()
            tlog.consistency_proof(size, SIZE, tree.reader(connection, SIZE))
            assert len(reads) <= 6


# ---------------------------------------------------------------- answers


class Node:
    """A witness of the barest kind: it holds one checkpoint, trusts one key, and believes only what is proven."""

    def __init__(self, house: StoreHouse, key: str) -> None:
        self._house = house
        self._answers = Answers()
        self.key = key
        self.size, self.root = 0, tlog.root(())
        self.introduced: list[str] = []

    def asks(self, data: m.AskGrowth | m.AskInclusion | None = None) -> Any:
        with session.reading(self._house.database) as connection:
            return self._answers.answer(connection, data or m.AskGrowth(size=self.size, key=self.key))

    def follows(self) -> checkpoint.Checkpoint:
        """Ask until no new key is introduced. Returns the newest checkpoint."""
        while True:
            growth = self.asks()
            found, parts = checkpoint.open_signed(growth.checkpoint.encode())
            if growth.introduces is None or found.origin == notes.parse_key(self.key).name:
                assert notes.signers(parts, [notes.parse_key(self.key)], CHECKS)
                assert growth.old == self.size
                proof = [bytes.fromhex(one) for one in growth.consistency]
                tlog.check_consistency(self.size, found.size, self.root, found.root, proof)
            if growth.introduces is not None:
                self._takes(growth.introduces, found, parts)
            self.size, self.root = found.size, found.root
            if growth.introduces is None:
                return found

    def _takes(self, introduction: m.Introduction, found: checkpoint.Checkpoint, parts: notes.Note) -> None:
        entry = introduction.entry.encode()
        proof = [bytes.fromhex(one) for one in introduction.inclusion]
        tlog.check_inclusion(tlog.leaf_hash(entry), introduction.index, found.size, proof, found.root)
        data = m.decode(notes.split(entry).text, m.Fact).data
        assert isinstance(data, m.CheckpointKey | m.JournalOpened)
        self.key = data.key if isinstance(data, m.CheckpointKey) else data.checkpoint_key
        self.introduced.append(m.kind_of(data))
        assert notes.signers(parts, [notes.parse_key(self.key)], CHECKS)


class Signer:
    """Whoever signs, and changes keys."""

    def __init__(self, house: StoreHouse) -> None:
        self.house = house
        self.signing = Signing(house.database, checkpoint_key())

    def grows(self, entries: int = 3) -> None:
        for _ in range(entries):
            self.house.fact(m.SignedIn(person=1003), "console", 1003)
        assert self.signing.turn(self.house.clock(), self.house.clock(), whatever=True)

    def changes_keys(self) -> str:
        key = keys.make(self.signing.origin)
        self.house.fact(m.CheckpointKey(key=str(key.public)))
        self.signing.hand_over(key, self.house.clock(), self.house.clock())
        return str(key.public)

    def begins_anew(self, origin: str) -> None:
        """The hub was put back from a backup."""
        root = keys.make(origin)
        services: dict[str, str] = {name: str(root.public) for name in m.SERVICES}
        self.house.fact(m.JournalOpened(origin=origin, checkpoint_key=str(root.public), services=services), "admin")
        self.signing = Signing(self.house.database, root)


ROOT = str(checkpoint_key().public)
LATER = "strongroom/demo/journal/20260922T040000.000000Z"


@pytest.fixture
def signer(house: StoreHouse) -> Signer:
    return Signer(house)


def test_nothing_is_answered_before_anything_is_signed(house: StoreHouse) -> None:
    assert Node(house, ROOT).asks() is None


def test_a_node_is_led_from_any_checkpoint_to_the_newest(signer: Signer) -> None:
    signer.grows()
    early, late = Node(signer.house, ROOT), Node(signer.house, ROOT)
    early.follows()
    for entries in (1, 300, 7):
        signer.grows(entries)
        assert early.follows() == late.follows()
    assert early.introduced == []


def test_a_node_is_led_over_every_change_of_keys_one_by_one(signer: Signer) -> None:
    signer.grows()
    node, stranger = Node(signer.house, ROOT), Node(signer.house, ROOT)
    node.follows()
    signer.changes_keys()
    signer.grows()
    signer.changes_keys()
    newest = signer.changes_keys()
    signer.grows()
    assert node.follows() == stranger.follows()
    assert node.introduced == stranger.introduced == ["checkpoint-key"] * 3
    assert node.key == newest


def test_a_key_that_came_to_nothing_is_introduced_to_nobody(signer: Signer) -> None:
    """It was named, and the power went before anything was signed with it."""
    signer.grows()
    signer.house.fact(m.CheckpointKey(key=str(keys.make(signer.signing.origin).public)))
    newest = signer.changes_keys()
    node = Node(signer.house, ROOT)
    node.follows()
    assert node.introduced == ["checkpoint-key"]
    assert node.key == newest


def test_while_a_key_is_only_named_the_one_in_force_signs_alone(signer: Signer) -> None:
    signer.grows()
    node = Node(signer.house, ROOT)
    node.follows()
    signer.house.fact(m.CheckpointKey(key=str(keys.make(signer.signing.origin).public)))
    assert node.follows().size == node.size
    assert node.introduced == []


def test_a_node_is_led_to_the_origin_of_a_hub_that_was_put_back(signer: Signer) -> None:
    signer.grows()
    node = Node(signer.house, ROOT)
    node.follows()
    signer.begins_anew(LATER)
    signer.grows()
    signer.changes_keys()
    signer.grows()
    assert node.follows().origin == LATER
    assert node.introduced == ["journal-opened", "checkpoint-key"]


def test_a_first_checkpoint_that_two_keys_have_signed_introduces_the_origin_first(signer: Signer) -> None:
    signer.grows()
    node = Node(signer.house, ROOT)
    node.follows()
    signer.begins_anew(LATER)
    signer.changes_keys()
    assert node.follows().origin == LATER
    assert node.introduced == ["journal-opened", "checkpoint-key"]


def test_a_node_whose_key_was_lost_with_the_disk_is_led_to_the_new_origin_as_well(signer: Signer) -> None:
    signer.grows()
    lost = str(keys.make(signer.signing.origin).public)
    with pytest.raises(Unanswerable):
        Node(signer.house, lost).asks()
    signer.begins_anew(LATER)
    signer.grows()
    node = Node(signer.house, lost)
    node.size, node.root = 10_000, b"r" * 32
    assert node.follows().origin == LATER
    assert node.introduced == ["journal-opened"]


def test_a_key_that_nobody_has_named_has_no_answer(signer: Signer) -> None:
    signer.grows()
    for key in (str(keys.make("strongroom/other/journal").public), "rubbish", ""):
        with pytest.raises(Unanswerable) as refused:
            Node(signer.house, key).asks()
        assert refused.value.reason == "unknown-key"


def test_a_node_that_knows_more_than_the_hub_is_shown_what_the_hub_has(signer: Signer) -> None:
    signer.grows()
    node = Node(signer.house, ROOT)
    newest = node.follows()
    for data in (m.AskGrowth(size=newest.size + 5, key=ROOT), m.AskInclusion(index=3, size=newest.size + 5)):
        growth = node.asks(data)
        assert checkpoint.open_signed(growth.checkpoint.encode())[0] == newest
        assert (growth.old, growth.consistency, growth.introduces) == (newest.size + 5, (), None)


def test_an_entry_that_a_receipt_has_named_is_proven(signer: Signer) -> None:
    signer.grows()
    node = Node(signer.house, ROOT)
    found = node.follows()
    signer.grows()
    for index in range(found.size):
        answer = node.asks(m.AskInclusion(index=index, size=found.size))
        row = select(tables.journal.c.note).where(tables.journal.c.idx == index)
        entry = signer.house.read(lambda connection, row=row: connection.execute(row).scalar_one())
        proof = [bytes.fromhex(one) for one in answer.inclusion]
        tlog.check_inclusion(tlog.leaf_hash(entry), answer.index, answer.size, proof, found.root)


def test_an_entry_beyond_its_own_tree_has_no_answer(signer: Signer) -> None:
    signer.grows()
    with pytest.raises(Unanswerable) as refused:
        Node(signer.house, ROOT).asks(m.AskInclusion(index=4, size=4))
    assert refused.value.reason == "malformed"
