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
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from demo.sim import sim
from demo.sim.sim import SimError
from wire.messages import Place
from wire.simulation.hardware import Close, Open

REST_S = 0.060
ORDER_S = 0.100
CHANGES = 18
CHANGES_IN_S = 10.2
"""A little over the 10 s in which a node counts, since its clock starts a little later than ours."""
AWAY_S = 60.0
"""How long a node that does not answer is waited for: the trace goes on where it stopped."""

EXIT_DATA = 65

COLUMNS = {"time": ("time", "last_changed"), "switch": ("switch", "entity_id"), "state": ("state",)}
"""What a column may be called: by us, and in what Home Assistant exports of its history."""
SEPARATORS = (",", ";", "\t")
STATES = {"open": True, "on": True, "closed": False, "off": False}
"""Whether a contact is open. Home Assistant says on and off of its doors."""
NO_STATES = frozenset({"unavailable", "unknown", "none", ""})
"""Nobody knew how the contact stood: such lines are passed over and counted."""
LONGEST_PAUSE = timedelta(days=366)
"""Between two lines. More is no pause, but a clock that was not set: the replay would wait for days."""


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
    without_state: int = 0
    """Lines that do not say how the contact stood."""
    out_of_order: int = 0
    """Lines that stood after a later one; they were played in the order of their times."""
    seconds: float = 0.0
    points: dict[Place, int] = {}


class Trace(NamedTuple):
    """The lines of a trace that are to be played, in the order of their times, and how many others there are."""

    changes: list[Change]
    skipped: int
    without_state: int
    out_of_order: int


class _Line(NamedTuple):
    number: int
    when: datetime
    switch: str
    opens: bool | None


def read(file: Path, mapping: dict[str, Place]) -> Trace:
    """The mapped lines of a trace. Raises SimError with the line's number."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            rows = csv.reader(text, delimiter=_separator(text.readline()))
            text.seek(0)
            columns = _columns(file, next(rows, []))
            numbered = ((rows.line_num, row) for row in rows)
            return _mapped(file, list(_lines(file, numbered, columns)), mapping)
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


def _separator(head: str) -> str:
    return max(SEPARATORS, key=head.count)


def _columns(file: Path, head: list[str]) -> dict[str, int]:
    names = [name.strip().lower() for name in head]
    found = {
        column: names.index(known) for column, others in COLUMNS.items() for known in others[::-1] if known in names
    }
    if missing := COLUMNS.keys() - found:
        raise SimError(f"{file}: no column {', '.join(sorted(missing))}", EXIT_DATA)
    return found


def _lines(file: Path, rows: Iterable[tuple[int, list[str]]], columns: dict[str, int]) -> Iterator[_Line]:
    for number, row in rows:
        if not any(row):
            continue
        if len(row) <= max(columns.values()):
            raise SimError(f"{file}: line {number} has {len(row)} columns", EXIT_DATA)
        time_, switch, state = (row[columns[name]].strip() for name in ("time", "switch", "state"))
        try:
            when = datetime.fromisoformat(time_)
        except ValueError:
            raise SimError(f"{file}: line {number}: {time_!r} is not a time", EXIT_DATA) from None
        if state.lower() not in STATES and state.lower() not in NO_STATES:
            raise SimError(f"{file}: line {number}: {state!r} is not open or closed", EXIT_DATA)
        yield _Line(number, when, switch, STATES.get(state.lower()))


def _mapped(file: Path, lines: list[_Line], mapping: dict[str, Place]) -> Trace:
    unknown = mapping.keys() - {line.switch for line in lines}
    if unknown:
        raise SimError(f"the trace has no switch {', '.join(sorted(unknown))}", EXIT_DATA)
    ordered = _in_order(file, lines)
    first = ordered[0].when
    wanted = [line for line in ordered if line.switch in mapping]
    return Trace(
        [
            Change((line.when - first).total_seconds(), mapping[line.switch], line.opens)
            for line in wanted
            if line.opens is not None
        ],
        skipped=len(lines) - len(wanted),
        without_state=sum(line.opens is None for line in wanted),
        out_of_order=sum(after.when < before.when for before, after in pairwise(lines)),
    )


def _in_order(file: Path, lines: list[_Line]) -> list[_Line]:
    """By their times. Raises SimError where these cannot be compared, or one of them cannot be meant."""
    for before, after in pairwise(lines):
        if (before.when.utcoffset() is None) != (after.when.utcoffset() is None):
            raise SimError(
                f"{file}: of lines {before.number} and {after.number} only one says its time zone", EXIT_DATA
            )
    ordered = sorted(lines, key=lambda line: line.when)
    for before, after in pairwise(ordered):
        if after.when - before.when > LONGEST_PAUSE:
            days = (after.when - before.when).days
            raise SimError(
                f"{file}: line {after.number} is {days} days after line {before.number}: one of the two times is wrong",
                EXIT_DATA,
            )
    return ordered
