"""Which message travels where, who sends it, and whose key signs it."""

from __future__ import annotations

from msgspec import Struct

from wire.bounds import LARGEST_FACT
from wire.messages.base import MAX_ORDER, MAX_PROVEN, MAX_RECORD, Message
from wire.messages.beats import Beat, HubBeat
from wire.messages.facts import Fact
from wire.messages.orders import JournalGrown, Order, Receipt
from wire.messages.records import Record
from wire.messages.witnessing import Ask, Proven


class Rule(Struct, frozen=True):
    """Where a message travels (None: it does not) and whose key signs it (None: it is not signed)."""

    topic: str | None
    qos: int
    sender: str
    signer: str | None
    largest: int


RULES: dict[type[Message], Rule] = {
    Record: Rule("node/{node}/record", 1, "node", "the node's record key", MAX_RECORD),
    Beat: Rule("node/{node}/beat", 0, "node", "the node's record key", MAX_RECORD),
    Receipt: Rule("node/{node}/receipt", 1, "engine", "the engine's record key", MAX_RECORD),
    Order: Rule("node/{node}/order", 1, "engine", "the engine's record key", MAX_ORDER),
    Ask: Rule("node/{node}/ask", 1, "node", "the node's record key", MAX_RECORD),
    Proven: Rule("node/{node}/proof", 1, "engine", "the engine's record key", MAX_PROVEN),
    HubBeat: Rule("hub/beat", 0, "engine", "the engine's record key", MAX_RECORD),
    JournalGrown: Rule("journal", 0, "engine", None, MAX_RECORD),
    Fact: Rule(
        None,
        0,
        "engine, console, notify or admin",
        "the record key of the engine, or of the service named in `by`",
        LARGEST_FACT,
    ),
}

CHECKPOINT = Rule("checkpoint", 1, "engine", "the journal's checkpoint key", MAX_RECORD)
"""Of checkpoints, which are notes whose text is no JSON (wire/checkpoint.py)."""

COSIGNATURE = Rule("node/{node}/cosign", 1, "node", "the node's witness key", MAX_RECORD)
"""Of a node's countersignature: a checkpoint as the hub has signed it, with the witness's line below
(wire/checkpoint.py)."""


def fits(kind: type[Message], payload: bytes) -> bool:
    """Whether whoever gets a message of this kind would open it: it is not larger than the kind may be. Asked on both
    sides: what does not fit is not sent either, since the broker ends the connection of whoever sends what is larger
    still."""
    return len(payload) <= RULES[kind].largest
