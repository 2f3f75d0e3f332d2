"""What the nodes of a sealed area hold by themselves, as each has signed it: an honest hub asks nothing else of them.

They take no plan and no list that would weaken the sealing. So what is added to a list waits for the unsealing, or for
two people who admit it (`hub.core.sealing.change`).
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from hub.core import kept_back
from hub.core.refusal import NotPossible
from hub.core.site import lookups, where
from hub.core.site.document import Site
from hub.core.state import Area, Entry, Frozen, Sealing, State
from hub.core.when import when
from wire import messages as m


def of_node(state: State, node: str) -> list[Frozen]:
    """What the node holds now."""
    return [row for row in state.all(Frozen) if row.node == node and row.sealing]


def check_reader(state: State, site: Site, area: Area) -> None:
    """Refuse badges at a node that the others do not know: only an emergency opening ends that. Raises NotPossible."""
    reader = lookups.ceremony_node(site, area.name)
    life = state.life(reader)
    for row in state.all(Frozen):
        others = row.area == area.name and row.sealing == area.sealing and row.node != reader
        if others and life is not None and row.reader_key not in ("", life.record_key):
            raise NotPossible("reader-replaced", reader)


def counts(state: State, node: str, area: Area, badge: str) -> bool:
    """Whether the node counts this badge for unsealing the area: what was added since the sealing counts after it."""
    row = state.find(Frozen, node, area.name)
    return row is None or row.sealing != area.sealing or area.state == "seal-ceremony" or badge in row.seals


def may_let_go(area: Area, node: str, reader: str) -> bool:
    """Whether there is what lets this node go: its own badges, the word of the reader's node, or an emergency."""
    return area.loud or node == reader or area.word != ""


def check_change(state: State, area: Area, cause: str) -> None:
    """Whether people may be asked to admit a change of what the area's sealing rests on. Raises NotPossible."""
    if not cause.strip():
        raise NotPossible("cause-empty", area.name)
    elsewhere = [one.name for one in state.all(Area) if one.state in ("change-ceremony", "changing")]
    if elsewhere:
        raise NotPossible("change-elsewhere", elsewhere[0])


def may_be_changed(state: State, name: str) -> bool:
    """Whether two people have admitted a change of the area that has not been used, and the time for it is not up."""
    area = state.area(name)
    in_time = area.due_at is not None and state.meta.newest_time < area.due_at
    return area.state == "changing" and area.permit != "" and area.admits == 0 and in_time


def lacks(row: Frozen, site: Site) -> bool:
    """Whether badges have a right at the area by this document that the node does not count."""
    area = site.areas.get(row.area)
    if area is None or not row.sealing:
        return False
    return any(
        badge not in counted
        for people, counted in ((area.may_seal, row.seals), (area.responders, row.responds))
        for person in people
        for badge in (site.cardholders[person].badges if person in site.cardholders else ())
    )


def check_document(state: State, in_force: Site, wanted: Site) -> tuple[m.AreaChanged, ...]:
    """Refuse a document that changes points or readers of a sealed area: its nodes would refuse their plan. Raises
    NotPossible. Of areas where two people have admitted it: the nodes that are to take it."""
    held = {(row.node, row.area) for row in state.all(Frozen) if row.sealing}

    def fixed(site: Site) -> set[tuple[object, ...]]:
        points = {
            (one.place, one.node, one.terminal, one.kind, one.normally)
            for one in site.point
            if (one.node, one.area) in held
        }
        return points | {
            (one.place, one.node, one.port, one.inside) for one in site.reader if (one.node, one.area) in held
        }

    changed = {(str(one[1]), where.area_of(str(one[0]))) for one in fixed(in_force) - fixed(wanted)}
    areas = {area for _node, area in changed}
    refused = [one for one in areas if not may_be_changed(state, one) or not _same_nodes(in_force, wanted, one)]
    if refused:
        raise NotPossible("sealed-points", ", ".join(sorted(refused)))
    return tuple(
        m.AreaChanged(area=name, nodes=tuple(sorted(node for node, area in changed if area == name)))
        for name in sorted(areas)
    )


def _same_nodes(in_force: Site, wanted: Site, area: str) -> bool:
    """Whether the same nodes hold the area, and it is ended at a reader of the same one."""
    return all(look(in_force, area) == look(wanted, area) for look in (_nodes, lookups.ceremony_node))


def _nodes(site: Site, area: str) -> set[str]:
    return set(lookups.nodes_of(site, area))


def withheld(state: State, node: str, access: m.AccessList) -> m.AccessList:
    """The list without what the node must refuse: badges that would count at an area that was sealed without them."""
    for row in of_node(state, node):
        if _is_told(state, node, row.area):
            continue
        access = replace(access, holders=tuple(part for one in access.holders for part in _without(one, row)))
    return access


def word(state: State, node: str) -> str:
    """What admits, at this node, that its plan or list changes what it holds; empty where nobody has."""
    return next((state.area(row.area).permit for row in of_node(state, node) if _is_told(state, node, row.area)), "")


def _is_told(state: State, node: str, name: str) -> bool:
    """Whether the node is told now what two people have admitted."""
    area = state.area(name)
    return kept_back.admits(area, state.meta.site_version) and node in area.waiting


def _without(holder: m.Holder, row: Frozen) -> Iterator[m.Holder]:
    """The holder with the rights that were frozen; badges with fewer rights than others stand for themselves."""
    if row.area not in (*holder.seals, *holder.responds):
        yield holder
        return
    groups: dict[tuple[bool, bool], list[str]] = {}
    may_seal, may_respond = row.area in holder.seals, row.area in holder.responds
    for badge in holder.credentials:
        groups.setdefault((may_seal and badge in row.seals, may_respond and badge in row.responds), []).append(badge)
    for (seals, responds), badges in groups.items():
        yield replace(
            holder,
            credentials=tuple(badges),
            seals=tuple(one for one in holder.seals if one != row.area or seals),
            responds=tuple(one for one in holder.responds if one != row.area or responds),
        )


# ---------------------------------------------------------------- fold


def apply_frozen(state: State, entry: Entry, record: m.Record, data: m.Frozen) -> None:
    """What the node holds; of the reader's node it stands in the certificate."""
    life = state.life(data.reader_node) if data.reader_node else None
    before = state.find(Frozen, record.node, data.area)
    at = min(when(state, entry, record), entry.time)
    state.put(
        Frozen(
            node=record.node,
            area=data.area,
            sealing=data.sealing,
            reader_key=life.record_key if life else "",
            seals=tuple(badge for one in data.people if one.seals for badge in one.credentials),
            responds=tuple(badge for one in data.people if one.responds for badge in one.credentials),
            hash=data.hash,
            since=at,
            behind=before.behind if before is not None and before.sealing == data.sealing else 0,
        )
    )
    sealing = state.find(Sealing, data.sealing)
    if sealing is None or record.node != data.reader_node:
        return
    people = tuple(one.person for one in data.people if one.seals)
    if not sealing.frozen:
        state.put(replace(sealing, frozen=data.hash, may_unseal=people))
    elif data.change is not None:
        hashes, times = (*sealing.frozen_anew, data.hash), (*sealing.frozen_at, at)
        state.put(replace(sealing, frozen_anew=hashes, frozen_at=times, may_unseal=people))
