"""Processes of a demonstration: started, started again when they end, and none of them left behind."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

AGAIN_S = 0.5
END_S = 15
_PR_SET_PDEATHSIG = 1


class Program(NamedTuple):
    """A process to keep running. `name` is that of its log and its pid file."""

    name: str
    command: tuple[str, ...]


class Supervisor:
    """Keeps programs running until `stop`. Logs go to `logs`, process ids to `pids`."""

    def __init__(self, logs: Path, pids: Path, say: Callable[[str], None]) -> None:
        self._logs = logs
        self._pids = pids
        self._say = say
        self._running: dict[str, tuple[Program, subprocess.Popen[bytes]]] = {}
        self._due: dict[str, tuple[Program, float]] = {}

    def start(self, program: Program) -> None:
        """Start a program. Raises OSError."""
        with (self._logs / f"{program.name}.log").open("ab") as log:
            process = subprocess.Popen(
                program.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us; we end the others in order
                preexec_fn=_end_with_parent,
            )
        (self._pids / f"{program.name}.pid").write_text(f"{process.pid}\n")
        self._running[program.name] = (program, process)

    def tend(self) -> None:
        """Start again what has ended."""
        for name, (program, process) in list(self._running.items()):
            if process.poll() is not None:
                del self._running[name]
                self._due[name] = (program, time.monotonic() + AGAIN_S)
                self._say(f"{name} ended ({_how(process.returncode)}); starting it again")
        for name, (program, due) in list(self._due.items()):
            if time.monotonic() >= due:
                del self._due[name]
                self.start(program)

    def stop(self) -> None:
        """End everything, newest first, and wait until it has."""
        processes = [process for _, process in reversed(self._running.values())]
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + END_S
        for process in processes:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for name in self._running:
            (self._pids / f"{name}.pid").unlink(missing_ok=True)
        self._running.clear()
        self._due.clear()


def _how(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return f"signal {-code}"


def _end_with_parent() -> None:
    # However we end, even by SIGKILL, no process of ours is left behind.
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == 1:
        os._exit(1)
