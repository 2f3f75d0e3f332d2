"""Resident memory, and how soon the engine is ready."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import func, select

from hub.store import session
from hub.store.tables import journal
from tests.bench.delay import Probe
from tests.bench.place import PATIENCE_S, REAL_NODE, Place
from wire.simulation import hardware as simulated


class Start(NamedTuple):
    """Seconds from the start of the process to its first entry in the journal, and to its first beat at a node."""

    entry: float
    beat: float


def start_engine(place: Place, probe: Probe) -> tuple[subprocess.Popen[bytes], Start]:
    """Start the engine and watch it become ready."""
    began = time.time()
    engine = place.engine()
    heard = probe.first_beat()
    query = select(func.max(journal.c.hub_time)).where(journal.c.kind == "engine-started")
    with session.reading(place.hub.database()) as connection:
        entry = connection.execute(query).scalar_one() / 1000
    return engine, Start(entry - began, heard - began)


def resident(process: subprocess.Popen[bytes], what: str = "VmRSS") -> float:
    """Resident memory of a process in MB (1,000,000 bytes); `VmHWM` is the most that it ever had."""
    text = Path(f"/proc/{process.pid}/status").read_text()
    found = re.search(rf"{what}:\s+(\d+) kB", text)
    assert found, text
    return int(found[1]) * 1024 / 1e6


def processor_s(process: subprocess.Popen[bytes]) -> float:
    """Processor time that a process has used so far, in seconds: what it costs, however busy the machine is."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_ready(place: Place) -> None:
    """Wait until the real node has its plan from the engine."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if place.sim_socket.exists():
            state = simulated.send(place.sim_socket, simulated.State()).state
            if state and state.plan:
                return
        time.sleep(0.05)
    raise TimeoutError("the node did not get its plan")


def burst(place: Place, rounds: int) -> int:
    """Without its cable the node sees every contact open and close, and a badge, so many times; then it has the cable
    again and delivers. Returns how many of its records are in the journal when no more come."""

    def do(question: simulated.Question) -> None:
        answer = simulated.send(place.sim_socket, question)
        assert not answer.error, answer.error

    state = simulated.send(place.sim_socket, simulated.State()).state
    assert state
    do(simulated.Pull())
    for _ in range(rounds):
        for point in state.points:
            do(simulated.Open(point))
        for reader in state.readers:
            do(simulated.Badge(reader, "01001A2B01"))
        for point in state.points:
            do(simulated.Close(point))
    do(simulated.Push())
    return _settled(place)


def _settled(place: Place) -> int:
    """Number of the node's records once it has not changed for 3 s."""
    query = select(func.count()).where(journal.c.author == REAL_NODE)
    count, since = -1, time.monotonic()
    while time.monotonic() - since < 3:
        with session.reading(place.hub.database()) as connection:
            now = connection.execute(query).scalar_one()
        if now != count:
            count, since = now, time.monotonic()
        time.sleep(0.1)
    return count
