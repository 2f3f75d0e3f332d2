"""The figures of a run, and how they are shown."""

from __future__ import annotations

import os
import platform
from typing import Any, Literal

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.table import Table

Sense = Literal["at most", "at least"]


class Figure(Struct):
    """One figure. `meaning` says what was measured; `wanted` is the figure that is aimed at, where there is one.
    `control`: of a ratio, how much two processes that only count were slowed down around it; 1 is not at all."""

    name: str
    value: float
    unit: str
    meaning: str
    sense: Sense = "at most"
    wanted: float | None = None
    control: float | None = None

    @property
    def held(self) -> bool | None:
        """Whether it is as wanted; None where nothing is."""
        if self.wanted is None:
            return None
        return self.value <= self.wanted if self.sense == "at most" else self.value >= self.wanted


class Report(Struct):
    """A whole run. `sound`: nothing lost, doubled or out of order."""

    machine: str
    quick: bool
    figures: list[Figure]
    sound: bool
    samples: dict[str, Any]


def machine() -> str:
    """On what this was measured."""
    cores = len(os.sched_getaffinity(0))
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo") as lines:  # noqa: PTH123 - a kernel's file
            model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    load = os.getloadavg()[0]
    return f"{cores} cores ({model}), Linux {platform.release()}, Python {platform.python_version()}, load {load:.1f}"


def show(report: Report) -> None:
    """Print the table."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("", "measured", "wanted", "", "control", ""):
        table.add_column(heading, justify="right" if heading else "left", no_wrap=heading != "")
    marks = {True: "[green]✓[/green]", False: "[red]✗[/red]", None: ""}
    for one in report.figures:
        sign = "≤" if one.sense == "at most" else "≥"
        wanted = "" if one.wanted is None else f"{sign} {_number(one.wanted)}".replace("≤ 0", "0")
        mark = marks[one.held]
        measured, control = f"{_number(one.value)} {one.unit}".strip(), f"{one.control:.2f}" if one.control else ""
        table.add_row(one.name, measured, wanted, mark, control, f"[dim]{one.meaning}[/dim]")
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 130
    console.print(table)
    console.print(f"[dim]{report.machine}{', a quick run: the figures are rough' if report.quick else ''}[/dim]")


def encode(report: Report) -> bytes:
    """As JSON, for a program."""
    return msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"
