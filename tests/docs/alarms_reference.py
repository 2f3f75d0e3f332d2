"""The reference page of alarms, made from the hub's tables: `python -m tests.docs.alarms_reference --write`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import get_args

from hub.console.words.instructions import INSTRUCTIONS
from hub.core.alarms import kinds as alarm_kinds
from hub.core.alarms import ladders
from hub.core.alarms import life as alarm_life
from hub.core.alarms.of_points import alarm_of_level
from hub.core.doors import everyday, tries
from hub.core.nodes import liveness, progress
from hub.core.sealing import area as area_sealing
from hub.core.sealing import before as before_sealing
from hub.core.sealing import course
from hub.core.state import AlarmLife, SealingState, SealState
from tests.docs.lines import folded
from wire.points import KINDS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "alarms.md"

INTRODUCTION = f"""\
# Alarms and troubles

This page is made from the hub's tables and compared with them by a test. What to do about each kind stands on its page
in the console; [how to answer an alarm](../how-to/answer-an-alarm.md) is for the duty officer.

- An **alarm** calls for somebody now. A **tamper** is an attack on the system, or looks like one. A **trouble** is a
  fault of the system.
- **Priority**: 1 urgent, 2 high, 3 medium, 4 low, by how the area stands. *Overtime*: unset out of its hours, and
  somebody has said that they stay; *out of hours*: nobody has. One that is not set and unset is always *unset*.
- **Duration**: one that *lasts* is active until its cause is over. A *momentary* one has no end of its own. A *mended*
  one is over when it is told, and only stands in the journal.
- The same kind at the same place, while it is open, is not a second alarm: it has happened again, is counted, and wants
  to be acknowledged again.

Numbers: {tries.DENIED_LIMIT} wrong tries in a row at an area; a node silent for {liveness.SILENT_MS // 1000} s, for \
{liveness.SILENT_SEALED_MS // 1000} s while an area of it is sealed; no progress for {progress.STUCK_MS // 1000} s. What
a node tells later than {alarm_life.LATE_MS // 1000} s after it happened is shown as late.
"""

AFTER_LIFE = """\
What is not in this table is refused and changes nothing. So an alarm that is still active cannot be closed, nor one
that nobody has acknowledged, and no input that goes back to normal closes one. One that is momentary is never active:
when it happens again, it is `returned-unacknowledged`.

Only a person in the role `duty` or `security` acknowledges and closes. Closing takes a cause and a finding of at least
four characters. A trouble needs no finding: it is closed when its cause is over, or, where its cause has no end of its
own, when somebody has acknowledged it.
"""


ORDINARY_NIGHTS = f"""\
What is not sealed is guarded, too, while the office is closed: outside the hours of the schedule
[`office`](site.md#at-the-top), and on the holidays of the [approved calendar](calendar.md#days). The lunch break lies
within the hours.

The opening of a point that is [guarded then](#kinds-of-point) is `opened-out-of-hours`, unless a badge was
granted at a reader of the area in the {everyday.BADGE_MS // 60_000} minutes before. How many are taken to be inside
does not matter. So:

- Whoever works late shows a badge at the reader once an hour.
- In the hour after the office has closed a badge of that day's office hours is enough: whoever has worked there puts
  things away.
- It is one alarm an area, at the place that was opened first. What else is opened there is told as happening again;
  each line of the alarm's history leads to the record of it. It is over when all that is guarded there is shut.
- What stood open before its node was started is not opened anew by the start.
- What a node tells late is judged by the time at which it happened.
- Not an alarm: what is opened on the walk through an area that is about to be sealed, and in the hour after two badges
  have unsealed it.
- An area without a reader is not guarded, since nobody can show a badge there, unless `guard = true`; one that has a
  reader is, unless `guard = false`. Without `office` nothing is. `strongroom site check` remarks each of these.
"""

LADDERS = """\
Who is called, when, and by what: as built in. What is in force says `strongroom alarms kinds`, and
[call people](../how-to/call-people.md) how to change it. Delays in seconds: a trouble that is mended within its delay
disturbs nobody. With no ladder (–) it only stands on the console and in the journal.
"""


def render() -> str:
    """The whole page."""
    parts = [INTRODUCTION, "## Kinds\n", _kinds(), "## Life of an alarm\n", _life(), AFTER_LIFE]
    parts += ["## Ordinary nights\n", ORDINARY_NIGHTS]
    parts += ["## Ladders\n", LADDERS, _ladders()]
    parts += ["## Kinds of point\n", _points()]
    parts += ["## Course of a sealing\n", _course(), "## How an area stands\n", _seal()]
    return folded("\n".join(parts).rstrip() + "\n")


def _kinds() -> str:
    head = ("unset", "overtime", "out of hours", "set", "set, out of hours", "sealed")
    rows = [f"| kind | what happened | class | {' | '.join(head)} | duration |", "|---|---|---|" + "---|" * 7]
    for name, kind in alarm_kinds.KINDS.items():
        happened = INSTRUCTIONS[name].happened if name in INSTRUCTIONS else "–"
        priorities = " | ".join(str(one) for one in kind.priorities)
        rows.append(f"| `{name}` | {happened} | {kind.klass} | {priorities} | {kind.duration} |")
    return "\n".join(rows) + "\n"


def _ladders() -> str:
    rows = ["| ladder | after | who | by |", "|---|---|---|---|"]
    for name, ladder in ladders.LADDERS.items():
        rows += [
            f"| `{name}` | {rung.after} s | {', '.join(rung.whom) or '–'} | {', '.join(rung.by)} |"
            for rung in ladder.rungs
        ]
        attend = f"; acknowledged and not attended: after {ladder.attend} s" if ladder.attend else ""
        rows.append(f"| `{name}` | every {ladder.again} s | all of them, for ever{attend} | |")
    columns: tuple[alarm_kinds.Column, ...] = ("sealed", "set-out", "set", "unset")
    heads = ("sealed", "set, out of hours", "set", "unset")
    rows += ["", f"| kind | {' | '.join(f'{one} | delay' for one in heads)} |", "|---" * 9 + "|"]
    for what in alarm_kinds.KINDS:
        answers = [ladders.built_in(what, column) for column in columns]
        cells = " | ".join(f"{one.ladder or '–'} | {one.delay if one.ladder else '–'}" for one in answers)
        rows.append(f"| `{what}` | {cells} |")
    return "\n".join(rows) + "\n"


def _life() -> str:
    events = get_args(alarm_life.LifeEvent)
    born = {life: duration for duration, life in alarm_life.BORN.items()}
    rows = [f"| state | {' | '.join(events)} |", f"|{'---|' * (len(events) + 1)}"]
    for life in get_args(AlarmLife):
        after = [alarm_life.LIFE.get((life, event), "–") for event in events]
        begins = f" (first state of one that is {born[life]})" if life in born else ""
        rows.append(f"| {life}{begins.replace('that is lasts', 'that lasts')} | {' | '.join(after)} |")
    return "\n".join(rows) + "\n"


def _points() -> str:
    rows = [
        "| kind | way in | ticked, walked as | active, unset | overtime | out of hours | set | sealed | cut, shorted |"
    ]
    rows.append("|---" * 9 + "|")
    columns: tuple[alarm_kinds.Column, ...] = ("unset", "overtime", "out", "set", "sealed")
    for name, kind in KINDS.items():
        way, item = "yes" if kind.passage else "", kind.item or ""
        alarms = [alarm_of_level(name, "active", column) for column in columns]
        alarms.append(alarm_of_level(name, "open-circuit", "unset"))
        said = [f"`{what}`" if what else "" for what in alarms]
        rows.append(f"| {' | '.join((name, way, item, *said))} |")
    text = """
A way in may be forced, and held open. What is ticked is opened and closed once on the walk before a sealing. A seal
bears a number; while it is sealed, a cut loop is `seal-broken`, too. A supervised loop alone can tell a cut from an
open contact.
"""
    return "\n".join(rows) + "\n" + text


def _course() -> str:
    events = get_args(course.CourseEvent)
    rows = [f"| state | {' | '.join(events)} |", f"|{'---|' * (len(events) + 1)}"]
    for state in (None, *get_args(SealingState)):
        after = [course.COURSE.get((state, event), "–") for event in events]
        rows.append(f"| {state or 'none yet'} | {' | '.join(after)} |")
    hours = before_sealing.CHECK_MS // 3_600_000
    text = (
        "\nThe badge ceremony of sealing lies within `checking`, that of unsealing within `unsealing`; `opened` is by\n"
        f"an emergency, and takes {course.SIGNATURES} signatures. Ticks, walk test, exceptions and seal numbers hold\n"
        f"for {hours} hours, and all but the walk test for one sealing.\n"
    )
    return "\n".join(rows) + "\n" + text


def _seal() -> str:
    events = get_args(area_sealing.SealEvent)
    rows = [f"| state | on the nodes | {' | '.join(events)} |", f"|{'---|' * (len(events) + 2)}"]
    for state in get_args(SealState):
        after = [area_sealing.SEAL.get((state, event), "–") for event in events]
        rows.append(f"| {state} | {'sealed' if area_sealing.ON_NODES[state] else '–'} | {' | '.join(after)} |")
    seconds = [ms // 1000 for ms in (area_sealing.CEREMONY_MS, area_sealing.ARMING_MS, area_sealing.SECOND_BADGE_MS)]
    times = (
        "\nA ceremony is given up after {} s, the wait for the nodes after {} s. "
        "The second badge counts up to {} s after the first.\n".format(*seconds)
    )
    return "\n".join(rows) + "\n" + times


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.write_text(render(), "utf-8")
    else:
        print(render(), end="")
