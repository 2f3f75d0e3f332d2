"""What the engine sends to its nodes: receipts and orders, each signed, none retained."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from hub.core.nodes import order_content
from hub.core.nodes.liveness import Liveness
from hub.core.site.document import Site
from hub.core.state import OrderOut, State
from wire import board, link, topics
from wire import messages as m
from wire.keys import SigningKey

ORDER_AGAIN_MS = 5000
ORDER_VALID_MS = 30_000
RECEIPT_AGAIN_MS = 500
"""A receipt that says nothing new goes to a node at most this often."""

log = logging.getLogger("strongroom.engine")


class Outbound:
    """Sends, and remembers what was sent when. Times: `mono` monotonic, `now` wall time, both in ms."""

    def __init__(self, site_name: str, to: link.Link, signer: SigningKey) -> None:
        self._site_name = site_name
        self._link = to
        self._signer = signer
        self._board = board.load()
        self._sent: dict[tuple[str, int], tuple[str, int]] = {}
        self._receipted: dict[str, int] = {}

    def receipt_again(self, state: State, node: str, missing: bool, mono: int) -> None:
        """A receipt that the node may have already."""
        if mono - self._receipted.get(node, -RECEIPT_AGAIN_MS) >= RECEIPT_AGAIN_MS:
            self._receipted[node] = mono
            self.receipt(state, node, missing)

    def receipt(self, state: State, node: str, missing: bool) -> None:
        """What of a node is committed; `missing`: it is to go back and send what follows."""
        life = state.life(node)
        if life is None or life.revoked:
            return
        receipt = m.Receipt(
            v=1,
            site=self._site_name,
            node=node,
            life=life.life,
            seq=life.seq,
            hash=life.hash,
            index=life.index,
            missing=missing,
        )
        self.publish(topics.receipt(self._site_name, node), receipt, 1)

    def orders(
        self, state: State, site: Site, liveness: Liveness, now: int, mono: int
    ) -> Iterator[tuple[OrderOut, int | None]]:
        """Send every open order to a node that is heard: once in each boot, and again if nothing comes of it.

        Yields those that are not sent: larger than a node opens, with their size in bytes; or not put together, since
        one of our own rules failed.
        """
        open_orders = sorted(state.all(OrderOut), key=lambda one: one.number)
        self._sent = {key: self._sent[key] for one in open_orders if (key := (one.node, one.number)) in self._sent}
        for order in open_orders:
            clock = liveness.uptime(order.node, mono)
            if clock is None or self._link.connected is False:
                continue
            boot, uptime = clock
            sent_boot, sent_at = self._sent.get((order.node, order.number), ("", 0))
            if sent_boot == boot and mono - sent_at < ORDER_AGAIN_MS:
                continue
            self._sent[order.node, order.number] = (boot, mono)
            try:
                data = order_content.compose(state, site, self._board, order.node, order.what, now)
                size = self._order(order, boot, uptime, data)
            except Exception:
                log.exception("order %d of %s, %s, cannot be put together", order.number, order.node, order.what)
                yield order, None
            else:
                if size:
                    yield order, size

    def _order(self, order: OrderOut, boot: str, uptime: int, data: m.OrderData) -> int | None:
        message = m.Order(
            v=1,
            site=self._site_name,
            node=order.node,
            life=order.life,
            boot=boot,
            number=order.number,
            until=uptime + ORDER_VALID_MS,
            data=data,
        )
        return self.publish(topics.order(self._site_name, order.node), message, 1)

    def publish(self, topic: str, message: m.Message, qos: int) -> int | None:
        """A message under the engine's key. Returns its size if it is larger than whoever gets it opens: then it is
        not sent, for the broker ends the connection of whoever sends too much."""
        note = self._signer.sign(m.encode(message))
        if not m.fits(type(message), note):
            return len(note)
        self._link.publish(topic, note, qos)
        return None

    def hub_beat(self, beat: m.HubBeat) -> bytes:
        """The engine's sign of life to everybody. Returns it signed, whether or not the broker is there."""
        note = self._signer.sign(m.encode(beat))
        self._link.publish(topics.hub_beat(self._site_name), note, 0)
        return note
