"""A secret sealed for one reader: an ephemeral X25519 key, HKDF-SHA-256, then ChaCha20-Poly1305.

The hub seals the site's badge key for a node with it. The text form is hex: the sender's ephemeral public key
(32 bytes), then what was encrypted with its tag. The key is used once, so its nonce can be nought.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_INFO = b"strongroom/1 sealed box"
_NONCE = bytes(12)
_KEY = 32


class BoxError(ValueError):
    """A box is not one, is not for this key, or was changed on its way."""


def seal_for(public_hex: str, secret: bytes) -> str:
    """Seal `secret` so that only the holder of this public key (64 hex digits) can open it. Raises BoxError."""
    try:
        reader = X25519PublicKey.from_public_bytes(bytes.fromhex(public_hex))
        ephemeral = X25519PrivateKey.generate()
        shared = ephemeral.exchange(reader)
    except ValueError:
        raise BoxError("not an X25519 public key in hex") from None
    sender = ephemeral.public_key().public_bytes_raw()
    key = _derive(shared, sender, reader.public_bytes_raw())
    return (sender + ChaCha20Poly1305(key).encrypt(_NONCE, secret, sender)).hex()


def open_box(private: X25519PrivateKey, text: str) -> bytes:
    """The secret in a box that was sealed for `private`. Raises BoxError."""
    try:
        raw = bytes.fromhex(text)
        sender = raw[:_KEY]
        shared = private.exchange(X25519PublicKey.from_public_bytes(sender))
        key = _derive(shared, sender, private.public_key().public_bytes_raw())
        return ChaCha20Poly1305(key).decrypt(_NONCE, raw[_KEY:], sender)
    except (ValueError, InvalidTag):
        raise BoxError("this box was not sealed for this key, or was changed on its way") from None


def _derive(shared: bytes, sender: bytes, reader: bytes) -> bytes:
    # Both public keys are bound into the key, so that a box cannot be passed on as another's.
    return HKDF(hashes.SHA256(), _KEY, salt=None, info=_INFO + sender + reader).derive(shared)
