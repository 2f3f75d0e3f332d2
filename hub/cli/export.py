"""`strongroom export`: the journal as a folder that an auditor takes along."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from hub.cli import asking
from hub.cli.common import actor, hub_of
from hub.core.nodes import witnesses
from hub.ledger import checkpoint as ledger_checkpoint
from hub.ledger import cosignatures, folder, saved
from hub.ledger.append import Appending
from hub.site_directory.hub import Hub
from hub.site_directory.layout import Layout
from hub.store import rows
from wire import messages as m
from wire.command_line.run import Failure
from wire.command_line.signature import Argument, Context, Option

PATIENCE_S = 5.0
"""How long the running engine may take to sign a checkpoint over all that is there."""
WITNESS_S = 15.0
"""How long a majority of the nodes may take to countersign it."""
LOOK_S = 0.1

OnRecord = Callable[[m.FactData], object]


def export(
    context: Context,
    target: Annotated[Path, Argument(metavar="FOLDER", help="A new folder, such as one on a USB stick.")],
    login: Annotated[
        str | None,
        Option(
            "--as",
            metavar="LOGIN",
            help="Login of your account, whose password is asked for; the journal names you.",
        ),
    ] = None,
) -> None:
    """Write the journal into a folder, with its checkpoints, keys, a CSV, and verify.pyz, which checks it anywhere."""
    hub = hub_of(context)
    with _on_record(hub, login) as on_record:
        _export(hub, target, on_record)


def _export(hub: Hub, target: Path, on_record: OnRecord) -> None:
    size, covered = _sizes(hub)
    wanted = size
    if covered < size:
        # The entry that says so is one that the engine signs at once.
        on_record(m.JournalExported(size=size))
        wanted = _sizes(hub)[0]
    signed = _soon(lambda: _sizes(hub)[1] >= wanted, PATIENCE_S)
    witnessed = _witnessed(hub, wanted) if signed else None
    if signed and witnessed is None:
        _say("waiting for the nodes, a majority of which is to countersign what the hub has signed")
        _soon(lambda: _witnessed(hub, wanted) is not None, WITNESS_S)
        witnessed = _witnessed(hub, wanted)
    sign = hub.key("admin").sign
    with hub.reading() as connection:
        try:
            # What has come since stands under no checkpoint that a majority has countersigned yet: it is left for the
            # next export, so that everything in this one is proven.
            made = folder.write(target, saved.journal(connection, _papers(hub.layout), sign, witnessed))
        except ValueError as error:
            raise Failure(f"the journal and its checkpoints do not fit together: {error}", 1) from None
    if covered >= size:
        on_record(m.JournalExported(size=size))
    print(f"{target}: {made.entries} entries, {made.signed} of them under a signed checkpoint")
    if made.signed < made.entries:
        print(f"entries from {made.signed} on are not proven: is the engine running? Then export again.")
    if signed and witnessed is None:
        print(
            "no majority of the nodes has countersigned it, so the verifier answers UNPROVEN: which nodes are silent?"
        )
    print(f"SHA-256 of its verify.pyz: {made.verifier}")
    if made.changed:
        first, last = made.changed
        why = f"entries {first} to {last} are not those that the hub has signed"
        raise Failure(f"{why}: somebody has changed the journal; run: strongroom verify {target}", 1)


def _sizes(hub: Hub) -> tuple[int, int]:
    """Size of the journal, and of its newest checkpoint."""
    with hub.reading() as connection:
        newest = ledger_checkpoint.newest(connection)
        return Appending(connection).size, newest.size if newest else 0


def _witnessed(hub: Hub, wanted: int) -> int | None:
    """Size of the newest checkpoint of at least so many entries that a majority of the nodes has countersigned."""
    with hub.reading() as connection:
        return cosignatures.witnessed(connection, wanted, witnesses.keys(rows.load(connection)))


@contextmanager
def _on_record(hub: Hub, login: str | None) -> Iterator[OnRecord]:
    """What says that it was exported, and by whom if that is to be told: who that is proves it first."""
    if login is None:
        yield lambda said: asking.say(hub, said)
    else:
        actor(hub, login)
        with asking.signed_in(hub, login) as act:
            yield act


def _soon(done: Callable[[], bool], patience: float) -> bool:
    until = time.monotonic() + patience
    while not (there := done()) and time.monotonic() < until:
        time.sleep(LOOK_S)
    return there


def _say(words: str) -> None:
    print(f"{words} …", file=sys.stderr, flush=True)


def _papers(layout: Layout) -> dict[str, bytes]:
    """TLS papers, for reference: public ones only."""
    paths = [layout.tls / "ca.crt", *sorted((layout.authority / "issued").glob("*.crt"))]
    return {f"certificates/{path.name}": path.read_bytes() for path in paths if path.is_file()}
