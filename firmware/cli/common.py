"""Shared by all commands of a node: parser, errors, exit codes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn

EXIT_USAGE = 64
EXIT_INTERRUPTED = 130


class CliError(Exception):
    """One clear line for the person who typed it, and the exit code (as sysexits.h names them)."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        print(f"strongroom: {message}; see: {self.prog} --help", file=sys.stderr)
        raise SystemExit(EXIT_USAGE)


def parser_of(*adders: Callable[[argparse._SubParsersAction[Any]], None]) -> argparse.ArgumentParser:
    """A command line with the commands that each adds to it."""
    top = _Parser(prog="strongroom")
    top.add_argument("--dir", metavar="DIR", type=Path, help="the site's directory (else STRONGROOM_DIR, see docs)")
    commands = top.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    for add_to in adders:
        add_to(commands)
    return top


def run(parser: argparse.ArgumentParser, words: Sequence[str] | None) -> int:
    """Run one command; returns its exit code. A terminal that cannot show a character gets its code in its place."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    args = parser.parse_args(words)
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
