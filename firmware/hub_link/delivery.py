"""Sends records and takes receipts: the core judges what a receipt means, this module applies it to the outbox."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import partial

from firmware.core.delivery import Action, Fill, Free, Held, Receipts, RollBack, SendFrom
from firmware.core.effects import Committed
from firmware.core.window import Window
from firmware.hub_link.unlinked import Unlinked
from firmware.outbox.records import Header
from firmware.outbox.when_the_disk_refuses import BufferedOutbox
from wire import tlog
from wire.link import Link
from wire.messages import Receipt

log = logging.getLogger("strongroom.node")


class Delivery:
    """The way of the outbox's records to the hub. `topic`: where they are published. Called from the loop's thread."""

    def __init__(self, buffered: BufferedOutbox, link: Link | Unlinked, topic: str) -> None:
        self._buffered = buffered
        self._link = link
        self._topic = topic
        self._judge = Receipts()
        self._window = Window()
        self._receipts: list[Receipt] = []

    def connected(self, mono: int) -> None:
        """A new connection: nothing is under way."""
        self._window.restart(self._buffered.outbox.freed, mono)

    def heard(self, receipt: Receipt) -> None:
        """A receipt for this node, to be settled once all of this turn is on disk."""
        self._receipts.append(receipt)

    def settle(self, header: Header) -> Iterator[Committed]:
        """Do what the receipts mean; gives the newest record that each of them has named."""
        receipts, self._receipts = self._receipts, []
        for receipt in receipts:
            # What a receipt means depends on what is on disk; one that comes while it cannot be read is repeated.
            self._buffered.attempt(partial(self._settle, receipt, header), header)
        for receipt in receipts[-1:]:
            named: list[Committed] = []
            self._buffered.attempt(partial(self._named, receipt, named), header)
            yield from named

    def send(self, header: Header) -> None:
        """Publish what may be under way and is not."""
        outbox = self._buffered.outbox
        numbers = self._window.next(outbox.freed, outbox.seq, header.mono)
        if numbers:
            for signed in self._buffered.waiting(numbers.start - 1, len(numbers), header):
                if not self._link.publish(self._topic, signed.note, 1):
                    break
                self._window.sent(signed.seq)

    def _settle(self, receipt: Receipt, header: Header) -> None:
        outbox = self._buffered.outbox
        oldest, before = outbox.oldest()
        held = Held(outbox.life, outbox.seq, outbox.hash, outbox.freed, oldest, before, outbox.hash_of)
        for action in self._judge.judge(receipt, held, header.mono):
            self._act(action, header)

    def _act(self, action: Action, header: Header) -> None:
        outbox = self._buffered.outbox
        match action:
            case Free(through):
                outbox.free(through)
            case SendFrom(seq):
                self._window.send_from(seq, header.mono)
            case Fill(data):
                log.error("records %d to %d, which the hub asks for, are no longer here", data.first, data.last)
                if self._buffered.attempt(
                    lambda: outbox.cannot_fill(data.first, data.last, data.last_hash, "", header), header
                ):
                    outbox.free(data.first - 1)
                    self._window.send_from(data.first, header.mono)
            case RollBack(life, first):
                log.error("this disk holds other than the hub's receipt says: opening life %d", life)
                if self._buffered.attempt(lambda: outbox.open_life(life, first, header), header):
                    self._window.restart(0, header.mono)

    def _named(self, receipt: Receipt, into: list[Committed]) -> None:
        outbox = self._buffered.outbox
        if receipt.life == outbox.life and receipt.index >= 0 and receipt.seq == outbox.freed:
            for signed in outbox.waiting(receipt.seq - 1, 1):
                if (signed.seq, signed.hash) == (receipt.seq, receipt.hash):
                    leaf = tlog.leaf_hash(signed.note)
                    into.append(Committed(receipt.life, receipt.seq, receipt.index, leaf))
