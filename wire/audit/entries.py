"""One entry of the journal, read strictly: who says it, and what of it the verifier has to know.

The body of an entry is one line of JSON: a node's record or a fact of the hub, read by the book of rules (wire/book).
"""

from __future__ import annotations

import re
from typing import Any, Dict, Mapping, NamedTuple, Optional

from wire import bounds, notes
from wire.audit.report import Failure
from wire.book import reading

NAME = re.compile(r"[a-z0-9-]{1,32}", re.ASCII)
_HASH = re.compile(r"(?:[0-9a-f]{64})?", re.ASCII)


class Entry(NamedTuple):
    """An entry whose form is right. `author` is a node, or a service of the hub."""

    number: int
    note: bytes
    parts: notes.Note
    author: str
    of_node: bool
    kind: str
    body: Dict[str, Any]
    data: Dict[str, Any]
    rules: int
    """Number of the rules by which it was read."""
    known: bool
    """Whether what it says was judged, and not its form and signer alone."""
    doubt: str
    """What in an entry from before there were rules none would let in; empty if nothing."""


def read(index: int, note: bytes, in_force: int) -> Entry:
    """Take an entry apart, by the rules in force before it; no signature is checked. Raises Failure."""
    try:
        parts = notes.split(note)
        body = reading.read(parts.text, in_force)
        if body.of_node and body.rules and len(note) > bounds.LARGEST_RECORD:
            raise ValueError(f"it has {len(note)} bytes, which is too much")
    except ValueError as error:
        raise Failure("malformed-entry", f"entry {index} is not an entry: {error}", index) from None
    said = body.said
    author = said["node"] if body.of_node else said["by"]
    data = said["data"]
    return Entry(index, note, parts, author, body.of_node, body.kind, said, data, body.rules, body.known, body.doubt)


def check_signer(parts: notes.Note, key: notes.VerifierKey, suites: Mapping[int, notes.Check]) -> None:
    """Check that a note bears one signature, by this key. Raises NoteError."""
    if len(parts.signatures) != 1:
        raise notes.MalformedNote(f"a record bears exactly one signature, this note has {len(parts.signatures)}")
    if not notes.signers(parts, (key,), suites):
        raise notes.UnknownSigner(f"signed by {parts.signatures[0].name[:80]}, not under the key {key.name} in force")


def names(parts: notes.Note, key: Optional[notes.VerifierKey]) -> bool:
    """Whether a note says that this key, if there is one, has signed it."""
    return key is not None and any((one.name, one.key_id) == (key.name, key.key_id) for one in parts.signatures)


def number(value: Any, most: int = bounds.LARGEST_NUMBER) -> int:
    """A whole number from 0 to the largest there may be. Raises ValueError."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise ValueError("a number is missing in it, or is none")
    return value


def text(value: Any) -> str:
    """Text. Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError("a text is missing in it, or is none")
    return value


def name(value: Any) -> str:
    """A name. Raises ValueError."""
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise ValueError("a name is missing in it, or is none")
    return value


def text_hash(value: Any) -> str:
    """SHA-256 in hex, or nothing. Raises ValueError."""
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise ValueError("a hash is missing in it, or is none")
    return value
