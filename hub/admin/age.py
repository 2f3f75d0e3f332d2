"""Encryption of a backup on its way to the disk and back, by age (age-encryption.org), which Debian has.

Whoever makes a backup needs a recipient, which is public, and cannot read what he has made. Reading needs an identity.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, cast

from hub.core.refusal import NotPossible

MAGIC = (b"age-encryption.org/", b"-----BEGIN AGE ENCRYPTED FILE")
"""How an encrypted file begins: as age writes it, or in letters, as `age --armor` does."""


def is_encrypted(source: Path) -> bool:
    """Whether a file begins as one of age's. Raises OSError."""
    with source.open("rb") as file:
        return file.read(64).startswith(MAGIC)


@contextmanager
def encrypted(target: IO[bytes], recipients: Sequence[str]) -> Iterator[IO[bytes]]:
    """What is written to what this gives ends in `target`, for any of these recipients to read. Raises NotPossible."""
    words = ["--encrypt", *(word for one in recipients for word in ("--recipient", one))]
    process = _start(words, subprocess.PIPE, target)
    stdin = cast("IO[bytes]", process.stdin)
    try:
        with suppress(BrokenPipeError):  # it has given up, and says why
            yield stdin
            stdin.close()
    except BaseException:
        process.kill()
        raise
    finally:
        with suppress(BrokenPipeError):
            stdin.close()
        why = _end(process)
    if why:
        raise NotPossible("the backup cannot be encrypted", why)


@contextmanager
def decrypted(source: IO[bytes], identity: Path) -> Iterator[IO[bytes]]:
    """What `source` holds for whoever has the identity in that file. Raises NotPossible.

    Each piece is checked by age before it is given, but only whoever reads to the end knows that none is missing.
    """
    process = _start(["--decrypt", "--identity", str(identity)], source, subprocess.PIPE)
    stdout = cast("IO[bytes]", process.stdout)
    try:
        yield stdout
    finally:
        left = bool(stdout.read(1))  # then nobody has asked for the rest
        stdout.close()
        why = _end(process)
        if why and not left:
            raise NotPossible("the backup cannot be decrypted", why)


def _start(words: list[str], source: int | IO[bytes], target: int | IO[bytes]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(["age", *words], stdin=source, stdout=target, stderr=subprocess.PIPE)
    except FileNotFoundError:
        raise NotPossible("age is not here", "apt-get install age") from None


def _end(process: subprocess.Popen[bytes]) -> str:
    """The error message of age; empty if it succeeded."""
    with cast("IO[bytes]", process.stderr) as told:
        lines = told.read().decode("utf-8", "replace").splitlines()
    if process.wait() == 0:
        return ""
    said = [line.removeprefix("age: error: ") for line in lines if line and not line.startswith("age: report")]
    return said[0] if said else f"exit code {process.returncode}"
