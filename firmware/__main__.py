"""`strongroom node …`: the command line of this side."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from firmware.cli import common, node


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    return common.parser_of(node.add_to)


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    return common.run(parser(), words)


if __name__ == "__main__":
    sys.exit(main())
