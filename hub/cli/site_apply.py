"""`strongroom site apply`: put a site document in force."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from hub.cli.common import hub_of
from hub.core.site import reading as site_reading
from hub.documents import site as site_file
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
    if reading.site.name != hub.site:
        raise Failure(f"{file} describes the site {reading.site.name}, and this is {hub.site}", 65)
    badge_key = keys.read_badge_key(hub.layout.badge_key)
    site_file.apply(hub.service("admin"), reading.site, badge_key)
    print(f"{file} is in force")
