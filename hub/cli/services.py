"""`strongroom hub engine`, `hub console` and `hub notify`: the processes that run all the time.

They are started without the rest of the command line, which would stay in memory for as long as they run.
"""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hub.cli import ending
from wire import logs
from wire.command_line.run import one_line

if TYPE_CHECKING:
    from hub.site_directory.hub import Hub


PATIENCE_MS = 1_000
"""How long the engine waits for another writer before it says something: it has to beat meanwhile."""


def engine(hub: Hub) -> None:
    """Take in what the nodes send, and watch what comes due, until stopped."""
    from hub.engine import disk
    from hub.engine.process import Engine
    from hub.ledger import checkpoint_keys
    from hub.store import alone

    disk.check(hub.layout.database.parent)
    with (
        alone.engine_of(hub.database(PATIENCE_MS, writes=True)) as ours,
        checkpoint_keys.alone(hub.layout.checkpoint_keys),
    ):
        running = Engine(hub.on(ours.database), ours.still)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: running.stop())
        running.run()


def console(hub: Hub) -> None:
    """Serve the duty officer's pages until stopped."""
    from hub.console.app import run

    run(hub)


def notify(hub: Hub) -> None:
    """Tell people of alarms by every channel that is set up, until stopped."""
    from hub.notify.process import Notify

    running = Notify(hub)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: running.stop())
    running.run()


SERVICES: dict[str, Callable[[Hub], None]] = {"engine": engine, "console": console, "notify": notify}


class Wanted(NamedTuple):
    """A service that was asked for, and the directory of its site."""

    service: str
    directory: Path


def wanted(words: Sequence[str]) -> Wanted | None:
    """The service that the words of a command line ask for: `[--dir DIR] hub SERVICE`, and nothing else."""
    directory = default_directory()
    if len(words) > 1 and words[0] == "--dir":
        directory, words = Path(words[1]), words[2:]
    if len(words) == 2 and words[0] == "hub" and words[1] in SERVICES:
        return Wanted(words[1], directory)
    return None


def run(asked: Wanted) -> None:
    """Run a service until it is stopped."""
    from hub.site_directory.hub import open_hub

    logs.to_stderr(logging.WARNING)
    SERVICES[asked.service](open_hub(asked.directory, asked.service))


def run_alone(asked: Wanted) -> None:
    """Run a service as a process of its own, whose errors are one line."""
    with one_line(ending.by(ending.exits)):
        run(asked)


def default_directory() -> Path:
    """The directory that the environment names, an installed hub's where there is one, else the demonstration's."""
    named, installed = os.environ.get("STRONGROOM_DIR"), Path("/var/lib/strongroom")
    return Path(named) if named else installed if installed.exists() else Path("demo-site")
