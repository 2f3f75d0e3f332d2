"""Key files: made where they are used, readable by their owner alone, in the text form of Go's note package."""

from __future__ import annotations

import base64
import binascii
import os
import stat
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from wire import notes

_PREFIX = "PRIVATE+KEY+"


BADGE_KEY_BYTES = 32


class KeyFileError(ValueError):
    """A key file is missing, unreadable, or readable by others."""


class SigningKey:
    """A key that can sign: its name and the two halves, of Ed25519."""

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        self.name = name
        self.private = private
        self.public = notes.VerifierKey(name, notes.ED25519, private.public_key().public_bytes_raw())

    def signature(self, text: bytes) -> notes.Signature:
        """This key's line below a note of `text`."""
        return notes.Signature(self.public.name, self.public.key_id, self.private.sign(text))

    def sign(self, text: bytes) -> bytes:
        """A note of `text` under this key. `text` ends in a newline and has no control character."""
        return notes.join(text, [self.signature(text)])


def check_ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` (64 bytes) is that of `public` (32 bytes) over `message`."""
    try:
        _public(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=1024)  # public halves alone: a few keys sign everything
def _public(raw: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(raw)


CHECKS: dict[int, notes.Check] = {notes.ED25519: check_ed25519}
"""Every suite that a signature may be of. One line here is a new suite."""


def key_name(site: str, owner: str, use: str) -> str:
    """Name of a key, such as ``strongroom/demo/archive-1/record``."""
    return f"strongroom/{site}/{owner}/{use}"


def make(name: str) -> SigningKey:
    """A new key of that name, from the operating system's randomness. Raises KeyFileError for a bad name."""
    if not notes.valid_name(name):
        raise KeyFileError(f"a key may not be named {name!r}")
    return SigningKey(name, Ed25519PrivateKey.generate())


def save(key: SigningKey, path: Path) -> None:
    """Write the key to a new file that only its owner may read, flushed to disk. Raises FileExistsError."""
    public = key.public
    encoded = base64.b64encode(bytes([notes.ED25519]) + key.private.private_bytes_raw()).decode()
    write_secret(path, f"{_PREFIX}{key.name}+{public.key_id.hex()}+{encoded}\n".encode())


def load(path: Path) -> SigningKey:
    """Read a key file. Raises KeyFileError, which names the file and what is wrong with it."""
    text = read_secret(path).decode("ascii", "replace").strip()
    try:
        name, key_id, encoded = text.removeprefix(_PREFIX).split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
        key = SigningKey(name, Ed25519PrivateKey.from_private_bytes(raw[1:]))
    except (ValueError, binascii.Error):
        raise KeyFileError(f"{path}: this is not a key file") from None
    if not text.startswith(_PREFIX) or raw[0] != notes.ED25519 or key.public.key_id.hex() != key_id:
        raise KeyFileError(f"{path}: this is not an Ed25519 key file, or it was changed")
    return key


def write_secret(path: Path, content: bytes) -> None:
    """Write a new file with mode 0600, flushed to disk with its folder. Raises FileExistsError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    flush(path.parent)


def flush(folder: Path) -> None:
    """Write to disk which files are in a folder. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def unusable(certificate: Path, key: Path, error: OSError) -> KeyFileError:
    """What to say of a certificate and its private key, when OpenSSL does not take them."""
    return KeyFileError(f"{certificate} and {key} are not a certificate and its private key ({error})")


def read_badge_key(path: Path) -> bytes:
    """Read the site's badge key. By any other than the right one every badge is unknown. Raises KeyFileError."""
    key = read_secret(path)
    if len(key) != BADGE_KEY_BYTES:
        raise KeyFileError(f"{path}: this is not a badge key: it has {len(key)} bytes and not {BADGE_KEY_BYTES}")
    return key


def read_secret(path: Path) -> bytes:
    """Read a secret file. Raises KeyFileError when it is not there or when others than its owner may read it."""
    try:
        mode = path.stat().st_mode
        content = path.read_bytes()
    except OSError as error:
        raise KeyFileError(f"{path}: {error.strerror}") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyFileError(f"{path}: others may read this key; run: chmod 600 {path}")
    return content
