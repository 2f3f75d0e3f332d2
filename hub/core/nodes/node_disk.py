"""A node whose disk refuses: what it sees is in its memory alone, so its beats say so, and the hub keeps account.

Once that disk writes again, the records come after all. When the node starts anew before that, they will never come;
then nobody but the hub can say so, and it does as soon as the node has delivered everything that it still has.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from hub.core.alarms import life as alarm_life
from hub.core.alarms.life import Cause
from hub.core.nodes import order_content
from hub.core.sealing import area as area_sealing
from hub.core.site.document import Site
from hub.core.state import Entry, Life, State
from wire import messages as m

SEALED, UNSEALED = "disk-refuses-while-sealed", "storage-read-only"


def found(state: State, site: Site, beat: m.Beat, here: m.Here) -> Iterator[m.FactData]:
    """What a fresh beat of the node's present life says of its disk that is not on record yet."""
    life = state.life(beat.node)
    if life is None:
        return
    ended = life.refusing not in ("", beat.boot)
    if ended and (here.unwritten or here.seq <= life.seq):
        yield m.RecordsLost(node=beat.node, boot=life.refusing, count=life.unwritten)
    if here.unwritten is None:
        return
    since, waiting, lost = here.unwritten.since, here.unwritten.waiting, here.unwritten.lost
    is_new = life.refusing != beat.boot
    if is_new or waiting + lost >= 2 * max(1, life.unwritten) or not _is_told(state, site, beat.node):
        yield m.DiskRefuses(node=beat.node, boot=beat.boot, since=since, waiting=waiting, lost=lost)
    if is_new and life.boot != beat.boot:
        # Its `started` does not come: what it may not know, it is told all the same.
        yield from order_content.after_start(state, site, beat.node)


def cause(state: State, site: Site, node: str, happened: int) -> Cause:
    """What it is: a trouble, and an alarm while the node holds an area sealed, since nobody else keeps what it sees."""
    held = area_sealing.sealed_areas(state, site, node)
    if held:
        return Cause(SEALED, node, held[0].area, held[0].sealing, happened)
    return Cause(UNSEALED, f"{node} outbox-write", None, None, happened, foretold=True)


def _is_told(state: State, site: Site, node: str) -> bool:
    told = cause(state, site, node, 0)
    known = alarm_life.find(state, told.what, told.place)
    return known is not None and known.active


# ---------------------------------------------------------------- fold


def apply(state: State, entry: Entry, data: m.DiskRefuses, person: int | None) -> None:
    """Note that records of this boot are still to come."""
    _await(state, data.node, data.boot, data.waiting + data.lost)


def apply_lost(state: State, entry: Entry, data: m.RecordsLost, person: int | None) -> None:
    """Stop waiting for the records of that boot: they are lost."""
    _await(state, data.node, "", 0)


def apply_fault(state: State, entry: Entry, record: m.Record, data: m.Fault) -> None:
    """The disk writes again, which is told behind everything that had waited for it."""
    life = state.life(record.node)
    if life and data.part == "outbox-write" and not data.failed and record.boot == life.refusing:
        _await(state, record.node, "", 0)


def apply_overflow(state: State, entry: Entry, record: m.Record, data: m.Overflow) -> None:
    """An overflow record reports the losses itself, so the hub need not."""
    life = state.life(record.node)
    if life and data.since == 0 and life.refusing not in ("", record.boot):
        _await(state, record.node, "", 0)


def _await(state: State, node: str, boot: str, count: int) -> None:
    life = state.find(Life, node)
    if life is not None:
        state.put(replace(life, refusing=boot, unwritten=count))
