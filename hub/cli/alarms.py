"""`strongroom alarms`: list, acknowledge, close, confirm."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Annotated

import msgspec

from hub.cli import table
from hub.cli.common import act, hub_of, local, print_json, zone_of
from hub.console.words import details, texts
from hub.core import pseudonyms
from hub.core.alarms import closing
from hub.core.state import Alarm
from hub.site_directory.hub import Hub
from hub.store import alarm_list, queries
from wire import decoding
from wire import messages as m
from wire.command_line.run import Failure
from wire.command_line.signature import Context, Option
from wire.command_line.tree import Group

app = Group()


@app.command("list")
def list_(
    context: Context,
    everything: Annotated[bool, Option("--all", help="Closed ones too.")] = False,
    json: Annotated[bool, Option("--json", help="One object a line.")] = False,
    last: Annotated[int, Option(help="At most so many, the newest.")] = 100,
) -> None:
    """Show alarms, newest first."""
    with hub_of(context).reading() as connection:
        alarms = alarm_list.alarms(connection, open_only=not everything, limit=last)
        people = queries.people(connection)
        zone = zone_of(connection)
    if json:
        print_json(msgspec.to_builtins(alarm) for alarm in alarms)
        return
    headings = ("alarm", "priority", "what", "place", f"since ({zone})", "times", "state and finding")
    table.show(headings, (_columns(alarm, zone, people) for alarm in alarms), below=True)


def _columns(alarm: Alarm, zone: tzinfo, people: Mapping[int, str]) -> tuple[object, ...]:
    finding = f": {pseudonyms.show(alarm.finding, people)}" if alarm.finding else ""
    said = details.detail(alarm, texts.load("en"), str)
    standing, happened = "; ".join(filter(None, (f"{alarm.life}{finding}", said))), local(alarm.happened, zone)
    return alarm.number, alarm.priority, alarm.what, alarm.place, happened, alarm.count, standing


@app.command()
def acknowledge(
    context: Context,
    number: int,
    login: Annotated[str, Option("--as", help="Login of your account, whose password is then asked for.")],
) -> None:
    """Take an alarm on."""
    hub = hub_of(context)
    _alarm(hub, number)
    act(hub, login, m.AlarmAcknowledged(alarm=number))
    print(f"alarm {number} is yours; when it is dealt with: strongroom alarms close {number} --as LOGIN")


@app.command()
def close(
    context: Context,
    number: int,
    login: Annotated[str, Option("--as", help="Login of your account, whose password is then asked for.")],
    cause: Annotated[m.FindingCause, Option(help="What it was.")],
    finding: Annotated[str, Option(help="What you found, in your own words.")],
) -> None:
    """Close an acknowledged alarm with a finding; one that takes two people then waits for the second."""
    hub = hub_of(context)
    two = closing.takes_two(_alarm(hub, number))
    kind: type[m.FindingWritten] | type[m.AlarmClosed] = m.FindingWritten if two else m.AlarmClosed
    fact = {"alarm": number, "finding_cause": cause, "finding": finding}
    act(hub, login, decoding.convert(fact, kind))
    if two:
        print(f"the finding is written; another person closes it: strongroom alarms confirm {number} --as LOGIN")


@app.command()
def confirm(
    context: Context,
    number: int,
    login: Annotated[str, Option("--as", help="Login of your account, whose password is then asked for.")],
) -> None:
    """Close an alarm that takes two people, with the finding that another person has written."""
    hub = hub_of(context)
    alarm = _alarm(hub, number)
    with hub.reading() as connection:
        people = queries.people(connection)
    if alarm.life != "finding-written" or alarm.finding_cause is None or alarm.finding is None:
        raise Failure(f"no finding of alarm {number} waits to be confirmed", 65)
    print(f"{alarm.finding_cause}: {pseudonyms.show(alarm.finding, people)}")
    fact = {"alarm": number, "finding_cause": alarm.finding_cause, "finding": alarm.finding}
    act(hub, login, decoding.convert(fact, m.AlarmClosed))


def _alarm(hub: Hub, number: int) -> Alarm:
    with hub.reading() as connection:
        alarm = alarm_list.alarm(connection, number)
    if alarm is None:
        raise Failure(f"there is no alarm {number}; see: strongroom alarms list", 65)
    return alarm
