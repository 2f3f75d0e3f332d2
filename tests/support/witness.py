"""A node on a real broker that does nothing but witness: it asks about each checkpoint, checks, and countersigns."""

from __future__ import annotations

import queue
import threading
from typing import Any

from tests.support.hub import FakeNode
from wire import checkpoint, keys, notes, tlog, topics
from wire import messages as m
from wire.link import Arrived, Connected, Link, TlsFiles

SITE = "demo"


class LiveWitness:
    """`with` it, the node answers; it holds what it has countersigned last."""

    def __init__(self, node: FakeNode, port: int, papers: TlsFiles, key: notes.VerifierKey) -> None:
        """`key`: the checkpoint key that it trusts, for good."""
        self._node = node
        self._key = key
        self.size, self.root = 0, tlog.root(())
        self.wrong: list[Exception] = []
        self._inbox: queue.Queue[Any] = queue.Queue()
        subscriptions = [(topics.checkpoint(SITE), 1), (topics.proof(SITE, node.name), 1)]
        self._link = Link(node.name, "127.0.0.1", port, papers, subscriptions, self._inbox)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> LiveWitness:
        self._link.start()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._inbox.put(None)
        self._thread.join()
        self._link.stop()

    def _run(self) -> None:
        while (event := self._inbox.get()) is not None:
            if isinstance(event, Connected):
                self._ask()
            elif isinstance(event, Arrived):
                self._link.acknowledge(event)
                try:
                    self._hear(event)
                except (ValueError, AssertionError) as error:
                    self.wrong.append(error)

    def _ask(self) -> None:
        ask = self._node.asks(m.AskGrowth(size=self.size, key=str(self._key)))
        self._link.publish(topics.ask(SITE, self._node.name), ask, 1)

    def _hear(self, message: Arrived) -> None:
        if message.topic == topics.checkpoint(SITE):
            self._ask()
            return
        growth = m.decode(notes.split(message.payload).text, m.Proven).data
        assert isinstance(growth, m.Growth)
        if growth.old != self.size:
            self._ask()  # this was asked before the last one was answered
            return
        found, parts = checkpoint.open_signed(growth.checkpoint.encode())
        assert notes.signers(parts, [self._key], keys.CHECKS)
        proof = [bytes.fromhex(one) for one in growth.consistency]
        tlog.check_consistency(self.size, found.size, self.root, found.root, proof)
        self.size, self.root = found.size, found.root
        countersigned = self._node.countersigns(growth.checkpoint.encode())
        self._link.publish(topics.cosign(SITE, self._node.name), countersigned, 1)
