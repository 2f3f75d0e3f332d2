"""One entry of the journal, read strictly: who says it, and what of it the verifier has to know.

The body of an entry is one line of JSON: a node's record or a fact of the hub (wire/messages, which needs a library
that an auditor has not). Kinds of entries that are not known here are taken: only the envelope is checked.
"""

from __future__ import annotations

import json
import re
from typing import Any, Dict, List, Mapping, NamedTuple, Tuple

from wire import bounds, notes
from wire.audit.report import Failure

SERVICES = ("engine", "console", "notify", "admin")
NAME = re.compile(r"[a-z0-9-]{1,32}", re.ASCII)
_HASH = re.compile(r"(?:[0-9a-f]{64})?", re.ASCII)

_RECORD = {"v", "site", "node", "life", "boot", "seq", "mono", "wall", "clock", "prev", "data"}
_FACT = {"v", "site", "by", "time", "person", "data"}
_MOST = {
    "life": bounds.LARGEST_NUMBER,
    "seq": bounds.LARGEST_NUMBER,
    "mono": bounds.LONGEST_UPTIME,
    "wall": bounds.LATEST_WALL,
}
"""Numbers of a record, and how large each may be."""
_CLOCKS = ("trusted", "holdover", "untrusted")


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


def read(index: int, note: bytes) -> Entry:
    """Take an entry apart; no signature is checked. Raises Failure."""
    try:
        parts = notes.split(note)
        body = read_body(parts.text)
    except ValueError as error:
        raise Failure("malformed-entry", f"entry {index} is not an entry: {error}", index) from None
    of_node, data = "node" in body, body["data"]
    author = body["node"] if of_node else body["by"]
    return Entry(index, note, parts, author, of_node, data["kind"], body, data)


def read_body(line: bytes) -> Dict[str, Any]:
    """The signed text of an entry: a record, or a fact. Raises ValueError.

    The hub reads a node's record by this too before it takes it in: what the journal holds, everybody can read.
    """
    try:
        body = parse_json(line)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    of_node = "node" in body
    if set(body) != (_RECORD if of_node else _FACT):
        raise ValueError("it has not the fields of a record, nor those of a fact")
    if body["v"] != 1 or isinstance(body["v"], bool):
        raise ValueError("it is of another version of the protocol")
    name(body["site"])
    if not isinstance(body["data"], dict):
        raise ValueError("its data is no object")
    text(body["data"].get("kind"))
    if of_node:
        _check_record(body, name(body["node"]))
        return body
    author = text(body["by"])
    if author not in SERVICES:
        raise ValueError(f"{author[:40]!r} is not a service of the hub")
    number(body["time"], bounds.LATEST_WALL)
    if body["person"] is not None:
        number(body["person"])
    return body


def _check_record(body: Dict[str, Any], author: str) -> None:
    if author in SERVICES:
        raise ValueError("a node may not be named like a service")
    name(body["boot"])
    for field, most in _MOST.items():
        number(body[field], most)
    text_hash(body["prev"])
    if body["clock"] not in _CLOCKS:
        raise ValueError("it does not say how far its clock is trusted")


def check_signer(parts: notes.Note, key: notes.VerifierKey, suites: Mapping[int, notes.Check]) -> None:
    """Check that a note bears one signature, by this key. Raises NoteError."""
    if len(parts.signatures) != 1:
        raise notes.MalformedNote(f"a record bears exactly one signature, this note has {len(parts.signatures)}")
    if not notes.signers(parts, (key,), suites):
        raise notes.UnknownSigner(f"signed by {parts.signatures[0].name[:80]}, not under the key {key.name} in force")


def parse_json(line: bytes) -> Dict[str, Any]:
    """An object in one line of JSON. Raises ValueError, also for a name that stands in it twice."""
    if line.count(b"\n") != 1 or not line.endswith(b"\n"):
        raise ValueError("the body of a note is one line")
    found = _JSON.decode(line.decode("utf-8"))
    if not isinstance(found, dict):
        raise ValueError("it is no object")
    return found


def _object(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    # Of a name that is there twice one reader takes the first and another the last: two readings of one signature.
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name stands in it twice")
    return made


def _constant(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


_JSON = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


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
