"""`strongroom calendar …`: check, import, approve and show the holiday calendars."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec

from hub.cli import ask, asking, calendar_view, calendar_year, table
from hub.cli.common import act, actor, hub_of, local, look, print_json
from hub.core.calendar import document_rules
from hub.core.calendar.document import Calendar
from hub.core.calendar.windows import Known, tasks
from hub.core.journal import requests
from hub.core.site.document import Site
from hub.core.site.mistakes import Mistake
from hub.core.state import Calendar as Row
from hub.core.state import State, Window
from hub.documents import calendar as calendar_file
from hub.documents import calendar_libraries
from hub.store import calendars, looking, queries
from wire import messages as m
from wire.command_line.run import Failure
from wire.command_line.signature import Argument, Context, Option
from wire.command_line.tree import Group
from wire.plain import plain

app = Group()

File = Annotated[Path, Argument(metavar="FILE", help="The document, such as 2026.toml.")]
Login = Annotated[str, Option("--as", help="Login of your account, whose password is then asked for.")]
Json = Annotated[bool, Option("--json", help="Print one JSON object, for programs.")]


@app.command()
def check(file: File, json: Json = False) -> None:
    """Explain every mistake in a calendar, and remark on what is odd. Exit code 0: no mistake; 65: some."""
    reading = calendar_file.read(file.read_bytes())
    remarks = _remarks(reading.calendar) if reading.calendar and not reading.mistakes else []
    if json:
        mistakes, odd = ([one._asdict() for one in found] for found in (reading.mistakes, remarks))
        print_json([{"file": plain(str(file)), "mistakes": mistakes, "remarks": odd}])
    else:
        _say(reading.mistakes, "")
        _say(remarks, "remark: ")
        if reading.calendar and not reading.mistakes:
            _show_document(reading.calendar)
            print(f"{plain(str(file))}: no mistakes. Compare it with the notice itself before you import it")
    if reading.mistakes:
        sys.exit(65)


@app.command("import")
def import_(context: Context, file: File, login: Login) -> None:
    """Bring in the calendar of a year. It counts only when a second person has approved it."""
    hub = hub_of(context)
    actor(hub, login)
    document = file.read_bytes()
    calendar_file.usable(document)
    brought = asking.first(asking.import_calendar(hub, login, document.decode()), m.CalendarImported)
    print(f"the calendar of {brought.year} is imported (version {brought.version}, SHA-256 {brought.sha256})")
    print(f"Now a second person: strongroom calendar approve {brought.year} --as LOGIN")


@app.command()
def approve(
    context: Context,
    year: int,
    login: Login,
    sha256: Annotated[
        str | None, Option(help="SHA-256 of the file that you have compared already; nothing is asked then.")
    ] = None,
) -> None:
    """Put the calendar in force that another person has imported: it is shown first, and asked about."""
    hub = hub_of(context)
    who = actor(hub, login)
    state, site = look(hub)
    row = state.find(Row, year)
    if row is None:
        raise Failure(f"no calendar of {year} is imported; see: strongroom calendar import --help", 65)
    approval = calendar_file.approval(row)
    requests.accept(state, site, who, approval)  # nobody is asked to compare it who may not approve it
    with hub.reading() as connection:
        calendar = calendars.newest(connection, row)
    _show_document(calendar)
    _say(_remarks(calendar), "remark: ")
    print(f"version {row.version}, SHA-256 {row.sha256}")
    if sha256 is None:
        ask.agreed("Does this agree with the notice?")
    elif sha256 != row.sha256:
        raise Failure(f"what is imported is not the file with SHA-256 {sha256}; nothing is approved", 65)
    act(hub, login, approval)
    print(f"the calendar of {year} is in force")


@app.command()
def show(
    context: Context,
    year: Annotated[int | None, Argument(help="One year whole; without it every year, and what is planned.")] = None,
    json: Json = False,
) -> None:
    """Show which years have a calendar and which windows are planned, or draw the calendar of one year."""
    hub = hub_of(context)
    with hub.reading() as connection:
        state, site = looking.look(connection)
        found = calendars.in_force(connection, state.all(Row))
        people = queries.people(connection)
    calendar_view.say_damaged(found.damaged)
    if year is not None:
        _show_year(state, found.calendars, year, json)
        return
    years = _years(state, datetime.now(site.zone))
    windows = sorted((one for one in state.all(Window) if one.planned), key=lambda one: one.starts)
    if json:
        print_json([{"years": years, "windows": [msgspec.to_builtins(one) for one in windows]}])
        return
    table.show(_headings(site), (_columns(one, site) for one in years))
    print()
    if windows:
        table.show(calendar_view.WINDOWS, calendar_view.windows(windows, people, site.zone))
    else:
        print("no window is planned")


def _headings(site: Site) -> tuple[str, ...]:
    return "year", "state", "version", f"imported ({site.timezone})", "approved"


def _columns(one: dict[str, Any], site: Site) -> tuple[object, ...]:
    times = (local(one[key], site.zone) if one[key] else "" for key in ("imported_at", "approved_at"))
    return one["year"], f"{one['state']}, TO DO" if one["task"] else one["state"], one["version"] or "", *times


def _show_year(state: State, in_force: list[Calendar], year: int, json: bool) -> None:
    row = state.find(Row, year) or Row(year)
    calendar = next((one for one in in_force if one.year == year), None)
    if json:
        document = msgspec.to_builtins(calendar) if calendar else None
        print_json([_standing(row) | {"calendar": document}])
        return
    if calendar is None:
        raise Failure(f"{year} is UNPUBLISHED: it has no approved calendar, and nothing is guessed", 65)
    coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    for line in calendar_year.year_view(Known(in_force), year, table.room() or 80, coloured):
        print(line)
    print(f"{calendar_year.LEGEND}\n")
    _show_document(calendar)


def _years(state: State, now: datetime) -> list[dict[str, Any]]:
    """This year and the next, and every other year that anything is known of."""
    rows = {row.year: row for row in state.all(Row)}
    todo = tasks(now.date(), [row.year for row in rows.values() if row.approved])
    years = sorted(rows.keys() | {now.year, now.year + 1})
    return [_standing(rows.get(year) or Row(year)) | {"task": year in todo} for year in years]


def _standing(row: Row) -> dict[str, Any]:
    state = "in force" if row.approved else "UNPUBLISHED"
    if row.version > row.approved:
        state += f", version {row.version} waits for approval"
    return {"state": state} | msgspec.structs.asdict(row)


def _show_document(calendar: Calendar) -> None:
    print(f"{calendar.year}: {plain(calendar.source)}")
    table.show(calendar_view.HOLIDAYS, calendar_view.holidays(calendar))


def _remarks(calendar: Calendar) -> list[Mistake]:
    return document_rules.odd(calendar, calendar_libraries.opinions(calendar.year))


def _say(found: list[Mistake], before: str) -> None:
    for mistake in found:
        print(plain(f"{before}{mistake.place}: {mistake.sentence}"), file=sys.stderr)
