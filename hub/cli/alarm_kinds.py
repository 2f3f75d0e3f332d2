"""`strongroom alarms kinds` and `apply`: which kinds there are, what each starts, and the bureau's own table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from rich.console import Console
from rich.table import Table

from hub.cli.common import actor, hub_of, print_json
from hub.core.alarms import own_table
from hub.core.alarms.kinds import KINDS
from hub.core.alarms.ladders import LADDERS
from hub.core.state import ChannelRow, State
from wire import messages as m
from wire.command_line.run import Failure
from wire.command_line.signature import Argument, Context, Option


def kinds(
    context: Context,
    json: Annotated[bool, Option("--json", help="One object a line, ladders after the kinds.")] = False,
) -> None:
    """Show every kind of alarm as it is in force: priority, ladder and delay, sealed and unsealed."""
    hub = hub_of(context)
    state, _site = hub.service("admin").look()
    rows = [_kind(state, what) for what in KINDS]
    if json:
        print_json([*rows, *(_ladder(state, name) for name in LADDERS)])
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("kind", "class", "sealed", "ladder", "delay", "unsealed", "ladder", "delay", ""):
        table.add_column(heading)
    for row in rows:
        table.add_row(*(str(value if value is not None else "-") for value in row.values()))
    console = Console()
    console.print(table)
    ladders = Table(box=None, pad_edge=False)
    for heading in ("ladder", "after s", "whom", "by"):
        ladders.add_column(heading)
    for name in LADDERS:
        ladder = own_table.ladder(state, name)
        for rung in ladder.rungs:
            ladders.add_row(name, str(rung.after), ", ".join(rung.whom), ", ".join(rung.by))
        attend = f"; taken on and not attended, after {ladder.attend} s" if ladder.attend else ""
        ladders.add_row(name, f"every {ladder.again}", f"all of them again, for ever{attend}", "")
    console.print()
    console.print(ladders)


def apply(
    context: Context,
    file: Annotated[Path, Argument(metavar="FILE", help="The table, such as DIR/hub/alarms.toml.")],
    login: Annotated[str, Option("--as", help="Login of your account.")],
) -> None:
    """Put a table of your own in force: what it says overrides the built-in one, and the rest stays."""
    hub = hub_of(context)
    text = file.read_text("utf-8", "replace")
    mistakes = own_table.read(text).mistakes
    if mistakes:
        raise Failure("; ".join(f"{one.place}: {one.sentence}" for one in mistakes), 65)
    service = hub.service("admin")
    version = service.look()[0].duty.alarms_version + 1
    service.act(actor(hub, login), m.AlarmsSet(version=version, document=text))
    print(f"{file} is in force, as version {version}")
    state = service.look()[0]
    for name in own_table.without_rung(state, (row.name for row in state.all(ChannelRow) if row.used)):
        print(f"{name} is set up, and no ladder names it any more")


def _kind(state: State, what: str) -> dict[str, object]:
    sealed, unsealed = (own_table.answer(state, what, guarded) for guarded in (True, False))
    return {
        "kind": what,
        "class": KINDS[what].klass,
        "sealed": sealed.priority,
        "sealed_ladder": sealed.ladder,
        "sealed_delay": sealed.delay,
        "unsealed": unsealed.priority,
        "ladder": unsealed.ladder,
        "delay": unsealed.delay,
        "duration": KINDS[what].duration,
    }


def _ladder(state: State, name: str) -> dict[str, object]:
    ladder = own_table.ladder(state, name)
    return {
        "ladder": name,
        "rungs": [{"after": rung.after, "whom": list(rung.whom), "by": list(rung.by)} for rung in ladder.rungs],
        "again": ladder.again,
        "attend": ladder.attend,
    }
