"""The signature check: that of the `cryptography` library where there is one, else the one in plain Python."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Callable, Mapping, NamedTuple, Optional

from wire import checkpoint, notes
from wire.audit import ed25519

# RFC 8032, 7.1, test 2.
_PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
_MESSAGE = bytes.fromhex("72")
_SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


class Suite(NamedTuple):
    """How signatures are checked here."""

    checks: Mapping[int, notes.Check]
    fast: bool


def choose(pure: bool = False) -> Suite:
    """Choose the fastest signature check available. Raises RuntimeError if it accepts a bad signature or refuses a
    good one."""
    library = None if pure else _library()
    check = library or ed25519.check
    if not check(_PUBLIC, _MESSAGE, _SIGNATURE) or check(_PUBLIC, _MESSAGE + b" ", _SIGNATURE):
        raise RuntimeError("the signature check on this computer does not work")
    return Suite(checkpoint.checks(check), library is not None)


def per_second(check: notes.Check) -> float:
    """Checks a second on this computer, tried for a tenth of one."""
    check(_PUBLIC, _MESSAGE, _SIGNATURE)
    begun, done = time.perf_counter(), 0
    while time.perf_counter() - begun < 0.1:
        check(_PUBLIC, _MESSAGE, _SIGNATURE)
        done += 1
    return done / (time.perf_counter() - begun)


def _library() -> Optional[notes.Check]:
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return None
    load: Callable[[bytes], Ed25519PublicKey] = lru_cache(maxsize=256)(Ed25519PublicKey.from_public_bytes)

    def check(public: bytes, message: bytes, signature: bytes) -> bool:
        try:
            load(public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    return check
