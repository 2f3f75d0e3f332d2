"""`strongroom node status`: what is on a node's disk, read beside the running node."""

from __future__ import annotations

import fcntl
import sqlite3
from contextlib import suppress
from pathlib import Path

import msgspec

from firmware.core import frozen
from firmware.core.effects import Saved
from firmware.core.held import Held
from firmware.outbox import saved
from firmware.setup import papers as papers_file
from firmware.setup.config import Place
from wire import checkpoint, paper
from wire.messages import Frozen, Head


class Status(msgspec.Struct):
    """What a node has on its disk."""

    site: str
    node: str
    factory: str
    running: bool
    enrolled: bool
    life: int = 0
    newest: int = 0
    hash: str = ""
    """Text hash of the newest record: the journal is whole when the last one there has the same."""
    freed: int = 0
    """Last record that a receipt has freed; what is above it waits for the hub."""
    plan: int = 0
    access: int = 0
    sealed: tuple[Held, ...] = ()
    checkpoint: Head | None = None
    """The newest checkpoint that the node holds as a witness."""
    countersigned: bool = False
    refused: str = ""
    """Why the journal is not countersigned any more: fork or rollback."""
    covered: int = 0
    """Last record that a countersigned checkpoint is proven to cover."""
    spoilt: tuple[str, ...] = ()
    """What is wrong with the node's keys and papers."""
    no_link: str = ""
    """Why the broker cannot be reached; empty while it can."""


def read(place: Place) -> Status:
    """Read it. Raises sqlite3.Error for an outbox that cannot be read."""
    config = place.config
    enrolled = papers_file.Files(place.keys).path(papers_file.Files(place.keys).papers).exists()
    status = Status(config.site, config.node, config.gpio.factory, _running(place), enrolled)
    with suppress(papers_file.PapersError):
        status.spoilt = papers_file.load(place).spoilt
    path = place.state / "outbox.db"
    if not path.exists():
        return status
    state, newest = _look(path)
    try:
        status.life, status.freed = int(state.get("life", b"0")), int(state.get("freed", b"0"))
        status.covered = int(state.get("covered", b"0"))
    except ValueError as error:
        raise sqlite3.DatabaseError(f"damaged: {error}") from None
    status.newest, status.hash = newest
    on_disk = saved.read(state.get)
    status.plan = on_disk.plan.version if on_disk.plan else 0
    status.access = on_disk.access.version if on_disk.access else 0
    status.sealed = on_disk.sealed
    status.no_link = on_disk.no_link
    if on_disk.witness:
        status.checkpoint = _head(on_disk.witness.note)
        status.countersigned = bool(on_disk.witness.cosigned)
        status.refused = on_disk.witness.refused.why if on_disk.witness.refused else ""
    return status


def held(place: Place) -> list[str]:
    """The checkpoints that the node holds: that of the origin it follows, then what it held of those before, newest
    first. Raises sqlite3.Error."""
    path = place.state / "outbox.db"
    on_disk = saved.read(_look(path)[0].get) if path.exists() else Saved()
    if on_disk.witness is None:
        return []
    return [note for note in (on_disk.witness.note, *reversed(on_disk.witness.former)) if note]


def words(note: str) -> str:
    """A checkpoint in words, to be read aloud and typed."""
    try:
        return " ".join(paper.to_words(checkpoint.open_signed(note.encode())[0]))
    except paper.PaperError as error:
        return str(error)


def lines(status: Status) -> list[str]:
    """The same for a person."""
    return [
        f"{status.node} of {status.site}, factory {status.factory}: {'running' if status.running else 'not running'}",
        f"enrolled: {'yes, life ' + str(status.life) if status.enrolled else 'no'}",
        f"papers: {'; '.join(status.spoilt) or 'nothing is known to be wrong'}",
        f"records: {status.newest}, of which {status.newest - status.freed} wait for the hub",
        f"plan {status.plan}, access list {status.access}",
        *(_held(frozen.record(one)) for one in status.sealed),
        f"journal: {_witnessed(status)}",
        f"broker: {status.no_link or 'nothing is known to be wrong'}",
    ]


def _held(said: Frozen) -> str:
    changed = f", as two people have changed it (change {said.change})" if said.change else ""
    return f"holds {said.area} sealed, number {said.sealing}{changed}: {said.hash}"


def _witnessed(status: Status) -> str:
    if status.checkpoint is None:
        return "no checkpoint yet"
    said = "countersigned" if status.countersigned else "held, not countersigned yet"
    refused = f", and refused since ({status.refused})" if status.refused else ""
    covers = f", which covers this node's records up to {status.covered}" if status.covered else ""
    return f"{status.checkpoint.size} entries {said}{covers}{refused}"


def _look(path: Path) -> tuple[dict[str, bytes], tuple[int, str]]:
    """What lies beside the records, and number and hash of the newest."""
    database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=2)
    try:
        state: dict[str, bytes] = dict(database.execute("SELECT name, value FROM state").fetchall())
        newest = database.execute("SELECT seq, hash FROM record ORDER BY seq DESC LIMIT 1").fetchone()
    finally:
        database.close()
    return state, newest or (0, "")


def _head(note: str) -> Head | None:
    if not note:
        return None
    made, _ = checkpoint.open_signed(note.encode())
    return Head(size=made.size, root=made.root.hex())


def _running(place: Place) -> bool:
    try:
        with (place.state / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
