"""`strongroom demo`: a complete demonstration site on this machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from hub.cli import ending
from wire.command_line.run import EXIT_USAGE, Failure, call, one_line
from wire.command_line.signature import Context, Option

DIRECTORY = Path("demo-site")


def demo(
    context: Context,
    port: Annotated[int, Option(help="The console's port; the broker gets the next one.")] = 8443,
    story: Annotated[bool, Option(help="Play a day, a night and a holiday at speed, without a person.")] = False,
    export: Annotated[
        Path | None, Option(metavar="FOLDER", help="With --story: a new folder for the export of its journal.")
    ] = None,
    database: Annotated[str | None, Option(metavar="URL", help="For a new site: its database, if not SQLite.")] = None,
) -> None:
    """Make a demonstration site, or go on with one, and run it until Ctrl-C."""
    if export and not story:
        raise Failure("--export leaves the journal of the story; it goes with --story", EXIT_USAGE)
    from demo import process  # with all that it runs: who only wants the help waits for none of it
    from demo.site.make_site import DemoError

    telling = process.Story(export.resolve() if export else None) if story else None
    try:
        code = process.run(context.directory.resolve(), port, telling, database)
    except DemoError as error:
        raise Failure(str(error), os.EX_UNAVAILABLE) from None
    sys.exit(code)


def directory() -> Path:
    """Never that of a hub that is installed here, which other commands take when none is named."""
    return Path(os.environ.get("STRONGROOM_DIR") or DIRECTORY)


def run(words: Sequence[str]) -> None:
    """Run the command that was typed."""
    with one_line(ending.by(ending.exits)):
        call(demo, words, directory, "demo")
