"""Signed notes: the one signature format of Strongroom (https://c2sp.org/signed-note).

A note is UTF-8 text that ends in a newline, a blank line, then one line for each signature:
an em dash, the key's name, and base64 of the key's id followed by the signature.

Standard library only, and syntax that Python 3.8 reads, since an auditor's verifier carries this very file.
How a signature is checked is handed in, as a table from key type to check; the key's type is the suite, and
nothing in the signed text can choose it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from functools import lru_cache
from typing import Callable, Iterable, List, Mapping, NamedTuple, Tuple

ED25519 = 0x01
"""Key type of an Ed25519 record key in C2SP signed-note."""

_LENGTHS = {ED25519: 32, 0x04: 32}
"""Bytes of a public key, by type: RFC 8032; 0x04 is a witness's Ed25519 key (wire/checkpoint.py)."""

MAX_NOTE = 1_000_000
"""Bytes of the largest note that is opened; Go's note package has the same limit."""

MAX_SIGNATURES = 100

Check = Callable[[bytes, bytes, bytes], bool]
"""(public key, message, signature) -> whether the signature is good."""

_MARK = "\u2014 "
_CONTROL = bytes([*range(0x0A), *range(0x0B, 0x20)])
"""Bytes that no note has: control characters, all but the newline. In UTF-8 they are part of no other character."""


class NoteError(ValueError):
    """Base of all that can be wrong with a note."""


class MalformedNote(NoteError):
    """The bytes are not a note at all."""


class UnknownSigner(NoteError):
    """None of the keys that may sign here has signed."""


class BadSignature(NoteError):
    """A line claims to be by a known key, and is not."""


class VerifierKey(NamedTuple):
    """Public half of a key: what others need in order to check it."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of one name apart."""
        return _key_id(self)

    def __str__(self) -> str:
        encoded = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"


@lru_cache(maxsize=1024)  # every note asks for it anew, and there are few keys
def _key_id(key: VerifierKey) -> bytes:
    return hashlib.sha256(key.name.encode() + b"\n" + bytes([key.kind]) + key.public).digest()[:4]


class Signature(NamedTuple):
    """One signature line, not yet checked."""

    name: str
    key_id: bytes
    data: bytes


class Note(NamedTuple):
    """A note taken apart: the signed text, with its final newline, and the signature lines below it."""

    text: bytes
    signatures: Tuple[Signature, ...]


def parse_key(text: str) -> VerifierKey:
    """Read a verifier key as ``name+id+base64``. Raises MalformedNote when it is none, or its id is not its own."""
    try:
        name, key_id, encoded = text.strip().split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error):
        raise MalformedNote(f"not a verifier key: {text[:80]!r}") from None
    if not valid_name(name) or len(raw) < 2:
        raise MalformedNote(f"not a verifier key: {text[:80]!r}")
    key = VerifierKey(name, raw[0], raw[1:])
    if len(key.public) != _LENGTHS.get(key.kind, len(key.public)):
        raise MalformedNote(f"verifier key {name} has {len(key.public)} bytes, a key of its type has 32")
    if key.key_id.hex() != key_id:
        raise MalformedNote(f"verifier key {name} does not have the id it states")
    if str(key) != text.strip():
        raise MalformedNote(f"verifier key {name} is not written as it should be")  # base64 has second spellings
    return key


def valid_name(name: str) -> bool:
    """Whether a key may bear this name: not empty, no white space, no plus sign."""
    return "+" not in name and name.split() == [name]


def split(note: bytes) -> Note:
    """Take a note apart without checking any signature. Raises MalformedNote."""
    if len(note) > MAX_NOTE:
        raise MalformedNote(f"the note is larger than {MAX_NOTE} bytes")
    try:
        decoded = note.decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedNote("the note is not UTF-8") from None
    if len(note.translate(None, _CONTROL)) != len(note):
        raise MalformedNote("the note has a control character")
    cut = decoded.rfind("\n\n")
    if cut < 0 or not decoded.endswith("\n") or cut + 2 == len(decoded):
        raise MalformedNote("the note has no signature")
    lines = decoded[cut + 2 : -1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise MalformedNote(f"the note has more than {MAX_SIGNATURES} signatures")
    return Note(note[: note.rfind(b"\n\n") + 1], tuple(_signature(line) for line in lines))


def _signature(line: str) -> Signature:
    name, space, encoded = line[len(_MARK) :].partition(" ")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error):
        raw = b""
    # Re-encoding refuses the second spelling that base64 padding bits allow: one signature, one line.
    canonical = base64.b64encode(raw).decode() == encoded
    if not line.startswith(_MARK) or not space or not valid_name(name) or len(raw) < 5 or not canonical:
        raise MalformedNote("a signature line is not of the form “— name base64”")
    return Signature(name, raw[:4], raw[4:])


def join(text: bytes, signatures: Iterable[Signature]) -> bytes:
    """Put a note together again. Raises MalformedNote for a text that does not end in a newline."""
    if not text.endswith(b"\n"):
        raise MalformedNote("the text of a note ends in a newline")
    lines = (f"{_MARK}{one.name} {base64.b64encode(one.key_id + one.data).decode()}\n".encode() for one in signatures)
    return text + b"\n" + b"".join(lines)


def signers(note: Note, keys: Iterable[VerifierKey], checks: Mapping[int, Check]) -> List[VerifierKey]:
    """Keys among `keys` that have signed the note; lines of other keys are passed over, as the format asks.

    Raises BadSignature when a line names one of the keys and does not check.
    """
    known = {(key.name, key.key_id): key for key in keys}
    found: List[VerifierKey] = []
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None or key in found:
            continue
        check = checks.get(key.kind)
        if check is None or not check(key.public, note.text, signature.data):
            raise BadSignature(f"the signature of {key.name} does not fit the text")
        found.append(key)
    return found


def open_record(note: bytes, keys: Iterable[VerifierKey], checks: Mapping[int, Check]) -> Tuple[bytes, VerifierKey]:
    """Open a record: a note that bears exactly one signature, by one of `keys`. Returns its text and its signer.

    Raises MalformedNote, UnknownSigner or BadSignature.
    """
    parts = split(note)
    if len(parts.signatures) != 1:
        raise MalformedNote(f"a record bears exactly one signature, this note has {len(parts.signatures)}")
    found = signers(parts, keys, checks)
    if not found:
        raise UnknownSigner(f"signed by {parts.signatures[0].name[:80]}, who may not sign here")
    return parts.text, found[0]


def text_hash(text: bytes) -> str:
    """SHA-256 of a record's signed text, in hex: two records are the same when this is the same."""
    return hashlib.sha256(text).hexdigest()
