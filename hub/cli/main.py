"""The command line of the hub: a file per subject, put together here, and every error one clear line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hub.cli import ending, services
from hub.cli.commands import ByFirstWord
from hub.site_directory.version import own_version

app = typer.Typer(
    cls=ByFirstWord,
    help="Strongroom guards archive rooms, cabinets and safes.",
    epilog="Where the source is there are also: demo, sim, test and benchmark.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def exits() -> dict[type[Exception], int]:
    """What may go wrong, with its exit code; the first that fits counts."""
    from hub.admin.authority import PapersError
    from hub.core.refusal import NotPossible
    from hub.documents.calendar import NotUsable
    from hub.store.calendars import CalendarDamaged

    return {NotPossible: 65, NotUsable: 65, CalendarDamaged: 65, PapersError: 65, **ending.exits()}


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"strongroom {own_version()}")
        raise typer.Exit


@app.callback()
def main(
    context: typer.Context,
    directory: Annotated[Path | None, typer.Option("--dir", help="Directory of the site.", show_default=False)] = None,
    version: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", is_eager=True, callback=_say_version)
    ] = False,
) -> None:
    """Keep the directory for the command that follows."""
    context.obj = directory or services.default_directory()


def run() -> None:
    """Run the command that was typed."""
    with ending.one_line(exits):
        app(prog_name="strongroom")
