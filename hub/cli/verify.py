"""`strongroom verify`: the offline verifier, the same code as verify.pyz, with a progress bar."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from wire.audit import command
from wire.command_line.signature import Argument, Option
from wire.command_line.tree import Group

app = Group(default="journal")


@app.command()
def journal(
    path: Annotated[Path, Argument(metavar="PATH", help="Folder of an export.")],
    seen: Annotated[
        list[str] | None,
        Option(help="A checkpoint seen elsewhere: a file, the text of its QR code, or its words. Repeatable."),
    ] = None,
    root: Annotated[
        list[str] | None, Option(help="The journal's root key from paper, whole or in words. Repeatable.")
    ] = None,
    json: Annotated[bool, Option("--json", help="Print one JSON object, for programs.")] = False,
) -> None:
    """Check an export of the journal. Exit code 0: PASS; 1: FAIL; 2: UNPROVEN."""
    words = [str(path), *(["--json"] if json else [])]
    for option, values in (("--seen", seen), ("--root", root)):
        words += [f"{option}={value}" for value in values or ()]
    sys.exit(command.main(words, progress=Bar()))


class Bar(command.Progress):
    """Shows on a terminal how far the audit is."""

    def __init__(self) -> None:
        super().__init__(sys.stderr, quiet=False)
        columns = TextColumn("entries"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        console = Console(stderr=True)
        self._bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._bar.add_task("entries", total=None)

    def show(self, done: int, size: int) -> None:
        """Show that this many entries out of the total are done."""
        self._bar.start()
        self._bar.update(self._task, completed=done, total=size)

    def end(self) -> None:
        """Clear the bar."""
        self._bar.stop()
