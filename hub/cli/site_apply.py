"""`strongroom site apply`: put a site document in force."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from hub.cli import bringing
from hub.cli.common import hub_of
from hub.core.site import reading as site_reading
from hub.documents import site as site_file
from hub.door.protocol import Document
from wire import board, keys
from wire.command_line.run import Failure
from wire.command_line.signature import Argument, Context


def apply(
    context: Context,
    file: Annotated[Path, Argument(metavar="FILE", help="The document, such as site.toml.")],
) -> None:
    """Check a site document and put it in force: nodes get their plans and access lists, people their accounts."""
    hub = hub_of(context)
    reading = site_reading.read(file.read_text("utf-8", "replace"), board.load())
    if reading.mistakes or reading.site is None:
        raise Failure(f"{file} has {len(reading.mistakes)} mistakes; see: strongroom site check {file}", 65)
    site = reading.site
    if site.name != hub.site:
        raise Failure(f"{file} describes the site {site.name}, and this is {hub.site}", 65)
    text, beside = site_file.stored(site, keys.read_badge_key(hub.layout.badge_key)), site_file.beside(site)
    sha256 = site_file.sha256(text)
    bringing.bring(
        hub,
        lambda state, in_force: site_file.facts(state, in_force, site, sha256),
        Document(text, beside.people, beside.accounts),
    )
    print(f"{file} is in force")
