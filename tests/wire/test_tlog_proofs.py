"""Inclusion and consistency proofs: known answers, an independent oracle, and every mutation refused."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable
from functools import cache

import pymerkle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wire import tlog

CT_LEAVES = [bytes.fromhex(leaf) for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")] + [
    bytes.fromhex("606162636465666768696a6b6c6d6e6f")
]
CT_ROOT = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
SIZE = 70


class Tree:
    """A tree with all its hashes and the root at every size."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.hashes = [tlog.leaf_hash(leaf) for leaf in leaves]
        self.roots = [tlog.root(())]
        frontier: tlog.Frontier = ()
        for number, leaf in enumerate(self.hashes):
            frontier = tlog.append(number, frontier, leaf)
            self.roots.append(tlog.root(frontier))

    def read(self, height: int, index: int) -> bytes:
        row = self.hashes[index << height : (index + 1) << height]
        assert len(row) == 1 << height, "a proof needs complete subtrees only"
        while len(row) > 1:
            row = [tlog.node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
        return row[0]


TREE = Tree([b"%d" % number for number in range(SIZE)])


def test_the_root_of_certificate_transparency() -> None:
    tree = Tree(CT_LEAVES)
    assert tree.roots[8].hex() == CT_ROOT
    assert tlog.range_hash(0, 8, tree.read).hex() == CT_ROOT


def test_the_proofs_of_certificate_transparency() -> None:
    """Known answers of the RFC 6962 test data for eight leaves (google/certificate-transparency)."""
    tree = Tree(CT_LEAVES)
    assert [one.hex() for one in tlog.inclusion_proof(5, 8, tree.read)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [one.hex() for one in tlog.consistency_proof(6, 8, tree.read)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_every_proof_of_every_size_is_accepted() -> None:
    for size in range(1, SIZE + 1):
        for index in range(size):
            proof = tlog.inclusion_proof(index, size, TREE.read)
            tlog.check_inclusion(TREE.hashes[index], index, size, proof, TREE.roots[size])
        for old in range(size + 1):
            proof = tlog.consistency_proof(old, size, TREE.read)
            tlog.check_consistency(old, size, TREE.roots[old], TREE.roots[size], proof)


@settings(max_examples=60)
@given(st.lists(st.binary(max_size=40), min_size=1, max_size=300), st.data())
def test_random_trees_agree_with_an_independent_implementation(leaves: list[bytes], data: st.DataObject) -> None:
    oracle = pymerkle.InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        oracle.append_entry(leaf)
    tree, size = Tree(leaves), len(leaves)
    assert tree.roots[size] == oracle.get_root(size)
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    # Its own path begins with the leaf.
    theirs = oracle.prove_inclusion(index + 1, size).serialize()["path"][1:]
    ours = tlog.inclusion_proof(index, size, tree.read)
    assert [one.hex() for one in ours] == theirs
    tlog.check_inclusion(tree.hashes[index], index, size, ours, oracle.get_root(size))
    ours = tlog.consistency_proof(old, size, tree.read)
    tlog.check_consistency(old, size, oracle.get_root(old), oracle.get_root(size), ours)


def refused_inclusion(leaf: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> None:
    with pytest.raises(tlog.ProofError):
        tlog.check_inclusion(leaf, index, size, proof, root)


def mutate(proof: list[bytes], source: random.Random) -> list[bytes]:
    """Another proof."""
    made, place = list(proof), source.randrange(len(proof) + 1)
    match source.randrange(5):
        case 0:
            made.insert(place, source.randbytes(32))
        case 1 if made:
            made.pop(place % len(made))
        case 2 if made:
            made[place % len(made)] = flip(made[place % len(made)], source)
        case 3 if made:
            made.insert(place, made[place % len(made)])
        case _:
            made.reverse()
    return made


def flip(content: bytes, source: random.Random) -> bytes:
    bit = source.randrange(len(content) * 8)
    return (int.from_bytes(content, "big") ^ 1 << bit).to_bytes(len(content), "big")


@given(st.integers(1, SIZE), st.data())
def test_a_changed_inclusion_proof_is_refused(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    source = data.draw(st.randoms(use_true_random=False))
    source = random.Random(source.random())
    leaf, root = TREE.hashes[index], TREE.roots[size]
    proof = tlog.inclusion_proof(index, size, TREE.read)
    other = mutate(proof, source)
    if other != proof:
        refused_inclusion(leaf, index, size, other, root)
    refused_inclusion(flip(leaf, source), index, size, proof, root)
    refused_inclusion(leaf, index, size, proof, flip(root, source))
    refused_inclusion(leaf, source.choice([-1, size, size + 1]), size, proof, root)
    wrong = source.randrange(size)
    if wrong != index:
        refused_inclusion(leaf, wrong, size, proof, root)
    refused_inclusion(leaf, index, size, [*proof[:-1], proof[-1][:-1]] if proof else [b""], root)


@given(st.integers(1, SIZE), st.data())
def test_a_changed_consistency_proof_is_refused(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, new))
    source = random.Random(data.draw(st.integers()))
    proof = tlog.consistency_proof(old, new, TREE.read)
    roots = TREE.roots[old], TREE.roots[new]
    other = mutate(proof, source)
    cases = [
        (old, new, flip(roots[0], source), roots[1], proof),
        (new + 1, new, *roots, proof),
        (-1, new, *roots, proof),
        (old, new, roots[0], roots[1][:-1], proof),
    ]
    if other != proof:
        cases.append((old, new, *roots, other))
    if old:
        cases.append((old, new, roots[0], flip(roots[1], source), proof))
    for case in cases:
        with pytest.raises(tlog.ProofError):
            tlog.check_consistency(*case)


def test_two_trees_of_one_size_are_a_fork() -> None:
    with pytest.raises(tlog.ProofError, match="different roots"):
        tlog.check_consistency(5, 5, TREE.roots[5], TREE.roots[6], [])


@pytest.mark.parametrize(
    ("make", "arguments"),
    [
        (tlog.inclusion_proof, (0, 0)),
        (tlog.inclusion_proof, (5, 5)),
        (tlog.inclusion_proof, (-1, 5)),
        (tlog.consistency_proof, (6, 5)),
        (tlog.consistency_proof, (-1, 5)),
        (tlog.range_hash, (3, 2)),
        (tlog.range_hash, (1, 3)),
    ],
)
def test_what_cannot_be_proven_is_not_made(
    make: Callable[[int, int, tlog.Read], object], arguments: tuple[int, int]
) -> None:
    with pytest.raises(ValueError, match=r"leaf|tree|range"):
        make(*arguments, TREE.read)


@given(st.integers(-5, 2**70), st.integers(-5, 2**70), st.lists(st.binary(max_size=40), max_size=80), st.booleans())
def test_any_numbers_and_bytes_give_a_proof_error_and_nothing_else(
    one: int, two: int, proof: list[bytes], whole: bool
) -> None:
    hashes = [hashlib.sha256(part).digest() for part in proof] if whole else proof
    with pytest.raises(tlog.ProofError):
        tlog.check_inclusion(b"\x01" * 32, one, two, hashes, b"\x02" * 32)
    with pytest.raises(tlog.ProofError):
        tlog.check_consistency(one, two, b"\x01" * 32, b"\x02" * 32, hashes)


def measure() -> None:
    """Ten million entries. Run by hand: python -m tests.wire.test_tlog_proofs"""
    size = 10_000_000

    @cache
    def read(height: int, index: int) -> bytes:
        return hashlib.sha256(b"%d/%d" % (height, index)).digest()

    begun = time.perf_counter()
    for number in range(1000):
        index = (number * 7919) % size
        tlog.inclusion_proof(index, size, read)
    print(f"inclusion proof, hashes at hand: {(time.perf_counter() - begun):.3f} ms each")


if __name__ == "__main__":
    measure()
