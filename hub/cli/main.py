"""The command line of the hub: a file per subject, put together here, and every error one clear line."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import sqlalchemy.exc
import typer

from hub.authority import PapersError
from hub.calendar_file import NotUsable
from hub.cli import (
    access,
    alarms,
    calendar,
    demo,
    hub,
    journal,
    maintenance,
    node,
    seal,
    services,
    site,
    site_apply,
    status,
    windows,
)
from hub.cli.common import Failure
from hub.core.refusal import NotPossible
from hub.store.calendars import CalendarDamaged
from hub.store.schema import SchemaError
from wire.keys import KeyFileError
from wire.settings import SettingsError

app = typer.Typer(
    help="Strongroom guards archive rooms, cabinets and safes.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
site.app.command("apply")(site_apply.apply)
hub.app.command("engine")(services.engine)
hub.app.command("console")(services.console)
hub.app.command("migrate")(maintenance.migrate)
hub.app.command("rebuild")(maintenance.rebuild)
hub.app.command("backup")(maintenance.backup)
hub.app.command("restore")(maintenance.restore)
hub.app.command("password")(maintenance.password)
calendar.app.command("propose")(windows.propose)
calendar.app.command("plan")(windows.plan)
calendar.app.command("cancel")(windows.cancel)
app.add_typer(site.app, name="site", help="The site document and the site's first papers.")
app.add_typer(hub.app, name="hub", help="The hub: its services, its database, its accounts.")
app.add_typer(node.app, name="node", help="Nodes: let in, put out, list.")
app.add_typer(alarms.app, name="alarms", help="Alarms: list, acknowledge, close.")
app.add_typer(calendar.app, name="calendar", help="Holiday calendars, and the windows in which areas are sealed.")
app.command("status")(status.status)
app.command("journal")(journal.journal)
app.command("access")(access.access)
app.command("seal")(seal.seal)
app.command("unseal")(seal.unseal)
app.command("demo")(demo.demo)

EXITS: dict[type[Exception], int] = {
    NotPossible: 65,
    NotUsable: 65,
    CalendarDamaged: 65,
    PapersError: 65,
    SettingsError: 78,
    SchemaError: 78,
    KeyFileError: 77,
    FileNotFoundError: 66,
    PermissionError: 77,
    OSError: 74,
    sqlalchemy.exc.OperationalError: 75,
}
"""Exit codes of what may go wrong, as sysexits.h has them; the first that fits counts."""


@app.callback()
def main(
    context: typer.Context,
    directory: Annotated[
        Path | None, typer.Option("--dir", help="Directory of the site.", envvar="STRONGROOM_DIR", show_default=False)
    ] = None,
) -> None:
    """Keep the directory for the command that follows."""
    context.obj = directory or default_directory()


def default_directory() -> Path:
    """An installed hub's directory where there is one, else the demonstration's."""
    installed = Path("/var/lib/strongroom")
    return installed if installed.exists() else Path("demo-site")


def run() -> None:
    """Run the command that was typed; errors a person can do something about are one line."""
    try:
        app()
    except Failure as failure:
        _end(str(failure), failure.code)
    except BrokenPipeError:
        # Whoever read our output has had enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except tuple(EXITS) as error:
        code = next(code for kind, code in EXITS.items() if isinstance(error, kind))
        _end(str(getattr(error, "orig", None) or error), code)


def _end(message: str, code: int) -> None:
    print(f"strongroom: {message}", file=sys.stderr)
    sys.exit(code)
