"""`strongroom verify`: the offline verifier, the same code as verify.pyz."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

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
    sys.exit(command.main(words))
