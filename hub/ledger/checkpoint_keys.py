"""The folder of the keys that sign checkpoints: made here, loaded, destroyed. Nothing else lies in it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from wire import keys, notes
from wire.keys import SigningKey


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Have the folder for oneself: two who change keys would sign what no verifier believes. Raises KeyFileError.

    Whoever may not write there is told so at once, and not at midnight.
    """
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        why = "the engine changes keys there each day and must be able to write; run: strongroom hub install"
        raise keys.KeyFileError(f"{folder}: {why}")
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise keys.KeyFileError(f"{folder}: another engine is running with these keys; end it first") from None
        yield
    finally:
        os.close(descriptor)


def make(folder: Path, origin: str) -> SigningKey:
    """A new key beside those that are there, flushed to disk, for its owner alone. Every key bears the origin's name.

    Raises KeyFileError, OSError.
    """
    key = keys.make(origin)
    keys.save(key, _path(folder, key.public))
    return key


def load(folder: Path, public: str) -> SigningKey:
    """The private half of a key. Raises KeyFileError, also when it is another's."""
    wanted = notes.parse_key(public)
    key = keys.load(_path(folder, wanted))
    if key.public != wanted:
        raise keys.KeyFileError(f"{_path(folder, wanted)}: this is not the private half of {wanted}")
    return key


def holds(folder: Path, public: str) -> bool:
    """Whether the private half of a key is there, whole. Raises OSError where the disk does not let it be read."""
    with suppress(FileNotFoundError):
        _path(folder, notes.parse_key(public)).read_bytes()
    try:
        load(folder, public)
    except keys.KeyFileError:
        return False
    return True


def others(folder: Path, public: str) -> Iterator[Path]:
    """Every file but that of one key: older keys, some that came to nothing, halves of files."""
    kept = _path(folder, notes.parse_key(public))
    yield from (path for path in sorted(folder.iterdir()) if path != kept)


def destroy(path: Path) -> None:
    """Overwrite a file where it lies, then remove it. What flash keeps elsewhere is out of reach. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, bytes(os.fstat(descriptor).st_size))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    path.unlink()
    keys.flush(path.parent)


def _path(folder: Path, key: notes.VerifierKey) -> Path:
    return folder / f"{key.key_id.hex()}.key"
