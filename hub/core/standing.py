"""What takes an area that is not set: to check it before a sealing, to seal it, or to ask for more guard."""

from __future__ import annotations

from hub.core.refusal import NotPossible
from hub.core.state import Guarded, State


def check_unset(state: State, area: str) -> None:
    """Raises NotPossible for an area that is set."""
    known = state.find(Guarded, area)
    if known is not None and known.state == "set":
        raise NotPossible("area-is-set", area)
