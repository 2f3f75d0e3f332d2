"""`strongroom node …` and `strongroom sim …`: the command line of this side."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

from firmware import cli_node, cli_sim
from firmware.cli import CliError

EXIT_USAGE = 64
EXIT_INTERRUPTED = 130


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        print(f"strongroom: {message}; see: {self.prog} --help", file=sys.stderr)
        raise SystemExit(EXIT_USAGE)


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = _Parser(prog="strongroom")
    top.add_argument("--dir", metavar="DIR", type=Path, help="the site's directory (else STRONGROOM_DIR, see docs)")
    commands = top.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    cli_node.add_to(commands)
    cli_sim.add_to(commands)
    return top


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code. A terminal that cannot show a character gets its code in its place."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    args = parser().parse_args(words)
    try:
        return int(args.do(args))
    except CliError as error:
        print(f"strongroom: {error}", file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone away
        return 0


if __name__ == "__main__":
    sys.exit(main())
