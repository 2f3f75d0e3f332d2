"""Who has signed what an auditor hands in, and whether the journal says that the certificate of a sealing was made.

Anybody can write a checkpoint or a certificate: one whose signer nobody knows proves nothing against a journal, and
nothing for it.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Dict, List, Sequence, Tuple

from wire import notes
from wire.audit.entries import Entry
from wire.audit.keyring import Keyring
from wire.audit.report import Failure, Unproven
from wire.paper import Seen

SIGNER = "engine"
"""The hub's service that makes certificates."""


def check_signed(seen: Seen, ring: Keyring) -> None:
    """It contradicts the journal: that counts only under a signature that is known. Raises Failure or Unproven."""
    if seen.certificate is not None:
        _signed(seen.certificate, ring)
    if seen.note is not None and not ring.vouches(notes.split(seen.note)):
        what = f"the checkpoint of {seen.size} entries that was handed in does not fit this journal"
        why = f"{what}, but nobody we know has signed it: no checkpoint key that this journal names"
        raise Unproven("not-signed", why)


class Certificates:
    """The certificates that were handed in, and what the journal says of them."""

    def __init__(self, seen: Sequence[Seen]) -> None:
        self._handed: List[Tuple[bytes, str]] = [
            (one.certificate, _hash_of(one.certificate)) for one in seen if one.certificate is not None
        ]
        self._made: Dict[str, Dict[str, Any]] = {}

    def hear(self, entry: Entry) -> None:
        """Take the next entry, which has been verified."""
        if entry.kind == "certificate-made" and not entry.of_node:
            for _, digest in self._handed:
                if entry.data.get("sha256") == digest:
                    self._made[digest] = entry.data

    def judge(self, ring: Keyring) -> None:
        """Judge them after the last entry. Raises Failure for a changed certificate, Unproven for one without a known
        signer."""
        for note, digest in self._handed:
            if not _signed(note, ring):
                what = "the certificate that was handed in bears no signature"
                ring.remarks.add(None, f"{what}: only the size and the root in it were used, and nothing else it says")
                continue
            made = self._made.get(digest)
            if made is None:
                raise Unproven("certificate", "no entry of this journal says that the certificate handed in was made")
            said = json.loads(note.partition(b"\n")[0])
            if any(said.get(one) != made.get(one) for one in ("sealing", "area", "half", "size")):
                raise Failure("certificate", "the certificate that was handed in is of another sealing than it says")


def _hash_of(note: bytes) -> str:
    """The hash by which an entry names it: its own, or the one that the text of its code says."""
    line = note.partition(b"\n")[0]
    said = json.loads(line.decode("utf-8", "replace")).get("sha256")
    return said if isinstance(said, str) else hashlib.sha256(line + b"\n").hexdigest()


def _signed(note: bytes, ring: Keyring) -> bool:
    """Whether it is signed by the hub; False where it bears no signature. Raises Failure or Unproven."""
    if b"\n\n" not in note:
        return False
    history = [one["key"] for one in ring.history if one.get("of") == SIGNER]
    try:
        found = notes.signers(notes.split(note), [notes.parse_key(key) for key in history], ring.suites)
    except notes.NoteError as error:
        raise Failure("certificate", f"the certificate that was handed in was changed: {error}") from None
    if not found:
        why = "nobody we know has signed the certificate that was handed in: no key of this journal's engine"
        raise Unproven("not-signed", why)
    return True
