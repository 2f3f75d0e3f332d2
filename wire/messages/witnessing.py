"""How a node watches over the journal's growth: it asks, the engine proves, the node countersigns or cries out.

A node trusts one checkpoint key at a time and holds one checkpoint. What it is shown must be signed by that key and
grow from that checkpoint; a new key comes by the journal itself, in an entry that the key before has signed for.
Cosignatures travel as notes of their own (wire/checkpoint.py): the checkpoint's text and the witness's line.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from wire import checkpoint
from wire.messages.base import MAX_RECORD, Count, Data, Message, Name, Number, Text

Nonce = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
"""Chosen by whoever asks, once: an answer that was played again does not bear it."""
Root = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
"""A hash of the journal's tree, in hex."""
Proof = Annotated[tuple[Root, ...], Meta(max_length=checkpoint.MAX_PROOF)]
"""Hashes of an inclusion or consistency proof (RFC 6962), from the leaves upwards."""
SignedCheckpoint = Annotated[str, Meta(max_length=checkpoint.MAX_TEXT)]
"""A checkpoint as it was signed, with the hub's lines and no cosignature."""


class Head(Message, frozen=True):
    """A checkpoint in short: how many entries, and the root of their tree."""

    size: Count
    root: Root


class JournalRefused(Data, frozen=True, tag="journal-refused"):
    """The journal is not what this node has countersigned; both checkpoints bear the hub's own signature.

    `fork`: what is shown does not grow from what is held. `rollback`: asked for its newest, the hub shows less than
    what is held. The node countersigns nothing of this origin any more. Of both notes: the lines of the trusted keys.
    """

    why: Literal["fork", "rollback"]
    held: SignedCheckpoint
    shown: SignedCheckpoint


class JournalMoved(Data, frozen=True, tag="journal-moved"):
    """The node follows the hub to a new origin. `left` is the checkpoint that it held of the one before, empty if none;
    it keeps it for ever."""

    left: SignedCheckpoint
    origin: Text


class AskGrowth(Data, frozen=True, tag="growth"):
    """From the checkpoint that is held (size 0: none yet) onwards. `key` is the checkpoint key that is trusted."""

    size: Count
    key: Text


class AskInclusion(Data, frozen=True, tag="inclusion"):
    """Whether entry `index`, which a receipt has named, stands under the checkpoint of `size` that is held."""

    index: Count
    size: Count


class Ask(Message, frozen=True):
    """A node's question about the journal."""

    v: Literal[1]
    site: Name
    node: Name
    life: Number
    boot: Name
    nonce: Nonce
    data: AskGrowth | AskInclusion


class Introduction(Message, frozen=True):
    """The entry that names another checkpoint key than the trusted one, and that it stands under the checkpoint shown.

    `checkpoint-key`: the next day's key; both keys have signed the checkpoint, and the tree has grown from the one that
    is held. `journal-opened`: the hub was put back from a backup and began a new origin, whose root key alone signs;
    nothing leads there from what was held, which the node therefore keeps and reports.
    """

    entry: Annotated[str, Meta(max_length=MAX_RECORD * 2)]
    """The entry's note, whole."""
    index: Count
    inclusion: Proof


class Growth(Data, frozen=True, tag="growth"):
    """The newest checkpoint; or, when another key has come since, the first that introduces it: then ask again.

    `consistency` leads from `old` entries, the size asked from, to the checkpoint's. It is empty from size 0.
    """

    checkpoint: SignedCheckpoint
    old: Count
    consistency: Proof
    introduces: Introduction | None


class Inclusion(Data, frozen=True, tag="inclusion"):
    """That entry `index` stands in the tree of `size` entries."""

    index: Count
    size: Count
    inclusion: Proof


class Proven(Message, frozen=True):
    """The engine's answer to the question that bore `nonce`."""

    v: Literal[1]
    site: Name
    node: Name
    nonce: Nonce
    data: Growth | Inclusion
