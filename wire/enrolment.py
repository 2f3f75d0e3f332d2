"""The papers that node and hub exchange. Keys are born where they are used: no private key is ever in them.

A node's request travels to the hub on a stick or by hand, the answer back. Six check words, shown by the node and
typed at the hub by a person, prove that the request was not replaced on its way.
"""

from __future__ import annotations

import hashlib

from wire import words
from wire.messages import Count, Message, Name, Text


class NodeRequest(Message, frozen=True):
    """What a node asks with. A note signed by the record key that it contains."""

    v: int
    node: Name
    record_key: Text
    witness_key: Text
    csr: str
    """PEM of the certificate request; its common name is the node's name."""
    box_key: Text
    """X25519 public key in hex, for what the answer keeps secret on its way."""


class NodePapers(Message, frozen=True):
    """What the hub answers. A note signed by the engine's record key, `hub_key`."""

    v: int
    site: Name
    node: Name
    life: Count
    certificate: str
    authority: str
    hub_key: Text
    checkpoint_key: Text
    """Verifier key of the journal's checkpoints when the papers are made. A witness begins from it; the journal itself
    leads to every later one."""
    badge_key: Text
    """The site's badge key, sealed for the request's box key: see enrol.seal_for."""
    host: Text
    port: Count


def check_words(request: bytes) -> list[str]:
    """Six words (96 bits) that stand for these very bytes of a request."""
    return words.to_words(hashlib.sha256(request).digest()[:12])
