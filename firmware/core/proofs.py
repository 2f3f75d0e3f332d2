"""What a witness makes of what the hub shows it: checkpoints, who has signed them, and which key an entry introduces.

Nothing is decided here and nothing is remembered. Whatever does not hold raises one of USELESS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from wire import checkpoint, notes, tlog
from wire import messages as m
from wire.checkpoint import Checkpoint
from wire.messages import CheckpointKey, Fact, Introduction, JournalOpened, Name, Proof
from wire.notes import Note, VerifierKey


class Trust(NamedTuple):
    """What a witness begins from, and what it checks with."""

    site: Name
    checkpoint_key: VerifierKey
    """Of the node's papers."""
    hub_key: VerifierKey
    """The engine's record key."""
    checks: Mapping[int, notes.Check]
    nonce: Callable[[], str]
    """A new one at each call, which nobody can have guessed."""


class Unproven(ValueError):
    """Well-formed, but it does not show what it should."""


USELESS = (Unproven, notes.NoteError, tlog.ProofError, m.Unreadable)


def open_checkpoint(note: bytes) -> tuple[Checkpoint, Note]:
    """Take a checkpoint apart; no signature is checked. Raises MalformedNote, MalformedCheckpoint."""
    made, parts = checkpoint.open_signed(note)
    if made.extensions:
        # So that what is held and quoted stays small, whatever the hub is.
        raise checkpoint.MalformedCheckpoint("this journal's checkpoints have no further lines")
    return made, parts


def is_by(made: Checkpoint, parts: Note, key: VerifierKey, trust: Trust) -> bool:
    """Whether it is a checkpoint of the key's origin, which a key is named like, and bears the key's good signature."""
    try:
        return made.origin == key.name and key in notes.signers(parts, [key], trust.checks)
    except notes.BadSignature:
        return False


def lines_of(parts: Note, keys: Iterable[VerifierKey]) -> str:
    """The note with the first line of each of these keys alone."""
    found = {(one.name, one.key_id): one for one in reversed(parts.signatures)}
    return notes.join(parts.text, [found[key.name, key.key_id] for key in keys]).decode()


def hashes(proof: Proof) -> list[bytes]:
    """A proof as it is calculated with."""
    return [bytes.fromhex(one) for one in proof]


def introduced(shown: Introduction, made: Checkpoint, trusted: VerifierKey, trust: Trust) -> VerifierKey:
    """The checkpoint key that an entry under this checkpoint names, after the trusted one.

    Whether the checkpoint is signed as it should be, and where it comes from, is for the caller. Raises one of USELESS.
    """
    note = shown.entry.encode()
    tlog.check_inclusion(tlog.leaf_hash(note), shown.index, made.size, hashes(shown.inclusion), made.root)
    fact = m.decode(notes.split(note).text, Fact)
    if fact.site != trust.site:
        raise Unproven("an entry of another site")
    match fact.data:
        case CheckpointKey(key=named):
            notes.open_record(note, [trust.hub_key], trust.checks)
            key = notes.parse_key(named)
            same_origin = True
        case JournalOpened(origin=origin, checkpoint_key=named, services=services):
            # Who signed the entry is not known here. That it is of our hub, the engine's own key in it shows.
            key = notes.parse_key(named)
            same_origin = False
            if services.get("engine") != str(trust.hub_key) or key.name != origin:
                raise Unproven("an opening of another journal")
        case _:
            raise Unproven("this entry names no checkpoint key")
    if key.kind not in trust.checks or key == trusted or (key.name == trusted.name) != same_origin:
        raise Unproven("this key cannot come after the one that is trusted")
    return key
