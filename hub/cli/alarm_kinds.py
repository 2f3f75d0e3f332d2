"""`strongroom alarms kinds` and `apply`: which kinds there are, what each starts, and the bureau's own table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from hub.cli import table
from hub.cli.common import act, hub_of, look, print_json
from hub.core.alarms import own_table
from hub.core.alarms.kinds import KINDS, Column
from hub.core.alarms.ladders import LADDERS
from hub.core.state import ChannelRow, State
from wire import messages as m
from wire.command_line.run import Failure
from wire.command_line.signature import Argument, Context, Option


def kinds(
    context: Context,
    json: Annotated[bool, Option("--json", help="One object a line, ladders after the kinds.")] = False,
) -> None:
    """Show every kind of alarm as it is in force: priority, ladder and delay, sealed, set and unsealed."""
    state, _site = look(hub_of(context))
    rows = [_kind(state, what) for what in KINDS]
    if json:
        print_json([*rows, *(_ladder(state, name) for name in LADDERS)])
        return
    table.show(("kind", "class", "sealed", "set", "unsealed", ""), map(_columns, rows))
    print()
    table.show(("ladder", "after s", "whom", "by"), (rung for name in LADDERS for rung in _rungs(state, name)))


def _columns(row: dict[str, object]) -> tuple[object, ...]:
    """Priority, ladder and delay in one cell each, since they are read together."""
    sealed = _answer(row["sealed"], row["sealed_ladder"], row["sealed_delay"])
    when_set = _answer(row["set"], row["set_ladder"], row["set_delay"])
    unsealed = _answer(row["unsealed"], row["ladder"], row["delay"])
    return row["kind"], row["class"], sealed, when_set, unsealed, row["duration"]


def _answer(priority: object, ladder: object, delay: object) -> str:
    return f"{priority} {ladder or '-'}" + (f", {delay} s" if delay else "")


def _rungs(state: State, name: str) -> Iterator[tuple[object, ...]]:
    ladder = own_table.ladder(state, name)
    for rung in ladder.rungs:
        yield name, rung.after, ", ".join(rung.whom), ", ".join(rung.by)
    attend = f"; taken on and not attended, after {ladder.attend} s" if ladder.attend else ""
    yield name, f"every {ladder.again}", f"all of them again, for ever{attend}", ""


def apply(
    context: Context,
    file: Annotated[Path, Argument(metavar="FILE", help="The table, such as DIR/hub/alarms.toml.")],
    login: Annotated[str, Option("--as", help="Login of your account, whose password is then asked for.")],
) -> None:
    """Put a table of your own in force: what it says overrides the built-in one, and the rest stays."""
    hub = hub_of(context)
    text = file.read_text("utf-8", "replace")
    mistakes = own_table.read(text).mistakes
    if mistakes:
        raise Failure("; ".join(f"{one.place}: {one.sentence}" for one in mistakes), 65)
    version = look(hub)[0].duty.alarms_version + 1
    act(hub, login, m.AlarmsSet(version=version, document=text))
    print(f"{file} is in force, as version {version}")
    state, _site = look(hub)
    for name in own_table.without_rung(state, (row.name for row in state.all(ChannelRow) if row.used)):
        print(f"{name} is set up, and no ladder names it any more")


def _kind(state: State, what: str) -> dict[str, object]:
    columns: tuple[Column, ...] = ("sealed", "set", "unset")
    sealed, when_set, unsealed = (own_table.answer(state, what, column) for column in columns)
    return {
        "kind": what,
        "class": KINDS[what].klass,
        "sealed": sealed.priority,
        "sealed_ladder": sealed.ladder,
        "sealed_delay": sealed.delay,
        "set": when_set.priority,
        "set_ladder": when_set.ladder,
        "set_delay": when_set.delay,
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
