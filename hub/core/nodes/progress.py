"""Whether each node's records get on: a node that is ahead of the journal and stays so is a trouble until it does."""

from __future__ import annotations

from collections.abc import Iterator

from hub.core.alarms import life as alarm_life
from hub.core.state import State
from wire import messages as m

STUCK_MS = 10_000


class Progress:
    """Since when each node has been ahead without getting on. Times are milliseconds of a monotonic clock."""

    def __init__(self) -> None:
        self._behind: dict[str, tuple[int, tuple[int, int]]] = {}
        self._told: set[str] = set()
        self._moved: set[str] = set()

    def ahead(self, node: str, life: int, seq: int, mono: int) -> None:
        """The node has told of number `seq` of a life, which is beyond what is due."""
        since, most = self._behind.get(node, (mono, (life, seq)))
        self._behind[node] = (since, max(most, (life, seq)))

    def moved(self, node: str) -> None:
        """A record of the node was journalled."""
        self._behind.pop(node, None)
        self._told.discard(node)
        self._moved.add(node)

    def stalled(self, by: int, mono: int) -> None:
        """The engine took nothing in for so long, so nobody could get on."""
        self._behind = {node: (min(mono, since + by), most) for node, (since, most) in self._behind.items()}

    def stuck(self, state: State, mono: int) -> Iterator[m.FactData]:
        """Nodes that have been ahead for too long, and those that get on again."""
        for node, (since, got) in list(self._behind.items()):
            life = state.life(node)
            if life is None or got <= (life.life, life.seq):
                self.moved(node)
            elif mono - since >= STUCK_MS and node not in self._told:
                self._told.add(node)
                yield m.NoProgress(node=node, life=life.life, expected=life.seq + 1, got=got[1])
        for node in sorted(self._moved):
            known = alarm_life.find(state, "no-progress", node)
            if known and known.active:
                yield m.ProgressAgain(node=node)
        self._moved.clear()
