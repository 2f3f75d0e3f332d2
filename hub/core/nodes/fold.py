"""What an entry changes of nodes and of the site: lives, silence, which document is in force."""

from __future__ import annotations

from msgspec.structs import replace

from hub.core import order_numbers
from hub.core.sealing import before as before_sealing
from hub.core.state import Entry, Life, NamedKey, Point, State
from hub.core.when import when
from wire import messages as m


def take_in(state: State, entry: Entry, record: m.Record) -> None:
    """The node's life goes on by this record."""
    life = state.life(record.node)
    if life is None:
        return
    if record.life != life.life:
        order_numbers.drop(state, record.node)
        life = replace(life, doubted=0, doubt=None)
    newest = record.data.last_hash if isinstance(record.data, m.CannotFill) else entry.hash
    state.put(
        replace(
            life,
            life=record.life,
            seq=record.seq,
            hash=newest,
            index=entry.index,
            boot=record.boot,
            unheard_since=life.unheard_since if life.silent else None,
        )
    )


def started(state: State, entry: Entry, record: m.Record, data: m.Started) -> None:
    """After a boot every point is normal until the node says otherwise, which it does for each that is not."""
    for point in list(state.all(Point)):
        if point.node == record.node and (point.level != "normal" or point.told):
            stood = point.since if point.level != "normal" else None
            since = when(state, entry, record)
            state.put(replace(point, level="normal", since=since, stood=stood, told=None))
        elif point.node == record.node and point.stood is not None:
            state.put(replace(point, stood=None))


def site_applied(state: State, entry: Entry, data: m.SiteApplied, person: int | None) -> None:
    """Another site document is in force."""
    state.put(replace(state.meta, site_version=data.version))


def journal_opened(state: State, entry: Entry, data: m.JournalOpened, person: int | None) -> None:
    """An origin is opened, and its first key of checkpoints named."""
    state.put(NamedKey(data.checkpoint_key.strip(), data.origin))


def checkpoint_key(state: State, entry: Entry, data: m.CheckpointKey, person: int | None) -> None:
    """A key of checkpoints is named."""
    state.put(NamedKey(data.key.strip()))


def enrolled(state: State, entry: Entry, data: m.NodeEnrolled, person: int | None) -> None:
    """The node begins a life."""
    old = state.life(data.node)
    order_numbers.drop(state, data.node)
    before_sealing.walk_again(state, data.node)
    state.put(
        Life(
            node=data.node,
            life=data.life,
            record_key=data.record_key,
            serial=data.serial,
            next_order=old.next_order if old else 1,
            silent=old.silent if old else False,
            witness_key=data.witness_key,
            enrolled_at=old.enrolled_at if old else entry.time,
            refusing=old.refusing if old else "",
            unwritten=old.unwritten if old else 0,
            # Whoever was heard before is not heard until the new life begins; whoever never was, never was.
            unheard_since=unheard_since(old, entry.time) if old else None,
        )
    )


def revoked(state: State, entry: Entry, data: m.NodeRevoked, person: int | None) -> None:
    """The life of the node is over."""
    life = state.life(data.node)
    if life is not None:
        order_numbers.drop(state, data.node)
        state.put(replace(life, revoked=True, unheard_since=unheard_since(life, entry.time)))


def silent(state: State, entry: Entry, data: m.NodeSilent, person: int | None) -> None:
    """The node is silent from now on."""
    life = state.life(data.node)
    if life is not None:
        since = min(data.last_heard or entry.time, entry.time)
        state.put(replace(life, silent=True, unheard_since=unheard_since(life, since)))
        before_sealing.walk_again(state, data.node)


def back(state: State, entry: Entry, data: m.NodeBack, person: int | None) -> None:
    """The node is heard again."""
    life = state.life(data.node)
    if life is not None:
        state.put(replace(life, silent=False, unheard_since=life.unheard_since if life.revoked else None))


def equivocation(state: State, entry: Entry, data: m.Equivocation, person: int | None) -> None:
    """Remember when an equivocating record was last stored."""
    life = state.life(data.node)
    if life is not None:
        state.put(replace(life, equivocated_at=entry.time))


def doubted(state: State, entry: Entry, data: m.RecordDoubted, person: int | None) -> None:
    """The next record of the node is doubted, and why."""
    life = state.life(data.node)
    if life is not None:
        state.put(replace(life, doubted=data.seq, doubt=data.why))


def unheard_since(life: Life, time: int) -> int | None:
    """Since when a node has been unheard; None for one that has never been heard."""
    return life.unheard_since or (time if life.boot else None)
