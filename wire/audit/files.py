"""Every file of an export is judged, or does not belong to it.

What says again what the entries say, and what lies beside them, must be as the manifest has it. Of everything else the
place follows from the number of entries and checkpoints. A file that is missing or changed is a failure; one that does
not belong is named, and nothing is called proven while it lies there.
"""

from __future__ import annotations

from typing import NamedTuple, Optional

from wire import notes, tiles
from wire.audit import entries, layout, manifest
from wire.audit.keyring import Keyring
from wire.audit.layout import Folder
from wire.audit.manifest import Manifest
from wire.audit.report import Failure, Unproven


class Counted(NamedTuple):
    """What was read: entries under the newest checkpoint and after it, and checkpoints."""

    size: int
    tail: int
    checkpoints: int


def listed(folder: Folder, ring: Keyring, counted: Counted) -> Optional[Manifest]:
    """The manifest, once every file that it lists was found as it should be; None without one. Raises Failure."""
    note = folder.read(layout.MANIFEST, notes.MAX_NOTE)
    if note is None:
        return None
    try:
        parts = notes.split(note)
        entries.check_signer(parts, ring.services[manifest.SIGNER], ring.suites)
        found = manifest.read(parts.text)
    except (ValueError, KeyError) as error:
        raise Failure("manifest", f"{layout.MANIFEST} is not the hub's: {error}") from None
    if (found.origin, found.entries) != (ring.origin, counted.size + counted.tail):
        why = f"{layout.MANIFEST} is of {found.entries} entries of {found.origin[:80]}, here are"
        raise Failure("manifest", f"{why} {counted.size + counted.tail} of {ring.origin}")
    for path, digest in found.files.items():
        here = folder.digest(path)
        if here is None:
            raise Failure("missing", f"{path} is missing")
        if here != digest:
            raise Failure("changed", f"{path} is not as it was exported")
    return found


def check_nothing_else(folder: Folder, known: Optional[Manifest], counted: Counted) -> None:
    """Nothing lies there that does not belong, and all that does was judged. Raises Unproven."""
    if known is None:
        why = f"the entries are in order; there is no {layout.MANIFEST}, so nothing judges the files beside them"
        raise Unproven("no-manifest", f"{why}. Exports of the earliest versions have none")
    for path, regular in folder.walk():
        if not regular or not (path in known.files or _has_its_place(path, counted)):
            what = "does not belong to this export" if regular else "is no plain file"
            raise Unproven("foreign-file", f"{path[:200]!r} {what}: take it out of the folder, and check again")


def _has_its_place(path: str, counted: Counted) -> bool:
    if path in (layout.CHECKPOINT, layout.MANIFEST):
        return True
    for under, count in ((layout.CHECKPOINTS, counted.checkpoints), (layout.TAIL, counted.tail)):
        if path.startswith(under + "/"):
            return _is_tile(f"tile/entries/{path[len(under) + 1 :]}", count)
    return _is_tile(path, counted.size)


def _is_tile(path: str, size: int) -> bool:
    try:
        tile = tiles.parse_path(path)
    except tiles.TileError:
        return False
    return 0 < tile.width == tiles.width_of(tile.level, size, tile.number)
