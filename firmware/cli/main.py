"""`strongroom node …`, from what was typed to how it ends."""

from __future__ import annotations

import sys

from firmware.cli import node
from firmware.setup import where
from wire.command_line.run import call, of_the_system, one_line


def run() -> None:
    """Run the command that was typed."""
    with one_line(of_the_system):
        call(node.app, sys.argv[1:], lambda: where.directory(None), "node")
