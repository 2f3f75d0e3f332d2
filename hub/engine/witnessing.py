"""The engine's part with its witnesses: their questions are answered, their countersignatures kept.

A mad node cannot take the engine's time: of each node's questions the newest waits, and one is answered in a tenth of a
second. What a node has countersigned twice is kept once.
"""

from __future__ import annotations

from sqlalchemy import Engine

from hub.core.nodes.bad_messages import BadMessages
from hub.core.nodes.witnesses import Witnesses
from hub.core.state import State
from hub.engine.inbound import Bad, Verifier
from hub.ledger import cosignatures
from hub.ledger.cosignatures import Countersigned
from hub.ledger.witness import Answers, Unanswerable
from hub.store import session
from wire import checkpoint, topics
from wire import messages as m
from wire.link import Arrived

ANSWER_MS = 100
"""Shortest time between two answers to one node."""
DISPUTE_MS = 60_000
"""Shortest time between two journalled disputes of one node; the others are counted."""
AGAIN_MS = 10_000
"""A checkpoint that waits for a majority is published again after so long: a node may not have been there."""


class Witnessing:
    """What nodes have asked and countersigned, from `hear` until it is answered and kept. Times: monotonic, in ms."""

    def __init__(self, database: Engine, verifier: Verifier, witnesses: Witnesses, bad_messages: BadMessages) -> None:
        self._database = database
        self._verifier = verifier
        self._witnesses = witnesses
        self._bad_messages = bad_messages
        self._answers = Answers()
        self._asks: dict[str, m.Ask] = {}
        self._answered: dict[str, int] = {}
        self._countersigned: list[Countersigned] = []
        self._disputed: dict[str, int] = {}
        self._newest = b""
        self._said_at = 0

    def hear(self, message: Arrived, state: State) -> None:
        """A question, or a countersignature: checked, and kept for later, when all that hurries is done."""
        topic = topics.parse_node(message.topic)
        if topic is not None and topic.leaf == "ask":
            ask = self._verifier.ask(message, state)
            if isinstance(ask, m.Ask):
                self._asks[ask.node] = ask
            elif ask.reason != "other-life":
                self._bad_messages.add(*ask)
            return
        countersigned = self._verifier.cosignature(message, state)
        if isinstance(countersigned, Bad):
            self._bad_messages.add(*countersigned)
        else:
            self._countersigned.append(countersigned)

    def answer(self, site: str, mono: int) -> list[m.Proven]:
        """The answers that are due."""
        due = [node for node in self._asks if mono - self._answered.get(node, -ANSWER_MS) >= ANSWER_MS]
        if not due:
            return []
        found: list[m.Proven] = []
        with session.reading(self._database) as connection:
            for ask in [self._asks.pop(node) for node in due]:
                self._answered[ask.node] = mono
                try:
                    data = self._answers.answer(connection, ask.data)
                except Unanswerable as error:
                    self._bad_messages.add(ask.node, error.reason, str(error))
                    continue
                if data is None:
                    self._asks[ask.node] = ask  # until there is something to answer
                else:
                    found.append(m.Proven(v=1, site=site, node=ask.node, nonce=ask.nonce, data=data))
        return found

    def keep(self, now: int, mono: int) -> list[m.FactData]:
        """Keep what was countersigned. Returns the disputes that are to be journalled. `now` is wall time in ms."""
        heard, self._countersigned = self._countersigned, []
        if not heard:
            return []
        facts: list[m.FactData] = []
        with session.writing(self._database) as connection:
            for one in heard:
                became = cosignatures.keep(connection, one, now)
                if became.kind == "unknown" and not self._answers.left(connection, one.found.origin):
                    self._bad_messages.add(one.node, "unknown-checkpoint", f"of {one.found.size} entries")
                elif became.kind == "disputed":
                    # Only with a line of ours are there two histories: anybody may countersign what he has invented.
                    vouched = self._answers.vouches(connection, one.note.decode())
                    facts += self._dispute(one, became.root, vouched, mono)
                elif became.kind != "unknown":  # else it is one that was lost before the hub was put back
                    self._witnesses.cosigned(one.found.size, one.key)
        return facts

    def _dispute(self, one: Countersigned, root: bytes, vouched: bool, mono: int) -> list[m.FactData]:
        if not vouched or mono - self._disputed.get(one.node, -DISPUTE_MS) < DISPUTE_MS:
            self._bad_messages.add(one.node, "unknown-checkpoint", f"of {one.found.size} entries, with another root")
            return []
        self._disputed[one.node] = mono
        said = one.note.decode()
        return [m.CheckpointDisputed(node=one.node, size=one.found.size, root=root.hex(), said=said)]

    def accuses(self, said: m.JournalRefused) -> bool:
        """Whether what a node quotes shows anything against this journal: a checkpoint that a key of the journal has
        signed and that is none of its own; or two of its own, of which it cannot prove any longer that one grew from
        the other, since somebody has changed what lies below. Every node has the journal's own checkpoints, and whoever
        holds the keys of one may quote them as he likes."""
        with session.reading(self._database) as connection:
            signed = [one for one in (said.held, said.shown) if self._answers.vouches(connection, one)]
            if not all(cosignatures.is_ours(connection, one.encode()) for one in signed):
                return True
            return len(signed) == 2 and not self._answers.proves(connection, said.held, said.shown)

    def signed(self, note: bytes, mono: int) -> None:
        """A checkpoint is signed, and is being published."""
        self._newest, self._said_at = note, mono
        self._witnesses.signed(checkpoint.open_signed(note)[0].size, mono)

    def say_again(self, mono: int) -> bytes | None:
        """The newest checkpoint, where it is to be published once more."""
        if not self._newest or not self._witnesses.waits or mono - self._said_at < AGAIN_MS:
            return None
        self._said_at = mono
        return self._newest

    def nobody_has_heard(self, mono: int) -> None:
        """What was published before now is to be published again."""
        self._said_at = mono - AGAIN_MS
