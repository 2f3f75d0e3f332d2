"""verify.pyz: the offline verifier in one file, the same bytes each time it is made from the same sources."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import wire

MODULES = ("__init__", "bounds", "moments", "notes", "tlog", "tiles", "checkpoint", "paper", "words", "plain")
"""Modules of `wire` that the verifier needs, besides wire.audit and wire.book."""
_TIME = (1980, 1, 1, 0, 0, 0)
_MAIN = """\
import sys
from pathlib import Path

from wire.audit.command import main

sys.exit(main(default=Path(sys.argv[0]).resolve().parent))
"""


def files() -> dict[str, bytes]:
    """The sources that go into it, by their path in the archive."""
    home = Path(wire.__file__).parent
    paths = [home / f"{name}.py" for name in MODULES] + sorted(
        path for room in ("book", "audit") for path in (home / room).glob("*.py")
    )
    return {f"wire/{path.relative_to(home).as_posix()}": path.read_bytes() for path in paths}


def build() -> bytes:
    """The archive (PEP 441): fixed times, nothing compressed, so that its SHA-256 can be printed on paper."""
    buffer = io.BytesIO()
    buffer.write(b"#!/usr/bin/env python3\n")
    with zipfile.ZipFile(buffer, "a") as archive:
        for name, content in [("__main__.py", _MAIN.encode()), *files().items()]:
            member = zipfile.ZipInfo(name, _TIME)
            member.external_attr = 0o644 << 16
            member.create_system = 3
            archive.writestr(member, content)
    return buffer.getvalue()


def digest(archive: bytes) -> str:
    """Its SHA-256, in hex."""
    return hashlib.sha256(archive).hexdigest()
