"""Chooses the checkpoint that a restored hub quotes in its new journal: the newest known, whoever kept it.

Whatever the lost hub had signed up to there, the verifier takes for lost with it. Above it, it is a rollback.
"""

from __future__ import annotations

from pathlib import Path

from wire import checkpoint, notes, paper
from wire import messages as m


class NotToBeQuoted(ValueError):
    """What was handed in cannot be quoted; the message says why."""


def choose(given: str | None, kept: bytes | None) -> str:
    """The newer of a checkpoint from a node (a file, or its text) and the newest in the backup; may be empty.

    Raises NotToBeQuoted.
    """
    of_node = _read(given) if given else None
    if of_node is None or kept is None:
        return (of_node or kept or b"").decode()
    node, backup = (checkpoint.open_signed(one)[0] for one in (of_node, kept))
    if node.origin != backup.origin:
        raise NotToBeQuoted(f"it is of the journal {node.origin}, the backup is of {backup.origin}")
    if node.size == backup.size and node.root != backup.root:
        raise NotToBeQuoted(f"it says that the first {node.size} entries were others than those in the backup")
    return (of_node if node.size > backup.size else kept).decode()


def _read(given: str) -> bytes:
    try:
        text = Path(given).read_text("utf-8")
    except (OSError, ValueError):
        text = given  # not the name of a file: then it is the checkpoint itself
    try:
        seen = paper.parse(text)
    except paper.PaperError as error:
        raise NotToBeQuoted(str(error)) from None
    if seen.note is None or seen.origin is None:
        raise NotToBeQuoted("words are not enough: it takes the whole text, with the hub's signature")
    if not any(line.name == seen.origin for line in notes.split(seen.note).signatures):
        raise NotToBeQuoted("it does not bear the hub's signature")
    if len(seen.note) > m.MAX_RECORD:
        raise NotToBeQuoted(f"it has more than {m.MAX_RECORD} bytes")
    return seen.note
