"""Whether the entries of a journal, as they are read one after the other, are those that its tree was made of."""

from __future__ import annotations

from collections.abc import Callable

from wire import tiles, tlog


class Changed(ValueError):
    """The journal is not what was appended to it; the message says where."""


class Intact:
    """Hashes each entry that is read, and compares. A full tile tells which one differs, the head whether one does."""

    def __init__(
        self, size: int, frontier: tlog.Frontier, tile: Callable[[int], bytes | None] = lambda _number: None
    ) -> None:
        """`size` and `frontier` as the head has them; `tile`: the leaf hashes of a full tile, where there is one."""
        self._size = size
        self._wanted = frontier
        self._tile = tile
        self._at = 0
        self._frontier: tlog.Frontier = ()
        self._leaves: list[bytes] = []

    def entry(self, index: int, note: bytes) -> None:
        """The next entry. Raises Changed."""
        if index != self._at:
            raise Changed(f"entry {self._at} is missing")
        leaf = tlog.leaf_hash(note)
        self._frontier = tlog.append(index, self._frontier, leaf)
        self._leaves.append(leaf)
        self._at = index + 1
        if len(self._leaves) == tiles.WIDTH:
            self._compare(index // tiles.WIDTH)
            self._leaves = []

    def finish(self) -> None:
        """That was the last entry. Raises Changed."""
        if self._at != self._size:
            raise Changed(f"the journal has {self._size} entries, and {self._at} are there")
        if self._frontier != self._wanted:
            raise Changed(f"one of the newest {len(self._leaves) or self._size} entries is not what was appended")

    def _compare(self, number: int) -> None:
        held = self._tile(number)
        for at, leaf in enumerate(self._leaves if held is not None else ()):
            if held is not None and held[at * tlog.HASH_SIZE : (at + 1) * tlog.HASH_SIZE] != leaf:
                raise Changed(f"entry {number * tiles.WIDTH + at} is not what was appended")
