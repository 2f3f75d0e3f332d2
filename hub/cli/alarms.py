"""`strongroom alarms`: list, acknowledge, close."""

from __future__ import annotations

from typing import Annotated, get_args

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from hub.cli.common import Failure, actor, hub_of, local, print_json
from hub.store import queries, session
from wire import messages as m

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One object a line.")] = False,
    last: Annotated[int, typer.Option(help="At most so many, the newest.")] = 100,
) -> None:
    """Show alarms, newest first."""
    with session.reading(hub_of(context).database()) as connection:
        alarms = queries.alarms(connection, open_only=not everything, limit=last)
    if json:
        print_json(msgspec.to_builtins(alarm) for alarm in alarms)
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("alarm", "priority", "what", "place", "since", "times", "state", "finding"):
        table.add_column(heading, overflow="fold")
    for alarm in alarms:
        table.add_row(
            str(alarm.number),
            str(alarm.priority),
            alarm.what,
            alarm.place,
            local(alarm.happened),
            str(alarm.count),
            alarm.life,
            alarm.finding or "",
        )
    Console().print(table)


@app.command()
def acknowledge(
    context: typer.Context,
    number: int,
    login: Annotated[str, typer.Option("--as", help="Login of your account.")],
) -> None:
    """Take an alarm on."""
    hub = hub_of(context)
    hub.service("admin").act(actor(hub, login), m.AlarmAcknowledged(alarm=number))


@app.command()
def close(
    context: typer.Context,
    number: int,
    login: Annotated[str, typer.Option("--as", help="Login of your account.")],
    cause: Annotated[str, typer.Option(help=f"One of: {', '.join(get_args(m.FindingCause))}.")],
    finding: Annotated[str, typer.Option(help="What you found, in your own words.")],
) -> None:
    """Close an acknowledged alarm with a finding."""
    hub = hub_of(context)
    if cause not in get_args(m.FindingCause):
        raise Failure(f"{cause!r} is no cause; one of: {', '.join(get_args(m.FindingCause))}", 64)
    request = msgspec.convert(
        {"kind": "alarm-closed", "alarm": number, "finding_cause": cause, "finding": finding}, m.AlarmClosed
    )
    hub.service("admin").act(actor(hub, login), request)
