"""Tiles: the tree as files of 256 hashes, and the entries as files of 256 entries (https://c2sp.org/tlog-tiles).

Standard library only, and syntax that Python 3.8 reads (see notes.py).
"""

from __future__ import annotations

import re
from typing import Callable, Iterable, Iterator, List, NamedTuple, Tuple

from wire import tlog

HEIGHT = 8
WIDTH = 1 << HEIGHT
"""Hashes in a full tile, entries in a full bundle."""
ENTRIES = -1
"""Level by which a `Tile` stands for a bundle of entries."""
MAX_ENTRY = 0xFFFF
"""Bytes of the largest entry: its length is written in 16 bits."""
MAX_BUNDLE = WIDTH * (MAX_ENTRY + 2)
MAX_LEVEL = 63

_PATH = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)


class TileError(ValueError):
    """A path, a tile or a bundle is not of the format."""


class Tile(NamedTuple):
    """Tile `number` of a level, or bundle `number` where the level is ENTRIES."""

    level: int
    number: int
    width: int = WIDTH

    @property
    def start(self) -> int:
        """Number of the first leaf below this tile."""
        return self.number << HEIGHT * (max(self.level, 0) + 1)

    def path(self) -> str:
        """Where it lies below the log's prefix."""
        level = "entries" if self.level == ENTRIES else str(self.level)
        return f"tile/{level}/{number_path(self.number, self.width)}"


def number_path(index: int, width: int = WIDTH) -> str:
    """`<N>[.p/<W>]` of a path, such as ``x001/x234/067``."""
    if index < 0 or not 0 < width <= WIDTH:
        raise TileError(f"there is no tile {index} of width {width}")
    parts = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        parts.insert(0, f"x{index % 1000:03}")
    return "/".join(parts) + ("" if width == WIDTH else f".p/{width}")


def parse_path(path: str) -> Tile:
    """The tile or bundle that a path names. Raises TileError."""
    found = _PATH.fullmatch(path) if len(path) < 100 else None
    if not found:
        raise TileError(f"{path[:100]!r} is not the path of a tile")
    level = ENTRIES if found[1] == "entries" else int(found[1])
    tile = Tile(level, int(found[2].replace("x", "").replace("/", "")), int(found[3] or WIDTH))
    # A leading x000 or a width of 256 or more would be a second spelling.
    if level > MAX_LEVEL or tile.width > WIDTH or tile.path() != path:
        raise TileError(f"{path[:100]!r} is not the path of a tile")
    return tile


def width_of(level: int, size: int, index: int) -> int:
    """Width that tile `index` of a level has in a tree of `size`; 0 where there is none."""
    return max(0, min(WIDTH, (size >> HEIGHT * max(level, 0)) - (index << HEIGHT)))


def partial(size: int) -> List[Tile]:
    """The partial tiles of a tree of `size`, lowest level first, without the bundle of entries."""
    tiles: List[Tile] = []
    level, count = 0, size
    while count:
        if count % WIDTH:
            tiles.append(Tile(level, count // WIDTH, count % WIDTH))
        level, count = level + 1, count >> HEIGHT
    return tiles


def completed(old: int, new: int) -> Iterator[Tile]:
    """Full tiles that are complete in a tree of `new` and were not in that of `old`, lowest level first."""
    level = 0
    while new >> HEIGHT * (level + 1):
        for index in range(old >> HEIGHT * (level + 1), new >> HEIGHT * (level + 1)):
            yield Tile(level, index)
        level += 1


def needed(size: int) -> Iterator[Tile]:
    """Every tile of a tree of `size`: the full ones, then the partial ones."""
    yield from completed(0, size)
    yield from partial(size)


def subtree(hashes: bytes) -> bytes:
    """Root over the hashes of a full tile, or of any other power of two of them."""
    row = [hashes[at : at + tlog.HASH_SIZE] for at in range(0, len(hashes), tlog.HASH_SIZE)]
    while len(row) > 1:
        row = [tlog.node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def reader(size: int, load: Callable[[Tile], bytes]) -> tlog.Read:
    """Hashes of complete subtrees for the proofs in `tlog`, in the tree of `size`, out of its tiles.

    `load` gives the bytes of a tile as it is in that tree. Raises TileError for a tile that has not its length.
    """

    def read(height: int, index: int) -> bytes:
        level, inner = divmod(height, HEIGHT)
        first = index << inner
        number = first >> HEIGHT
        tile = Tile(level, number, width_of(level, size, number))
        content = load(tile)
        if len(content) != tile.width * tlog.HASH_SIZE:
            raise TileError(f"{tile.path()} has {len(content)} bytes")
        at = (first & (WIDTH - 1)) * tlog.HASH_SIZE
        if at + (tlog.HASH_SIZE << inner) > len(content):
            raise TileError(f"a tree of {size} has no such subtree")
        return subtree(content[at : at + (tlog.HASH_SIZE << inner)])

    return read


class Growing:
    """A tree that leaves are added to one by one, and that gives its tiles as they are filled. Small for any size."""

    def __init__(self) -> None:
        self.size = 0
        self._roots: List[bytes] = []
        self._rows: List[List[bytes]] = [[]]

    def append(self, leaf: bytes) -> List[Tuple[Tile, bytes]]:
        """Add a leaf hash. Returns the tiles that it completes, lowest first, with their bytes."""
        done: List[Tuple[Tile, bytes]] = []
        size, height, found = self.size, 0, leaf
        self._put(0, leaf, done)
        while size & 1:
            found = tlog.node_hash(self._roots.pop(), found)
            size >>= 1
            height += 1
            if not height % HEIGHT:
                self._put(height // HEIGHT, found, done)
        self._roots.append(found)
        self.size += 1
        return done

    def _put(self, level: int, found: bytes, done: List[Tuple[Tile, bytes]]) -> None:
        if level == len(self._rows):
            self._rows.append([])
        row = self._rows[level]
        row.append(found)
        if len(row) == WIDTH:
            done.append((Tile(level, self.size >> HEIGHT * (level + 1)), b"".join(row)))
            row.clear()

    @property
    def root(self) -> bytes:
        """Root hash as the tree stands."""
        return tlog.root(tuple(self._roots))

    def partial(self) -> List[Tuple[Tile, bytes]]:
        """The partial tiles as the tree stands, with their bytes."""
        return [(tile, b"".join(self._rows[tile.level])) for tile in partial(self.size)]


def make_bundle(entries: Iterable[bytes]) -> bytes:
    """A bundle of entries. Raises TileError for one that is too large, or for too many."""
    parts: List[bytes] = []
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise TileError(f"an entry has {len(entry)} bytes, at most {MAX_ENTRY} fit in a bundle")
        parts += [len(entry).to_bytes(2, "big"), entry]
    if not 0 < len(parts) <= 2 * WIDTH:
        raise TileError(f"a bundle holds 1 to {WIDTH} entries, not {len(parts) // 2}")
    return b"".join(parts)


def parse_bundle(bundle: bytes, width: int) -> List[bytes]:
    """The `width` entries of a bundle. Raises TileError when it does not hold exactly so many."""
    entries: List[bytes] = []
    at = 0
    while at < len(bundle) and len(entries) < width:
        end = at + 2 + int.from_bytes(bundle[at : at + 2], "big")
        if end > len(bundle):
            raise TileError(f"the bundle ends within its entry {len(entries)}")
        entries.append(bundle[at + 2 : end])
        at = end
    if len(entries) != width or at != len(bundle):
        count = f"more than {width}" if len(entries) == width else str(len(entries))
        raise TileError(f"the bundle holds {count} entries, not {width}")
    return entries
