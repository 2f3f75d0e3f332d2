"""`strongroom sim …`: the command line that works the simulated hardware."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from demo.sim import command
from firmware.cli import common


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    return common.parser_of(command.add_to)


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    return common.run(parser(), words)


if __name__ == "__main__":
    sys.exit(main())
