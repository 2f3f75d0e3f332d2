"""`strongroom node …`, from what was typed to how it ends."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from firmware.cli import node
from firmware.setup import where
from wire.command_line.run import call, of_the_system, one_line


def invoke(words: Sequence[str]) -> None:
    """Carry out what the words say. Raises Failure, and OSError."""
    call(node.app, words, lambda: where.directory(None), "node")


def run() -> None:
    """Run the command that was typed."""
    with one_line(of_the_system):
        invoke(sys.argv[1:])
