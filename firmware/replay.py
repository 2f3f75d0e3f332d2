"""`strongroom sim replay`: plays a recorded trace of switches on simulated contacts.

Never faster than contacts are: a contact rests for at least REST_S, and does not change so often that the node would
take it for chattering. Every change waits for the one before it. A node is sure of an opening sooner than of a closing,
so ORDER_S lies between any two changes: then its records, too, stand in the order of the trace.
"""

from __future__ import annotations

import csv
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from firmware import sim
from firmware.sim import SimError
from wire.messages import Place
from wire.simulation import Close, Open

REST_S = 0.060
ORDER_S = 0.100
CHANGES = 18
CHANGES_IN_S = 10.2
"""A little over the 10 s in which a node counts, since its clock starts a little later than ours."""
AWAY_S = 60.0
"""How long a node that does not answer is waited for: the trace goes on where it stopped."""

EXIT_DATA = 65


class Change(NamedTuple):
    """One line of a trace: seconds since its first line, which point, and whether it opens."""

    at: float
    point: Place
    opens: bool


class Summary(Struct):
    """What was played."""

    played: int = 0
    """Changes of a contact."""
    unchanged: int = 0
    """Lines that found the contact as they wanted it."""
    skipped: int = 0
    """Lines of switches that are not mapped."""
    seconds: float = 0.0
    points: dict[Place, int] = {}


def read(file: Path, mapping: dict[str, Place]) -> tuple[list[Change], int]:
    """The mapped lines of a trace in order, and how many others there are. Raises SimError with the line's number."""
    try:
        with file.open(encoding="utf-8", newline="") as text:
            rows = csv.DictReader(text)
            missing = {"time", "switch", "state"} - set(rows.fieldnames or ())
            if missing:
                raise SimError(f"{file}: no column {', '.join(sorted(missing))}", EXIT_DATA)
            return _mapped(list(_lines(file, rows)), mapping)
    except OSError as error:
        raise SimError(f"{file}: {error.strerror}", sim.EXIT_NO_INPUT) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise SimError(f"{file}: not a CSV file in UTF-8: {error}", EXIT_DATA) from None


def play(
    changes: Iterable[Change],
    is_open: dict[Place, bool],
    do: Callable[[Change], None],
    speed: float,
    progress: Callable[[Summary], None],
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Summary:
    """Play the changes at `speed` times their time. `is_open`: how the contacts stand at first."""
    summary = Summary()
    began = clock()
    recent: dict[Place, deque[float]] = {}
    before = (began - ORDER_S, "")
    for change in changes:
        if is_open.get(change.point) == change.opens:
            summary.unchanged += 1
            continue
        times = recent.setdefault(change.point, deque(maxlen=CHANGES))
        due = max(began + change.at / speed, before[0] + (ORDER_S if before[1] != change.point else 0.0))
        if times:
            due = max(due, times[-1] + REST_S)
        if len(times) == CHANGES:
            due = max(due, times[0] + CHANGES_IN_S)
        if (wait := due - clock()) > 0:
            sleep(wait)
        do(change)
        before = (clock(), change.point)
        times.append(before[0])
        is_open[change.point] = change.opens
        summary.played += 1
        summary.points[change.point] = summary.points.get(change.point, 0) + 1
        summary.seconds = clock() - began
        progress(summary)
    return summary


def on_nodes(site: Path, owner: dict[Place, str]) -> Callable[[Change], None]:
    """Plays a change on the node that has the point; a node that is away is waited for."""

    def do(change: Change) -> None:
        question = Open(change.point) if change.opens else Close(change.point)
        patience = time.monotonic() + AWAY_S
        while True:
            try:
                sim.ask(site, owner[change.point], question)
            except SimError as error:
                # A node that has just started knows its points only once its plan is in force.
                if time.monotonic() > patience:
                    raise SimError(f"given up after {AWAY_S:.0f} s: {error}") from None
                time.sleep(0.2)
            else:
                return

    return do


def parse_map(pairs: list[str]) -> dict[str, Place]:
    """SWITCH=POINT pairs. Raises SimError."""
    mapping: dict[str, Place] = {}
    for pair in pairs:
        switch, equals, point = pair.partition("=")
        if not (switch and equals and point):
            raise SimError(f"--map {pair}: it should be SWITCH=POINT, such as frontdoor=archive/corridor-door", 64)
        if point in mapping.values():
            raise SimError(f"--map {pair}: {point} is mapped twice", 64)
        mapping[switch] = point
    return mapping


def _lines(file: Path, rows: csv.DictReader[str]) -> Iterator[tuple[datetime, str, bool]]:
    for row in rows:
        try:
            when = datetime.fromisoformat(row["time"])
        except (ValueError, TypeError):
            raise SimError(f"{file}: line {rows.line_num}: {row['time']!r} is not a time", EXIT_DATA) from None
        if row["state"] not in ("open", "closed"):
            raise SimError(f"{file}: line {rows.line_num}: {row['state']!r} is not open or closed", EXIT_DATA)
        yield when, row["switch"], row["state"] == "open"


def _mapped(rows: list[tuple[datetime, str, bool]], mapping: dict[str, Place]) -> tuple[list[Change], int]:
    unknown = mapping.keys() - {switch for _, switch, _ in rows}
    if unknown:
        raise SimError(f"the trace has no switch {', '.join(sorted(unknown))}", EXIT_DATA)
    first = rows[0][0]
    wanted = [
        Change((when - first).total_seconds(), mapping[switch], opens)
        for when, switch, opens in rows
        if switch in mapping
    ]
    return wanted, len(rows) - len(wanted)
