"""Promise 1: nothing is lost, nothing doubled, all in order, whatever is killed in the middle of a burst."""

import csv
import json
import random
import subprocess
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

from hub.core.nodes.progress import STUCK_MS
from hub.store.queries import JournalRow
from tests.system.demo import REST_S, Demo, call, command, environment, missed_too_early, wait_until, whole
from wire import messages as m
from wire.simulation import hardware as simulated


class Burst:
    """Somebody opens and closes many things at once, for as long as it lasts. A node that is away is passed over."""

    def __init__(self, demo: Demo, places: list[str]) -> None:
        self._demo = demo
        self._places = places
        self._over = threading.Event()
        self.changes = 0
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Burst":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def goes_on(self, changes: int) -> None:
        """Wait for so many more changes."""
        until = self.changes + changes
        wait_until(lambda: self.changes >= until, "the burst to go on")

    def _run(self) -> None:
        turn = 0
        while not self._over.is_set():
            turn += 1
            place = self._places[turn % len(self._places)]
            act = self._demo.opens if turn // len(self._places) % 2 == 0 else self._demo.closes
            try:
                act(place)
                self.changes += 1
            except (simulated.NotThere, AssertionError):
                time.sleep(REST_S)  # the node was killed, or has no plan yet
            time.sleep(REST_S)


PLACES = [
    f"archive/{name}"
    for name in (
        "cabinet-1",
        "cabinet-2",
        "cabinet-3",
        "corridor-door",
        "iron-gate",
        "security-door",
        "security-window",
    )
] + [
    "cipher-room/door",
    "cipher-room/safe-door",
    "cipher-room/safe-bolt",
    "cipher-room/safe-seal",
    "computer-room/door",
]


def test_whatever_is_killed_in_a_burst_every_record_is_journalled_once_and_in_order(demo: Demo) -> None:
    with Burst(demo, PLACES) as burst:
        for victim in ("engine", "archive-1", "broker", "engine", "cipher-1", "broker"):
            burst.goes_on(12)
            pid, before = demo.pid(victim), demo.newest()
            demo.kill(victim)
            wait_until(lambda victim=victim, pid=pid: demo.pid(victim) != pid, f"{victim} to be started again")  # type: ignore[misc]
            # Who is killed again must have been there; and an engine that starts gives each node its whole time anew.
            if victim != "broker":
                wait_until(lambda victim=victim, before=before: has_said(demo, victim, before), f"{victim} to say so")  # type: ignore[misc]
        burst.goes_on(12)
    records = sum(whole(demo, node) for node in demo.names.nodes)
    assert records > burst.changes // 2
    assert "0 rows differ" in call("hub", demo.directory, "hub", "rebuild")
    starts = demo.journal(kind="engine-started")
    assert len(starts) == 3
    # One fault of the hub for each, and nobody is missed who was back in time.
    raised = [what for what, _ in demo.alarms()]
    assert raised.count("hub-interrupted") == 2
    assert raised.count("broker-lost") <= 2, "one that is back within two seconds is told to nobody"
    assert missed_too_early(demo) == []
    assert stuck_too_early(demo) == []
    assert not {"equivocation", "rolled-back", "bad-messages"} & set(raised)


def test_a_replay_during_which_the_engine_is_killed_twice_ends_with_every_transition_once_and_in_order(
    demo: Demo, tmp_path: Path
) -> None:
    trace, switches = _trace(tmp_path / "trace.csv")
    places = dict(zip(switches, PLACES, strict=True))
    mapping = [f"--map={switch}={place}" for switch, place in places.items()]
    before = demo.newest()
    words = command("demo.sim", demo.directory, "sim", "replay", str(trace), "--speed", "1000", "--json")
    with subprocess.Popen(
        [*words, *mapping], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    ) as player:
        for entries in (60, 150):
            wait_until(lambda entries=entries: len(demo.journal(before, kind="level")) > entries)  # type: ignore[misc]
            demo.kill("engine")
        said, wrong = player.communicate()
    assert player.returncode == 0, wrong
    summary = json.loads(said)
    wanted = _transitions(trace, places)
    played = sum(len(states) for states in wanted.values())
    assert summary["played"] == played
    # A node is slower than the hand that plays to it: its disk and the journal may agree before the last of it.
    wait_until(lambda: len(demo.journal(before, kind="level")) >= played, "every transition")
    nodes = ("archive-1", "cipher-1", "computer-1")
    for node in nodes:
        whole(demo, node)
    found: dict[str, list[bool]] = {place: [] for place in wanted}
    for row in demo.journal(before, kind="level"):
        if isinstance(row.message.data, m.LevelChanged):
            found[row.message.data.point].append(row.message.data.now != "normal")
    assert found == wanted
    assert len(demo.journal(before, kind="engine-started")) == 2
    assert not demo.journal(before, kind="chatter")


def stuck_too_early(demo: Demo) -> list[JournalRow]:
    """Where it was told that a node does not get on, though it had within three quarters of the time for that."""
    found = []
    for row in demo.journal(kind="no-progress"):
        stuck = row.message.data
        assert isinstance(stuck, m.NoProgress)
        journalled = [one.hub_time for one in demo.journal(node=stuck.node) if one.index < row.index]
        if row.hub_time - max(journalled) < STUCK_MS * 3 // 4:
            found.append(row)
    return found


def has_said(demo: Demo, victim: str, after: int) -> bool:
    """Whether engine or node has said after an index of the journal that it was started."""
    kind = "engine-started" if victim == "engine" else "started"
    return victim in {row.author for row in demo.journal(after, kind=kind)}


def _trace(path: Path) -> tuple[Path, list[str]]:
    """Twelve switches, some 220 transitions, and some lines that change nothing, as real traces have them. However a
    slow machine hurries once it can: what changes nineteen times in all does not chatter."""
    dice, at = random.Random(4), datetime(2026, 2, 15, 8, 0, 0)  # noqa: DTZ001 - a trace has local times
    switches = [f"switch-{number}" for number in range(len(PLACES))]
    is_open = dict.fromkeys(switches, False)
    waiting: list[str] = []
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["time", "switch", "state"])
        for _ in range(19 * len(PLACES)):
            at += timedelta(seconds=dice.choice((1, 1, 2, 5, 60)))
            if not waiting:
                waiting = dice.sample(switches, len(switches))
            switch = waiting.pop()
            is_open[switch] ^= dice.random() < 0.97
            writer.writerow([at.isoformat(), switch, "open" if is_open[switch] else "closed"])
    return path, switches


def _transitions(trace: Path, mapping: dict[str, str]) -> dict[str, list[bool]]:
    wanted: dict[str, list[bool]] = {place: [] for place in mapping.values()}
    with trace.open() as file:
        for row in csv.DictReader(file):
            states = wanted[mapping[row["switch"]]]
            if (row["state"] == "open") != (states[-1] if states else False):
                states.append(row["state"] == "open")
    return wanted
