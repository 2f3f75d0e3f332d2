"""`strongroom site …`: the site document, and the site's first papers."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec

from hub.admin import first_entry, first_papers
from hub.core.doors import everyday
from hub.core.site import reading as site_reading
from hub.core.site import rules_of_guard, rules_of_people
from hub.core.site.document import Site
from hub.core.site.mistakes import Mistake
from hub.engine import disk
from hub.site_directory.broker import BrokerSettings
from hub.site_directory.hub import open_hub
from hub.store import alone, schema
from wire import board
from wire.command_line.run import Failure
from wire.command_line.signature import Argument, Context, Option
from wire.command_line.tree import Group
from wire.plain import plain

app = Group()


@app.command()
def init(
    context: Context,
    name: Annotated[str, Argument(metavar="SITE", help="Name of the site, as the site document has it.")],
    host: Annotated[
        list[str],
        Option(help="Address or name of the hub, as nodes and browsers reach it; nodes get the first. Repeatable."),
    ],
    bind: Annotated[str, Option(help="Address that the broker listens on.")] = "0.0.0.0",  # noqa: S104 - nodes
    port: Annotated[int, Option(help="Port that the broker listens on.")] = 8883,
) -> None:
    """Make a new site's authority, keys, papers, broker files and empty database. Never overwrites any."""
    disk.check(context.directory)
    layout = first_papers.init(context.directory, BrokerSettings(name, tuple(host), bind, port), datetime.now(UTC))
    hub = open_hub(layout.root)
    database = hub.database(writes=True)
    with alone.locked(database) as take_over:
        schema.prepare(database)
        first_entry.open_journal(hub.on(take_over()))
    print(f"{layout.root}: the papers of {name} are made. Keep a copy of it where only you can reach it.")


@app.command()
def renew(context: Context) -> None:
    """Make new TLS papers for the hub's services, before the old ones end. Restart the services after it."""
    first_papers.renew(context.directory, datetime.now(UTC))
    print("the hub's papers are renewed for two years; now restart broker, engine, console and notify")


@app.command()
def check(
    file: Annotated[Path, Argument(metavar="FILE", help="The document, such as site.toml.")],
    as_json: Annotated[bool, Option("--json", help="Print one JSON object, for programs.")] = False,
) -> None:
    """Explain every mistake in a site document. Exit code 0: none; 65: some; 66: no such file."""
    try:
        text = file.read_text("utf-8")
    except OSError as error:
        raise Failure(f"{file}: {error.strerror}", os.EX_NOINPUT) from None
    except ValueError:
        reading = site_reading.Reading(None, [Mistake("document", "this is not UTF-8 text; save it as UTF-8")])
    else:
        reading = site_reading.read(text, board.load())
    remarks = _remarks(reading)
    if as_json:
        # Bytes, since the terminal of a program that calls us may have no encoding for Chinese.
        answer = {"file": plain(str(file)), "mistakes": _plain(reading.mistakes), "remarks": remarks}
        sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
    else:
        for mistake in reading.mistakes:
            print(plain(f"{mistake.place}: {mistake.sentence}"), file=sys.stderr)
        for remark in remarks:
            print(plain(f"remark: {remark['place']}: {remark['sentence']}"), file=sys.stderr)
        if not reading.mistakes and reading.site:
            print(f"{plain(str(file))}: no mistakes. {_size(reading.site)}")
    if reading.mistakes:
        sys.exit(os.EX_DATAERR)


def _remarks(reading: site_reading.Reading) -> list[dict[str, str]]:
    """What is allowed and may yet have escaped somebody. Only for a site without mistakes, whose time zone is known."""
    if reading.site is None or reading.mistakes:
        return []
    site = reading.site
    ended = rules_of_people.ended(site, datetime.now(site.zone).date())
    return _plain([*ended, *everyday.not_guarded(site), *rules_of_guard.remarks(site)])


def _plain(mistakes: list[Mistake]) -> list[dict[str, str]]:
    return [mistake._asdict() for mistake in mistakes]


def _size(site: Site) -> str:
    counted = (("areas", site.area), ("points", site.point), ("nodes", site.node), ("cardholders", site.cardholder))
    return ", ".join(f"{len(items)} {name}" for name, items in counted)
