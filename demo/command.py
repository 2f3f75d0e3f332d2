"""`strongroom demo`: a complete demonstration site on this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from demo import process
from demo.site.make_site import DemoError
from hub.cli import ending
from hub.cli.ending import Failure

DIRECTORY = Path("demo-site")


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def main(
    context: typer.Context,
    directory: Annotated[Path | None, typer.Option("--dir", help="Directory of the site.", show_default=False)] = None,
) -> None:
    """A complete demonstration site on this machine."""


@app.command()
def demo(
    context: typer.Context,
    directory: Annotated[
        Path | None, typer.Option("--dir", help="Where everything that it makes lies; it goes on where it stopped.")
    ] = None,
    port: Annotated[int, typer.Option(help="The console's port; the broker gets the next one.")] = 8443,
    story: Annotated[bool, typer.Option("--story", help="Play a whole holiday at speed, without a person.")] = False,
    export: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="With --story: a new folder for the export of its journal."),
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(metavar="URL", help="For a new site: its database, if not SQLite."),
    ] = None,
) -> None:
    """Make a demonstration site, or go on with one, and run it until Ctrl-C."""
    # Never the directory of a hub that is installed here, which other commands take when none is named.
    named = directory or (context.parent and context.parent.params.get("directory")) or os.environ.get("STRONGROOM_DIR")
    where = Path(named or DIRECTORY)
    if export and not story:
        raise Failure("--export leaves the journal of the story; it goes with --story", 64)
    telling = process.Story(export.resolve() if export else None) if story else None
    try:
        code = process.run(where.resolve(), port, telling, database)
    except DemoError as error:
        raise Failure(str(error), 69) from None
    raise typer.Exit(code)


def run() -> None:
    """Run the command that was typed."""
    with ending.one_line(ending.exits):
        try:
            app()
        except Failure as failure:
            ending.end(str(failure), failure.code)
