"""`strongroom hub …`: the hub as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hub import install as installing

app = typer.Typer(no_args_is_help=True)


@app.command()
def install(
    root: Annotated[Path | None, typer.Option(help="Only write the files, below this folder.")] = None,
) -> None:
    """Install the hub's services on this machine, and give each the files that are its own. May be run again."""
    installing.install(root, typer.echo)
    if root is None and not Path("/var/lib/strongroom/broker/mosquitto.conf").exists():
        typer.echo("There is no site yet: strongroom --dir /var/lib/strongroom site init …, then this once more.")
