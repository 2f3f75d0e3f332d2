"""The journal as a folder that an auditor takes along (wire/audit/layout.py says what lies where in it).

Pure of any database: entries, checkpoints and papers come in, files go out. Nothing is judged here: a journal that was
tampered with is exported as it is, and the verifier names what is wrong.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol

from hub.ledger import readme, verifier
from wire import checkpoint, notes, tiles, tlog
from wire.audit import entries, layout, plain
from wire.audit.keyring import Keyring
from wire.audit.manifest import Manifest
from wire.audit.report import Failure
from wire.book import rules


class Journal(NamedTuple):
    """What is exported. `at` gives one entry again; `beside` are certificates and the like, by path."""

    entries: Iterable[bytes]
    at: Callable[[int], bytes]
    checkpoints: Iterable[bytes]
    """Signed checkpoints with their cosignatures, oldest first; one of size 0 is left out."""
    beside: Mapping[str, bytes]
    sign: Callable[[bytes], bytes]
    """Makes a note under the record key of the service `admin`."""


class Made(NamedTuple):
    """What an export holds. `verifier` is the SHA-256 of its verify.pyz, in hex; `changed` names entries, from one to
    the last, that are not those which the hub has signed, if there are any: the first that were found."""

    entries: int
    signed: int
    verifier: str
    changed: tuple[int, int] | None = None


class Sink(Protocol):
    """Where files go."""

    def add(self, path: str, content: bytes) -> None:
        """A whole file."""

    def append(self, path: str, content: bytes) -> None:
        """More of a file."""


class InMemory:
    """Files by path."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def add(self, path: str, content: bytes) -> None:
        """A whole file."""
        self.files[path] = content

    def append(self, path: str, content: bytes) -> None:
        """More of a file."""
        self.files[path] = self.files.get(path, b"") + content


class _Listed:
    """Passes files on, and remembers the hash of each."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._hashes: dict[str, Any] = {}

    def append(self, path: str, content: bytes) -> None:
        self._hashes.setdefault(path, hashlib.sha256()).update(content)
        self._sink.append(path, content)

    def add(self, path: str, content: bytes) -> None:
        self._hashes[path] = hashlib.sha256(content)
        self._sink.add(path, content)

    def digests(self) -> dict[str, str]:
        return {path: found.hexdigest() for path, found in self._hashes.items()}


def fill(sink: Sink, journal: Journal) -> Made:
    """Put every file of an export into `sink`. Raises ValueError for checkpoints that are not of this journal."""
    keys = _Keys()
    beside = _Listed(sink)
    changed: tuple[int, int] | None = None
    covered = 0
    tree = tiles.Growing()
    coming = iter(journal.entries)
    kept: list[bytes] = []
    newest = b""
    beside.append(layout.CSV, plain.csv_head())
    beside.append(layout.JSON_LINES, b"")
    bundle: list[bytes] = []
    bundles = 0
    for size, root, parts in _opened(journal.checkpoints):
        while tree.size < size:
            note = next(coming, None)
            if note is None:
                raise ValueError(f"there is a checkpoint of {size} entries, but the journal has {tree.size}")
            _say_again(beside, tree.size, keys.take(tree.size, note, journal.at))
            bundle.append(note)
            for tile, content in tree.append(tlog.leaf_hash(note)):
                sink.add(tile.path(), content)
            if len(bundle) == tiles.WIDTH:
                sink.add(tiles.Tile(tiles.ENTRIES, tree.size // tiles.WIDTH - 1).path(), tiles.make_bundle(bundle))
                bundle.clear()
        if changed is None and root != tree.root:
            changed = covered, size - 1
        covered = size
        newest = keys.prune(parts)
        kept.append(newest)
        if len(kept) == tiles.WIDTH:
            sink.add(f"{layout.CHECKPOINTS}/{tiles.number_path(bundles)}", tiles.make_bundle(kept))
            bundles += 1
            kept.clear()
    if bundle:
        sink.add(tiles.Tile(tiles.ENTRIES, tree.size // tiles.WIDTH, len(bundle)).path(), tiles.make_bundle(bundle))
    for tile, content in tree.partial():
        sink.add(tile.path(), content)
    if kept:
        sink.add(f"{layout.CHECKPOINTS}/{tiles.number_path(bundles, len(kept))}", tiles.make_bundle(kept))
    if newest:
        sink.add(layout.CHECKPOINT, newest)
    beside.add(layout.KEYS, plain.keys_json(keys.ring.site, keys.ring.origin, keys.ring.history))
    tail = _Counted(coming, lambda count, note: keys.take(tree.size + count, note, journal.at))
    for path, content in layout.bundle_files(layout.TAIL, tail):
        sink.add(path, content)
    for path, content in journal.beside.items():
        beside.add(path, content)
    archive = verifier.build()
    beside.add("verify.pyz", archive)
    digest = verifier.digest(archive)
    beside.add("README.txt", readme.text(keys.ring, tree.size, tail.count, digest).encode("utf-8-sig"))
    size = tree.size + tail.count
    sink.add(layout.MANIFEST, journal.sign(Manifest(keys.ring.origin, size, beside.digests()).text()))
    return Made(size, tree.size, digest, changed)


class _Keys:
    """Follows the journal's keys as the verifier will. No signature is checked; behind a bad entry it stands still."""

    def __init__(self) -> None:
        # Whatever suite a key is of, also one that this version of the hub cannot check.
        self.ring = Keyring(dict.fromkeys(range(256), lambda public, message, signature: True))
        self._good = True

    def take(self, index: int, note: bytes, at: Callable[[int], bytes]) -> entries.Entry | Failure:
        """The entry read; when it is none, or of a version that is not known here, why."""
        try:
            if self._good:
                return self.ring.take(index, note, at)
            return entries.read(index, note, rules.OF_OLD)
        except Failure:
            self._good = False
        try:
            return entries.read(index, note, rules.OF_OLD)
        except Failure as error:
            return error

    def prune(self, parts: notes.Note) -> bytes:
        """The checkpoint with the lines that the verifier will count, each once."""
        if not self._good:
            return notes.join(parts.text, parts.signatures)
        known = {(key.name, key.key_id) for key in (self.ring.current, self.ring.next, *self.ring.witnesses()) if key}
        lines: dict[tuple[str, bytes], notes.Signature] = {}
        for line in parts.signatures:
            if (line.name, line.key_id) in known:
                lines.setdefault((line.name, line.key_id), line)
        self.ring.confirm()
        return notes.join(parts.text, lines.values() or parts.signatures)


class _Counted:
    def __init__(self, items: Iterator[bytes], take: Callable[[int, bytes], object]) -> None:
        self._items = items
        self._take = take
        self.count = 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        item = next(self._items)
        self._take(self.count, item)
        self.count += 1
        return item


def _opened(checkpoints: Iterable[bytes]) -> Iterator[tuple[int, bytes, notes.Note]]:
    before = 0
    for note in checkpoints:
        found, parts = checkpoint.open_signed(note)
        if found.size < before:
            raise ValueError(f"the checkpoint of {found.size} entries comes after that of {before}")
        before = found.size
        if found.size:
            yield found.size, found.root, parts


def _say_again(sink: _Listed, index: int, entry: entries.Entry | Failure) -> None:
    """Every entry has its line: one that cannot be read has one that says so."""
    if isinstance(entry, Failure):
        lines = plain.csv_unread(index, entry.why), plain.json_unread(index, entry.why)
    else:
        lines = plain.csv_line(entry), plain.json_line(entry)
    sink.append(layout.CSV, lines[0])
    sink.append(layout.JSON_LINES, lines[1])
