"""Sealings that a hub put back from a backup does not know of: what the nodes hold sealed counts as sealed.

Nothing is unsealed because the hub has forgotten it. Without this, the next order about what is sealed would open,
without a badge, whatever was sealed since the backup was made.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from hub.core import checking, sites
from hub.core.site_document import Site
from hub.core.state import Entry, State
from wire import messages as m


def found(state: State, site: Site, node: str, sealed: tuple[m.SealedArea, ...]) -> Iterator[m.FactData]:
    """Sealings that the node holds on its disk under numbers that this journal has not given out yet."""
    for held in sealed:
        area = state.area(held.area)
        unknown = area.state in ("unsealed", "seal-ceremony") and held.sealing >= state.meta.next_sealing
        if unknown and node in sites.nodes_of(site, held.area):
            yield m.SealingAdopted(sealing=held.sealing, area=held.area, node=node)


def apply_adopted(state: State, entry: Entry, data: m.SealingAdopted, person: int | None) -> None:
    """The area is sealed, as its node says."""
    area = replace(
        state.area(data.area), state="sealed", sealing=data.sealing, since=entry.time, due_at=None, waiting=()
    )
    state.put(area)
    checking.use_up(state, data.area)
    state.put(replace(state.meta, next_sealing=max(state.meta.next_sealing, data.sealing + 1)))
