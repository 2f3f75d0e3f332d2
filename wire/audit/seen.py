"""Checkpoints that an auditor has seen elsewhere, on paper or on a node, compared with the journal that is shown."""

from __future__ import annotations

from typing import List, Sequence

from wire import checkpoint, notes
from wire.audit import papers
from wire.audit.keyring import Keyring
from wire.audit.report import Failure
from wire.paper import Seen
from wire.tiles import Growing


class Comparison:
    """Compares while the tree grows."""

    def __init__(self, seen: Sequence[Seen]) -> None:
        self._all = seen
        self._waiting: List[Seen] = sorted(seen, key=lambda one: one.size)
        self.lost = ""
        """Why something that was seen cannot be compared, although nobody need have cheated."""

    def reached(self, tree: Growing, ring: Keyring) -> None:
        """The tree has grown by an entry. Raises Failure for a fork."""
        while self._waiting and self._waiting[0].size <= tree.size:
            seen = self._waiting.pop(0)
            if seen.size == tree.size and not seen.fits(tree.root) and not self._declared_lost(seen, ring):
                self._check_origin(seen, ring)
                papers.check_signed(seen, ring)
                signed = _signed_by_hub(seen, ring)
                why = f"fork: the checkpoint that was seen says that the first {seen.size} entries were others{signed}"
                raise Failure("fork", why)

    def finish(self, size: int, ring: Keyring) -> None:
        """There are no more entries. Raises Failure for a rollback."""
        for seen in self._all:
            self._check_origin(seen, ring)
        for seen in self._waiting:
            if not self._declared_lost(seen, ring):
                papers.check_signed(seen, ring)
                why = f"rollback: a checkpoint of {seen.size} entries was seen, here are only {size}"
                raise Failure("rollback", why, size)

    def _declared_lost(self, seen: Seen, ring: Keyring) -> bool:
        # A hub put back from a backup opens a new origin and quotes the newest checkpoint that a node holds of the old.
        for opened, origin, quotes in ring.former:
            if seen.is_of(origin) and opened < seen.size <= _size_of(quotes):
                self.lost = f"a checkpoint of {seen.size} entries was seen, and entry {opened} declares entries lost"
                return True
        return False

    def _check_origin(self, seen: Seen, ring: Keyring) -> None:
        origins = [ring.origin, *(origin for _, origin, _ in ring.former)]
        if not any(seen.is_of(origin) for origin in origins):
            named = f" ({seen.origin[:80]})" if seen.origin else ""
            why = f"the checkpoint that was seen is of another journal{named}, not of {origins[0]}"
            raise Failure("other-journal", why)


def _size_of(quoted: str) -> int:
    try:
        return checkpoint.open_signed(quoted.encode())[0].size
    except (notes.NoteError, UnicodeEncodeError):
        return 0


def _signed_by_hub(seen: Seen, ring: Keyring) -> str:
    if seen.note is None or ring.current is None:
        return ""
    try:
        good = notes.signers(notes.split(seen.note), [ring.current], ring.suites)
    except notes.NoteError:
        good = []
    return ". The hub's own key has signed it: that proves two histories" if good else ""
