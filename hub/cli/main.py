"""The command line of the hub: a file per subject, put together here, and every error one clear line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from hub.authority import PapersError
from hub.calendar_file import NotUsable
from hub.cli import (
    access,
    alarm_kinds,
    alarms,
    calendar,
    certificate,
    demo,
    drill,
    ending,
    export,
    hub,
    journal,
    maintenance,
    node,
    roster,
    seal,
    sealing,
    services,
    site,
    site_apply,
    status,
    verify,
    windows,
)
from hub.cli.common import Failure
from hub.core.refusal import NotPossible
from hub.parts import own_version
from hub.store.calendars import CalendarDamaged


def _service(name: str) -> Callable[[typer.Context], None]:
    """The command that runs a service, for the help and for whoever types its options in another order."""

    def command(context: typer.Context) -> None:
        services.run(services.Wanted(name, context.obj))

    return command


app = typer.Typer(
    help="Strongroom guards archive rooms, cabinets and safes.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
site.app.command("apply")(site_apply.apply)
for service in services.SERVICES:
    hub.app.command(service, help=services.SERVICES[service].__doc__)(_service(service))
hub.app.command("migrate")(maintenance.migrate)
hub.app.command("rebuild")(maintenance.rebuild)
hub.app.command("backup")(maintenance.backup)
hub.app.command("restore")(maintenance.restore)
hub.app.command("erase")(maintenance.erase)
hub.app.command("password")(maintenance.password)
calendar.app.command("propose")(windows.propose)
calendar.app.command("plan")(windows.plan)
calendar.app.command("cancel")(windows.cancel)
app.add_typer(site.app, name="site", help="The site document and the site's first papers.")
app.add_typer(hub.app, name="hub", help="The hub: its services, its database, its accounts.")
app.add_typer(node.app, name="node", help="Nodes: let in, put out, list.")
app.add_typer(alarms.app, name="alarms", help="Alarms: list, acknowledge, close.")
app.add_typer(calendar.app, name="calendar", help="Holiday calendars, and the windows in which areas are sealed.")
alarms.app.command("kinds")(alarm_kinds.kinds)
alarms.app.command("apply")(alarm_kinds.apply)
app.add_typer(roster.app, name="roster", help="Who answers when, and handing over.")
app.command("drill")(drill.drill)
app.command("status")(status.status)
app.command("journal")(journal.journal)
app.command("access")(access.access)
app.command("seal")(seal.seal)
app.command("unseal")(seal.unseal)
app.command("emergency")(seal.emergency)
app.add_typer(sealing.app, name="sealing", help="Before and after a sealing: what is missing, numbers, approvals.")
app.command("certificate")(certificate.certificate)
verify.app.command("certificate")(certificate.verify)
app.command("export")(export.export)
app.add_typer(verify.app, name="verify", help="Check what the hub has handed out: an export of the journal.")
app.command("demo")(demo.demo)

EXITS: dict[type[Exception], int] = {
    NotPossible: 65,
    NotUsable: 65,
    CalendarDamaged: 65,
    PapersError: 65,
    **ending.EXITS,
}
"""What may go wrong, with its exit code; the first that fits counts."""


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
    with ending.one_line(EXITS):
        try:
            app(prog_name="strongroom")
        except Failure as failure:
            ending.end(str(failure), failure.code)
