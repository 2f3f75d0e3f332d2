"""Questions to whoever sits at the terminal, on standard error: what is asked for goes to standard output."""

from __future__ import annotations

import sys

from wire.command_line.run import Failure


def for_text(question: str) -> str:
    """What somebody types, until it is something. Raises Failure where nobody can."""
    while True:
        print(f"{question}: ", end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        if not line:
            raise Failure("nobody has answered; nothing was changed", 1)
        if line.strip():
            return line.strip()


def agreed(question: str) -> None:
    """Go on when the answer is yes. Raises Failure for any other."""
    if for_text(f"{question} [y/n]").lower() not in ("y", "yes"):
        raise Failure("not agreed; nothing was changed", 1)
