"""`strongroom sheet`: the closing list of a day, and the check sheet of a month, at the terminal or as A4 pages."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from sqlalchemy import Connection

from hub.cli import names, table
from hub.cli.common import hub_of
from hub.core.site.document import Site
from hub.reports import sheet_pages, sheet_rows, sheet_words
from hub.reports.words import Pair, Words
from hub.site_directory import engine_pulse
from hub.site_directory.hub import Hub, wall_ms
from hub.store import looking, queries, sheets, watching, who_opened
from hub.store.sheets import Now
from wire import moments
from wire.command_line.run import Failure
from wire.command_line.signature import Argument, Context, Option
from wire.command_line.tree import Group

app = Group()

Language = Literal["en", "zh"]
_DAY = Annotated[str | None, Option(help="The day as YYYY-MM-DD; left out, today.")]
_PDF = Annotated[Path | None, Option(help="Write the A4 page to this file.")]
_LANGUAGE = Annotated[Language, Option(help="In which language.")]


@app.command()
def closing(
    context: Context,
    area: Annotated[str | None, Argument(help="Left out: all areas that are ever set, in short.")] = None,
    day: _DAY = None,
    pdf: _PDF = None,
    language: _LANGUAGE = "en",
) -> None:
    """Show how an area was closed up on a day: set by whom, what was left open, and who has unset it next."""
    hub = hub_of(context)
    with hub.reading() as connection:
        site, words = _site_and_words(connection, language)
        now = _now(hub, connection)
        wanted = _day(day, site, now)
        if area is None:
            if pdf:
                raise Failure("name the area whose list is to be written", 64)
            lists = sheets.closings(connection, site, wanted, now.time)
            table.show(
                _heads(sheet_words.OVERVIEW_HEADS, words), [sheet_rows.overview(one, words).cells for one in lists]
            )
            return
        names.area(site, area)
        found = sheets.closing(connection, site, area, wanted, now)
    if pdf:
        _write(pdf, sheet_pages.closing(found, words))
        return
    said = sheet_rows.closing(found, words)
    print(f"{words.area(area)} {found.day} {words.weekday(found.day)}: {said.verdict}")
    for title, heads, rows in sheet_rows.parts(said):
        print(f"\n{words.say(title)}")
        table.show(_heads(heads, words), rows)


@app.command()
def checks(
    context: Context,
    point: Annotated[str, Argument(help="A cabinet, safe or bolt, as AREA/NAME.")],
    month: Annotated[str | None, Option(help="The month as YYYY-MM; left out, this one.")] = None,
    pdf: _PDF = None,
    language: _LANGUAGE = "en",
) -> None:
    """Show when a cabinet, safe or bolt was opened in a month, by which people, and who has closed up each evening."""
    hub = hub_of(context)
    with hub.reading() as connection:
        site, words = _site_and_words(connection, language)
        now = _now(hub, connection)
        if point not in who_opened.opened_points(site):
            raise names.refused("cabinet, safe or bolt", point, who_opened.opened_points(site), "there are")
        found = sheets.checks(connection, site, point, _month(month, site, now), now)
    if pdf:
        _write(pdf, sheet_pages.checks(found, site, words))
        return
    rows = [row.cells for row in sheet_rows.checks(found, words)]
    table.show(_heads(sheet_words.CHECK_HEADS, words), rows)


def _site_and_words(connection: Connection, language: Language) -> tuple[Site, Words]:
    site = looking.look(connection)[1]
    return site, Words(language, site, queries.people(connection))


def _heads(heads: tuple[Pair, ...], words: Words) -> list[str]:
    return [words.say(pair) for pair in heads]


def _now(hub: Hub, connection: Connection) -> Now:
    """Of what came after the engine was last at work nobody knows."""
    now = wall_ms()
    if engine_pulse.ask(hub.layout.engine_socket, hub.layout.public_key("engine"), hub.site, now):
        return Now(now)
    return Now(now, watching.engine_time(connection) or 0)


def _day(text: str | None, site: Site, now: Now) -> date:
    if text is None:
        return moments.at(now.time, site.zone).date()
    found = sheet_rows.day_of(text)
    if found is None:
        raise Failure(f"{text!r} is no day; one is written 2026-03-02", 64)
    return found


def _month(text: str | None, site: Site, now: Now) -> date:
    if text is None:
        return moments.at(now.time, site.zone).date().replace(day=1)
    found = sheet_rows.day_of(f"{text}-01")
    if found is None:
        raise Failure(f"{text!r} is no month; one is written 2026-03", 64)
    return found


def _write(path: Path, page: str) -> None:
    from hub.reports import certificate as certificate_report  # a page takes libraries that nothing else needs

    path.write_bytes(certificate_report.pdf(page))
