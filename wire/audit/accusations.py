"""What nodes say against the hub, in records of their own: that it showed them another journal than this one.

A node can be wrong, or lie; so can a hub. Such a record leaves the journal unproven until something from outside tells
who is right: the checkpoint that the node quotes, held against these entries, or the root key on paper.
"""

from __future__ import annotations

from typing import Dict, NamedTuple, Sequence, Tuple

from wire import checkpoint, notes
from wire.audit.entries import Entry, text
from wire.audit.keyring import Keyring
from wire.audit.report import Unproven
from wire.paper import Seen

MOST = 1000
"""Accusations that are kept; further ones add nothing."""


class _Said(NamedTuple):
    entry: int
    node: str
    quoted: checkpoint.Checkpoint
    left: bool
    """It was led away to this journal, and quotes what it left; else it refused this journal."""


class Accusations:
    """The accusations found in one audit."""

    def __init__(self) -> None:
        self._said: Dict[Tuple[str, str, int, bytes], _Said] = {}

    def hear(self, entry: Entry, ring: Keyring) -> None:
        """Take the next entry, which has been verified."""
        if not entry.of_node or entry.kind not in ("journal-refused", "journal-moved") or len(self._said) >= MOST:
            return
        left = entry.kind == "journal-moved"
        try:
            quoted, parts = checkpoint.open_signed(text(entry.data.get("left" if left else "held")).encode())
        except (ValueError, notes.NoteError):
            return  # it quotes nothing that could be compared: a node that held nothing yet, or nonsense
        if left and quoted.origin in (ring.origin, *(origin for _, origin, _ in ring.former)):
            return  # as it should be, after a restore
        if not left and not ring.vouches(parts):
            what = "accuses the hub by a checkpoint that no key of this journal has signed: that shows nothing"
            ring.remarks.add(entry.number, f"{entry.author} {what}")
            return
        said = _Said(entry.number, entry.author, quoted, left)
        self._said.setdefault((entry.author, quoted.origin, quoted.size, quoted.root), said)

    def judge(self, seen: Sequence[Seen], root_given: bool) -> None:
        """Check that what was quoted fits these entries, and that the root key is the one given. Raises Unproven."""
        for entry, node, quoted, left in self._said.values():
            if left and not root_given:
                what = f"led here from the journal {quoted.origin[:80]}, of which nothing is here"
                raise Unproven("accused", f"entry {entry}: {node} was {what}: hand in the root key from paper")
            if not left and not any(one.size == quoted.size and one.fits(quoted.root) for one in seen):
                what = f"holds a checkpoint of {quoted.size} entries, and was shown another journal than that"
                raise Unproven("accused", f"entry {entry}: {node} {what}: hand in with --seen what it quotes there")
