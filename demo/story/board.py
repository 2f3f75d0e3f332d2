"""What the duty officer's board shows, in a few lines for a terminal."""

from __future__ import annotations

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from hub.core.doors import stood
from hub.core.sealing import area as area_sealing
from hub.core.site.document import Site, in_language
from hub.core.state import Alarm, Guarded, Life, Point, State

COLOURS = {1: "bold red", 2: "red", 3: "yellow", 4: "cyan"}


def show(console: Console, state: State, site: Site) -> None:
    """Print it."""
    alarms = sorted((one for one in state.all(Alarm) if one.open), key=lambda one: (one.priority, -one.number))
    table = Table.grid(padding=(0, 2))
    for area in site.area:
        row = state.area(area.name)
        points = [point for point in state.all(Point) if point.place.startswith(f"{area.name}/")]
        odd = ", ".join(f"{point.place} {point.level}" for point in points if point.level != "normal")
        inside = f"{row.inside} inside" if row.inside else ""
        everyday = state.find(Guarded, area.name)
        word = everyday.state if everyday and row.state == "unsealed" else row.state
        guarded = area_sealing.guarded(row) or stood.is_guarded(row, everyday)
        standing = Text(word, "green" if guarded else "")
        table.add_row(in_language(area.title, "en"), standing, odd or inside or "normal")
    for alarm in alarms:
        times = f", {alarm.count} times" if alarm.count > 1 else ""
        attended = ", attended" if alarm.attended_by else ""
        colour = COLOURS[alarm.priority]
        named, what = Text(f"{alarm.klass} {alarm.number}", colour), Text(alarm.what, colour)
        table.add_row(named, what, f"{alarm.place} ({alarm.life}{attended}{times})")
    lives = sorted(state.all(Life), key=lambda life: life.node)
    nodes = ", ".join(f"{life.node} {'silent' if life.silent else 'heard'}" for life in lives)
    loud = [one for one in alarms if one.klass != "trouble"]
    title = f"{len(loud)} open alarm{'s' * (len(loud) != 1)}" if loud else "no alarms"
    style = "red" if loud else "green"
    console.print(
        Panel(Group(table, Text(nodes, "dim")), title=f"duty board: {title}", border_style=style, expand=False)
    )
