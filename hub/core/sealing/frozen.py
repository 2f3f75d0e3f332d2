"""What the nodes of a sealed area hold by themselves, as each has signed it: an honest hub asks nothing else of them.

They take no plan and no list that would weaken the sealing. So what is added to a list waits for the unsealing.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from hub.core.refusal import NotPossible
from hub.core.site import lookups, where
from hub.core.site.document import Site
from hub.core.state import Area, Entry, Frozen, Sealing, State
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


def check_document(state: State, in_force: Site, wanted: Site) -> None:
    """Refuse a document that changes points or readers of a sealed area: its nodes would refuse their plan. Raises
    NotPossible."""
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

    changed = {where.area_of(str(one[0])) for one in fixed(in_force) - fixed(wanted)}
    if changed:
        raise NotPossible("sealed-points", ", ".join(sorted(changed)))


def withheld(state: State, node: str, access: m.AccessList) -> m.AccessList:
    """The list without what the node must refuse: badges that would count at an area that was sealed without them."""
    for row in of_node(state, node):
        access = replace(access, holders=tuple(part for one in access.holders for part in _without(one, row)))
    return access


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
    state.put(
        Frozen(
            node=record.node,
            area=data.area,
            sealing=data.sealing,
            reader_key=life.record_key if life else "",
            seals=tuple(badge for one in data.people if one.seals for badge in one.credentials),
            responds=tuple(badge for one in data.people if one.responds for badge in one.credentials),
        )
    )
    sealing = state.find(Sealing, data.sealing)
    if sealing is not None and record.node == data.reader_node and not sealing.frozen:
        people = tuple(one.person for one in data.people if one.seals)
        state.put(replace(sealing, frozen=data.hash, may_unseal=people))
