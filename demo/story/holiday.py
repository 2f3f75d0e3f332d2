"""The holiday itself: what the hub proposes from the approved calendar, and the window that a person plans."""

from __future__ import annotations

from datetime import datetime

from demo.story.before import OFFICER
from demo.story.teller import Teller
from hub.cli import calendar_view, table
from hub.core.calendar import windows as calendar_windows
from hub.core.calendar.windows import Known
from hub.core.state import Calendar, Sealing, State, Window
from hub.site_directory.hub import wall_ms
from hub.store import calendars, session
from wire import messages as m

AREAS = ("archive", "cipher-room")
INDENT = " " * 12
TITLE = "演示假期"
LASTS_MS = 30 * 60_000
"""Longer than any telling of the story."""


def proposal(teller: Teller) -> None:
    """The hub proposes; a person plans."""
    teller.says(
        "The hub proposes when to seal: for the holidays to come, from the calendar that two people have approved"
    )
    state, site = teller.look()
    with session.reading(teller.database) as connection:
        known = Known(calendars.in_force(connection, state.all(Calendar)).calendars)
    now = datetime.now(site.zone)
    office = calendar_windows.office(site)
    every = [one for year in sorted(known.years) for one in calendar_windows.propose(known, year, office, site.zone)]
    coming = [one for one in dict.fromkeys(every) if one.ends is None or one.ends > now]
    rows = list(calendar_view.proposals(coming))
    for line in table.lines(calendar_view.PROPOSALS, rows, teller.console.width - len(INDENT)):
        teller.console.print(f"{INDENT}{line}", markup=False, highlight=False)
    working = {"working", "moved"}
    sides = [day for one in coming for day in (one.after, one.before) if day]
    teller.expect(
        "each begins and ends with a working day of the calendar", all(known.kind(one) in working for one in sides)
    )
    unknown = [year for one in coming for year in one.unpublished]
    teller.expect(
        "where the calendar is not published it guesses nothing",
        all(None in (one.starts, one.ends) for one in coming if one.unpublished),
        f"open towards {unknown[0]}" if unknown else "all are published",
    )
    teller.says("None of them is today, so Liu Yang, the security officer, plans a window that begins now")
    for one in list(teller.state().all(Window)):
        if one.planned and one.title == TITLE:  # of a telling that was stopped
            teller.asks(m.WindowCancelled(window=one.number, reason="重新演示"), by=OFFICER)
    request = m.WindowPlanned(window=0, title=TITLE, areas=AREAS, starts=wall_ms(), ends=wall_ms() + LASTS_MS)
    teller.asks(request, by=OFFICER)
    window = _window(teller.state())
    planned = [one.area for one in teller.state().all(Sealing) if one.window == window and one.state == "planned"]
    teller.expect("a sealing of each area is planned", sorted(planned) == sorted(AREAS), f"window {window}")


def kept_to(teller: Teller) -> None:
    """What is sealed now, be it with an opening, is what was planned."""
    state = teller.state()
    guarded = [one for one in state.all(Sealing) if one.state in ("sealed", "breached")]
    sealed = [one.area for one in guarded if one.window == _window(state)]
    teller.expect("what is sealed is what was planned", sorted(sealed) == sorted(AREAS), ", ".join(sealed))


def over(teller: Teller) -> None:
    """The holiday ends before its window does: what is left of the plan is cancelled, and stays on record."""
    teller.asks(m.WindowCancelled(window=_window(teller.state()), reason="提前开库"), by=OFFICER)


def _window(state: State) -> int:
    """The newest window that is planned, which is the story's."""
    return max(one.number for one in state.all(Window) if one.planned)
