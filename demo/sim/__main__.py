"""`strongroom sim …`: the command line that works the simulated hardware."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from demo.sim import command
from firmware.setup import where
from wire.command_line.run import call, of_the_system, one_line


def run(words: Sequence[str]) -> None:
    """Carry out what the words say. Raises Failure."""
    call(command.app, words, lambda: where.directory(None), "sim")


if __name__ == "__main__":
    with one_line(of_the_system):
        run(sys.argv[1:])
