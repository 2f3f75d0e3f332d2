"""`strongroom node status`: what is on a node's disk, read beside the running node."""

from __future__ import annotations

import fcntl
import sqlite3

import msgspec

from firmware import papers as papers_file
from firmware.config import Place
from wire.messages import AccessList, Plan, SealedArea


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
    sealed: tuple[SealedArea, ...] = ()


def read(place: Place) -> Status:
    """Read it. Raises sqlite3.Error for an outbox that cannot be read."""
    config = place.config
    enrolled = papers_file.Files(place.keys).path(papers_file.Files(place.keys).papers).exists()
    status = Status(config.site, config.node, config.gpio.factory, _running(place), enrolled)
    path = place.state / "outbox.db"
    if not path.exists():
        return status
    database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=2)
    try:
        state: dict[str, bytes] = dict(database.execute("SELECT name, value FROM state").fetchall())
        newest = database.execute("SELECT seq, hash FROM record ORDER BY seq DESC LIMIT 1").fetchone()
    finally:
        database.close()
    status.life, status.freed = int(state.get("life", b"0")), int(state.get("freed", b"0"))
    status.newest, status.hash = newest or (0, "")
    if "saved.plan" in state:
        status.plan = msgspec.json.decode(state["saved.plan"], type=Plan).version
    if "saved.access" in state:
        status.access = msgspec.json.decode(state["saved.access"], type=AccessList).version
    if "saved.sealed" in state:
        status.sealed = msgspec.json.decode(state["saved.sealed"], type=tuple[SealedArea, ...])
    return status


def lines(status: Status) -> list[str]:
    """The same for a person."""
    sealed = ", ".join(f"{one.area} (sealing {one.sealing})" for one in status.sealed) or "nothing"
    return [
        f"{status.node} of {status.site}, factory {status.factory}: {'running' if status.running else 'not running'}",
        f"enrolled: {'yes, life ' + str(status.life) if status.enrolled else 'no'}",
        f"records: {status.newest}, of which {status.newest - status.freed} wait for the hub",
        f"plan {status.plan}, access list {status.access}, sealed: {sealed}",
    ]


def _running(place: Place) -> bool:
    try:
        with (place.state / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
