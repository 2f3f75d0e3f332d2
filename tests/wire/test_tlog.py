"""Merkle tree arithmetic: RFC 6962's own hashes, and trees of another's making."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from wire import tlog

# The eight reference inputs of Certificate Transparency, and the roots of the trees of the first n of them.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def grown(entries: list[bytes]) -> tlog.Frontier:
    frontier: tlog.Frontier = ()
    for size, entry in enumerate(entries):
        frontier = tlog.append(size, frontier, tlog.leaf_hash(entry))
    return frontier


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert tlog.root(()) == hashlib.sha256(b"").digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_are_those_of_certificate_transparency(size: int) -> None:
    assert tlog.root(grown(LEAVES[:size])).hex() == ROOTS[size - 1]


def test_a_leaf_is_never_taken_for_a_node() -> None:
    left, right = tlog.leaf_hash(b"a"), tlog.leaf_hash(b"b")
    assert tlog.leaf_hash(left + right) != tlog.node_hash(left, right)


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=70))
def test_every_tree_has_the_root_that_pymerkle_gives_it(entries: list[bytes]) -> None:
    oracle = InmemoryTree(algorithm="sha256")
    for entry in entries:
        oracle.append_entry(entry)
    assert tlog.root(grown(entries)) == oracle.get_root()


@given(st.integers(0, 300))
def test_the_frontier_holds_one_root_for_each_bit_of_the_size(size: int) -> None:
    assert len(grown([b"entry"] * size)) == bin(size).count("1")


def test_no_frontier_is_changed_by_growing_from_it() -> None:
    three = grown([b"1", b"2", b"3"])
    kept = tuple(three)
    tlog.append(3, three, tlog.leaf_hash(b"4"))
    assert three == kept
