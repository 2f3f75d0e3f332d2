"""What evidence costs: appending with the tree and without it, an audit beside bare checking and hashing, proofs.

No broker and no engine: the journal's own code on a database file, and the verifier that goes out with an export.
"""

from __future__ import annotations

import json
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Engine, insert

from hub.ledger import append, folder, tree
from hub.ledger.append import Appending
from hub.store import session, tables
from tests.support import fence
from tests.support.journal import HubSide, NodeSide, level
from wire import messages as m
from wire import notes, tiles, tlog

BATCH = 64
SIGNED_EVERY = 1000
"""Entries between two checkpoints."""
CHUNK = tiles.WIDTH * tiles.WIDTH


class Append(NamedTuple):
    """Medians over blocks, in µs for an entry: wall time, and processor time."""

    plain: tuple[float, float]
    tree: tuple[float, float]


class Audit(NamedTuple):
    """Processor time of an audit of so many entries, and of nothing but their signatures and hashes, in s; and the most
    memory that the verifier had, in MB."""

    entries: int
    verifier: float
    bare: float
    memory: float
    verdict: str


class Proofs(NamedTuple):
    """Proofs in a tree of so many entries, in ms each."""

    size: int
    inclusion: list[float]
    consistency: list[float]


# ---------------------------------------------------------------- a long journal


class _Spool:
    """Entries in a file, since a million of them would not fit into a small memory."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("wb")
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, note: bytes) -> None:
        self._file.write(len(note).to_bytes(4, "big") + note)
        self._count += 1

    def __iter__(self) -> Iterator[bytes]:
        self._file.flush()
        with self._path.open("rb") as file:
            while length := file.read(4):
                yield file.read(int.from_bytes(length, "big"))

    def __getitem__(self, index: int) -> bytes:
        raise AssertionError("no entry of this journal accuses a node")


def long_journal(path: Path, entries: int) -> HubSide:
    """A genuine journal of two nodes and so many entries, with a checkpoint every thousand, all countersigned."""
    hub = HubSide()
    hub.entries = _Spool(path)  # type: ignore[assignment]
    hub.open()
    nodes = [NodeSide("archive-1"), NodeSide("archive-2")]
    for node in nodes:
        hub.enrol(node)
    hub.check_point()
    said = level("archive/door", "normal", "active")
    while len(hub.entries) < entries:
        number = len(hub.entries)
        if number % 10:
            hub.record(nodes[number % 2], said)
        else:
            hub.fact(m.SignedIn(person=7), "console")
        if not number % SIGNED_EVERY:
            hub.check_point()
    hub.check_point()
    return hub


# ---------------------------------------------------------------- appending


class _Treeless(Appending):
    """The same, with the tree taken out: no leaf is hashed, no tile written, the frontier is empty."""

    def _grown(self) -> tlog.Frontier:
        return ()


def appending(root: Path, notes_: list[bytes], blocks: int) -> Append:
    """Batches of 64 into two databases in turn: as the journal appends, and with the tree taken out."""
    kinds: dict[type[Appending], tuple[Engine, list[tuple[float, float]]]] = {
        Appending: (_database(root / "tree.db"), []),
        _Treeless: (_database(root / "plain.db"), []),
    }
    said = [(note, append.message_of(note, "engine" if b'"by"' in note[:60] else "archive-1")) for note in notes_]
    batches = [said[at : at + BATCH] for at in range(0, len(said) - BATCH + 1, BATCH)]
    for block in _split(batches, blocks):
        for kind, (database, spent) in kinds.items():
            with _Timed(spent, len(block) * BATCH):
                for batch in block:
                    with session.writing(database) as connection:
                        grown = kind(connection)
                        for note, message in batch:
                            grown.append(note, "0" * 64, message, 0)
                        grown.finish()
    for database, _ in kinds.values():
        database.dispose()
    return Append(_medians(kinds[_Treeless][1]), _medians(kinds[Appending][1]))


def _database(path: Path) -> Engine:
    return fence.made(f"sqlite:///{path}")


def _split(items: list[Any], parts: int) -> Iterator[list[Any]]:
    for at in range(parts):
        yield items[len(items) * at // parts : len(items) * (at + 1) // parts]


class _Timed:
    def __init__(self, to: list[tuple[float, float]], entries: int) -> None:
        self._to = to
        self._entries = entries

    def __enter__(self) -> None:
        self._begun = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        wall, busy = time.perf_counter() - self._begun[0], time.process_time() - self._begun[1]
        self._to.append((wall / self._entries * 1e6, busy / self._entries * 1e6))


def _medians(spent: list[tuple[float, float]]) -> tuple[float, float]:
    return statistics.median(one[0] for one in spent), statistics.median(one[1] for one in spent)


# ---------------------------------------------------------------- an audit

_MEASURED = """
import atexit, re, runpy, sys
say = lambda: sys.stderr.write(re.search("VmHWM.*", open("/proc/self/status").read())[0])
atexit.register(say)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
"""The verifier, and at its end the most memory that it had: what the system counts for a child begins with ours."""


def audit(root: Path, entries: int) -> Audit:
    """An export of so many entries, checked by its own verify.pyz in a process of its own."""
    root.mkdir()
    hub = long_journal(root / "spool", entries)
    folder.write(root / "export", hub.journal())
    words = [sys.executable, "-c", _MEASURED, str(root / "export" / "verify.pyz"), "--quiet", "--json"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    verdict = json.loads(done.stdout)["verdict"]
    return Audit(entries, spent, _bare(hub), int(done.stderr.split()[-2]) / 1024, verdict)


def _bare(hub: HubSide) -> float:
    """Seconds of processor time for one signature check and one leaf hash for each entry, and nothing else."""
    keys = [*(one.public for one in hub.services.values()), *(one.record_key.public for one in hub.nodes.values())]
    loaded = {key.key_id: Ed25519PublicKey.from_public_bytes(key.public) for key in keys}
    spent = 0.0
    chunk: list[tuple[Ed25519PublicKey, bytes, bytes, bytes]] = []

    def check() -> float:
        begun = time.process_time()
        for key, signature, text, note in chunk:
            key.verify(signature, text)
            tlog.leaf_hash(note)
        chunk.clear()
        return time.process_time() - begun

    for note in hub.entries:
        parts = notes.split(note)
        (signature,) = parts.signatures
        chunk.append((loaded[signature.key_id], signature.data, parts.text, note))
        if len(chunk) == SIGNED_EVERY:
            spent += check()
    return spent + check()


# ---------------------------------------------------------------- proofs


def proofs(root: Path, size: int, count: int) -> Proofs:
    """Proofs from a database file that holds the tree of so many leaves, and the entries of its newest tile. Each is
    made in a transaction of its own, as the engine answers a node; the first after the file has left the memory."""
    path = root / "tiles.db"
    path.touch()
    database = fence.bare(f"sqlite:///{path}")  # without the guards: entries before the newest are not made up
    _plant(database, size)
    _forget(database, path)
    source = random.Random(7)
    found = Proofs(size, [], [])
    made: list[tuple[int, list[bytes], int, list[bytes]]] = []
    for _ in range(count):
        index, old = source.randrange(size), source.randrange(1, size)
        begun = time.perf_counter()
        with session.reading(database) as connection:
            inclusion = tlog.inclusion_proof(index, size, tree.reader(connection, size))
        between = time.perf_counter()
        with session.reading(database) as connection:
            consistency = tlog.consistency_proof(old, size, tree.reader(connection, size))
        found.inclusion.append((between - begun) * 1000)
        found.consistency.append((time.perf_counter() - between) * 1000)
        made.append((index, inclusion, old, consistency))
    with session.reading(database) as connection:
        read = tree.reader(connection, size)
        whole = tlog.range_hash(0, size, read)
        for index, inclusion, old, consistency in made:
            tlog.check_inclusion(read(0, index), index, size, inclusion, whole)
            tlog.check_consistency(old, size, tlog.range_hash(0, old, read), whole, consistency)
    database.dispose()
    return found


def _plant(database: Engine, size: int) -> None:
    full, rest = size // tiles.WIDTH * tiles.WIDTH, size % tiles.WIDTH
    frontier: tlog.Frontier = ()
    for old in range(0, full, CHUNK):
        hashes = os.urandom(min(CHUNK, full - old) * tlog.HASH_SIZE)
        leaves = [hashes[at : at + tlog.HASH_SIZE] for at in range(0, len(hashes), tlog.HASH_SIZE)]
        with session.writing(database) as connection:
            frontier = tree.grow(connection, old, frontier, leaves)
    if rest:
        filler = {"text_hash": "", "author": "engine", "kind": "x", "said_time": 0, "hub_time": 0}
        rows = [{"idx": full + at, "note": b"%d\n" % at, **filler} for at in range(rest)]
        with session.writing(database) as connection:
            connection.execute(insert(tables.journal), rows)


def _forget(database: Engine, path: Path) -> None:
    with database.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    database.dispose()
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
