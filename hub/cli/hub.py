"""`strongroom hub …`: the hub as a whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from hub.admin.install import install as install_services
from hub.cli import services
from wire.command_line.signature import Context, Option
from wire.command_line.tree import Group

app = Group()


def _service(name: str) -> Callable[[Context], None]:
    """The command that runs a service, for the help and for whoever types its options in another order."""

    def command(context: Context) -> None:
        services.run(services.Wanted(name, context.directory))

    command.__doc__ = services.SERVICES[name].__doc__

    return command


for service in services.SERVICES:
    app.add(service, _service(service))


@app.command()
def install(
    root: Annotated[Path | None, Option(help="Only write the files, below this folder.")] = None,
) -> None:
    """Install the hub's services on this machine, and give each the files that are its own. May be run again."""
    install_services(root, print)
    if root is None and not Path("/var/lib/strongroom/broker/mosquitto.conf").exists():
        print("There is no site yet: strongroom --dir /var/lib/strongroom site init …, then this once more.")
