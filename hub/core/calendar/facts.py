"""Calendars and planned windows in the journal: who may do what to them, what falls due, and how they fold."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from hub.core import order_numbers
from hub.core.alarms import life as alarm_life
from hub.core.calendar import windows as calendar_windows
from hub.core.refusal import NotPossible
from hub.core.site import where
from hub.core.site.document import Site
from hub.core.state import Calendar, Entry, Life, State, Window
from wire import messages as m
from wire import moments


def place(year: int) -> str:
    """Where the trouble is that a calendar is missing."""
    return where.of_hub(f"calendar-{year}")


# ---------------------------------------------------------------- what a person may ask


def check_import(state: State, _site: Site, request: m.CalendarImported) -> m.CalendarImported:
    """The next version of the calendar of its year. Raises NotPossible."""
    known = state.find(Calendar, request.year) or Calendar(request.year)
    if request.version != known.version + 1:
        raise NotPossible("calendar-changed", str(request.year))
    stored = {
        (known.sha256, known.off, known.worked),
        (known.approved_sha256, known.approved_off, known.approved_worked),
    }
    # One from before the days were journalled names none: importing the same document makes that good.
    if (request.sha256, request.off, request.worked) in stored:
        raise NotPossible("calendar-same", str(request.year))
    return request


def check_approval(state: State, _site: Site, request: m.CalendarApproved) -> m.CalendarApproved:
    """Just the document that was imported last. Raises NotPossible."""
    known = state.find(Calendar, request.year)
    if known is None:
        raise NotPossible("calendar-unknown", str(request.year))
    if (request.version, request.sha256) != (known.version, known.sha256):
        raise NotPossible("calendar-changed", str(request.year))
    if known.approved == known.version:
        raise NotPossible("calendar-approved", str(request.year))
    return request


def check_approver(state: State, site: Site, person: int | None, request: m.CalendarApproved) -> None:
    """Whoever imported a calendar does not approve it. Raises NotPossible."""
    known = state.find(Calendar, request.year)
    if known is not None and person == known.imported_by:
        raise NotPossible("same-person", str(request.year))


def check_plan(state: State, site: Site, request: m.WindowPlanned) -> m.WindowPlanned:
    """The plan under its number. Raises NotPossible."""
    for area in request.areas:
        if area not in site.areas:
            raise NotPossible("unknown-area", area)
    if not request.title.strip():
        raise NotPossible("title-empty")
    if len(set(request.areas)) < len(request.areas) or request.starts >= request.ends:
        raise NotPossible("window-empty", request.title)
    if request.ends <= state.meta.newest_time:
        raise NotPossible("window-past", request.title)
    for other in state.all(Window):
        shares = set(request.areas) & set(other.areas)
        if shares and other.planned and request.starts < other.ends and other.starts < request.ends:
            raise NotPossible("window-overlaps", f"window {other.number}, {', '.join(sorted(shares))}")
    # Every window stays in the state, cancelled ones too, so that a number is never given twice.
    return replace(request, window=1 + max((one.number for one in state.all(Window)), default=0))


def check_cancel(state: State, _site: Site, request: m.WindowCancelled) -> m.WindowCancelled:
    """A window that is planned. Raises NotPossible."""
    window = state.find(Window, request.window)
    if window is None or not window.planned:
        raise NotPossible("window-not-planned", str(request.window))
    if not request.reason.strip():
        raise NotPossible("reason-empty", str(request.window))
    return request


# ---------------------------------------------------------------- what falls due


def unpublished(state: State, now: int) -> Iterator[m.FactData]:
    """Years whose calendar is a task, each told once. `now`: hub's wall time in ms."""
    if not state.meta.site_version:
        return  # nobody is there yet who could import one
    # The day is that of UTC, which in China begins when the office does: nobody is disturbed at midnight.
    today = moments.at(now).date()
    for year in calendar_windows.tasks(today, approved_years(state)):
        if alarm_life.find(state, "calendar-unpublished", place(year)) is None:
            yield m.CalendarUnpublished(year=year)


def missing(state: State, _site: Site, entry: Entry, data: m.CalendarUnpublished) -> Iterator[m.FactData]:
    """Raise a trouble, which lasts until the calendar is approved."""
    yield alarm_life.raise_for(
        state, alarm_life.Cause("calendar-unpublished", place(data.year), None, None, entry.time), entry
    )


def approved(state: State, _site: Site, entry: Entry, data: m.CalendarApproved) -> Iterator[m.FactData]:
    """End that trouble, and send the nodes the days that count as other weekdays."""
    yield from alarm_life.return_for(state, "calendar-unpublished", place(data.year), entry)
    for life in list(state.all(Life)):
        yield from order_numbers.issue(state, life.node, "access")


def approved_years(state: State) -> list[int]:
    """Years that have an approved calendar."""
    return [row.year for row in state.all(Calendar) if row.approved]


# ---------------------------------------------------------------- fold


def apply_imported(state: State, entry: Entry, data: m.CalendarImported, person: int | None) -> None:
    """Store the imported version, which waits for approval; the approved one stays in force meanwhile."""
    known = state.find(Calendar, data.year) or Calendar(data.year)
    known = replace(known, version=data.version, sha256=data.sha256, off=data.off, worked=data.worked)
    state.put(replace(known, imported_by=person, imported_at=entry.time))


def apply_approved(state: State, entry: Entry, data: m.CalendarApproved, person: int | None) -> None:
    """Put the approved version in force."""
    known = state.find(Calendar, data.year)
    if known is not None:
        state.put(
            replace(
                known,
                approved=data.version,
                approved_sha256=data.sha256,
                approved_off=known.off,
                approved_worked=known.worked,
                approved_by=person,
                approved_at=entry.time,
            )
        )


def apply_planned(state: State, entry: Entry, data: m.WindowPlanned, person: int | None) -> None:
    """Store a planned window."""
    state.put(
        Window(
            number=data.window,
            title=data.title,
            areas=data.areas,
            starts=data.starts,
            ends=data.ends,
            planned_by=person,
            planned_at=entry.time,
        )
    )


def apply_cancelled(state: State, entry: Entry, data: m.WindowCancelled, person: int | None) -> None:
    """Mark the window as cancelled; it stays on record."""
    window = state.find(Window, data.window)
    if window is not None:
        state.put(replace(window, cancelled_by=person, cancelled_at=entry.time, reason=data.reason))
