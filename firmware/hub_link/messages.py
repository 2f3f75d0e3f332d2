"""Opens and checks messages of the hub, signs messages to it. Decides nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from firmware.core.effects import CheckpointShown, Cosign, Inquire
from firmware.outbox.records import Identity
from wire import checkpoint, notes, opening, topics
from wire import messages as m
from wire.keys import SigningKey
from wire.link import Arrived
from wire.messages import (
    Ask,
    Beat,
    ClockTrust,
    Gone,
    Here,
    HubBeat,
    Message,
    Order,
    Proven,
    Receipt,
)
from wire.notes import VerifierKey

M = TypeVar("M", bound=Message)
Said = Order | Receipt | HubBeat | Proven | CheckpointShown


class Ignored(ValueError):
    """A message that is ignored, and why in one word."""


class Mail(NamedTuple):
    """Opens what is addressed to this node of this site; signs its beats, its questions and its cosignatures."""

    who: Identity
    witness_key: SigningKey | None
    hub_key: VerifierKey
    boot: str
    ignored: Counter[str]
    """How many messages were not taken, by reason."""

    @property
    def subscriptions(self) -> list[tuple[str, int]]:
        """Topics that a node listens to, with the quality of service."""
        site, node = self.who.site, self.who.node
        return [
            (topics.order(site, node), 1),
            (topics.receipt(site, node), 1),
            (topics.proof(site, node), 1),
            (topics.checkpoint(site), 1),
            (topics.hub_beat(site), 0),
        ]

    def open(self, arrived: Arrived, life: int) -> Said | None:
        """The content of a message; None, which is counted, when it is not for this node or not by the hub."""
        try:
            return self._open(arrived, life)
        except Ignored as reason:
            self.ignored[str(reason)] += 1
            return None

    def here(self, here: Here, life: int, wall: int, clock: ClockTrust) -> bytes:
        """A signed beat."""
        return self._beat(here, life, wall, clock)

    def will(self, life: int, wall: int, clock: ClockTrust) -> tuple[str, bytes]:
        """What the broker publishes when the connection breaks."""
        return topics.beat(self.who.site, self.who.node), self._beat(Gone(), life, wall, clock)

    def ask(self, question: Inquire, life: int) -> bytes:
        """A signed question about the journal."""
        site, node = self.who.site, self.who.node
        ask = Ask(v=1, site=site, node=node, life=life, boot=self.boot, nonce=question.nonce, data=question.data)
        return self.who.key.sign(m.encode(ask))

    def cosignature(self, what: Cosign) -> bytes | None:
        """A checkpoint as the hub has signed it, with this node's line as a witness below; None without the key."""
        if self.witness_key is None:
            return None
        signed = notes.split(what.note)
        key = checkpoint.witness_key(self.witness_key.public)
        line = checkpoint.cosign(key, signed.text, what.time, self.witness_key.private.sign)
        return notes.join(signed.text, [*signed.signatures, line])

    def _beat(self, data: Here | Gone, life: int, wall: int, clock: ClockTrust) -> bytes:
        beat = Beat(
            v=1,
            site=self.who.site,
            node=self.who.node,
            life=life,
            boot=self.boot,
            wall=wall,
            clock=clock,
            data=data,
        )
        return self.who.key.sign(m.encode(beat))

    def _open(self, arrived: Arrived, life: int) -> Said:
        if arrived.retained:
            raise Ignored("retained")
        site, node = self.who.site, self.who.node
        kinds: dict[str, Callable[[], Said]] = {
            topics.order(site, node): lambda: self._order(arrived.payload, life),
            topics.receipt(site, node): lambda: self._receipt(arrived.payload),
            topics.proof(site, node): lambda: self._proof(arrived.payload),
            topics.checkpoint(site): lambda: self._checkpoint(arrived.payload),
            topics.hub_beat(site): lambda: self._hub_beat(arrived.payload),
        }
        kind = kinds.get(arrived.topic)
        if kind is None:
            raise Ignored("misplaced")
        return kind()

    def _order(self, payload: bytes, life: int) -> Order:
        order = self._read(payload, Order, self.who.node)
        if order.life != life:
            raise Ignored("other-life")
        return order

    def _receipt(self, payload: bytes) -> Receipt:
        return self._read(payload, Receipt, self.who.node)

    def _proof(self, payload: bytes) -> Proven:
        return self._read(payload, Proven, self.who.node)

    def _checkpoint(self, payload: bytes) -> CheckpointShown:
        if len(payload) > m.CHECKPOINT.largest:
            raise Ignored("oversized")
        return CheckpointShown(payload)  # by which key it has to be signed, the core knows

    def _hub_beat(self, payload: bytes) -> HubBeat:
        return self._read(payload, HubBeat, None)

    def _read(self, payload: bytes, kind: type[M], node: str | None) -> M:
        try:
            return opening.opened(payload, kind, self.hub_key, self.who.site, node)[0]
        except opening.NotOpened as error:
            raise Ignored(error.reason) from None
