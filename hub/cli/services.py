"""`strongroom hub engine` and `hub console`: the processes that run all the time."""

from __future__ import annotations

import signal
import sys

import typer

from hub.cli.common import hub_of


def engine(context: typer.Context) -> None:
    """Take in what the nodes send, and watch what comes due, until stopped."""
    from hub.engine import Engine

    running = Engine(hub_of(context))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: running.stop())
    running.run()


def console(context: typer.Context) -> None:
    """Serve the duty officer's pages until stopped."""
    from hub.console.app import run

    run(hub_of(context))
    sys.exit(0)
