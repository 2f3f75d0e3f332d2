"""A demonstration under test: the real command in its own directory, its hardware, and its journal read beside it."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from demo.site.names import Names
from hub.cli import asking, passwords
from hub.core.nodes import liveness
from hub.core.sealing import before as before_sealing
from hub.core.site.document import Site
from hub.core.state import Alarm, Life, OrderOut, State
from hub.door import protocol
from hub.service import Service
from hub.site_directory.hub import open_hub
from hub.store import queries, session
from hub.store.queries import JournalRow
from tests.support import commands
from tests.support.ports import free_port
from wire import messages as m
from wire import notes
from wire.points import KINDS
from wire.simulation import hardware as simulated

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_S = 90.0
"""For what takes a second on an idle machine; only a failing test ever waits so long."""
POLL_S = 0.05
SAME_BADGE_S = 2.5
REST_S = 0.06
"""A contact rests for so long: nobody's hand is quicker."""

ZHANG, LI, WANG, CHEN = 1001, 1002, 1003, 1004
"""张伟, 李娜, 王芳 (on duty), 陈杰 (a clerk)."""

T = TypeVar("T")


def command(side: str, directory: Path, *words: str) -> list[str]:
    """A command as `./strongroom` hands it on."""
    return [sys.executable, "-P", "-m", side, "--dir", str(directory), *words]


def environment() -> dict[str, str]:
    """That of the tests, with this very source tree."""
    return os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


def call(side: str, directory: Path, *words: str, code: int = 0, patience: float = PATIENCE_S) -> str:
    """Run a command to its end; its output, errors included. The demonstration is started as people start it."""
    if side != "demo":
        done = commands.run(side, directory, *words, code=code)
        return done.stdout + done.stderr
    done = subprocess.run(
        command(side, directory, *words), capture_output=True, text=True, env=environment(), timeout=patience
    )
    assert done.returncode == code, f"{words}: exit code {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def wait_until(condition: Callable[[], T], what: str = "", patience: float = PATIENCE_S) -> T:
    """Wait until something is so; what it gives."""
    deadline = time.monotonic() + patience
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited {patience:.0f} s in vain for {what or condition}"
        time.sleep(POLL_S)
    return found


def processes_in(directory: Path) -> list[str]:
    """Command lines of every process that works in a site's directory."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = process.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if f"{directory}" in words and process.name != str(os.getpid()):
                found.append(f"{process.name} {words}")
    return found


class Demo:
    """One demonstration site. `start` runs `strongroom demo` on it; the rest is for while it runs."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = free_port()
        self.names = Names.read(directory / "site.toml")
        self.output = directory.with_suffix(".out")
        self.process: subprocess.Popen[bytes] | None = None
        self._shown: dict[tuple[str, int], float] = {}
        self._admin: Service | None = None

    # ------------------------------------------------------------ the command

    def start(self, *words: str, ready: bool = True) -> Demo:
        """Run it; `ready`: until every node has its plan and nothing that was ordered is outstanding."""
        assert self.process is None
        after = self.newest()
        with self.output.open("ab") as out:
            self.process = subprocess.Popen(
                command("demo", self.directory, "demo", "--port", str(self.port), *words),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env=environment(),
            )
        if ready:
            wait_until(lambda: self.is_ready(after), "every node to be ready")
        return self

    def is_ready(self, after: int = -1) -> bool:
        """Whether every node has told of itself after an index of the journal, and has what it needs."""
        assert self.process
        assert self.process.poll() is None, self.said()
        state = self.state()
        revoked = {life.node for life in state.all(Life) if life.revoked}
        told = {row.author for row in self.journal(after, kind="started")}
        wanted = set(self.names.nodes) - revoked
        try:
            planned = all(self.hardware(node).plan for node in wanted)
        except simulated.NotThere:
            return False
        return planned and wanted <= told and all(order.state != "open" for order in state.all(OrderOut))

    def has_its_plan(self, node: str) -> bool:
        """Whether a node that was started again knows what hangs on it, and the hub knows that it does."""
        try:
            return self.hardware(node).plan > 0 and all(one.state != "open" for one in self.state().all(OrderOut))
        except simulated.NotThere:
            return False

    def said(self) -> str:
        """All that it has printed."""
        return self.output.read_text("utf-8") if self.output.exists() else ""

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it; its exit code."""
        if self.process is None:
            return 0
        self.process.send_signal(number)
        try:
            code = self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        self.process = self._admin = None
        return code

    # ------------------------------------------------------------ its processes

    def pid(self, name: str) -> int:
        """Process id of broker, engine, console or a node."""
        return int((self.directory / "run" / f"{name}.pid").read_text())

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """Send a signal to one of its processes; with SIGKILL, return once it is gone."""
        handle = os.pidfd_open(self.pid(name))
        try:
            signal.pidfd_send_signal(handle, number)
            if number == signal.SIGKILL:
                select.select([handle], [], [], PATIENCE_S)
        finally:
            os.close(handle)

    # ------------------------------------------------------------ its hardware

    def hand(self, question: simulated.Question, node: str) -> None:
        """Do something to the hardware of a node."""
        answer = simulated.send(self.directory / "sim" / f"{node}.sock", question, PATIENCE_S)
        assert not answer.error, answer.error

    def opens(self, place: str) -> None:
        self.hand(simulated.Open(place), self.names.places[place])

    def closes(self, place: str) -> None:
        self.hand(simulated.Close(place), self.names.places[place])

    def visit(self, place: str) -> None:
        """Open it for a moment and close it again; what is shorter than 10 ms is no opening."""
        self.opens(place)
        time.sleep(REST_S)
        self.closes(place)

    def badge(self, reader: str, person: int) -> None:
        """Hold a badge to a reader; so soon after the last time it would be the same presentation."""
        again = self._shown.get((reader, person), 0) + SAME_BADGE_S
        wait_until(lambda: time.monotonic() > again)
        self._shown[reader, person] = time.monotonic()
        self.hand(simulated.Badge(reader, self.names.badges[person]), self.names.places[reader])

    def hardware(self, node: str) -> simulated.NodeState:
        state = simulated.send(self.directory / "sim" / f"{node}.sock", simulated.State(), PATIENCE_S).state
        assert state
        return state

    # ------------------------------------------------------------ its hub

    @contextlib.contextmanager
    def _hub(self) -> Iterator[Service]:
        """Kept while it runs, with all that was read and compiled: questions are asked many times a second."""
        hub = self._admin = self._admin or open_hub(self.directory).service()
        try:
            yield hub
        finally:
            hub._database.dispose()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Any]:
        with self._hub() as hub, session.reading(hub._database) as connection:
            yield connection

    def newest(self) -> int:
        """Index of the newest entry, -1 for none."""
        with self.reading() as connection:
            return queries.size(connection) - 1

    def journal(self, after: int = -1, **which: Any) -> list[JournalRow]:
        """Every entry after an index."""
        found: list[JournalRow] = []
        with self.reading() as connection:
            while rows := queries.journal(connection, after, 1000, **which):
                found += rows
                after = rows[-1].index
        return found

    def entry(self, kind: str, place: str | None = None, after: int = -1) -> JournalRow:
        """The first entry of that kind after an index, once it is there."""
        return wait_until(lambda: self.journal(after, kind=kind, place=place), f"{kind} {place or ''}")[0]

    def record(self, kind: str, node: str, after: int = -1) -> JournalRow:
        """The first record of that kind by that node after an index, once it is there."""
        return wait_until(lambda: self.journal(after, kind=kind, node=node), f"{kind} of {node}")[0]

    def state(self) -> State:
        with self._hub() as hub:
            return hub.look()[0]

    def site(self) -> Site:
        with self._hub() as hub:
            return hub.look()[1]

    def asks(self, *facts: m.FactData) -> None:
        """The duty officer, at the command line."""
        hub = open_hub(self.directory)
        with asking.asking(hub) as engine, engine.signed_in("wangfang", passwords.of(hub.layout, "wangfang")) as token:
            engine.do(protocol.Act(token=token, wanted=facts))

    def alarms(self, after: int = -1) -> list[tuple[str, str]]:
        """Every alarm and trouble that was raised after an index, in order: kind and place."""
        raised = [row.message.data for row in self.journal(after, kind="alarm-raised")]
        return [(one.what, one.place) for one in raised if isinstance(one, m.AlarmRaised)]

    def alarm(self, what: str, place: str) -> Alarm:
        """The open alarm of that kind and place, once it is there."""

        def found() -> list[Alarm]:
            return [one for one in self.state().all(Alarm) if one.open and (one.what, one.place) == (what, place)]

        return wait_until(found, f"alarm {what} {place}")[0]

    def checks(self, area: str, first: int, second: int) -> None:
        """Walk through the area with a badge, tick its list, say the numbers on its seals."""
        site = self.site()
        doors = [f"{area}/{door}" for door in site.areas[area].doors]
        rest = [one.place for one in site.point if one.area == area and KINDS[one.kind].item]
        before = self.newest()
        self.asks(m.SealingChecking(sealing=0, area=area))
        self.badge(f"{area}/reader", first)
        self.entry("granted", f"{area}/reader", before)
        for place in (*doors, *(one for one in rest if one not in doors)):
            before = self.newest()
            self.visit(place)
            wait_until(lambda place=place, before=before: len(self.journal(before, kind="level", place=place)) > 1)  # type: ignore[misc]
        self.asks(*(m.CheckTicked(area=area, item=item) for item in before_sealing.items(site, area)))
        for seal in before_sealing.seals(site, area):
            self.asks(*(m.SealNumber(point=seal, number="SN-1", said_by=person) for person in (first, second)))

    def seals(self, area: str, first: int, second: int) -> None:
        """Check an area and seal it, by two people."""
        self.checks(area, first, second)
        before = self.newest()
        self.asks(m.SealingOrdered(sealing=0, area=area, purpose="seal"))
        wait_until(lambda: _done(self, "ceremony", before), "the ceremony")
        for person in (first, second):
            self.badge(f"{area}/reader", person)
        self.entry("sealed", area, before)

    def opens_up(self, area: str, first: int, second: int) -> None:
        """Two unset an area at its reader, whatever the hour, and go in."""
        before = self.newest()
        for person in (first, second):
            self.badge(f"{area}/reader", person)
        self.entry("area-unset", None, before)
        door = f"{area}/{self.site().areas[area].doors[0]}"
        self.opens(door)
        self.closes(door)

    def exports(self, target: Path) -> Path:
        """A folder in `target` whose every entry is proven. A hub that has much else to do is asked again, as the
        command says: it waits for the engine and for the nodes as long as people like to."""
        tries = (target / f"{number}" for number in count())

        def proven() -> Path | None:
            folder = next(tries)
            said = call("hub", self.directory, "export", str(folder))
            return None if "are not proven" in said or "no majority" in said else folder

        target.mkdir()
        return wait_until(proven, "an export in which all is proven")  # type: ignore[return-value]


def missed_too_early(demo: Demo, after: int = -1) -> list[JournalRow]:
    """Silences after an index that were told before their time had passed since the node was heard last, or since the
    engine's own start. On a busy machine they may come, and are true: then that time has passed. Three quarters of it
    do, since of two clocks one is read after the other."""
    starts = [row.hub_time for row in demo.journal(kind="engine-started")]
    found = []
    for row in demo.journal(after, kind="node-silent"):
        silent = row.message.data
        assert isinstance(silent, m.NodeSilent)
        since = max([one for one in starts if one <= row.hub_time] + [silent.last_heard or 0])
        limit = liveness.SILENT_SEALED_MS if silent.sealed else liveness.SILENT_MS
        if row.hub_time - since < limit * 3 // 4:
            found.append(row)
    return found


def _done(demo: Demo, what: str, after: int) -> bool:
    rows = demo.journal(after, kind="order-done")
    return any(isinstance(row.message.data, m.OrderDone) and row.message.data.what == what for row in rows)


# ---------------------------------------------------------------- promise 1, in full


def outbox_of(demo: Demo, node: str) -> tuple[int, list[tuple[int, str]]]:
    """Life, and number and text hash of every record on a node's disk."""
    path = demo.directory / "nodes" / node / "outbox.db"
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=PATIENCE_S)) as database:
        life = int(database.execute("SELECT value FROM state WHERE name = 'life'").fetchone()[0])
        return life, database.execute("SELECT seq, hash FROM record ORDER BY seq").fetchall()


def journalled(demo: Demo, node: str, life: int) -> list[tuple[int, str]]:
    """Number and text hash of every record of a node's life in the journal, as they stand there."""
    rows = [row for row in demo.journal(node=node) if row.life == life]
    return [(row.seq or 0, notes.text_hash(notes.split(row.note).text)) for row in rows]


def whole(demo: Demo, node: str) -> int:
    """Wait until the journal holds exactly what the node's disk holds, row by row and in order. How many records."""

    def both() -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
        life, on_disk = outbox_of(demo, node)
        return journalled(demo, node, life), on_disk

    def same() -> int:
        here, there = both()
        return len(here) if here == there else 0

    with contextlib.suppress(AssertionError):
        return wait_until(same)
    here, there = both()
    assert here == there
    return len(here)
