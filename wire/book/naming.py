"""Whom and what an entry may bring in: nodes, origins of a journal, keys. The hub asks before it writes such an entry,
the verifier before it goes by one.

A key is of a suite that whoever asks can check signatures of. What the journal has named before, whoever asks has read.
"""

from __future__ import annotations

from typing import Collection, Container, Dict, Mapping

from wire import checkpoint, notes
from wire.book import rules

MOST_CHECKPOINT_KEYS = 20_000
"""A new one each day for 50 years."""
MOST_NODES = 10_000
"""A site has some dozen; without a bound a forged journal could fill the memory."""


def check_node(name: str, others: int) -> None:
    """A node may bear this name, beside so many others. Raises ValueError."""
    if name in rules.SERVICES or others >= MOST_NODES:
        raise ValueError("no such node can be enrolled")


def check_origin(name: str, before: Container[str]) -> None:
    """A journal may have this origin, after those that it had before. Raises ValueError."""
    if not notes.valid_name(name) or name in before:
        raise ValueError("it names no origin of its own")


def signing_key(text: str, suites: Container[int]) -> notes.VerifierKey:
    """A key that signs records, facts or checkpoints. Raises ValueError."""
    key = notes.parse_key(text)
    if key.kind not in suites or key.kind == checkpoint.COSIGNATURE:
        raise ValueError(f"the key {key.name} is of type {key.kind}, which is not known here")
    return key


def checkpoint_key(text: str, suites: Container[int], named: Collection[str]) -> notes.VerifierKey:
    """A key that signs checkpoints, beside those that the journal has named, each as a key is written. Raises
    ValueError."""
    key = signing_key(text, suites)
    # A key that was in force is destroyed afterwards; whoever names it again would sign with one that was kept.
    if str(key) in named:
        raise ValueError("it names a checkpoint key that was named before")
    if len(named) >= MOST_CHECKPOINT_KEYS:
        raise ValueError(f"the journal names more than {MOST_CHECKPOINT_KEYS} checkpoint keys")
    return key


def witness_key(text: str, suites: Container[int]) -> notes.VerifierKey:
    """The key by which a node countersigns. Raises ValueError."""
    key = notes.parse_key(text)
    if key.kind in (notes.ED25519, checkpoint.COSIGNATURE):
        # A node states its Ed25519 key; what it signs with it are cosignatures, and nothing else.
        return checkpoint.witness_key(key)
    return signing_key(text, suites)


def service_keys(named: Mapping[str, str], suites: Container[int]) -> Dict[str, notes.VerifierKey]:
    """The keys of the hub's services: one for each that signs, now or of old, and no others. Raises ValueError."""
    if set(named) not in (set(rules.SIGN), set(rules.SERVICES)):
        raise ValueError("it does not name a key for each service that signs")
    return {service: signing_key(named[service], suites) for service in sorted(named)}
