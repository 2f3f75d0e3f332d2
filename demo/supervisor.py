"""Processes of a demonstration: started, started again when they end, and none of them left behind."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from hub.site_directory import files

AGAIN_S = 0.5
AGAIN_MOST_S = 8.0
STEADY_S = 10.0
"""Who ends sooner than this after its start has failed to start; each further failure doubles the pause before it is
tried again."""
END_S = 15


class Program(NamedTuple):
    """A process to keep running. `name` is that of its log and its pid file."""

    name: str
    command: tuple[str, ...]


class _Running(NamedTuple):
    program: Program
    process: subprocess.Popen[bytes]
    since: float


class Supervisor:
    """Keeps programs running until `stop`. Logs go to `logs`, process ids to `pids`."""

    def __init__(self, logs: Path, pids: Path, say: Callable[[str], None]) -> None:
        self._logs = logs
        self._pids = pids
        self._say = say
        self._running: dict[str, _Running] = {}
        self._due: dict[str, tuple[Program, float]] = {}
        self.failures: dict[str, int] = {}
        """How often in a row each program has ended soon after its start."""

    def start(self, program: Program) -> None:
        """Start a program. Raises OSError."""
        with self._log(program.name).open("ab") as log:
            process = subprocess.Popen(
                (*_ending_with_us(), *program.command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us; we end the others in order
            )
        # Whole at once: others look for it meanwhile.
        files.replace(self._pids / f"{program.name}.pid", f"{process.pid}\n".encode())
        self._running[program.name] = _Running(program, process, time.monotonic())

    def tend(self) -> None:
        """Start again what has ended."""
        now = time.monotonic()
        for name, (program, process, since) in list(self._running.items()):
            if process.poll() is not None:
                del self._running[name]
                soon = now - since < STEADY_S and process.returncode > 0  # killed is not failed
                self.failures[name] = self.failures.get(name, 0) + 1 if soon else 0
                pause = min(AGAIN_S * 2 ** max(self.failures[name] - 1, 0), AGAIN_MOST_S)
                self._due[name] = (program, now + pause)
                why = f": {self.last_words(name)}" if process.returncode > 0 else ""
                self._say(f"{name} ended ({_how(process.returncode)}{why}); it is started again")
        for name, (program, due) in list(self._due.items()):
            if now >= due:
                del self._due[name]
                self.start(program)

    def last_words(self, name: str) -> str:
        """Last line of a program's log."""
        with contextlib.suppress(OSError):
            lines = self._log(name).read_bytes()[-4096:].decode("utf-8", "replace").strip().splitlines()
            return lines[-1] if lines else ""
        return ""

    def stop(self) -> None:
        """End everything, newest first, and wait until it has."""
        processes = [one.process for one in reversed(self._running.values())]
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + END_S
        for process in processes:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for path in self._pids.glob("*.pid"):
            path.unlink(missing_ok=True)
        self._running.clear()
        self._due.clear()

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"


def await_end(pids: Iterable[Path], belongs: str) -> None:
    """Wait until processes of an earlier run are gone, whose parent was killed a moment ago.

    `belongs` stands in the command line of each; a process id alone may be somebody else's by now.
    """
    deadline = time.monotonic() + END_S
    for path in pids:
        with contextlib.suppress(OSError, ValueError):
            pid = int(path.read_text())
            handle = os.pidfd_open(pid)
            try:
                if belongs.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                    select.select([handle], [], [], max(0.0, deadline - time.monotonic()))
            finally:
                os.close(handle)


def _ending_with_us() -> tuple[str, ...]:
    # However we end, even by SIGKILL, no process of ours is left behind. setpriv is of util-linux, on every Debian.
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig", "TERM", "--") if setpriv else ()


def _how(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return f"signal {-code}"
