"""Merkle tree arithmetic of the journal: hashing and proofs of RFC 6962, section 2.1, checked as RFC 9162 has it.

Standard library only, and syntax that Python 3.8 reads (see notes.py). An entry's leaf is hashed over the
bytes of its note exactly as it came.
"""

from __future__ import annotations

import hashlib
from typing import Callable, List, Sequence, Tuple

HASH_SIZE = 32

Frontier = Tuple[bytes, ...]
"""Roots of the perfect subtrees that a tree is made of, largest first: one for each bit set in its size."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash of a leaf, 32 bytes."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node, 32 bytes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def append(size: int, frontier: Frontier, leaf: bytes) -> Frontier:
    """Frontier of the tree of `size` leaves once one more leaf hash stands at its end."""
    kept = len(frontier)
    while size & 1:
        kept -= 1
        leaf = node_hash(frontier[kept], leaf)
        size >>= 1
    return (*frontier[:kept], leaf)


def root(frontier: Frontier) -> bytes:
    """Root hash of the tree; that of an empty tree is the hash of nothing."""
    if not frontier:
        return hashlib.sha256(b"").digest()
    result = frontier[-1]
    for left in reversed(frontier[:-1]):
        result = node_hash(left, result)
    return result


class ProofError(ValueError):
    """A proof does not show what it claims to show."""


Read = Callable[[int, int], bytes]
"""(height, index) -> hash of the complete subtree of ``2**height`` leaves that begins at leaf ``index * 2**height``."""


def frontier(size: int, read: Read) -> Frontier:
    """Frontier of the tree of `size` leaves."""
    return _pieces(0, size, read)


def range_hash(start: int, end: int, read: Read) -> bytes:
    """Root of the tree over leaves `start` up to `end` (MTH(D[start:end]) of RFC 6962, 2.1).

    `start` is a multiple of the least power of two that is not below the length, as it is for every subtree of a tree.
    """
    return root(_pieces(start, end, read))


def _pieces(start: int, end: int, read: Read) -> Frontier:
    if not 0 <= start <= end:
        raise ValueError(f"there is no range from {start} to {end}")
    pieces: List[bytes] = []
    while start < end:
        height = (end - start).bit_length() - 1
        if start & ((1 << height) - 1):
            raise ValueError(f"no subtree begins at leaf {start}")
        pieces.append(read(height, start >> height))
        start += 1 << height
    return tuple(pieces)


def inclusion_proof(index: int, size: int, read: Read) -> List[bytes]:
    """Audit path of leaf `index` in the tree of `size` leaves, lowest first (PATH of RFC 6962, 2.1.1)."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    return [range_hash(start, end, read) for start, end in _path(index, 0, size)]


def consistency_proof(old: int, new: int, read: Read) -> List[bytes]:
    """Proof that the tree of `old` leaves is the beginning of that of `new` (PROOF of RFC 6962, 2.1.2).

    Empty where nothing needs proof: from the empty tree, and from a size to itself.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} does not grow into one of {new}")
    if old in (0, new):
        return []
    # SUBPROOF goes down to the end of the old tree; that is the audit path of a node of which the old tree's
    # last perfect subtree consists. That subtree's own hash leads, unless it is the whole old tree.
    height = (old & -old).bit_length() - 1
    index = (old - 1) >> height << height
    ranges = _path(index, 0, new, 1 << height)
    if old != 1 << height:
        ranges.insert(0, (index, old))
    return [range_hash(start, end, read) for start, end in ranges]


def _path(index: int, start: int, end: int, stop: int = 1) -> List[Tuple[int, int]]:
    """Siblings on the way down to the subtree of `stop` leaves that begins at `index`, lowest first."""
    siblings: List[Tuple[int, int]] = []
    while end - start > stop:
        middle = start + (1 << ((end - start - 1).bit_length() - 1))
        if index < middle:
            siblings.append((middle, end))
            end = middle
        else:
            siblings.append((start, middle))
            start = middle
    siblings.reverse()
    return siblings


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root_hash: bytes) -> None:
    """Check an audit path (RFC 9162, 2.1.3.2). Raises ProofError."""
    if not 0 <= index < size:
        raise ProofError(f"leaf {index} is not in a tree of {size}")
    _check_hashes([leaf, root_hash, *proof])
    at, last, found = index, size - 1, leaf
    for one in proof:
        if not last:
            raise ProofError("the proof is too long")
        if at & 1 or at == last:
            found = node_hash(one, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, one)
        at, last = at >> 1, last >> 1
    if last:
        raise ProofError("the proof is too short")
    if found != root_hash:
        raise ProofError(f"the proof of leaf {index} leads to another root")


def check_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check a consistency proof (RFC 9162, 2.1.4.2). Raises ProofError.

    The empty tree is consistent with every tree, by an empty proof (c2sp.org/tlog-witness).
    """
    if not 0 <= old <= new:
        raise ProofError(f"a tree of {old} does not grow into one of {new}")
    _check_hashes([old_root, new_root, *proof])
    if old in (0, new):
        if proof:
            raise ProofError("the proof is too long")
        if old == 0 and old_root != root(()):
            raise ProofError("the empty tree has another root")
        if old == new and old_root != new_root:
            raise ProofError(f"two trees of {old} leaves have different roots")
        return
    if not proof:
        raise ProofError("the proof is too short")
    path = list(proof)
    if not old & (old - 1):
        path.insert(0, old_root)
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old_found = new_found = path[0]
    for one in path[1:]:
        if not last:
            raise ProofError("the proof is too long")
        if at & 1 or at == last:
            old_found, new_found = node_hash(one, old_found), node_hash(one, new_found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new_found = node_hash(new_found, one)
        at, last = at >> 1, last >> 1
    if last:
        raise ProofError("the proof is too short")
    if old_found != old_root:
        raise ProofError(f"the proof leads to another root for the tree of {old}")
    if new_found != new_root:
        raise ProofError(f"the proof leads to another root for the tree of {new}")


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(one) != HASH_SIZE for one in hashes):
        raise ProofError(f"a hash has {HASH_SIZE} bytes")
