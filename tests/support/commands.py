"""Commands, each in a process of its own that begins where their modules have been imported already.

A process that imports them itself takes a second for what takes a few hundredths; where starting is the point, tests
start one (tests.system.demo.command).
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from functools import cache
from importlib.util import find_spec
from multiprocessing.context import ForkServerContext
from pathlib import Path

PATIENCE_S = 120
LOADED = (
    "hub.cli.main",
    "hub.admin.backup",
    "hub.console.app",
    "hub.engine.process",
    "hub.notify.process",
    "firmware.cli.node",
    "firmware.process.run",
    "demo.sim.command",
    "tests.support.hub",
)


@cache
def server() -> ForkServerContext:
    """One that starts processes in which `LOADED` is there."""
    assert all(find_spec(one) for one in LOADED), "what is not there would be passed over"
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*LOADED])
    return context


def run(
    side: str,
    directory: Path,
    *words: str,
    code: int | None = None,
    environment: dict[str, str] | None = None,
    keyboard: str = "",
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, as `./strongroom` hands it on.

    `code`: the exit code that it must have; `keyboard`: what somebody types.
    """
    with tempfile.TemporaryDirectory() as folder:
        typed, *said = Path(folder, "stdin"), Path(folder, "stdout"), Path(folder, "stderr")
        typed.write_text(keyboard, "utf-8")
        all_words = ("--dir", str(directory), *words)
        process = server().Process(target=_command, args=(side, all_words, typed, said, environment or {}))
        process.start()
        process.join(PATIENCE_S)
        ended = process.exitcode
        if ended is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(all_words, PATIENCE_S)
        process.close()
        done = subprocess.CompletedProcess(all_words, ended, *(path.read_text("utf-8") for path in said))
    assert code in (None, ended), f"{words}: exit code {ended}\n{done.stdout}{done.stderr}"
    return done


def _command(side: str, words: tuple[str, ...], typed: Path, said: list[Path], environment: dict[str, str]) -> None:
    os.environ.update(environment)
    keyboard = os.open(typed, os.O_RDONLY)
    opened = [os.open(path, os.O_WRONLY | os.O_CREAT) for path in said]
    for number, file in enumerate((keyboard, *opened)):
        os.dup2(file, number)
        os.close(file)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout, sys.stderr = (open(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))  # noqa: SIM115
    sys.argv = [side, *words]
    runpy.run_module(side, run_name="__main__", alter_sys=True)
