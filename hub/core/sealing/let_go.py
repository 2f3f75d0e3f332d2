"""A node lets an area go: the one at whose reader the badges were shown first, the others on its signed word.

The hub carries that word. What fell back here, although the node had let go, goes on to its end.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from hub.core import order_numbers
from hub.core.alarms import life as alarm_life
from hub.core.sealing import after_restore, course
from hub.core.sealing import area as area_sealing
from hub.core.site import lookups, where
from hub.core.site.document import Site
from hub.core.state import Entry, Frozen, State
from wire import messages as m

MISSING_MS = 60_000
"""How long the other nodes have to let go, once the first has, before somebody is told which are missing."""

Facts = Iterator[m.FactData]


def released(state: State, site: Site, entry: Entry, record: m.Record, data: m.Released) -> Facts:
    """The other nodes are told, with the word of this one; and this one what was kept back from it."""
    area = state.area(data.area)
    if data.by == "badges" and area.word and record.node == lookups.ceremony_node(site, data.area):
        yield from _tell_others(state, site, record.node, data.area, "sealed")
    if data.by != "arming":
        yield from order_numbers.issue(state, record.node, "access")
        life = state.life(record.node)
        if life is not None and 0 < life.plan < state.meta.site_version:
            yield from order_numbers.issue(state, record.node, "plan")


def came(state: State, site: Site, entry: Entry, record: m.Record, data: m.Attended) -> Facts:
    """Somebody has come for an emergency opening: the other nodes sound no longer."""
    area = where.area_of(data.reader)
    if data.opened is not None and data.opened == state.area(area).sealing:
        yield from _tell_others(state, site, record.node, area, "quiet")


def waits(state: State, site: Site, entry: Entry, data: m.UnsealingWaits) -> Facts:
    """Somebody sees to the nodes that are missing."""
    cause = alarm_life.Cause("unsealing-waits", data.area, data.area, data.sealing, entry.time, nodes=data.nodes)
    yield alarm_life.raise_for(state, cause, entry)


def over(state: State, site: Site, entry: Entry, data: m.Unsealed) -> Facts:
    """None is missing any more."""
    yield from alarm_life.return_for(state, "unsealing-waits", data.area, entry)


def _tell_others(state: State, site: Site, node: str, area: str, what: str) -> Facts:
    for other in lookups.nodes_of(site, area):
        if other != node:
            yield from order_numbers.issue(state, other, f"{what}/{area}")


# ---------------------------------------------------------------- fold


def apply_released(state: State, entry: Entry, record: m.Record, data: m.Released) -> None:
    """The node holds it no longer. If two badges were shown to it, the area is being unsealed, whatever we had made of
    that meanwhile."""
    held = {row.node for row in state.all(Frozen) if row.area == data.area and row.sealing == data.sealing}
    if state.find(Frozen, record.node, data.area):
        state.put(Frozen(node=record.node, area=data.area))
    if state.meta.next_sealing <= data.sealing and after_restore.is_plausible(state, data.sealing):
        state.put(replace(state.meta, next_sealing=data.sealing + 1))
    area = state.area(data.area)
    if data.by == "badges" and data.sealing == area.sealing and (area.state, "let-go") in area_sealing.SEAL:
        waiting = area.waiting if area.state == "unsealing" else tuple(sorted({record.node, *held}))
        due = None if area.loud else entry.time + MISSING_MS
        area_sealing.move(state, data.area, "let-go", entry.time, due, waiting=waiting, word=entry.note.decode())
        course.let_go(state, entry, data)


def apply_waits(state: State, entry: Entry, data: m.UnsealingWaits, person: int | None) -> None:
    """It is told once, and goes on until the last node has let go, or an emergency ends it."""
    state.put(replace(state.area(data.area), due_at=None))


def apply_came(state: State, entry: Entry, record: m.Record, data: m.Attended) -> None:
    """Somebody has come for the emergency opening of an area."""
    area = state.area(where.area_of(data.reader))
    if data.opened is not None and data.opened == area.sealing:
        state.put(replace(area, came=entry.note.decode()))
