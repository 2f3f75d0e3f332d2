"""Checkpoints and cosignatures (https://c2sp.org/tlog-checkpoint, https://c2sp.org/tlog-cosignature).

A checkpoint is a signed note whose text is the log's origin, the number of entries and the root hash of their tree. A
cosignature is a witness's line below it: key type 0x04, eight bytes of time, an Ed25519 signature over both.
Standard library only, and syntax that Python 3.8 reads (see notes.py).
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Callable, Iterable, List, Mapping, NamedTuple, Tuple

from wire import notes, tlog

COSIGNATURE = 0x04
"""Key type of a witness."""
MAX_SIZE = 2**63 - 1
MAX_TEXT = 4096
"""Bytes of the largest checkpoint text that is read."""
MAX_PROOF = 63
"""Hashes of the longest consistency proof (https://c2sp.org/tlog-witness)."""

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


class MalformedCheckpoint(notes.NoteError):
    """A text is not that of a checkpoint."""


class Checkpoint(NamedTuple):
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes
    extensions: Tuple[str, ...] = ()

    def text(self) -> bytes:
        """The text to be signed. Raises MalformedCheckpoint when there is no such checkpoint."""
        lines = [self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions]
        made = "".join(line + "\n" for line in lines).encode()
        if parse(made) != self:
            raise MalformedCheckpoint("a checkpoint with these contents would read differently")
        return made


class Cosignature(NamedTuple):
    """A witness's good signature, and the time in it (seconds since 1970)."""

    key: notes.VerifierKey
    time: int


def parse(text: bytes) -> Checkpoint:
    """Read the text of a checkpoint. Raises MalformedCheckpoint."""
    if len(text) > MAX_TEXT:
        raise MalformedCheckpoint(f"a checkpoint's text has more than {MAX_TEXT} bytes")
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedCheckpoint("a checkpoint's text is not UTF-8") from None
    if any(character < " " and character != "\n" for character in decoded):
        raise MalformedCheckpoint("a checkpoint's text has a control character")
    if not decoded.endswith("\n"):
        raise MalformedCheckpoint("a checkpoint's text ends in a newline")
    lines = decoded[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise MalformedCheckpoint("a checkpoint has at least three lines, and none is empty")
    if not _DECIMAL.fullmatch(lines[1]) or int(lines[1]) > MAX_SIZE:
        raise MalformedCheckpoint(f"{lines[1][:30]!r} is not a tree size")
    size, root = int(lines[1]), parse_hash(lines[2])
    if size == 0 and root != tlog.root(()):
        raise MalformedCheckpoint("this is not the root of the empty tree")
    return Checkpoint(lines[0], size, root, tuple(lines[3:]))


def parse_hash(encoded: str) -> bytes:
    """A hash in base64, in its one spelling. Raises MalformedCheckpoint."""
    try:
        found = base64.b64decode(encoded.encode("ascii"), validate=True)
    except (ValueError, binascii.Error):
        found = b""
    if len(found) != tlog.HASH_SIZE or base64.b64encode(found).decode() != encoded:
        raise MalformedCheckpoint(f"{encoded[:60]!r} is not a hash in base64")
    return found


def open_signed(note: bytes) -> Tuple[Checkpoint, notes.Note]:
    """Take a signed checkpoint apart; no signature is checked. Raises MalformedNote, MalformedCheckpoint."""
    parts = notes.split(note)
    return parse(parts.text), parts


# ---------------------------------------------------------------- cosignatures


def witness_key(key: notes.VerifierKey) -> notes.VerifierKey:
    """The same Ed25519 key as a witness's: the type goes into its id."""
    return key._replace(kind=COSIGNATURE)


def cosigned_message(text: bytes, time: int) -> bytes:
    """What a witness signs at `time` (seconds since 1970) about the checkpoint of this text."""
    if not 0 < time <= MAX_SIZE:
        raise MalformedCheckpoint(f"{time} is not a time that a cosignature may bear")
    return b"cosignature/v1\ntime %d\n" % time + text


def cosign(key: notes.VerifierKey, text: bytes, time: int, sign: Callable[[bytes], bytes]) -> notes.Signature:
    """A witness's line for the checkpoint of this text. `sign` makes an Ed25519 signature with the key's other half."""
    if key.kind != COSIGNATURE:
        raise MalformedCheckpoint(f"{key.name} is not the key of a witness")
    parse(text)
    message = cosigned_message(text, time)
    return notes.Signature(key.name, key.key_id, time.to_bytes(8, "big") + sign(message))


def cosignature_check(ed25519: notes.Check) -> notes.Check:
    """The check of key type 0x04, made from that of plain Ed25519."""

    def check(public: bytes, message: bytes, signature: bytes) -> bool:
        time = int.from_bytes(signature[:8], "big")
        # Time 0 would be no statement about time at all, which a v1 cosignature always is.
        if len(signature) != 72 or not 0 < time <= MAX_SIZE:
            return False
        return ed25519(public, cosigned_message(message, time), signature[8:])

    return check


def checks(ed25519: notes.Check) -> Mapping[int, notes.Check]:
    """Every suite that a checkpoint's lines may be of."""
    return {notes.ED25519: ed25519, COSIGNATURE: cosignature_check(ed25519)}


def cosignatures(
    parts: notes.Note, witnesses: Iterable[notes.VerifierKey], suites: Mapping[int, notes.Check]
) -> List[Cosignature]:
    """Good cosignatures by `witnesses`, one for each key; lines of others are passed over. Raises BadSignature.

    The signed text does not commit to a witness's name, so one key under two names counts once.
    """
    only = [key for key in witnesses if key.kind == COSIGNATURE]
    times = {(one.name, one.key_id): int.from_bytes(one.data[:8], "big") for one in reversed(parts.signatures)}
    found = {key.public: key for key in reversed(notes.signers(parts, only, suites))}
    return [Cosignature(key, times[key.name, key.key_id]) for key in reversed(list(found.values()))]


def majority(witnesses: int) -> int:
    """How many of so many witnesses are a quorum: more than half; none where there are none."""
    return witnesses // 2 + 1 if witnesses else 0


def has_quorum(cosigned: int, witnesses: int) -> bool:
    """Whether so many different cosignatures by the enrolled witnesses are a quorum of them."""
    return cosigned >= majority(witnesses)
