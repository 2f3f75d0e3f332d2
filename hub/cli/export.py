"""`strongroom export`: the journal as a folder that an auditor takes along."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from hub.cli.common import Failure, hub_of
from hub.core.requests import Actor
from hub.layout import Layout
from hub.ledger import checkpoint, folder, saved
from hub.ledger.append import Appending
from hub.parts import Hub
from hub.store import session
from wire import messages as m

PATIENCE_S = 5.0
"""How long the running engine may take to sign a checkpoint over all that is there."""
LOOK_S = 0.1


def export(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new folder, such as one on a USB stick.")],
) -> None:
    """Write the journal into a folder, with its checkpoints, keys, a CSV, and verify.pyz, which checks it anywhere."""
    hub = hub_of(context)
    size, covered = _sizes(hub)
    if covered < size:
        # The entry that says so is one that the engine signs at once.
        _journal_it(hub, size)
        wanted = _sizes(hub)[0]
        _wait(hub, wanted)
    with session.reading(hub.database()) as connection:
        try:
            made = folder.write(target, saved.journal(connection, _papers(hub.layout)))
        except ValueError as error:
            raise Failure(f"the journal and its checkpoints do not fit together: {error}", 1) from None
    if covered >= size:
        _journal_it(hub, size)
    print(f"{target}: {made.entries} entries, {made.signed} of them under a signed checkpoint")
    if made.signed < made.entries:
        print(f"entries from {made.signed} on are not proven: is the engine running? Then export again.")
    print(f"SHA-256 of its verify.pyz: {made.verifier}")


def _sizes(hub: Hub) -> tuple[int, int]:
    """Size of the journal, and of its newest checkpoint."""
    with session.reading(hub.database()) as connection:
        newest = checkpoint.newest(connection)
        return Appending(connection).size, newest.size if newest else 0


def _journal_it(hub: Hub, size: int) -> None:
    hub.service("admin").act(Actor("admin"), m.JournalExported(size=size))


def _wait(hub: Hub, wanted: int) -> None:
    until = time.monotonic() + PATIENCE_S
    while _sizes(hub)[1] < wanted and time.monotonic() < until:
        time.sleep(LOOK_S)


def _papers(layout: Layout) -> dict[str, bytes]:
    """TLS papers, for reference: public ones only."""
    paths = [layout.tls / "ca.crt", *sorted((layout.authority / "issued").glob("*.crt"))]
    return {f"certificates/{path.name}": path.read_bytes() for path in paths if path.is_file()}
