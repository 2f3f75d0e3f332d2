"""`strongroom status`: the whole site at a glance."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from hub.cli.common import hub_of, iso, local, print_json
from hub.core.state import Alarm, Life, Point


def status(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="One object.")] = False,
) -> None:
    """Show areas, nodes, what is not normal, and how many alarms are open."""
    hub = hub_of(context)
    state, site = hub.service("admin").look()
    lives = sorted(state.all(Life), key=lambda life: life.node)
    odd = sorted((point for point in state.all(Point) if point.level != "normal"), key=lambda point: point.place)
    alarms = [alarm for alarm in state.all(Alarm) if alarm.open]
    areas = [state.area(area.name) for area in site.area]
    if json:
        print_json(
            [
                {
                    "site": hub.site,
                    "site_version": state.meta.site_version,
                    "newest_entry": iso(state.meta.newest_time) if state.meta.newest_time else None,
                    "areas": [msgspec.to_builtins(area) for area in areas],
                    "nodes": [msgspec.to_builtins(life) for life in lives],
                    "not_normal": [msgspec.to_builtins(point) for point in odd],
                    "alarms": sum(alarm.klass != "trouble" for alarm in alarms),
                    "troubles": sum(alarm.klass == "trouble" for alarm in alarms),
                }
            ]
        )
        return
    console = Console()
    table = Table("area", "state", "since", "people inside", "not normal", box=None, pad_edge=False)
    for area in areas:
        not_normal = ", ".join(f"{point.place} {point.level}" for point in odd if _area(point) == area.name)
        table.add_row(area.name, area.state, local(area.since) if area.since else "", str(area.inside), not_normal)
    console.print(table, "")
    table = Table("node", "life", "records", "state", box=None, pad_edge=False)
    for life in lives:
        standing = "revoked" if life.revoked else "silent" if life.silent else "heard"
        table.add_row(life.node, str(life.life), str(life.seq), standing)
    console.print(table, "")
    troubles = sum(alarm.klass == "trouble" for alarm in alarms)
    console.print(f"{len(alarms) - troubles} alarms and {troubles} troubles are open")


def _area(point: Point) -> str:
    return point.place.split("/")[0]
