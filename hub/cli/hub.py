"""`strongroom hub …`: the hub as a whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from hub.admin.install import install as install_services
from hub.cli import services

app = typer.Typer(no_args_is_help=True)


def _service(name: str) -> Callable[[typer.Context], None]:
    """The command that runs a service, for the help and for whoever types its options in another order."""

    def command(context: typer.Context) -> None:
        services.run(services.Wanted(name, context.obj))

    return command


for service in services.SERVICES:
    app.command(service, help=services.SERVICES[service].__doc__)(_service(service))


@app.command()
def install(
    root: Annotated[Path | None, typer.Option(help="Only write the files, below this folder.")] = None,
) -> None:
    """Install the hub's services on this machine, and give each the files that are its own. May be run again."""
    install_services(root, typer.echo)
    if root is None and not Path("/var/lib/strongroom/broker/mosquitto.conf").exists():
        typer.echo("There is no site yet: strongroom --dir /var/lib/strongroom site init …, then this once more.")
