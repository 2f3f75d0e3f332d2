"""Tiles and bundles as c2sp.org/tlog-tiles has them."""

from __future__ import annotations

import contextlib
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire import tiles, tlog
from wire.tiles import ENTRIES, Tile


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 1234067), "tile/0/x001/x234/067"),  # the example of the specification
        (Tile(0, 1234, 56), "tile/0/x001/234.p/56"),
        (Tile(0, 0), "tile/0/000"),
        (Tile(63, 999), "tile/63/999"),
        (Tile(1, 1000, 255), "tile/1/x001/000.p/255"),
        (Tile(ENTRIES, 5, 1), "tile/entries/005.p/1"),
        (Tile(ENTRIES, 1000000), "tile/entries/x001/x000/000"),
    ],
)
def test_paths(tile: Tile, path: str) -> None:
    assert tile.path() == path
    assert tiles.parse_path(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/1",
        "tile/0/0001",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/001",
        "tile/0/001/001",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000.p/5\n",
        "/tile/0/000",
        "tile/0/000/",
        "tile/entry/000",
        "tile/0/٠٠٠",
        "tile/0/" + "x000/" * 30 + "000",
    ],
)
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(tiles.TileError):
        tiles.parse_path(path)


@given(st.text(alphabet="tilexnrs0123456789./p-", max_size=60))
def test_any_text_is_a_path_in_one_spelling_or_none(text: str) -> None:
    try:
        tile = tiles.parse_path("tile/" + text)
    except tiles.TileError:
        return
    assert tile.path() == "tile/" + text


def test_the_example_of_seventy_thousand() -> None:
    found = list(tiles.needed(70_000))
    full = [tile for tile in found if tile.width == 256]
    assert [sum(tile.level == level for tile in full) for level in range(3)] == [273, 1, 0]
    assert tiles.partial(70_000) == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert tiles.partial(256) == [Tile(1, 0, 1)]
    assert tiles.partial(0) == []


@given(st.integers(0, 200_000), st.integers(0, 70_000))
def test_an_append_completes_what_a_larger_tree_has_and_the_smaller_had_not(old: int, more: int) -> None:
    whole = {tile for tile in tiles.needed(old + more) if tile.width == 256}
    before = {tile for tile in tiles.needed(old) if tile.width == 256}
    found = list(tiles.completed(old, old + more))
    assert set(found) == whole - before
    assert len(found) == len(set(found))
    for tile in found:
        assert tiles.width_of(tile.level, old + more, tile.number) == 256
        assert tiles.width_of(tile.level, old, tile.number) < 256


@pytest.fixture(scope="module")
def grown() -> tuple[dict[str, bytes], list[bytes], list[bytes]]:
    """Every tile of a tree of 70,000, the leaves, and the root at every size."""
    tree, files, leaves, roots = tiles.Growing(), {}, [], [tlog.root(())]
    for number in range(70_000):
        leaf = tlog.leaf_hash(b"%d" % number)
        leaves.append(leaf)
        for tile, content in tree.append(leaf):
            files[tile.path()] = content
        roots.append(tree.root)
    for tile, content in tree.partial():
        files[tile.path()] = content
    return files, leaves, roots


def test_growing_gives_exactly_the_tiles_of_the_tree(grown: tuple[dict[str, bytes], list[bytes], list[bytes]]) -> None:
    files, leaves, roots = grown
    assert set(files) == {tile.path() for tile in tiles.needed(70_000)}
    assert b"".join(files[Tile(0, number, tiles.width_of(0, 70_000, number)).path()] for number in range(274)) == (
        b"".join(leaves)
    )
    frontier: tlog.Frontier = ()
    for number, leaf in enumerate(leaves):
        frontier = tlog.append(number, frontier, leaf)
    assert roots[-1] == tlog.root(frontier)
    assert files["tile/1/000"][:32] == tlog.root((tiles.subtree(files["tile/0/000"]),))


def test_proofs_out_of_tiles(grown: tuple[dict[str, bytes], list[bytes], list[bytes]]) -> None:
    files, leaves, roots = grown
    source, size = random.Random(1), 70_000

    def load(tile: Tile) -> bytes:
        return files[tile.path()]

    read = tiles.reader(size, load)
    for _ in range(200):
        index, old = source.randrange(size), source.randrange(1, size + 1)
        tlog.check_inclusion(leaves[index], index, size, tlog.inclusion_proof(index, size, read), roots[size])
        tlog.check_consistency(old, size, roots[old], roots[size], tlog.consistency_proof(old, size, read))


def test_a_tile_of_the_wrong_length_is_refused() -> None:
    read = tiles.reader(300, lambda tile: bytes(32 * tile.width - 1))
    with pytest.raises(tiles.TileError):
        tlog.inclusion_proof(299, 300, read)


@given(st.lists(st.binary(max_size=80), min_size=1, max_size=256))
def test_a_bundle_gives_back_its_entries(entries: list[bytes]) -> None:
    assert tiles.parse_bundle(tiles.make_bundle(entries), len(entries)) == entries


def test_the_largest_entry_and_the_first_that_is_too_large() -> None:
    assert tiles.parse_bundle(tiles.make_bundle([bytes(65535)]), 1) == [bytes(65535)]
    for entries in ([bytes(65536)], [], [b""] * 257):
        with pytest.raises(tiles.TileError):
            tiles.make_bundle(entries)


@given(st.binary(max_size=300), st.integers(1, 256))
def test_any_bytes_are_a_bundle_in_one_spelling_or_none(content: bytes, width: int) -> None:
    try:
        entries = tiles.parse_bundle(content, width)
    except tiles.TileError:
        return
    assert tiles.make_bundle(entries) == content


@given(st.lists(st.binary(max_size=9), min_size=1, max_size=20), st.data())
def test_a_changed_bundle_is_refused_or_has_other_entries(entries: list[bytes], data: st.DataObject) -> None:
    good = tiles.make_bundle(entries)
    bundle = bytearray(good)
    place = data.draw(st.integers(0, len(bundle) * 8 - 1))
    bundle[place // 8] ^= 1 << place % 8
    with contextlib.suppress(tiles.TileError):
        assert tiles.parse_bundle(bytes(bundle), len(entries)) != entries
    for cut in (good[:-1], good + b"\x00", good + b"\x00\x00"):
        with pytest.raises(tiles.TileError):
            tiles.parse_bundle(cut, len(entries))


def measure() -> None:
    """Run by hand: python -m tests.wire.test_tiles"""
    tree, leaf = tiles.Growing(), tlog.leaf_hash(b"")
    files: dict[str, bytes] = {}
    begun = time.perf_counter()
    for _ in range(1_000_000):
        for tile, content in tree.append(leaf):
            files[tile.path()] = content
    print(f"a million leaves with all tiles: {time.perf_counter() - begun:.2f} s")
    files.update((tile.path(), content) for tile, content in tree.partial())
    read = tiles.reader(1_000_000, lambda tile: files[tile.path()])
    begun = time.perf_counter()
    for number in range(200):
        proof = tlog.inclusion_proof(number * 4999, 1_000_000, read)
        tlog.check_inclusion(leaf, number * 4999, 1_000_000, proof, tree.root)
    print(f"inclusion proof out of tiles, made and checked: {(time.perf_counter() - begun) / 200 * 1000:.2f} ms")


if __name__ == "__main__":
    measure()
