"""Opens messages from the broker: who signed each, and whether its topic is the signer's."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from hub.core.journal.machine import Arrival
from hub.core.nodes import witnesses
from hub.core.state import Life, State
from hub.ledger.cosignatures import Countersigned
from wire import checkpoint, keys, notes, opening, topics
from wire import messages as m
from wire.book import reading
from wire.link import Arrived

WITNESS_CHECKS = checkpoint.checks(keys.check_ed25519)
"""Suites of a countersignature."""


SAID = {"record": m.RULES[m.Record], "beat": m.RULES[m.Beat], "ask": m.RULES[m.Ask], "cosign": m.COSIGNATURE}
"""What a node says, by the last part of its topic."""

S = TypeVar("S", m.Record, m.Beat, m.Ask)
"""Content that a node signs with its record key."""


class Bad(NamedTuple):
    """A message that is not accepted: under which node's topic it came, and why."""

    node: str
    reason: m.Refusal
    example: str


class Verifier:
    """Opens what nodes send. Keeps parsed keys, by their text; whose key is which is asked of the state each time."""

    def __init__(self, site: str, accuses: Callable[[m.JournalRefused], bool]) -> None:
        """`accuses`: whether what a node quotes against the journal shows anything."""
        self._site = site
        self._accuses = accuses
        self._keys: dict[str, notes.VerifierKey] = {}

    def record(self, message: Arrived, state: State) -> Arrival | Bad:
        """The record in a message, of whichever life: that is for the service to judge."""
        opened = self._open(message, state, "record", m.Record)
        if isinstance(opened, Bad):
            return opened
        record, text, life = opened
        if m.encode(record) != text:  # not as our own nodes write it: there may be more in it than was read
            try:
                reading.read(text)  # as the verifier will: what it would not read must never be journalled
            except ValueError as error:
                return Bad(life.node, "malformed", str(error))
        data = record.data
        empty = isinstance(data, m.JournalRefused) and not self._accuses(data)
        doubt: m.Doubt | None = "quote" if empty else None
        return Arrival(message.payload, record, notes.text_hash(text), life.record_key, doubt)

    def beat(self, message: Arrived, state: State) -> m.Beat | Bad:
        """The beat in a message, of the life in force."""
        return self._of_this_life(self._open(message, state, "beat", m.Beat))

    def ask(self, message: Arrived, state: State) -> m.Ask | Bad:
        """The question in a message, of the life in force."""
        return self._of_this_life(self._open(message, state, "ask", m.Ask))

    def cosignature(self, message: Arrived, state: State) -> Countersigned | Bad:
        """The countersignature in a message: a checkpoint with the node's own line as a witness. Whose the other lines
        are matters only where the checkpoint is none of ours."""
        life = self._may_speak(message, state, "cosign")
        if isinstance(life, Bad):
            return life
        key = witnesses.witness_key(life.witness_key)
        if key is None:
            return Bad(life.node, "unknown-signer", "the node was enrolled without a witness key")
        try:
            found, parts = checkpoint.open_signed(message.payload)
            signed = notes.signers(parts, [key], WITNESS_CHECKS)
        except notes.BadSignature as error:
            return Bad(life.node, "bad-signature", str(error))
        except notes.NoteError as error:
            return Bad(life.node, "malformed", str(error))
        if not signed:
            return Bad(life.node, "unknown-signer", "the node's own line as a witness is not there")
        own = next(one for one in parts.signatures if (one.name, one.key_id) == (key.name, key.key_id))
        return Countersigned(life.node, found, parts.text, own, message.payload)

    def _open(self, message: Arrived, state: State, leaf: str, kind: type[S]) -> tuple[S, bytes, Life] | Bad:
        """What a node has said under its record key, with its text and the node's life in force."""
        life = self._may_speak(message, state, leaf)
        if isinstance(life, Bad):
            return life
        try:
            said, text = opening.opened(message.payload, kind, self._key(life.record_key), self._site, life.node)
        except opening.NotOpened as error:
            return Bad(life.node, error.reason, str(error))
        return said, text, life

    def _of_this_life(self, opened: tuple[S, bytes, Life] | Bad) -> S | Bad:
        if isinstance(opened, Bad):
            return opened
        said, _text, life = opened
        return said if said.life == life.life else Bad(life.node, "other-life", f"of life {said.life}")

    def _may_speak(self, message: Arrived, state: State, leaf: str) -> Life | Bad:
        topic = topics.parse_node(message.topic)
        if topic is None or topic.site != self._site or topic.leaf != leaf:
            return Bad("unknown", "misplaced", message.topic)
        if message.retained:
            return Bad(topic.node, "retained", message.topic)
        if len(message.payload) > SAID[leaf].largest:
            return Bad(topic.node, "oversized", f"more than {SAID[leaf].largest} bytes")
        life = state.life(topic.node)
        if life is None:
            return Bad(topic.node, "unknown-signer", "no such node is enrolled")
        if life.revoked:
            return Bad(topic.node, "revoked", "this node's papers are void")
        return life

    def _key(self, text: str) -> notes.VerifierKey:
        if text not in self._keys:
            self._keys[text] = notes.parse_key(text)
        return self._keys[text]
