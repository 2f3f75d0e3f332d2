"""What lies beside the entries in an export: the name and SHA-256 of each file, in a note that the hub's `admin` signs.

    strongroom/1 export
    <origin of the journal>
    <entries in the export>
    <SHA-256 in hex>  <path>
    ...

The entries, their tree and the checkpoints stand in no list: which files they take follows from how many there are.
"""

from __future__ import annotations

import re
from typing import Dict, List, Mapping, NamedTuple

HEAD = "strongroom/1 export"
SIGNER = "admin"
"""The hub's service that makes exports."""

_PART = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,120}"
_LINE = re.compile(rf"([0-9a-f]{{64}})  ({_PART}(?:/{_PART}){{0,4}})", re.ASCII)
_COUNT = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


class Manifest(NamedTuple):
    """The list: SHA-256 in hex, by path."""

    origin: str
    entries: int
    files: Mapping[str, str]

    def text(self) -> bytes:
        """The text to be signed. Raises ValueError for a path that cannot stand in it."""
        lines = [HEAD, self.origin, str(self.entries)]
        lines += [f"{digest}  {path}" for path, digest in sorted(self.files.items())]
        made = "".join(line + "\n" for line in lines).encode()
        if read(made) != self:
            raise ValueError("a file of this name cannot be listed in an export")
        return made


def read(text: bytes) -> Manifest:
    """Read the text of a manifest. Raises ValueError."""
    lines: List[str] = text.decode("utf-8").split("\n")
    if len(lines) < 4 or lines[0] != HEAD or lines[-1] or not _COUNT.fullmatch(lines[2]):
        raise ValueError("it is not the list of an export's files")
    files: Dict[str, str] = {}
    for line in lines[3:-1]:
        found = _LINE.fullmatch(line)
        if not found or found[2] in files:
            raise ValueError(f"{line[:100]!r} names no file, or one a second time")
        files[found[2]] = found[1]
    return Manifest(lines[1], int(lines[2]), files)
