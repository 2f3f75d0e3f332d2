"""Whoever has taken the console's process, or notify's, has all that its user may do on the hub, and no more.

Three real users, the rights of a real installation, a real engine, and a sealed room: nothing of the room's state
changes, and no order is signed.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from hub.core.state import Area
from hub.site_directory.hub import open_hub
from hub.site_directory.layout import Layout
from hub.store import queries, rows
from tests.support.hub import Clock, make_hub, seal
from tests.support.installed import become, needs_root, needs_systemd, run_as, set_rights

pytestmark = [needs_systemd, needs_root]
PATIENCE_S = 90

ATTACK = """
import json, os, socket, sqlite3, struct, sys
from pathlib import Path

hub, own = Path(sys.argv[1]), sys.argv[2]
database, said = hub / "data" / "strongroom.db", {}

def calls(asker):
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(30)
    line.connect(str(hub / "door" / asker / "engine.sock"))
    return line

def tries(what, how):
    try:
        how()
    except Exception as error:
        said[what] = f"{type(error).__name__}: {error}"
    else:
        said[what] = "DONE"

def writes(statement, mode):
    def how():
        with sqlite3.connect(f"file:{database}?mode={mode}", uri=True, timeout=5) as connection:
            connection.execute(statement)
    return how

for mode in ("rw", "rwc"):
    tries(f"unseals in the database ({mode})", writes("UPDATE area SET state = 'unsealed'", mode))
    tries(f"orders in the database ({mode})", writes("DELETE FROM order_out", mode))
tries("puts another file there", lambda: (database.parent / "other.db").write_bytes(b"x"))
tries("takes the file away", lambda: database.unlink())
tries("renames the file", lambda: database.rename(database.with_name("gone.db")))
tries("cuts the log short", lambda: os.truncate(f"{database}-wal", 0))
tries("writes into what is shared", lambda: open(f"{database}-shm", "r+b"))
tries("takes the engine's lock", lambda: open(f"{database}.engine", "r+b"))
for key in ("engine", "admin"):
    tries(f"reads the key of {key}", lambda key=key: (hub / "keys" / f"{key}.key").read_bytes())
tries("looks for checkpoint keys", lambda: list(os.scandir(hub / "checkpoint")))
tries("reads the key of badges", lambda: (hub / "keys" / "badge.key").read_bytes())
tries("makes a checkpoint key", lambda: (hub / "checkpoint" / "x.key").write_bytes(b"x"))
for asker in ("console", "notify", "admin"):
    if asker != own:
        tries(f"asks as {asker}", lambda asker=asker: calls(asker))
tries("takes the engine's place at the door", lambda: (hub / "door" / own / "engine.sock").unlink())

def asks(what):
    line = calls(own)
    body = json.dumps({"v": 1, "id": "1", "ask": what}).encode()
    line.sendall(struct.pack(">I", len(body)) + body)
    size = struct.unpack(">I", line.recv(4, socket.MSG_WAITALL))[0]
    answer = json.loads(line.recv(size, socket.MSG_WAITALL))
    if answer["answer"] != "done":
        raise PermissionError(f"{answer['answer']}: {answer.get('reason', '')}")

token = "t" * 43
facts = {
    "unseals": {"kind": "unsealed", "sealing": 1, "area": "archive"},
    "orders an unsealing": {"kind": "sealing-ordered", "sealing": 0, "area": "archive", "purpose": "unseal"},
    "opens in an emergency": {"kind": "emergency-opened", "sealing": 0, "area": "archive", "reason": "fire"},
    "issues an order": {"kind": "order-issued", "node": "archive-1", "life": 1, "order": 9, "what": "sealed/archive"},
    "puts a site in force": {"kind": "site-applied", "version": 2, "sha256": "0" * 64},
    "enrols a node": {"kind": "node-enrolled", "node": "x", "life": 1, "record_key": "x", "witness_key": "x",
                      "serial": "1", "last_seq": 0},
    "revokes a node": {"kind": "node-revoked", "node": "archive-1", "reason": "x"},
    "names a checkpoint key": {"kind": "checkpoint-key", "key": "x"},
    "takes an alarm": {"kind": "alarm-acknowledged", "alarm": 1},
    "says that somebody signed in": {"kind": "signed-in", "person": 1003},
}
for what, fact in facts.items():
    tries(f"{what} by a forged token", lambda fact=fact: asks({"ask": "act", "token": token, "wanted": [fact]}))
    tries(f"{what} by its own word", lambda fact=fact: asks({"ask": "say", "said": [fact]}))
print(json.dumps(said))
"""


class Stolen(NamedTuple):
    """A hub that is installed below a root, with a sealed room and an engine that runs as its own user."""

    root: Path
    layout: Layout

    def does(self, service: str, script: str) -> subprocess.CompletedProcess[str]:
        """What a script comes to that runs as the user of a service."""
        user = f"strongroom-{service}"
        return run_as(self.root, user, "/usr/bin/python3", "-c", script, str(self.layout.hub), service)

    def stands(self) -> tuple[list[Area], int, int]:
        """The areas, how many orders were ever issued, and how many entries stand that somebody else asked for."""
        with open_hub(self.layout.root).reading() as connection:
            areas = sorted(rows.load(connection).all(Area), key=lambda one: one.name)
            entries = queries.journal(connection, limit=100_000)
            orders = [one for one in entries if one.kind == "order-issued"]
            return areas, len(orders), len([one for one in entries if one.author != "engine"])


@pytest.fixture
def stolen(root: Path, tmp_path: Path) -> Iterator[Stolen]:
    """Real users cannot reach the Python of a developer's home: the engine alone may read everything, for that."""
    house = make_hub(tmp_path, Clock(), nodes=("archive-1",))
    seal(house, "archive", "archive-1")
    house.database.dispose()
    layout = Layout(root / "var/lib/strongroom")
    shutil.copytree(house.hub.layout.root, layout.root, dirs_exist_ok=True)
    set_rights(root)
    user = [*become(root, "strongroom-engine"), "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    command = [*user, sys.executable, "-P", "-m", "hub", "--dir", str(layout.root), "hub", "engine"]
    process = subprocess.Popen(command, cwd="/", umask=0o022, env={**os.environ, "PYTHONPATH": str(Path.cwd())})
    until = time.monotonic() + PATIENCE_S
    while not layout.door("admin").exists():
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)
    yield Stolen(root, layout)
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_S) == 0


@pytest.mark.parametrize("service", ["console", "notify"])
def test_nothing_of_a_sealed_room_changes_by_all_that_a_stolen_service_may_do(stolen: Stolen, service: str) -> None:
    before = stolen.stands()
    assert next(one.state for one in before[0] if one.name == "archive") == "sealed"
    tried = stolen.does(service, ATTACK)
    assert tried.returncode == 0, tried.stderr
    said: dict[str, str] = json.loads(tried.stdout)
    assert {what: how for what, how in said.items() if how == "DONE"} == {}
    assert len(said) > 35
    assert stolen.stands() == before


@pytest.mark.parametrize("service", ["console", "notify"])
def test_what_is_a_services_own_it_can_do(stolen: Stolen, service: str) -> None:
    """Else the test before would hold for a service that can do nothing at all."""
    own = """
import sqlite3, socket, sys
from pathlib import Path
hub, own = Path(sys.argv[1]), sys.argv[2]
with sqlite3.connect(f"file:{hub / 'data' / 'strongroom.db'}?mode=ro", uri=True) as connection:
    print(connection.execute("SELECT state FROM area WHERE name = 'archive'").fetchone()[0])
for path in (hub / "door" / own / "engine.sock", hub / "data" / "engine.sock"):
    socket.socket(socket.AF_UNIX).connect(str(path))
"""
    did = stolen.does(service, own)
    assert (did.stdout.strip(), did.stderr) == ("sealed", "")
