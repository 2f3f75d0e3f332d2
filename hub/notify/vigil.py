"""Whether the engine is alive, as the notifying service sees it. Pure; times are ms of a monotonic clock."""

from __future__ import annotations

SILENT_MS = 30_000
"""The engine's beat comes every 2 s; so long without one while the broker is there, and it has stopped."""
ALONE_MS = 60_000
"""Without the broker nobody is heard. If the engine is alive it says so in the journal; if it has not by then, it is
as good as dead."""


class Vigil:
    """What was heard last."""

    def __init__(self, mono: int) -> None:
        self._heard = mono
        self._here: int | None = None
        self._lost: int | None = mono

    def heard(self, mono: int) -> None:
        """The engine's beat, whose signature is good."""
        self._heard = mono

    def broker_back(self, mono: int) -> None:
        """We are connected: a whole interval from now on."""
        self._here, self._lost = mono, None

    def broker_lost(self, mono: int) -> None:
        """We are not."""
        self._here = None
        if self._lost is None:
            self._lost = mono

    def silent_for(self, mono: int, engine_knows: bool) -> int | None:
        """For how long the engine has been silent, if that is too long. `engine_knows`: it has journalled itself that
        the broker is lost."""
        if self._here is not None:
            silent = mono - max(self._heard, self._here)
            return mono - self._heard if silent > SILENT_MS else None
        if self._lost is not None and mono - self._lost > ALONE_MS and not engine_knows:
            return mono - self._heard
        return None
