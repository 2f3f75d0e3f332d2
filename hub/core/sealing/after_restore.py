"""Sealings that a hub put back from a backup does not know of: what the nodes hold sealed counts as sealed.

Nothing is unsealed because the hub has forgotten it. Without this, the next order about what is sealed would open,
without a badge, whatever was sealed since the backup was made.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from hub.core.sealing import area as area_sealing
from hub.core.sealing import before as before_sealing
from hub.core.site import lookups
from hub.core.site.document import Site
from hub.core.state import Entry, State
from wire import messages as m

MOST_FORGOTTEN = 1000
"""Sealings since the backup: ten areas, each sealed ten times a year, for ten years."""


def found(state: State, site: Site, node: str, sealed: tuple[m.SealedArea, ...]) -> Iterator[m.FactData]:
    """Sealings that the node holds on its disk under numbers that this journal has not given out yet."""
    for held in sealed:
        area = state.area(held.area)
        unknown = held.sealing >= state.meta.next_sealing and (area.state, "adopt") in area_sealing.SEAL
        if unknown and node in lookups.nodes_of(site, held.area):
            yield m.SealingAdopted(sealing=held.sealing, area=held.area, node=node)


def apply_adopted(state: State, entry: Entry, data: m.SealingAdopted, person: int | None) -> None:
    """The area is sealed, as its node says: nothing is unsealed for a strange number. But the count does not go on from
    one that no backup explains, or a node could use up all numbers."""
    forgotten = {"word": "", "loud": False, "came": "", "change": 0}
    area_sealing.move(state, data.area, "adopt", entry.time, None, sealing=data.sealing, waiting=(), **forgotten)
    before_sealing.use_up(state, data.area)
    if is_plausible(state, data.sealing):
        state.put(replace(state.meta, next_sealing=max(state.meta.next_sealing, data.sealing + 1)))


def is_plausible(state: State, number: int) -> bool:
    """Whether a sealing number can be explained by sealings since the backup."""
    return number < state.meta.next_sealing + MOST_FORGOTTEN
