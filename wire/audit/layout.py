"""Where things lie in an export, and how they are read: by streams, with nothing large in memory.

    checkpoint                  newest signed checkpoint (https://c2sp.org/tlog-tiles, as are the next two)
    tile/<L>/<N>[.p/<W>]        hashes of the tree of that checkpoint, and no other
    tile/entries/<N>[.p/<W>]    its entries
    checkpoints/<N>[.p/<W>]     every checkpoint that was kept, oldest first, in bundles like those of entries
    tail/<N>[.p/<W>]            entries that came after the newest checkpoint, likewise; nothing proves them yet
    keys.json                   every key that the entries name
    journal.csv, journal.jsonl  the entries, to be read
    certificates/               TLS papers, for reference
    verify.pyz, README.txt      the verifier, and how to use it
    manifest                    a signed list of the last four lines' files (wire/audit/manifest.py)

The verifier believes none of the files that say again what entries say: it makes them anew and compares. Only plain
files are read: what somebody has put there in the place of one, such as a pipe, would hold up the reader for ever.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import stat
from pathlib import Path
from typing import BinaryIO, Dict, Iterator, List, Mapping, Optional, Tuple

from wire import checkpoint, notes, tiles
from wire.audit.report import Failure

CHECKPOINT = "checkpoint"
CHECKPOINTS = "checkpoints"
TAIL = "tail"
KEYS = "keys.json"
CSV = "journal.csv"
JSON_LINES = "journal.jsonl"
MANIFEST = "manifest"

_DEPTH = 12
"""Folders within each other, of which an export of 2**63 entries has fewer."""
_PIECE = 1 << 16
_PARTIAL = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)


class Folder:
    """An export on a disk."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def open(self, path: str) -> Optional[BinaryIO]:
        """A plain file, None when there is none. Raises Failure when it cannot be read, or is something else."""
        flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
        try:
            if not self._leads_nowhere_else(path):
                raise Failure("unreadable", f"{path}: this is no plain file")
            file = os.fdopen(os.open(str(self.root / path), flags), "rb")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Failure("unreadable", f"{path}: {error.strerror}") from None
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            file.close()
            raise Failure("unreadable", f"{path}: this is no plain file")
        return file

    def _leads_nowhere_else(self, path: str) -> bool:
        """Whether it is a plain file in plain folders of the export, or is not there."""
        place = self.root
        parts = path.split("/")
        for number, part in enumerate(parts, 1):
            place = place / part
            try:
                mode = os.lstat(str(place)).st_mode
            except NotADirectoryError:
                raise FileNotFoundError(path) from None
            if not (stat.S_ISREG(mode) if number == len(parts) else stat.S_ISDIR(mode)):
                return False
        return True

    def walk(self) -> Iterator[Tuple[str, bool]]:
        """Everything in it that is no folder, and whether it is a plain file; empty folders and ones beyond reach too.

        Links are not followed.
        """
        waiting: List[Tuple[str, int]] = [("", 0)]
        while waiting:
            under, depth = waiting.pop()
            try:
                with os.scandir(str(self.root / under)) as found:
                    inside = sorted(found, key=lambda one: one.name)
            except OSError:
                yield under, False
                continue
            if under and not inside:
                yield under, False
            for one in inside:
                path = f"{under}/{one.name}" if under else one.name
                if one.is_dir(follow_symlinks=False) and depth < _DEPTH:
                    waiting.append((path, depth + 1))
                else:
                    yield path, one.is_file(follow_symlinks=False)

    def digest(self, path: str) -> Optional[str]:
        """SHA-256 of a file in hex, None when there is none. Raises Failure when it cannot be read."""
        file = self.open(path)
        if file is None:
            return None
        found = hashlib.sha256()
        try:
            with file:
                for piece in iter(lambda: file.read(_PIECE), b""):
                    found.update(piece)
        except OSError as error:
            raise Failure("unreadable", f"{path}: {error.strerror}") from None
        return found.hexdigest()

    def names(self, path: str) -> List[str]:
        """Names in a folder; none when there is no such folder."""
        try:
            return [one.name for one in (self.root / path).iterdir()]
        except OSError:
            return []

    def read(self, path: str, most: int) -> Optional[bytes]:
        """A file whole, None when there is none. Raises Failure for one of more than `most` bytes."""
        file = self.open(path)
        if file is None:
            return None
        try:
            with file:
                content = file.read(most + 1)
        except OSError as error:
            raise Failure("unreadable", f"{path}: {error.strerror}") from None
        if len(content) > most:
            raise Failure("too-large", f"{path} has more than {most} bytes")
        return content


class InMemory(Folder):
    """An export that is not on a disk."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__(Path())
        self.files: Dict[str, bytes] = dict(files)

    def open(self, path: str) -> Optional[BinaryIO]:
        """A file, None when there is none."""
        return io.BytesIO(self.files[path]) if path in self.files else None

    def walk(self) -> Iterator[Tuple[str, bool]]:
        """Every file."""
        return ((path, True) for path in sorted(self.files))

    def names(self, path: str) -> List[str]:
        """Names in a folder."""
        under = path.rstrip("/") + "/"
        return sorted({one[len(under) :].split("/")[0] for one in self.files if one.startswith(under)})


class Entries:
    """The entries that the newest checkpoint covers."""

    def __init__(self, folder: Folder, size: int) -> None:
        self._folder = folder
        self._size = size
        self._kept: Tuple[int, List[bytes]] = (-1, [])
        self.beyond = False
        """The folder holds entries beyond the checkpoint in the place of those it covers."""

    def __iter__(self) -> Iterator[bytes]:
        for number in range(-(-self._size // tiles.WIDTH)):
            yield from self._load(number)

    def at(self, index: int) -> bytes:
        """One entry, also of the tail, read again. Raises Failure."""
        if index >= self._size:
            number, place = divmod(index - self._size, tiles.WIDTH)
            return bundle(self._folder, TAIL, number)[place]
        if self._kept[0] != index // tiles.WIDTH:
            self._kept = (index // tiles.WIDTH, self._load(index // tiles.WIDTH))
        return self._kept[1][index % tiles.WIDTH]

    def _load(self, number: int) -> List[bytes]:
        width = tiles.width_of(tiles.ENTRIES, self._size, number)
        tile = tiles.Tile(tiles.ENTRIES, number, width)
        bundle = self._folder.read(tile.path(), tiles.MAX_BUNDLE)
        try:
            if bundle is not None:
                return tiles.parse_bundle(bundle, width)
            return self._wider(tile)
        except tiles.TileError as error:
            raise Failure("bundle", f"{tile.path()}: {error}", tile.start) from None

    def _wider(self, tile: tiles.Tile) -> List[bytes]:
        # The format lets a log drop a partial bundle once there is a fuller one. Whoever puts back an older checkpoint
        # leaves the same picture, so what comes after it is reported.
        partial = tile.path().rsplit("/", 1)[0]
        widths = (int(name) for name in self._folder.names(partial) if _PARTIAL.fullmatch(name))
        for width in [*sorted(one for one in widths if tile.width < one < tiles.WIDTH), tiles.WIDTH]:
            bundle = self._folder.read(tile._replace(width=width).path(), tiles.MAX_BUNDLE)
            if bundle is not None and width > tile.width:
                self.beyond = True
                return tiles.parse_bundle(bundle, width)[: tile.width]
        last = tile.start + tile.width - 1
        raise Failure("missing", f"{tile.path()} is missing, with entries {tile.start} to {last}", tile.start)


def bundles(folder: Folder, under: str) -> Iterator[bytes]:
    """What lies in bundles below `under`, until there is no more. Raises Failure."""
    number = 0
    while True:
        items = bundle(folder, under, number)
        yield from items
        if len(items) < tiles.WIDTH:
            return
        number += 1


def bundle(folder: Folder, under: str, number: int) -> List[bytes]:
    """Bundle `number` of those below `under`, full or partial; nothing when there is none. Raises Failure."""
    path = f"{under}/{tiles.number_path(number)}"
    content, width = folder.read(path, tiles.MAX_BUNDLE), tiles.WIDTH
    if content is None:
        widths = [int(name) for name in folder.names(path + ".p") if _PARTIAL.fullmatch(name)]
        if not widths:
            return []
        width = max(widths)
        if len(widths) > 1 or width >= tiles.WIDTH:
            raise Failure("bundle", f"{path}.p holds more than one bundle")
        path = f"{under}/{tiles.number_path(number, width)}"
        content = folder.read(path, tiles.MAX_BUNDLE) or b""
    try:
        return tiles.parse_bundle(content, width)
    except tiles.TileError as error:
        raise Failure("bundle", f"{path}: {error}") from None


def bundle_files(under: str, items: Iterator[bytes]) -> Iterator[Tuple[str, bytes]]:
    """The files, by path, that `bundles` reads as these items."""
    number = 0
    row: List[bytes] = []
    for item in items:
        row.append(item)
        if len(row) == tiles.WIDTH:
            yield f"{under}/{tiles.number_path(number)}", tiles.make_bundle(row)
            number, row = number + 1, []
    if row:
        yield f"{under}/{tiles.number_path(number, len(row))}", tiles.make_bundle(row)


def checkpoints(folder: Folder) -> Iterator[Tuple[checkpoint.Checkpoint, notes.Note, bytes]]:
    """Every kept checkpoint, by growing size; no signature is checked. Raises Failure."""
    size = 0
    for note in bundles(folder, CHECKPOINTS):
        try:
            found, parts = checkpoint.open_signed(note)
        except notes.NoteError as error:
            raise Failure("checkpoint", f"a kept checkpoint after entry {size}: {error}", size or None) from None
        if found.size < max(size, 1):
            raise Failure("checkpoint", f"the checkpoint of size {found.size} comes after that of {size}", found.size)
        size = found.size
        yield found, parts, note


class Compared:
    """Rebuilds a file piece by piece and compares it with the one in the folder. A file that is absent is not
    compared."""

    def __init__(self, folder: Folder, path: str) -> None:
        self._path = path
        self._file = folder.open(path)
        self.there = self._file is not None

    def expect(self, piece: bytes, entry: Optional[int]) -> None:
        """The next piece of it. Raises Failure."""
        if self._file is not None and self._file.read(len(piece)) != piece:
            raise Failure(self._path, f"{self._path} does not say what the journal says", entry)

    def expect_end(self) -> None:
        """Nothing may follow. Raises Failure."""
        if self._file is not None and self._file.read(1):
            raise Failure(self._path, f"{self._path} says more than the journal says")

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
