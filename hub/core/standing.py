"""How an area stands on ordinary days, as the node of its reader has told, and as long as the document guards it."""

from __future__ import annotations

from hub.core.refusal import NotPossible
from hub.core.site import guarding
from hub.core.site.document import Site
from hub.core.state import Guarded, State


def told(state: State, site: Site, area: str) -> Guarded | None:
    """What is so; None: nothing was told yet, whatever was asked, or by the document nobody sets it any more."""
    known, described = state.find(Guarded, area), site.areas.get(area)
    if known is None or not known.number or described is None or not guarding.is_set(site, described):
        return None
    return known


def check_unset(state: State, site: Site, area: str) -> None:
    """Checking an area before a sealing, sealing it and asking for more guard take one that is not set. Raises
    NotPossible."""
    known = told(state, site, area)
    if known is not None and known.state == "set":
        raise NotPossible("area-is-set", area)
