"""What a sealing rests on is changed, while the area stays sealed: two people admit it with their badges at its reader.

The node there signs that it has seen them; that word admits, at every node of the area, one plan and one list. What it
is used for is what is withheld from the lists at that moment, or else the first site document that changes the area
before its time is up. Whatever does not reach a node in that time, the node does not hold, and people are told so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from hub.core import kept_back, order_numbers
from hub.core.refusal import NotPossible
from hub.core.sealing import area as area_sealing
from hub.core.sealing import frozen
from hub.core.site import lookups
from hub.core.site.document import Site
from hub.core.state import Entry, Frozen, State
from hub.core.when import when
from wire import messages as m

CHANGE_MS = 110_000
"""How long a change may take from its second badge on. The node permits it for ten seconds longer."""

Facts = Iterator[m.FactData]


def check_document(state: State, data: m.SiteApplied) -> None:
    """Whether the time for what a document changes of sealed areas is not up yet. Raises NotPossible."""
    for one in data.changes:
        if not frozen.may_be_changed(state, one.area):
            raise NotPossible("change-over", one.area)


# ---------------------------------------------------------------- what follows


def permitted(state: State, site: Site, entry: Entry, record: m.Record, data: m.Permitted) -> Facts:
    """What was kept back until now is told to the nodes that lack it."""
    if state.area(data.area).permit == entry.note.decode():
        behind = [row.node for row in state.all(Frozen) if row.area == data.area and kept_back.behind(state, row)]
        yield from _begin(state, site, data.area, behind)


def document(state: State, site: Site, entry: Entry, data: m.SiteApplied) -> Facts:
    """What the document changes of an area is told to its nodes, where two people have admitted it."""
    changed = {one.area: one.nodes for one in data.changes}
    for name in site.areas:
        yield from _begin(state, site, name, changed.get(name, ()))


def _begin(state: State, site: Site, name: str, plan: Sequence[str]) -> Facts:
    if not frozen.may_be_changed(state, name):
        return
    sealing, version = state.area(name).sealing, state.meta.site_version
    access = tuple(row.node for row in state.all(Frozen) if row.area == name and frozen.lacks(row, site))
    if plan or access:
        yield m.SealingChanging(sealing=sealing, area=name, version=version, plan=tuple(plan), access=access)


def changing(state: State, site: Site, entry: Entry, data: m.SealingChanging) -> Facts:
    """The nodes are told, with the word."""
    for node in data.plan:
        yield from order_numbers.issue(state, node, "plan")
    for node in data.access:
        yield from order_numbers.issue(state, node, "access")


def taken(state: State, site: Site, entry: Entry, node: str) -> Facts:
    """A node has carried out an order: that may be the last of what it had to take."""
    for name in lookups.areas_of(site, node):
        area, row = state.area(name), state.find(Frozen, node, name)
        waits = kept_back.admits(area, state.meta.site_version) and node in area.waiting
        if waits and row is not None and not kept_back.behind(state, row) and not frozen.lacks(row, site):
            yield m.SealingConfirmed(sealing=area.sealing, area=name, node=node, cause=entry.index)


# ---------------------------------------------------------------- fold


def apply_permitted(state: State, entry: Entry, record: m.Record, data: m.Permitted) -> None:
    """The word of the node at the reader is here: from its badges on, not from now, the time is counted."""
    area = state.area(data.area)
    if data.change is None or data.sealing != area.sealing:
        return
    awaited = area.state == "changing" and record.node in area.waiting and not area.permit
    area = replace(area, change=max(area.change, data.change))
    state.put(area)
    if awaited:
        due = min(when(state, entry, record), entry.time) + CHANGE_MS
        state.put(replace(area, permit=entry.note.decode(), waiting=(), due_at=max(due, entry.time)))


def apply_changing(state: State, entry: Entry, data: m.SealingChanging, person: int | None) -> None:
    """These nodes are waited for; what they do not take in time, they are behind with."""
    area = state.area(data.area)
    waiting = tuple(sorted({*data.plan, *data.access}))
    state.put(replace(area, admits=data.version, waiting=waiting))
    for node in data.plan:
        row = state.find(Frozen, node, data.area)
        if row is not None:
            state.put(replace(row, behind=data.version))


def apply_changed(state: State, entry: Entry, data: m.SealingChanged, person: int | None) -> None:
    """It is sealed as before, and rests on something else."""
    area_sealing.move(state, data.area, "all-confirmed", entry.time, None)
