"""Merkle tree arithmetic of the journal: the hashing of RFC 6962, section 2.1.

Standard library only, and syntax that Python 3.8 reads (see notes.py). An entry's leaf is hashed over the
bytes of its note exactly as it came.
"""

from __future__ import annotations

import hashlib
from typing import List, Tuple

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
    roots: List[bytes] = list(frontier)
    while size & 1:
        leaf = node_hash(roots.pop(), leaf)
        size >>= 1
    roots.append(leaf)
    return tuple(roots)


def root(frontier: Frontier) -> bytes:
    """Root hash of the tree; that of an empty tree is the hash of nothing."""
    if not frontier:
        return hashlib.sha256(b"").digest()
    result = frontier[-1]
    for left in reversed(frontier[:-1]):
        result = node_hash(left, result)
    return result
