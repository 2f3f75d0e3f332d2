"""The account at the end: what the nodes say that they sent, against what the journal holds."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from msgspec import Struct
from rich.table import Table

from demo.site.make_site import node_command
from demo.story.teller import StoryError, Teller
from hub.admin import rebuild
from hub.core.state import Life
from hub.ledger.append import Appending
from hub.ledger.reading import JournalDamaged
from hub.store import session
from hub.store.queries import JournalRow
from wire import decoding, notes, tlog
from wire import messages as m

NAMED = 3
"""Of what was not expected, so many are named."""


class Said(Struct):
    """What a node says of itself (`node status --json`): its numbers and the hash of its newest record."""

    node: str
    life: int
    newest: int
    freed: int
    hash: str


class Delivery(NamedTuple):
    """One node's records of the life that it is in: on its disk, and in the journal."""

    sent: int
    journalled: int
    lost: int
    doubled: int
    in_order: bool


def give(teller: Teller) -> int:
    """Check everything once more, and print the table. Exit code 0 when every expectation held."""
    teller.says("The account: what the nodes say that they sent, against what the journal holds")
    deliveries: list[Delivery] = []
    said: list[Said] = []
    try:
        # Nodes go on while we look; we look until both sides stand still for a moment.
        teller.wait(lambda: _settled(teller, said))
        rows = teller.entries()
        deliveries = [_delivery(one, rows) for one in said]
    except StoryError as error:
        teller.expect("every node says what it has sent", held=False, seen=error)
        rows = teller.entries()
    lost, doubled = sum(one.lost for one in deliveries), sum(one.doubled for one in deliveries)
    in_order = bool(deliveries) and all(one.in_order for one in deliveries)
    teller.expect("nothing was lost and nothing was doubled", deliveries and not lost and not doubled)
    teller.expect("each node's records stand in order, each naming the one before", in_order)
    _check_journal(teller)
    raised = [row.message.data for row in rows if row.index >= teller.began and row.kind == "alarm-raised"]
    _check_alarms(teller, [one for one in raised if isinstance(one, m.AlarmRaised)])
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in (
        ("records sent", sum(one.sent for one in deliveries)),
        ("records journalled", sum(one.journalled for one in deliveries)),
        ("lost", lost if deliveries else "?"),
        ("duplicated", doubled if deliveries else "?"),
        ("journal in order", "yes" if in_order else "no"),
        ("entries in the journal", len(rows)),
        ("alarms and troubles raised", f"{len(raised)} ({len(teller.awaited)} expected)"),
        ("seconds from contact to alarm", ", ".join(f"{delay:.2f}" for delay in teller.delays) or "-"),
        ("expectations held", f"{sum(one.held for one in teller.expectations)} of {len(teller.expectations)}"),
    ):
        table.add_row(name, str(value))
    teller.console.print("", table)
    broken = [one for one in teller.expectations if not one.held]
    for one in broken:
        teller.console.print(f"[red]✗[/red] {one.sentence} [dim]{one.seen}[/dim]")
    return 1 if broken else 0


def _settled(teller: Teller, said: list[Said]) -> bool:
    """Ask every node; whether the hub's receipts have reached them all and the journal has nothing beyond."""
    with ThreadPoolExecutor(len(teller.names.nodes)) as pool:
        said[:] = pool.map(lambda node: _ask(teller, node), teller.names.nodes)
    lives = {life.node: life for life in teller.state().all(Life)}
    return all(one.freed == one.newest == lives[one.node].seq for one in said if one.node in lives)


def _ask(teller: Teller, node: str) -> Said:
    command = node_command(teller.hub.layout, "node", "status", "--node", node, "--json")
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise StoryError(done.stderr.decode("utf-8", "replace").strip())
    return decoding.decode(done.stdout, Said)


def _delivery(said: Said, rows: Sequence[JournalRow]) -> Delivery:
    mine = [row for row in rows if row.author == said.node and row.life == said.life]
    numbers = [row.seq for row in mine]
    chain, before = True, ""
    for row in mine:
        record = row.message
        chain = chain and isinstance(record, m.Record) and record.prev == before
        before = notes.text_hash(notes.split(row.note).text)
    whole = numbers == list(range(1, said.newest + 1))
    lost = len(set(range(1, said.newest + 1)) - set(numbers))
    return Delivery(
        said.newest, len(mine), lost, len(mine) - len(set(numbers)), whole and chain and before == said.hash
    )


def _check_journal(teller: Teller) -> None:
    """The Merkle root over the notes as they lie there, and the projections folded anew."""
    with session.reading(teller.database) as connection:
        head = tlog.root(Appending(connection).frontier).hex()
        try:
            folded = rebuild.fold_journal(connection, lambda _index: None)
        except JournalDamaged as error:
            teller.expect("the journal's tree has the root that the head says", held=False, seen=error)
            return
        differences = rebuild.differences(connection, folded)
    teller.expect("the journal's tree has the root that the head says", held=True, seen=f"{head[:16]}…")
    seen = "; ".join(f"{one.table} {one.key}" for one in differences[:NAMED])
    teller.expect("folding the whole journal anew gives the state that is saved", not differences, seen)


def _check_alarms(teller: Teller, raised: Sequence[m.AlarmRaised]) -> None:
    awaited = list(teller.awaited)
    beyond = []
    for one in raised:
        if one.what == "calendar-unpublished":
            continue  # it comes with the day on which the story is played
        if (one.what, one.place) in awaited:
            awaited.remove((one.what, one.place))
        else:
            beyond.append(f"{one.what} {one.place}")
    teller.expect("nobody was disturbed for nothing", not beyond, ", ".join(beyond[:NAMED]))
    silent = ", ".join(f"{what} {place}" for what, place in awaited[:NAMED])
    teller.expect("nothing that was due was silent", not awaited, silent)
